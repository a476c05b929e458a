"""boto3 clients of the embedded AWS itself: one for each service, region and role, shared between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config

from embedded_aws.administrator import Administrator, of_account
from embedded_aws.cloudformation.errors import CloudFormationError

SERVICE = "cloudformation.amazonaws.com"
# A role's session lasts an hour; a client with less left than the longest operation takes is made anew.
RENEW_SECONDS = 3000.0


class Clients:
    """Clients that reach one server, as the CloudFormation service reaches the others.

    Args:
        endpoint: such as `http://localhost:5000`.
        administrator: signs the requests where no role is given, with the keys of the account concerned.
    """

    def __init__(self, endpoint: str, *, administrator: Administrator) -> None:
        self._endpoint = endpoint
        self._administrator = administrator
        self._session = boto3.Session()
        self._made: dict[tuple[str, str, str, str | None, str], tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def of(
        self, account: str, region: str, role_arn: str | None = None, *, service: str = SERVICE
    ) -> Callable[[str], Any]:
        """A function that gives the client of a service in this account and region.

        Args:
            account: twelve digits.
            region: such as `eu-west-1`.
            role_arn: the role whose permissions the clients have; the function refuses one that cannot be assumed.
            service: the service that assumes the role.
        """
        return lambda name: self._client(name, account, region, role_arn, service)

    def _client(self, service: str, account: str, region: str, role_arn: str | None, principal: str) -> Any:
        key = (service, account, region, role_arn, principal)
        with self._lock:
            made, client = self._made.get(key, (0.0, None))
            if client is None or (role_arn and time.monotonic() > made + RENEW_SECONDS):
                credentials = _assume(account, region, role_arn, principal) if role_arn else self._keys(account)
                client = self._make(service, account, region, credentials)
                self._made[key] = (time.monotonic(), client)
            return client

    def _make(self, service: str, account: str, region: str, credentials: dict[str, str]) -> Any:
        return self._session.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
            config=Config(
                # A retry would only hide what the embedded AWS answers, and wait.
                retries={"total_max_attempts": 1},
                max_pool_connections=32,
                connect_timeout=30,  # a machine under full load accepts late
                read_timeout=120,
                tcp_keepalive=True,
                s3={"addressing_style": "path"},
            ),
        )

    def _keys(self, account: str) -> dict[str, str]:
        keys = of_account(self._administrator, account)
        return {"AccessKeyId": keys.access_key_id, "SecretAccessKey": keys.secret_access_key}


def _assume(account: str, region: str, role_arn: str, service: str) -> dict[str, str]:
    """Credentials of a role that a service assumes, such as CloudFormation the role of a stack.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html

    Raises:
        CloudFormationError: there is no such role, or it does not trust the service.
    """
    from embedded_aws.iam.role_simulation import RoleNotFoundError
    from embedded_aws.service_credentials import RoleNotTrustedError, assume_for_service

    try:
        return assume_for_service(account, region, role_arn, service)
    except (RoleNotFoundError, RoleNotTrustedError) as error:
        raise CloudFormationError(f"Role {role_arn} is invalid or cannot be assumed: {error}") from error
