"""The events that SageMaker sends when a model package is registered, and when its approval changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from embedded_aws.iam.resources import account_in

# https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html
DETAIL_TYPE = "SageMaker Model Package State Change"


def announce_model_package(package: Any) -> None:
    """Send the event to the rules of the default bus in the package's account.

    Args:
        package: moto's, with its new status.
    """
    from moto.events.models import events_backends  # moto takes long to import

    detail = {
        "ModelPackageGroupName": package.model_package_group_name,
        "ModelPackageVersion": package.model_package_version,
        "ModelPackageArn": package.arn,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": package.model_approval_status,
    }
    event = {
        "Source": "aws.sagemaker",
        "DetailType": DETAIL_TYPE,
        "Detail": json.dumps({name: value for name, value in detail.items() if value is not None}),
        "Resources": [package.arn],
        "Time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    }
    events_backends[account_in(package.arn)][package.arn.split(":")[3]].put_events([event])
