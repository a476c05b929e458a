"""Sessions of roles in the embedded AWS, one for each step and role, and the boto3 clients that use them."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Mapping
from typing import Any

from botocore.config import Config

from mlproject.errors import UserError
from mlproject.runner.embedded.denials import Missing, Permissions
from mlproject.runner.embedded.internal_calls import InternalCalls

_SERVICE = "sagemaker.amazonaws.com"
# Guard's modes for a session: refuse what is not allowed, or let it through and remember it.
_MODES: Mapping[Permissions, str] = {"enforce": "enforce", "report": "record"}


class Sessions:
    """What a run has open; usable from several threads.

    A step's process has a session of its own, so that a refusal can be told of the step whatever else runs beside it.
    What the runner itself does for a step brings its words along and goes through clients that steps share, since a
    new one costs more than all its calls; only a report, where nothing is refused, needs them apart.

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        boto3_session: makes the clients; its own credentials are the user's.
        calls: the server's own.
        permissions: whether refusals stop what is refused.
    """

    def __init__(
        self, *, endpoint: str, region: str, boto3_session: Any, calls: InternalCalls, permissions: Permissions
    ) -> None:
        self._endpoint = endpoint
        self._region = region
        self._session = boto3_session
        self._calls = calls
        self._mode = _MODES[permissions]
        self._given: dict[tuple[str, str], Mapping[str, str]] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.RLock()

    def close(self) -> None:
        """Close every client."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def credentials(self, step: str, role_arn: str) -> Mapping[str, str]:
        """Credentials of a role as SageMaker gets them for a step.

        Raises:
            UserError: the role does not exist or does not trust SageMaker.
        """
        with self._lock:
            if (step, role_arn) not in self._given:
                body = {"role_arn": role_arn, "service": _SERVICE, "region": self._region, "mode": self._mode}
                code, answer = self._calls.ask("POST", "service-credentials", body)
                if code != http.client.OK:
                    raise UserError(f"role {role_arn}: {answer.get('message', code)}", exit_code=1)
                self._given[step, role_arn] = answer
            return self._given[step, role_arn]

    def client(self, service: str, step: str = "", role_arn: str = "") -> Any:
        """A client with a role's credentials, or with the user's."""
        step = step if self._mode == "record" else ""
        with self._lock:
            if (service, step, role_arn) not in self._clients:
                given = self.credentials(step, role_arn) if role_arn else {}
                config = Config(proxies={}, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"})
                self._clients[service, step, role_arn] = self._session.client(
                    service,
                    region_name=self._region,
                    endpoint_url=self._endpoint,
                    aws_access_key_id=given.get("AccessKeyId"),
                    aws_secret_access_key=given.get("SecretAccessKey"),
                    aws_session_token=given.get("SessionToken"),
                    config=config,
                )
            return self._clients[service, step, role_arn]

    def refusals(self, step: str | None = None) -> tuple[Missing, ...]:
        """What the guard refused, or only noted: in the sessions of one step, or in all, step after step."""
        with self._lock:
            keys = [(name, given["AccessKeyId"]) for (name, _), given in self._given.items() if step in (None, name)]
        return tuple(
            Missing(
                step=name,
                principal=each["principal"],
                action=each["action"],
                resource=each["resource"],
                reason=each["reason"],
            )
            for name, key in keys
            for each in self._calls.ask("GET", "refusals", {"session": key})[1]
        )
