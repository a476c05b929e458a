"""Credentials of a role in the embedded AWS, as a service gets them for what it runs."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.embedded.internal_calls import InternalCalls

_SERVICE = "sagemaker.amazonaws.com"


def role_credentials(
    *, endpoint: str, region: str, boto3_session: Any, role_arn: str, service: str = _SERVICE
) -> Mapping[str, str]:
    """Return temporary credentials of a role: AccessKeyId, SecretAccessKey, SessionToken, Expiration (ISO 8601).

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        boto3_session: has the credentials of an administrator.
        role_arn: the role.
        service: the service that assumes it.

    Raises:
        UserError: the role does not exist or does not trust the service.
        UnreachableError: the embedded AWS does not respond.
    """
    calls = InternalCalls(endpoint, boto3_session)
    try:
        return request_credentials(calls, region=region, role_arn=role_arn, mode="enforce", service=service)
    finally:
        calls.close()


def request_credentials(
    calls: InternalCalls, *, region: str, role_arn: str, mode: str, service: str = _SERVICE
) -> Mapping[str, str]:
    """Do the same over an open connection.

    Args:
        calls: the internal API of the server.
        region: such as `eu-west-1`.
        role_arn: the role.
        mode: `enforce` denies calls without permission; `record` allows and records them.
        service: the service that assumes it.

    Raises:
        UserError: the role does not exist or does not trust the service.
    """
    body = {"role_arn": role_arn, "service": service, "region": region, "mode": mode}
    code, answer = calls.send("POST", "service-credentials", body)
    if code != http.client.OK:
        raise UserError(f"role {role_arn}: {answer.get('message', code)}", exit_code=1)
    credentials: Mapping[str, str] = answer
    return credentials
