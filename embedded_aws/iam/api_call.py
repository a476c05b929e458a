"""What a request asks for, read with moto's own routes and parsers: what is checked is what moto will do."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Environ = dict[str, Any]

# The name that a request is signed for, and botocore's name of the service.
_SERVICES = {
    "elasticmapreduce": "emr",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "tagging": "resourcegroupstaggingapi",
}
# The prefix of a service's actions, where it is not botocore's name.
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
_PREFIXES = {
    "emr": "elasticmapreduce",
    "resourcegroupstaggingapi": "tag",
    "sagemaker-metrics": "sagemaker",
    "sagemaker-runtime": "sagemaker",
    "service-quotas": "servicequotas",
}
# S3's only request whose body names what it acts on.
_BATCH = "delete"


class UnreadableRequestError(ValueError):
    """The request is none that is known here; the message says what it is."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """An operation with its parameters.

    Args:
        service: botocore's name, such as `emr`.
        operation: such as `RunJobFlow`.
        parameters: by the names of botocore's model.
        protocol: of the service, such as `json`.
        region: that the request is signed for.
        headers: by name in lower case.
        method: of HTTP.
    """

    service: str
    operation: str
    parameters: Mapping[str, Any]
    protocol: str
    region: str
    headers: Mapping[str, str]
    method: str

    @property
    def prefix(self) -> str:
        """What the service's actions begin with, such as `elasticmapreduce`."""
        return _PREFIXES.get(self.service, self.service)


def body_of(environ: Environ, service: str) -> bytes | None:
    """The body, left in place for whoever reads it next; None of an upload, which is not read twice."""
    if service == "s3" and _BATCH not in environ.get("QUERY_STRING", ""):
        return None
    stream = environ["wsgi.input"]
    body: bytes = stream.read() if environ.get("wsgi.input_terminated") else stream.read(_length(environ))
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def read(environ: Environ, body: bytes | None, *, signed_for: str, region: str) -> Call:
    """Read a request.

    Args:
        environ: as WSGI gives it.
        body: its body, None where it is not needed.
        signed_for: the service's name in the signature.
        region: the region in the signature.

    Raises:
        UnreadableRequestError: the service, the operation or the body is unknown.
    """
    from moto.core.parse import PROTOCOL_PARSERS  # moto takes long to import
    from moto.core.request import determine_request_protocol
    from moto.core.routing import get_service_router
    from moto.core.utils import get_service_model

    service = _service(environ, signed_for)
    try:
        request = _request(environ, body, service)
        model = get_service_model(service)
        operation, uri = get_service_router(service).match(request)
        protocol = determine_request_protocol(model, request.content_type)
        parser = PROTOCOL_PARSERS[protocol](model.operation_model(operation.name), map_type=dict)
        parsed = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": request.data,
                "url_path": request.path,
                "url_params": uri,
            }
        )
    except Exception as error:
        # Whatever moto stumbles over, it would not serve either; the guard must not let it through unread.
        raise UnreadableRequestError(
            f"{signed_for}: {environ['REQUEST_METHOD']} {environ['PATH_INFO']} is no request that the embedded AWS "
            f"can read ({type(error).__name__}: {error})"
        ) from error
    return Call(
        service=service,
        operation=operation.name,
        parameters={**uri, **parsed},
        protocol=protocol,
        region=region,
        headers={name.lower(): value for name, value in request.headers.items()},
        method=request.method,
    )


def _service(environ: Environ, signed_for: str) -> str:
    """botocore's name of the service that moto will take the request to."""
    path = environ["PATH_INFO"]
    if signed_for == "s3" and (path.startswith("/v20180820/") or "s3-control" in environ.get("HTTP_HOST", "")):
        return "s3control"
    if signed_for == "sagemaker" and path.endswith("invocations"):
        return "sagemaker-runtime"
    if signed_for == "sagemaker" and path.endswith("BatchPutMetrics"):
        return "sagemaker-metrics"
    return _SERVICES.get(signed_for, signed_for)


def _request(environ: Environ, body: bytes | None, service: str) -> Any:
    from moto.core.request import Request

    content = body or b""
    if environ.get("HTTP_CONTENT_ENCODING") == "gzip" and service != "s3":
        content = gzip.decompress(content)
    copied = {**environ, "wsgi.input": io.BytesIO(content), "CONTENT_LENGTH": str(len(content))}
    copied.pop("wsgi.input_terminated", None)
    return Request(copied)


def _length(environ: Environ) -> int:
    length = environ.get("CONTENT_LENGTH") or "0"
    return int(length) if length.isdigit() else 0
