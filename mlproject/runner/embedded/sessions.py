"""Role sessions in the embedded AWS, one for each step and role, and their boto3 clients."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from botocore.config import Config

from mlproject.runner.embedded.denials import MissingPermission, Permissions
from mlproject.runner.embedded.internal_calls import InternalCalls
from mlproject.runner.embedded.role_credentials import request_credentials
from mlproject.runner.storage.s3_store import translate_errors

# The modes of the guard for a session: deny calls without permission, or allow and record them.
_MODES: Mapping[Permissions, str] = {"enforce": "enforce", "report": "record"}


class Sessions:
    """The role sessions and clients of a run; thread-safe.

    Each step's process has its own session, so that denials can be assigned to the step. The runner's own calls for a
    step report their errors directly and use clients that steps share, because creating a client costs more than its
    calls. Only with `report`, where no call fails, does each step have its own clients.

    Args:
        endpoint: such as `http://localhost:5000`.
        region: such as `eu-west-1`.
        boto3_session: creates the clients, and has the user's credentials.
        calls: the internal API of the server.
        permissions: whether calls without permission are denied or reported.
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

    def credentials(self, step: str, role_arn: str, *, service: str = "sagemaker.amazonaws.com") -> Mapping[str, str]:
        """Return credentials of a role, as a service gets them for a step.

        Raises:
            UserError: the role does not exist or does not trust the service.
        """
        with self._lock:
            if (step, role_arn) not in self._given:
                self._given[step, role_arn] = request_credentials(
                    self._calls, region=self._region, role_arn=role_arn, mode=self._mode, service=service
                )
            return self._given[step, role_arn]

    def node_credentials(self, step: str, instance_profile: str) -> Mapping[str, str]:
        """Return credentials of the nodes of a cluster, as EC2 gets them for an instance profile.

        Raises:
            UserError: the instance profile does not exist, or its role does not trust EC2.
        """
        with translate_errors(f"instance profile {instance_profile}", self._endpoint):
            found = self.client("iam").get_instance_profile(InstanceProfileName=instance_profile.rpartition("/")[2])
        (role,) = found["InstanceProfile"]["Roles"]
        return self.credentials(step, role["Arn"], service="ec2.amazonaws.com")

    def job_credentials(self, step: str, role_arn: str) -> Mapping[str, str]:
        """Return credentials of the execution role of a job run, as EMR Serverless gets them.

        Raises:
            UserError: the role does not exist or does not trust EMR Serverless.
        """
        return self.credentials(step, role_arn, service="emr-serverless.amazonaws.com")

    def client(self, service: str, step: str = "", role_arn: str = "") -> Any:
        """Return a client with the credentials of a role, or of the user."""
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

    def denials(self, step: str | None = None) -> tuple[MissingPermission, ...]:
        """Return the calls that the guard denied or recorded, in the sessions of one step or of all steps."""
        with self._lock:
            keys = [(name, given["AccessKeyId"]) for (name, _), given in self._given.items() if step in (None, name)]
        return tuple(
            MissingPermission(
                step=name,
                principal=each["principal"],
                action=each["action"],
                resource=each["resource"],
                reason=each["reason"],
            )
            for name, key in keys
            for each in self._calls.send("GET", "refusals", {"session": key})[1]
        )
