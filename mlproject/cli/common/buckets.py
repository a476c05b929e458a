"""The buckets that a command writes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session


def require_bucket(bucket: str, session: Session, *, missing: str) -> None:
    """Check that a bucket exists and can be read.

    Args:
        bucket: its name.
        session: a session of its account.
        missing: the rest of the sentence if it does not exist, with what to do.

    Raises:
        UserError: it does not exist.
    """
    from botocore.exceptions import ClientError

    try:
        session.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchBucket"}:
            raise
        raise UserError(f"bucket {bucket} {missing}", exit_code=1) from error
