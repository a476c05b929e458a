"""An AWS on this machine: moto's services behind one HTTP server, with a CloudFormation engine of our own."""

from __future__ import annotations

from embedded_aws.administrator import Administrator
from embedded_aws.gaps import StandIn
from embedded_aws.internal_client import ask, signed
from embedded_aws.launch import Ending
from embedded_aws.process import Found, Launch, answers, find, launch, restart, start, status, stop
from embedded_aws.server_value import ACCOUNT, MISLEADING, Server
from embedded_aws.stand_ins import stand_ins

__all__ = [
    "ACCOUNT",
    "MISLEADING",
    "Administrator",
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
    "signed",
    "stand_ins",
    "start",
    "status",
    "stop",
]
