"""The Livy endpoint of an EMR Serverless application, as AWS documents it, with another Livy behind it.

It is reached as a proxy, so that SparkMagic uses the address that it has on AWS, with TLS. What it checks is decided by
the embedded AWS: signatures, whose credentials they are, permissions, and the state of the application.
https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/interactive-workloads-livy-endpoints.html
"""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import requests

from embedded_aws.iam import signature

ROLE_PROPERTY = "emr-serverless.session.executionRoleArn"
_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Caller:
    """A role, and the credentials that one of its sessions has.

    Args:
        role_arn: ARN of the role.
        access_key_id, secret, token: the credentials.
    """

    role_arn: str
    access_key_id: str
    secret: str
    token: str


@dataclass(kw_only=True)
class ApplicationLivy:
    """The endpoint of one application.

    Args:
        application_arn: ARN of the application.
        client: boto3 clients of the account's administrator.
        livy: address of the Livy that answers what is allowed.
        certificate: file with the endpoint's certificate and its key.
    """

    application_arn: str
    client: Callable[[str], Any]
    livy: str
    certificate: Path
    callers: list[Caller] = field(default_factory=list)
    # Of each request that was let through: method, path, and the access key of its signature.
    accepted: list[tuple[str, str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def application_id(self) -> str:
        return self.application_arn.rpartition("/")[2]

    @property
    def region(self) -> str:
        return self.application_arn.split(":")[3]

    @property
    def host(self) -> str:
        return f"{self.application_id}.livy.emr-serverless-services.{self.region}.amazonaws.com"

    @property
    def variables(self) -> dict[str, str]:
        """Environment variables with which SparkMagic reaches this endpoint at its address on AWS."""
        proxy = f"http://127.0.0.1:{self._server.server_port}"
        return {"HTTPS_PROXY": proxy, "https_proxy": proxy, "REQUESTS_CA_BUNDLE": str(self.certificate)}

    def refusal(self, environ: Mapping[str, Any], body: bytes) -> tuple[int, str] | None:
        """Return the status and the message with which a request is refused, or None."""
        signed = signature.read(environ)
        if signed is None:
            return HTTPStatus.FORBIDDEN, "Missing Authentication Token"
        caller = next((each for each in self.callers if each.access_key_id == signed.access_key_id), None)
        if caller is None or caller.token != signed.token:
            return HTTPStatus.FORBIDDEN, "The security token included in the request is invalid."
        if not signature.is_right(signed, caller.secret, environ, body):
            return (
                HTTPStatus.FORBIDDEN,
                "The request signature does not match the signature you provided.",
            )
        if (signed.service, signed.region) != ("emr-serverless", self.region):
            return HTTPStatus.FORBIDDEN, "Credential should be scoped to a valid region and to the service."
        return self._denial(caller, environ, body)

    def _denial(self, caller: Caller, environ: Mapping[str, Any], body: bytes) -> tuple[int, str] | None:
        if not self._may(caller, "emr-serverless:AccessLivyEndpoints", self.application_arn):
            return self._denied(caller, "emr-serverless:AccessLivyEndpoints", self.application_arn)
        about = self.client("emr-serverless").get_application(applicationId=self.application_id)["application"]
        if about["state"] != "STARTED":
            return HTTPStatus.BAD_REQUEST, f"Application {self.application_id} is in state {about['state']}"
        if (environ["REQUEST_METHOD"], environ["PATH_INFO"]) != ("POST", "/sessions"):
            return None
        role = json.loads(body).get("conf", {}).get(ROLE_PROPERTY)
        if role is None:
            return HTTPStatus.BAD_REQUEST, f"{ROLE_PROPERTY} is missing"
        if not self._may(caller, "iam:PassRole", role):
            return self._denied(caller, "iam:PassRole", role)
        return None

    def _may(self, caller: Caller, action: str, resource: str) -> bool:
        passed = {"ContextKeyName": "iam:PassedToService", "ContextKeyType": "string"}
        (result,) = self.client("iam").simulate_principal_policy(
            PolicySourceArn=caller.role_arn,
            ActionNames=[action],
            ResourceArns=[resource],
            ContextEntries=[{**passed, "ContextKeyValues": ["emr-serverless.amazonaws.com"]}],
        )["EvaluationResults"]
        return bool(result["EvalDecision"] == "allowed")

    def _denied(self, caller: Caller, action: str, resource: str) -> tuple[int, str]:
        account, name = caller.role_arn.split(":")[4], caller.role_arn.rpartition("/")[2]
        session = f"arn:aws:sts::{account}:assumed-role/{name}/SageMaker"
        message = (
            f"User: {session} is not authorized to perform: {action} on resource: {resource} because no "
            f"identity-based policy allows the {action} action"
        )
        return HTTPStatus.FORBIDDEN, message


def _handler(endpoint: ApplicationLivy) -> type[BaseHTTPRequestHandler]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(endpoint.certificate)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            host = self.path.partition(":")[0]
            if host != endpoint.host:
                # A name that does not exist.
                self.send_error(HTTPStatus.BAD_GATEWAY)
                return
            self.send_response(HTTPStatus.OK)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
            self.close_connection = False

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            environ = self._environ()
            refused = endpoint.refusal(environ, body)
            if refused:
                status, message = refused
                self._answer(status, json.dumps({"message": message}).encode())
                return
            signed = signature.read(environ)
            assert signed is not None
            endpoint.accepted.append((self.command, self.path, signed.access_key_id))
            endpoint.bodies.append(json.loads(body) if body else None)
            with requests.Session() as client:
                client.trust_env = False
                headers = {"Content-Type": "application/json", "X-Requested-By": "ambari"}
                answer = client.request(
                    self.command, f"{endpoint.livy}{self.path}", data=body, headers=headers, timeout=_SECONDS
                )
            self._answer(answer.status_code, answer.content)

        def finish(self) -> None:
            super().finish()
            # The base class closes only the socket below TLS.
            self.connection.close()

        def do_POST(self) -> None:
            self.do_GET()

        def do_DELETE(self) -> None:
            self.do_GET()

        def _environ(self) -> dict[str, str]:
            path, _, query = self.path.partition("?")
            headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}
            described = {"REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query}
            return {**described, **headers, "CONTENT_TYPE": self.headers.get("Content-Type", "")}

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Print nothing in tests."""

    return Handler
