"""Which permissions requests use: a log that each server appends to a folder, if one is given.

It is what the last-accessed information of IAM is on AWS, down to the statement and the resource of a policy:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from embedded_aws.iam.evaluator import IDENTITY, Decision, Request, scan_policies
from embedded_aws.iam.policy_documents import Policy, Statement
from embedded_aws.iam.principal import Principal
from embedded_aws.server_environment import AUTHORIZATION_LOG

# The text of this file in the folder is copied to each line. While the file is there and empty, nothing is logged.
LABEL = "label"


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """The first decision of its kind.

    Args:
        label: the text of the file `label` at that moment.
        principal: ARN of the role, user or service.
        session: name of the role's session; empty for others.
        action: such as `s3:GetObject`.
        resource: its ARN, or `*`.
        allowed: whether the principal may.
        reason: why not, in AWS's words.
        permissions: what allows it in the policies of the principal, each as policy, statement and resource.
    """

    label: str
    principal: str
    session: str
    action: str
    resource: str
    allowed: bool
    reason: str
    permissions: tuple[tuple[str, str, str], ...]

    @classmethod
    def read(cls, line: str) -> LogEntry:
        """An entry from a line of a log."""
        given: dict[str, Any] = json.loads(line)
        return cls(**{**given, "permissions": tuple(map(tuple, given["permissions"]))})


class AuthorizationLog:
    """Appends each decision once.

    Args:
        folder: of the logs of all servers.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._label = folder / LABEL
        self._file = folder / f"{os.getpid()}.jsonl"
        self._seen: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def record(self, principal: Principal, request: Request, decision: Decision) -> None:
        """Append a decision, unless the same was appended under this label."""
        label = self._current_label()
        if label is None:
            return
        who, resource = principal.role_arn or principal.arn, request.resource or "*"
        session = principal.arn.rpartition("/")[2] if principal.role_arn else ""
        key = (label, who, session, request.action, resource, str(decision.allowed))
        with self._lock:
            if key in self._seen:
                return
            self._seen.add(key)
        entry = LogEntry(
            label=label,
            principal=who,
            session=session,
            action=request.action,
            resource=resource,
            allowed=decision.allowed,
            reason=decision.reason,
            permissions=tuple(_used_permissions(principal, request)) if decision.allowed else (),
        )
        line = json.dumps(entry.__dict__) + "\n"
        # One write of one line: a server that is killed leaves whole lines.
        with self._lock, self._file.open("a") as file:
            file.write(line)

    def _current_label(self) -> str | None:
        try:
            return self._label.read_text() or None
        except FileNotFoundError:
            return ""


_configured: list[AuthorizationLog] = []


def configure_authorization_log(variables: Mapping[str, str]) -> None:
    """Log the decisions of this process from now on, if the variables name a folder."""
    folder = variables.get(AUTHORIZATION_LOG)
    _configured[:] = [AuthorizationLog(Path(folder))] if folder else []


def record(principal: Principal, request: Request, decision: Decision) -> None:
    """Append a decision to the log of this process, if there is one."""
    for log in _configured:
        log.record(principal, request, decision)


def _used_permissions(principal: Principal, request: Request) -> Iterator[tuple[str, str, str]]:
    """The resources in statements of the principal's own policies that allow a request."""
    for policy in principal.identity:
        for statement in policy.statements:
            if statement.allows and _applies(principal, request, policy.name, statement):
                for resource in statement.resources or ():
                    if _applies(principal, request, policy.name, replace(statement, resources=(resource,))):
                        yield policy.name, statement.name, resource


def _applies(principal: Principal, request: Request, policy: str, statement: Statement) -> bool:
    """Whether a statement of the principal, taken alone, allows a request."""
    alone = replace(principal, identity=(Policy(name=policy, statements=(statement,)),))
    return bool(scan_policies(alone, request)[IDENTITY].allowing)
