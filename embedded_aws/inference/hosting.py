"""The containers of the endpoints."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path

from embedded_aws.inference.containers import Container, ContainerError, ContainerSpec, Reply
from embedded_aws.service_credentials import assume_for_service

_SERVICE = "sagemaker.amazonaws.com"
# Account, region and name of an endpoint.
EndpointKey = tuple[str, str, str]


class Hosting:
    """Starts and stops the containers of endpoints; thread-safe.

    Args:
        command: the program that serves a model; see `Container`.
        folder: keeps a folder for each container.
        endpoint: where the embedded AWS answers, for the containers' own calls.
    """

    def __init__(self, command: Sequence[str], *, folder: Path, endpoint: str) -> None:
        self.command = tuple(command)
        self.folder = folder
        self.endpoint = endpoint
        self._containers: dict[EndpointKey, Container] = {}
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def start(self, key: EndpointKey, spec: ContainerSpec, *, role_arn: str) -> None:
        """Start the container of an endpoint, and stop the one before it once the new one is healthy.

        Raises:
            ContainerError: the new one is not healthy; the one before it keeps running.
        """
        container = self._launch(key, spec, role_arn=role_arn)
        with self._lock:
            previous = self._containers.get(key)
            self._containers[key] = container
        if previous:
            previous.stop()

    def invoke(self, key: EndpointKey, body: bytes, *, content_type: str, accept: str) -> Reply:
        """Return what an endpoint's container answers.

        Raises:
            ContainerError: it ended, took too long, or never started.
        """
        with self._lock:
            container = self._containers.get(key)
        if container is None:
            raise ContainerError("the endpoint has no container")
        return container.invoke(body, content_type=content_type, accept=accept)

    def stop(self, key: EndpointKey) -> None:
        """Stop the container of an endpoint, if it has one."""
        with self._lock:
            container = self._containers.pop(key, None)
        if container:
            container.stop()

    def stop_all(self) -> None:
        """Stop every container."""
        with self._lock:
            keys = list(self._containers)
        for key in keys:
            self.stop(key)

    def _launch(self, key: EndpointKey, spec: ContainerSpec, *, role_arn: str) -> Container:
        account, region, name = key
        try:
            given = assume_for_service(account, region, role_arn, _SERVICE)
        except (LookupError, PermissionError) as error:
            raise ContainerError(str(error)) from error
        container = Container(
            self.command,
            spec,
            folder=self.folder / f"{account}-{region}-{name}-{next(self._numbers)}",
            variables={
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_REGION": region,
                "AWS_DEFAULT_REGION": region,
                "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
                "AWS_SESSION_TOKEN": given["SessionToken"],
                "AWS_EC2_METADATA_DISABLED": "true",
            },
        )
        try:
            container.await_health()
        except ContainerError:
            container.stop()
            raise
        return container


_HOSTING: list[Hosting] = []


def configure_hosting(found: Hosting | None) -> None:
    """Let the endpoints of this process answer through these containers, or through none."""
    for each in _HOSTING:
        each.stop_all()
    _HOSTING[:] = [found] if found else []


def hosting() -> Hosting | None:
    """Return the containers of this process; None if endpoints are only recorded."""
    return _HOSTING[0] if _HOSTING else None
