"""An AWS on this machine: moto's services behind one HTTP server, with a CloudFormation engine of our own."""

from __future__ import annotations

from mlproject.embedded_aws.gaps import StandIn
from mlproject.embedded_aws.internal_client import ask
from mlproject.embedded_aws.launch import Ending
from mlproject.embedded_aws.process import Found, Launch, answers, find, launch, restart, start, status, stop
from mlproject.embedded_aws.server_value import ACCESS_KEY_ID, ACCOUNT, MISLEADING, SECRET_ACCESS_KEY, Server
from mlproject.embedded_aws.stand_ins import stand_ins

__all__ = [
    "ACCESS_KEY_ID",
    "ACCOUNT",
    "MISLEADING",
    "SECRET_ACCESS_KEY",
    "Ending",
    "Found",
    "Launch",
    "Server",
    "StandIn",
    "answers",
    "ask",
    "find",
    "launch",
    "restart",
    "stand_ins",
    "start",
    "status",
    "stop",
]
