"""Validate that ARNs belong to the partition of the environment: IAM rejects policies with ARNs of another one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
"""

from __future__ import annotations

from mlproject.parameters.findings import Finding
from mlproject.parameters.tables.regions import PARTITIONS
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message


def check_project_partitions(view: Located, of_environment: Located) -> list[Finding]:
    """Return an error for each ARN of a project that belongs to another partition.

    Args:
        view: the project's values in the environment.
        of_environment: the values of the environment itself.
    """
    buckets, notebooks = view.at("existing_data", "buckets"), view.at("notebooks")
    listed = buckets.value if buckets is not None and isinstance(buckets.value, tuple) else ()
    places = [
        *(bucket.at("key_arn") for bucket in listed),
        view.at("existing_data", "athena", "key_arn"),
        *(each.at("repository", "secret_arn") for each in (notebooks.mapping.values() if notebooks else ())),
    ]
    return [finding for place in places for finding in check_partition(place, region=of_environment.text("region"))]


def check_partition(place: Located | None, *, region: str | None) -> list[Finding]:
    """Return an error if an ARN belongs to another partition than a region; other values are accepted.

    Args:
        place: the ARN.
        region: a region; None if it is not known.
    """
    if place is None or not isinstance(place.value, str) or region is None or region not in PARTITIONS:
        return []
    start, _, rest = place.value.partition(":")
    partition, expected = rest.partition(":")[0], PARTITIONS[region]
    if start != "arn" or partition == expected:
        return []
    message = Message(
        "the ARN belongs to the partition {partition}, but {region} is in {expected}",
        partition=partition,
        region=region,
        expected=expected,
    )
    return [place.finding(message, allowed=Message("an ARN that starts with arn:{expected}:", expected=expected))]
