"""A running embedded AWS as a value: where it is, and the environment that leads clients to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from embedded_aws.accounts import Accounts
from embedded_aws.administrator import FILE, Administrator, load, of_account
from embedded_aws.errors import EmbeddedAwsError

# What a caller may have set and what would lead a client elsewhere or to other credentials.
MISLEADING = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CA_BUNDLE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ENDPOINT_URL_S3",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)


@dataclass(frozen=True, kw_only=True)
class Server:
    """An embedded AWS that runs in the background.

    Args:
        endpoint: where it answers, such as `http://localhost:5000`; not by number, or moto misreads URLs.
        pid: its process.
        port: the endpoint's.
        folder: its own, with record and log.
        log: a line per request, and the traceback of what fails.
    """

    endpoint: str
    pid: int
    port: int
    folder: Path
    log: Path

    @cached_property
    def administrator(self) -> Administrator:
        """Whose keys lead to it.

        Raises:
            EmbeddedAwsError: the file with the keys is missing or damaged.
        """
        known = load(self.folder)
        if known is None:
            raise EmbeddedAwsError(
                f"{self.folder / FILE}: is missing or damaged. It is the only copy of the keys of the embedded AWS at "
                f"{self.endpoint}. Stop it (its state is in memory and is lost then), and start it again.",
                exit_code=1,
            )
        return known

    @property
    def loss(self) -> str:
        """The sentence for a server that ended without being stopped."""
        return (
            f"The embedded AWS (process {self.pid}) ended without being stopped: "
            "what was deployed in it is lost, since its state is in memory."
        )

    def administrator_of(self, account: str) -> Administrator:
        """The administrator of one of the accounts.

        Raises:
            EmbeddedAwsError: the embedded AWS does not have this account.
        """
        known = Accounts(self.folder).ids()
        if account not in known:
            raise EmbeddedAwsError(
                f"the embedded AWS does not have account {account}; it has {', '.join(known)}. Add it first."
            )
        return of_account(self.administrator, account)

    def environment(self, account: str, region: str) -> dict[str, str]:
        """The variables with which the CDK CLI, the AWS CLI and boto3 work on this server and on nothing else.

        Args:
            account: one of its accounts; the credentials are of that account's administrator.
            region: any; the server has them all.

        Raises:
            EmbeddedAwsError: the embedded AWS does not have this account.
        """
        administrator = self.administrator_of(account)
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": administrator.access_key_id,
            "AWS_SECRET_ACCESS_KEY": administrator.secret_access_key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            # A profile of the caller could bring a role, a proxy or an endpoint of its own.
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": _without_proxy(),
            "no_proxy": _without_proxy(),
            # The CDK CLI would look for a newer one and report its use, both over the internet.
            "CDK_DISABLE_VERSION_CHECK": "1",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }


def _without_proxy() -> str:
    """The caller's exceptions from its proxy, and this machine."""
    named = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host.strip() for host in named.split(",") if host.strip()]
    return ",".join(dict.fromkeys([*hosts, "localhost", "127.0.0.1"]))
