"""Clients for an environment: of the embedded AWS, or of the real one after a look at whose account it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import embedded_aws
from mlproject.errors import UserError
from mlproject.parameters.model import Environment

ENDPOINT = "AWS_ENDPOINT_URL"
LOCAL_FOLDER = Path(".mlproject", "local")
NO_CREDENTIALS = (
    "no AWS credentials were found; log in (`aws sso login`, AWS_PROFILE) or set them, then repeat the command"
)


@dataclass(frozen=True, kw_only=True)
class Session:
    """boto3 clients of one environment's account and region, made once each; usable from several threads.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        endpoint: the embedded AWS's; None for AWS.
        boto3_session: what makes the clients.
    """

    account: str
    region: str
    endpoint: str | None
    boto3_session: Any = field(repr=False)
    _clients: dict[str, Any] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def client(self, service: str) -> Any:
        """The boto3 client of a service, such as `client("s3")`."""
        from botocore.config import Config

        with self._lock:
            if service not in self._clients:
                # A proxy of the caller leads to the internet, where no embedded AWS is.
                config = Config(proxies={}) if self.endpoint else None
                self._clients[service] = self.boto3_session.client(service, endpoint_url=self.endpoint, config=config)
            return self._clients[service]


def is_embedded(environment: Environment) -> bool:
    """Whether an environment is reached in the embedded AWS: by its account, or since AWS_ENDPOINT_URL leads there."""
    return environment.account == embedded_aws.ACCOUNT or bool(os.environ.get(ENDPOINT))


def session_for(environment: Environment, root: Path) -> Session:
    """Clients for an environment.

    AWS_ENDPOINT_URL, where it is set, leads to an embedded AWS. Without it, an environment with the embedded AWS's
    own account is on the server that `mlproject local up` started, and every other environment is on AWS.

    Args:
        environment: whose account and region.
        root: the project's checkout.

    Raises:
        UserError: no embedded AWS runs, there are no credentials, or they are of another account.
    """
    given = os.environ.get(ENDPOINT)
    if not is_embedded(environment):
        return _checked(environment, _aws(environment.region), endpoint=None)
    if given:
        return _checked(environment, _at(given, environment, root), endpoint=given)
    server = embedded_aws.status(root / LOCAL_FOLDER)
    if server is None:
        raise UserError(
            f"environment {environment.name} is the embedded AWS, which does not run: "
            f"start it with `mlproject local up`, or set {ENDPOINT} to one that runs.",
            exit_code=1,
        )
    return Session(
        account=environment.account,
        region=environment.region,
        endpoint=server.endpoint,
        boto3_session=_embedded(server.administrator, environment.region),
    )


@contextmanager
def in_words(doing: str) -> Iterator[None]:
    """Turn what botocore raises into a sentence.

    Args:
        doing: what was tried, such as `listing the versions in bucket flights-dev-data-...`.

    Raises:
        UserError: AWS refused or could not be reached.
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
        raise UserError(f"{doing}: {NO_CREDENTIALS}.", exit_code=1) from error
    except ProfileNotFound as error:
        raise UserError(f"{doing}: {error}; set AWS_PROFILE to one that exists, or unset it.") from error
    except EndpointConnectionError as error:
        raise UserError(
            f"{doing}: nothing answers ({error}); is the network, or `mlproject local up`, running?", exit_code=1
        ) from error
    except ClientError as error:
        told = error.response.get("Error", {})
        raise UserError(
            f"{doing}: AWS refused it: {told.get('Code', 'no code')}: {told.get('Message') or 'no message'}",
            exit_code=1,
        ) from error
    except (BotoCoreError, Boto3Error) as error:
        raise UserError(f"{doing}: {error}", exit_code=1) from error


def _aws(region: str) -> Any:
    import boto3

    with in_words("reading the AWS configuration"):
        return boto3.Session(region_name=region)


def _at(endpoint: str, environment: Environment, root: Path) -> Any:
    """A session for an endpoint that is set: with the caller's credentials, else with the checkout's server's."""
    if os.environ.get("AWS_ACCESS_KEY_ID"):
        return _aws(environment.region)
    server = embedded_aws.status(root / LOCAL_FOLDER)
    if server is None or server.endpoint != endpoint:
        raise UserError(
            f"{ENDPOINT} leads to {endpoint}, but there are no credentials for it; `mlproject local env` of the "
            "checkout that started it prints both.",
            exit_code=1,
        )
    embedded_aws.Accounts(server.folder).add([environment.account])
    return _embedded(server.administrator_of(environment.account), environment.region)


def _embedded(administrator: embedded_aws.Administrator, region: str) -> Any:
    """A session that reads nothing of the caller's configuration: no profile, no file."""
    import boto3
    import botocore.session

    # Each: name in the configuration file, environment variable, default, conversion.
    fixed = {
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
        botocore_session=botocore.session.Session(session_vars=fixed),
    )


def _checked(environment: Environment, boto3_session: Any, *, endpoint: str | None) -> Session:
    """A session whose credentials are those of the environment's account."""
    session = Session(
        account=environment.account, region=environment.region, endpoint=endpoint, boto3_session=boto3_session
    )
    with in_words(f"environment {environment.name}: asking whose credentials these are"):
        identity = session.client("sts").get_caller_identity()
    if identity["Account"] != environment.account:
        raise UserError(
            f"environment {environment.name} is account {environment.account}, but the credentials are of account "
            f"{identity['Account']} ({identity['Arn']}); use those of the environment's account"
            + (f': eval "$(mlproject local env {environment.name})".' if endpoint else ".")
        )
    return session
