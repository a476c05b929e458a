"""Partitions of AWS, the first part of every ARN."""

from __future__ import annotations

from functools import cache


@cache
def partition_of(region: str) -> str:
    """Return the partition of a region, such as `aws` or `aws-cn`.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html

    Args:
        region: such as `eu-west-1`.
    """
    import botocore.session  # few commands need it, and a session takes a tenth of a second

    return str(botocore.session.get_session().get_partition_for_region(region))
