"""An AWS on this machine: moto's services behind one HTTP server, with a CloudFormation engine of our own."""

from __future__ import annotations

from mlproject.embedded_aws.launch import Ending
from mlproject.embedded_aws.process import Found, Launch, answers, find, launch, restart, start, status, stop
from mlproject.embedded_aws.server_value import ACCOUNT, MISLEADING, Server

__all__ = [
    "ACCOUNT",
    "MISLEADING",
    "Ending",
    "Found",
    "Launch",
    "Server",
    "answers",
    "find",
    "launch",
    "restart",
    "start",
    "status",
    "stop",
]
