"""What a judge reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """A rule that something breaks.

    Args:
        judge: name of the tool, such as `checkov`.
        rule: as the tool names it, such as `CKV_AWS_18`.
        resource: stack and logical id, such as `dev/flights/storage/AccessLogsBucketCD784A59`; path of a construct;
            or path and line of a file.
        message: the tool's explanation in one line.
    """

    judge: str
    rule: str
    resource: str
    message: str
