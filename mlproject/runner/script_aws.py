"""The embedded AWS of a run with a definition file. The runner does not start it: the caller passes a function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class AwsConnection:
    """A running embedded AWS.

    Args:
        endpoint: such as `http://localhost:5000`.
        account: the account id of the clients.
        variables: the environment variables with which a process uses it.
        s3: a boto3 client.
        sagemaker: a boto3 client.
    """

    endpoint: str
    account: str
    variables: Mapping[str, str]
    s3: Any
    sagemaker: Any


# Starts an embedded AWS in a folder, with clients for a region, and stops it at the end.
StartAws = Callable[[Path, str], AbstractContextManager[AwsConnection]]
