"""boto3 sessions for an environment, on the embedded AWS or on AWS, with credentials of the environment's account."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import embedded_aws
from mlproject.cli.common.credential_errors import TOKEN_FILE, error_topic, explain_credential_error, require_token_file
from mlproject.cli.common.incomplete_answers import reject_incomplete_answers
from mlproject.cli.common.job_role import select_job_role
from mlproject.errors import UserError
from mlproject.parameters.model import Environment
from mlproject.translation import Message, joined

ENDPOINT = "AWS_ENDPOINT_URL"
LOCAL_FOLDER = Path(".mlproject", "local")
_CONNECT_SECONDS = 2.0
NO_CREDENTIALS = Message(
    "no AWS credentials were found; log in (`aws sso login`, AWS_PROFILE) or set them, then run the command again"
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """boto3 clients for one environment's account and region, created once each. Thread-safe.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        endpoint: the endpoint of the embedded AWS, or None for AWS.
        boto3_session: creates the clients.
    """

    account: str
    region: str
    endpoint: str | None
    boto3_session: Any = field(repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        reject_incomplete_answers(self.boto3_session)

    def client(self, service: str) -> Any:
        """Return the boto3 client of a service, such as `client("s3")`."""
        from botocore.config import Config

        with self._lock:
            if service not in self._clients:
                # The caller's proxy cannot reach the embedded AWS, which is on this machine.
                config = Config(proxies={}) if self.endpoint else None
                self._clients[service] = self.boto3_session.client(service, endpoint_url=self.endpoint, config=config)
            return self._clients[service]


def is_on_laptop(environment: Environment) -> bool:
    """Whether an environment is in the embedded AWS's own account, which each machine has for itself."""
    return environment.account == embedded_aws.ACCOUNT


def is_embedded(environment: Environment) -> bool:
    """Whether an environment is in the embedded AWS: by its account, or because AWS_ENDPOINT_URL is set."""
    return is_on_laptop(environment) or bool(os.environ.get(ENDPOINT))


def has_web_identity() -> bool:
    """Whether the caller exchanges a token for the credentials of a role, as a CI job does."""
    return bool(os.environ.get(TOKEN_FILE))


def is_stopped_embedded_aws(environment: Environment, root: Path) -> bool:
    """Whether an environment is only in an embedded AWS that is not running, and so contains nothing.

    The shell may still name the endpoint of the stopped one (`eval "$(mlproject local env)"`).
    """
    if not is_on_laptop(environment) or embedded_aws.status(root / LOCAL_FOLDER):
        return False
    endpoint = os.environ.get(ENDPOINT)
    return endpoint is None or not _is_listening(endpoint)


