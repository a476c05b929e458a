"""Reject answers of AWS whose connection ended before their end.

botocore returns them as if the rest had been empty. With HTTPS, the connection itself reports that it was cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def reject_incomplete_answers(boto3_session: Any) -> None:
    """Let the clients that a session creates from now on raise IncompleteReadError for an incomplete answer."""
    boto3_session.events.register("before-parse", _require_complete)


def _require_complete(*, operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
    from botocore.exceptions import IncompleteReadError

    body, expected = response_dict["body"], response_dict["headers"].get("Content-Length")
    # The body of a stream is read later, and its reader checks the length.
    if not isinstance(body, bytes) or expected is None or operation_model.http.get("method") == "HEAD":
        return
    if len(body) < int(expected):
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(expected))
