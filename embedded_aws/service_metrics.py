"""The metrics that AWS services publish themselves."""

from __future__ import annotations

from collections.abc import Mapping


def count(account: str, region: str, *, namespace: str, metric: str, dimensions: Mapping[str, str]) -> None:
    """Publish that something happened once.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        namespace: such as `AWS/Events`.
        metric: such as `FailedInvocations`.
        dimensions: values by name.
    """
    from moto.cloudwatch.models import cloudwatch_backends  # moto takes long to import

    datum = {
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
        "Value": 1,
        "Unit": "Count",
    }
    cloudwatch_backends[account][region].put_metric_data(namespace, [datum])