def _is_listening(endpoint: str) -> bool:
    url = urlsplit(endpoint)
    try:
        with socket.create_connection((url.hostname or "", url.port or 80), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


def create_session(environment: Environment, root: Path) -> Session:
    """Create a session for an environment.

    If AWS_ENDPOINT_URL is set, it is the endpoint of an embedded AWS. Otherwise an environment with the embedded AWS's
    own account is on the server that `mlproject local up` started, and every other environment is on AWS.

    Args:
        environment: the environment.
        root: the checkout.

    Raises:
        UserError: the embedded AWS is not running, there are no credentials, or they belong to another account.
    """
    endpoint = os.environ.get(ENDPOINT)
    if has_web_identity():
        select_job_role(environment)
    if not is_embedded(environment):
        return _verified_session(environment, _configured_session(environment.region), endpoint=None)
    if endpoint:
        return _verified_session(environment, _endpoint_session(endpoint, environment, root), endpoint=endpoint)
    server = embedded_aws.status(root / LOCAL_FOLDER)
    if server is None:
        raise UserError(
            Message(
                "environment {environment} is in the embedded AWS, which is not running: start it with `mlproject "
                "local up`, or set {variable} to one that is running.",
                environment=environment.name,
                variable=ENDPOINT,
            ),
            exit_code=1,
            topic="local-aws-not-running",
        )
    return Session(
        account=environment.account,
        region=environment.region,
        endpoint=server.endpoint,
        boto3_session=_administrator_session(server.administrator, environment.region),
    )


def create_pricing_client(region: str) -> Any:
    """Create a boto3 client of AWS's Price List API, which credentials of any account may call.

    Args:
        region: a region in which the Price List API has an endpoint.

    Raises:
        UserError: AWS_ENDPOINT_URL is set, so that the client would reach an embedded AWS, which has no prices.
    """
    endpoint = os.environ.get(ENDPOINT)
    if endpoint:
        raise UserError(
            f"prices come from AWS, but {ENDPOINT} is {endpoint}, and the embedded AWS has no prices: unset {ENDPOINT} "
            "and use credentials of an AWS account.",
            topic="prices-unavailable",
        )
    return _configured_session(region).client("pricing")


@contextmanager
def reporting_aws_errors(action: str) -> Iterator[None]:
    """Turn errors of botocore into a UserError with one sentence.

    Args:
        action: what fails, such as `listing the versions in bucket flights-dev-data-...`.

    Raises:
        UserError: AWS returned an error or cannot be reached.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        EndpointConnectionError,
        NoCredentialsError,
        ProfileNotFound,
    )

    try:
        yield
    except NoCredentialsError as error:
        raise UserError(joined("", (action, ": ", NO_CREDENTIALS, ".")), exit_code=1, topic="credentials") from error
    except ProfileNotFound as error:
        raise UserError(
            f"{action}: {error}; set AWS_PROFILE to one that exists, or unset it.", topic="credentials"
        ) from error
    except EndpointConnectionError as error:
        raise UserError(
            Message(
                "{action}: cannot connect ({error}); check the network, or start the embedded AWS with `mlproject "
                "local up`.",
                action=action,
                error=error,
            ),
            exit_code=1,
            topic="aws-unreachable",
        ) from error
    except ClientError as error:
        details = error.response.get("Error", {})
        code, message = details.get("Code", "no code"), details.get("Message") or "no message"
        explanation = explain_credential_error(code, message, operation=error.operation_name)
        returned = Message("AWS returned {code}: {message}", code=code, message=message)
        raise UserError(
            joined(": ", (action, explanation or returned)),
            exit_code=1,
            topic=error_topic(code, operation=error.operation_name),
        ) from error
    except (BotoCoreError, Boto3Error) as error:
        raise UserError(f"{action}: {error}", exit_code=1) from error


def _configured_session(region: str) -> Any:
    """A session with the caller's AWS configuration."""
    import boto3

    require_token_file()
    with reporting_aws_errors("reading the AWS configuration"):
        session = boto3.Session(region_name=region)
        # Reads the role now: a session for another environment sets another one.
        session.get_credentials()
        return session


def _endpoint_session(endpoint: str, environment: Environment, root: Path) -> Any:
    """A session for AWS_ENDPOINT_URL, with the caller's credentials, or with those of the checkout's server."""
    if os.environ.get("AWS_ACCESS_KEY_ID") or has_web_identity():
        return _configured_session(environment.region)
    server = embedded_aws.status(root / LOCAL_FOLDER)
    if server is None or server.endpoint != endpoint:
        raise UserError(
            Message(
                "{variable} is {endpoint}, but there are no credentials for it; `mlproject local env`, run in the "
                "checkout that started it, prints both.",
                variable=ENDPOINT,
                endpoint=endpoint,
            ),
            exit_code=1,
            topic="local-aws-not-running",
        )
    embedded_aws.Accounts(server.folder).add([environment.account])
    return _administrator_session(server.administrator_of(environment.account), environment.region)


def _administrator_session(administrator: embedded_aws.Administrator, region: str) -> Any:
    """A session that ignores the caller's AWS configuration: profiles, files and endpoints."""
    import boto3
    import botocore.session

    # Each: name in the configuration file, environment variable, default, conversion.
    session_vars = {
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "use_fips_endpoint": (None, None, False, None),
        "use_dualstack_endpoint": (None, None, False, None),
    }
    return boto3.Session(
        aws_access_key_id=administrator.access_key_id,
        aws_secret_access_key=administrator.secret_access_key,
        region_name=region,
        botocore_session=botocore.session.Session(session_vars=session_vars),
    )


def _verified_session(environment: Environment, boto3_session: Any, *, endpoint: str | None) -> Session:
    """A session, after verifying that its credentials belong to the environment's account."""
    session = Session(
        account=environment.account, region=environment.region, endpoint=endpoint, boto3_session=boto3_session
    )
    with reporting_aws_errors(f"environment {environment.name}: verifying the credentials"):
        identity = session.client("sts").get_caller_identity()
    if identity["Account"] != environment.account:
        remedy = Message(': eval "$(mlproject local env -e {environment})".', environment=environment.name)
        raise UserError(
            Message(
                "environment {environment} is account {account}, but the credentials belong to account {other} "
                "({arn}); use credentials of the environment's account{remedy}",
                environment=environment.name,
                account=environment.account,
                other=identity["Account"],
                arn=identity["Arn"],
                remedy=remedy if endpoint else ".",
            ),
            topic="wrong-account",
        )
    return session
