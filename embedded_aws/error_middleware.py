"""What stands before moto: a line of log per request, and an AWS-shaped answer where moto would fail."""

from __future__ import annotations

import io
import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

log = logging.getLogger("embedded_aws")

SIGNED_FOR = re.compile(r"Credential=[^/,]*/[0-9]{8}/([^/,]*)/([^/,]*)/aws4_request")
FORM = "application/x-www-form-urlencoded"
# A form's first part is enough to know the operation; a template of 1 MB must not be parsed for the log.
FORM_HEAD = 4096
# botocore and the CDK CLI retry 500, 502, 503 and 504, the CLI for 45 s; they take 501 as final.
FAILED = "501 Not Implemented"


@dataclass(frozen=True, kw_only=True)
class Call:
    """What a request asks for.

    Args:
        service: the service that the request is signed for, such as `sagemaker`; `s3` if it is not signed.
        operation: such as `ListPipelines`; empty where only method and path say it.
        xml: whether the service's protocol answers in XML.
    """

    service: str
    operation: str
    xml: bool

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}" if self.operation else self.service


class ErrorMiddleware:
    """Logs every request and turns an unexpected exception, or a page meant for people, into a service's error."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()
        call = recognise(environ)
        status, headers, body = self._answer(environ, call)
        start_response(status, headers)
        spent = (time.perf_counter() - began) * 1000
        method, path = environ["REQUEST_METHOD"], environ.get("RAW_URI", environ["PATH_INFO"])
        log.info("%s %s %s %s %.1f ms", method, path, call.name, status[:3], spent)
        return [body]

    def _answer(self, environ: Environ, call: Call) -> tuple[str, Headers, bytes]:
        started: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _: Any = None) -> None:
            started.append((status, headers))

        try:
            parts = self.application(environ, start_response)
            try:
                body = b"".join(parts)
            finally:
                close = getattr(parts, "close", None)
                if close:
                    close()
        except NotImplementedError as error:
            log.warning("%s: moto has no such operation: %s", call.name, error)
            return failure(call, "NotImplemented", f"the embedded AWS does not know this operation: {error}")
        except Exception as error:
            log.exception("%s failed", call.name)
            return failure(
                call,
                "EmbeddedAwsFailure",
                f"the embedded AWS failed at {call.name}: {type(error).__name__}: {error}; its log has the details",
            )
        status, headers = started[-1]
        if status[0] in "45" and body.lstrip()[:14].lower() == b"<!doctype html":
            log.warning("%s: moto answered %s with a page", call.name, status)
            return failure(call, "NotImplemented", f"the embedded AWS has nothing at this address ({status})")
        return status, headers, body


def recognise(environ: Environ) -> Call:
    """Read service, operation and protocol off a request, and leave its body as it was."""
    signed = SIGNED_FOR.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = signed[2] if signed else "s3"
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        return Call(service=service, operation=target.rpartition(".")[2], xml=False)
    if environ.get("CONTENT_TYPE", "").startswith(FORM):
        return Call(service=service, operation=_action(environ), xml=True)
    return Call(service=service, operation="", xml=service in {"s3", "route53", "cloudfront"})


def failure(call: Call, code: str, message: str) -> tuple[str, Headers, bytes]:
    """An error as the service itself would shape it, which clients do not retry."""
    if not call.xml:
        body = json.dumps({"__type": code, "message": message, "Message": message})
        return FAILED, [("Content-Type", "application/json"), ("x-amzn-errortype", code)], body.encode()
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    whole = error if call.service == "s3" else f"<ErrorResponse>{error}<RequestId>0</RequestId></ErrorResponse>"
    return FAILED, [("Content-Type", "text/xml")], f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()


def _action(environ: Environ) -> str:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return ""
    body: bytes = environ["wsgi.input"].read(int(length))
    environ["wsgi.input"] = io.BytesIO(body)
    return parse_qs(body[:FORM_HEAD].decode(errors="replace")).get("Action", [""])[0]
