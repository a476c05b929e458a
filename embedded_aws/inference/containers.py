"""A process that stands for the container of a model: SageMaker's contract, `GET /ping` and `POST /invocations`.

https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

# A container that has not answered a ping by then is not healthy. Our limit, below the 60 s that a boto3 client waits
# for the answer of CreateEndpoint, which here includes the start; AWS's own is minutes
# (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html).
START_SECONDS = 50.0
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
INVOCATION_SECONDS = 60.0
_LOG_CHARACTERS = 600
# Seconds that a process has to end after its standard input is closed.
_END_SECONDS = 5.0


class ContainerError(Exception):
    """The process did not start, ended, or took too long; the message says why."""


@dataclass(frozen=True, kw_only=True)
class ContainerSpec:
    """What a container runs with, as SageMaker would start it.

    Args:
        image: URI of the image.
        model_data_url: S3 URI of the model's archive; empty if there is none.
        environment: its environment variables.
    """

    image: str
    model_data_url: str
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a container answers.

    Args:
        status: of HTTP.
        content_type: of the body.
        body: the content.
    """

    status: int
    content_type: str
    body: bytes


class Container:
    """A running process. It ends when its standard input closes, so that it never outlives the server.

    Args:
        command: the program, which is given the specification (JSON: the fields of ContainerSpec, `folder`,
            `listener`) as its last argument. It serves HTTP on the listening socket with that number.
        spec: what to serve.
        folder: the process's own, which keeps its log.
        variables: environment variables: credentials, region and endpoint.
    """

    def __init__(
        self, command: Sequence[str], spec: ContainerSpec, *, folder: Path, variables: Mapping[str, str]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "container.log"
        # The socket listens before the process exists: a request waits in its queue, and is reset if the process ends.
        with socket.create_server(("localhost", 0)) as listener, self.log.open("wb") as log:
            self.port: int = listener.getsockname()[1]
            given = json.dumps({**asdict(spec), "folder": str(folder), "listener": listener.fileno()})
            try:
                self._process = subprocess.Popen(
                    [*command, given],
                    env={"PATH": os.environ.get("PATH", os.defpath), **variables},
                    cwd=folder,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    pass_fds=(listener.fileno(),),
                    start_new_session=True,
                )
            except OSError as error:
                raise ContainerError(f"{command[0]}: {error.strerror}") from error

    def await_health(self) -> None:
        """Wait until the container answers a ping.

        Raises:
            ContainerError: it does not.
        """
        reply = self._request("GET", "/ping", b"", {}, timeout=START_SECONDS)
        if reply.status != http.client.OK:
            raise ContainerError(f"the ping was answered with {reply.status}")

    def invoke(self, body: bytes, *, content_type: str, accept: str) -> Reply:
        """Return the prediction for a body.

        Raises:
            ContainerError: the process ended or took too long.
        """
        headers = {"Content-Type": content_type, "Accept": accept}
        return self._request("POST", "/invocations", body, headers, timeout=INVOCATION_SECONDS)

    def stop(self) -> None:
        """End the process and its children."""
        if self._process.stdin:
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def log_end(self) -> str:
        """Return the end of what the process printed."""
        return self.log.read_text(errors="replace").strip()[-_LOG_CHARACTERS:]

    def _request(self, method: str, path: str, body: bytes, headers: Mapping[str, str], *, timeout: float) -> Reply:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=timeout)
        try:
            connection.request(method, path, body=body, headers=dict(headers))
            answer = connection.getresponse()
            return Reply(
                status=answer.status,
                content_type=answer.headers.get("Content-Type", "application/octet-stream"),
                body=answer.read(),
            )
        except TimeoutError as error:
            raise ContainerError(f"no answer within {timeout:g} s") from error
        except (OSError, http.client.HTTPException) as error:
            raise ContainerError(self.log_end() or "the process ended and printed nothing") from error
        finally:
            connection.close()
