"""An AWS on this machine: moto's services behind one HTTP server, with a CloudFormation engine of our own."""

from __future__ import annotations

from embedded_aws.accounts import ACCOUNT, Accounts
from embedded_aws.administrator import Administrator
from embedded_aws.api_destinations import Addresses
from embedded_aws.gaps import MotoAddition
from embedded_aws.internal_client import ask, signed
from embedded_aws.issuers import Issuers
from embedded_aws.moto_additions import moto_additions
from embedded_aws.process import LaunchResult, ServerState, find, is_responding, launch, restart, start, status, stop
from embedded_aws.server_handle import MISLEADING, Server
from embedded_aws.shell_exports import failing_exports, shell_exports
from embedded_aws.startup import Lifetime

__all__ = [
    "ACCOUNT",
    "MISLEADING",
    "Accounts",
    "Addresses",
    "Administrator",
    "Issuers",
    "LaunchResult",
    "Lifetime",
    "MotoAddition",
    "Server",
    "ServerState",
    "ask",
    "failing_exports",
    "find",
    "is_responding",
    "launch",
    "moto_additions",
    "restart",
    "shell_exports",
    "signed",
    "start",
    "status",
    "stop",
]
