"""What stands before moto answers every failure in the shape of the service that was called."""

from __future__ import annotations

import io
import json
import logging
import xml.etree.ElementTree as ET
from collections.abc import Iterable

import pytest

from embedded_aws.error_middleware import Call, Environ, ErrorMiddleware, StartResponse, recognise


def request(
    service: str | None = None, *, target: str = "", form: str = "", method: str = "POST", path: str = "/"
) -> Environ:
    """A WSGI request as clients sign it."""
    environ: Environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(form.encode())}
    if service:
        scope = f"20260102/eu-west-1/{service}/aws4_request"
        environ["HTTP_AUTHORIZATION"] = f"AWS4-HMAC-SHA256 Credential=key/{scope}, SignedHeaders=host, Signature=0"
    if target:
        environ["HTTP_X_AMZ_TARGET"] = target
    if form:
        environ |= {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": str(len(form))}
    return environ


def answer(application: object, environ: Environ) -> tuple[str, dict[str, str], bytes]:
    """Status, headers and body that a client gets."""
    got: list[tuple[str, dict[str, str]]] = []
    body = b"".join(ErrorMiddleware(application)(environ, lambda status, headers: got.append((status, dict(headers)))))  # type: ignore[arg-type]
    return *got[0], body


def broken(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    raise KeyError("pipelines")


def page(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("404 NOT FOUND", [("Content-Type", "text/html")])
    return [b"<!doctype html>\n<title>404 Not Found</title>"]


def website(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/html")])
    return [b"<!doctype html>\n<title>A report</title>"]


@pytest.mark.parametrize(
    ("environ", "call"),
    [
        (request("sagemaker", target="SageMaker.ListPipelines"), ("sagemaker", "ListPipelines", False)),
        (request("cloudformation", form="Action=CreateStack&Version=1"), ("cloudformation", "CreateStack", True)),
        (request("s3", method="PUT", path="/bucket/key"), ("s3", "", True)),
        (request("scheduler", path="/schedules"), ("scheduler", "", False)),
        (request(path="/bucket"), ("s3", "", True)),
    ],
)
def test_service_operation_and_protocol_are_read_off_a_request(environ: Environ, call: tuple[str, str, bool]) -> None:
    service, operation, xml = call
    assert recognise(environ) == Call(service=service, operation=operation, xml=xml)


def test_reading_the_operation_leaves_the_body_as_it_was() -> None:
    environ = request("iam", form="Action=CreateRole&RoleName=x")
    recognise(environ)
    assert environ["wsgi.input"].read() == b"Action=CreateRole&RoleName=x"


def test_an_unexpected_error_is_json_for_a_json_service_and_its_traceback_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        status, headers, body = answer(broken, request("sagemaker", target="SageMaker.ListPipelines"))
    assert status.startswith("501 ")
    assert headers["x-amzn-errortype"] == json.loads(body)["__type"] == "EmbeddedAwsFailure"
    assert json.loads(body)["message"].startswith(
        "the embedded AWS failed at sagemaker:ListPipelines: KeyError: 'pipelines'"
    )
    assert "Traceback" in caplog.text
    assert "sagemaker:ListPipelines 501" in caplog.text


@pytest.mark.parametrize(
    ("environ", "path"),
    [(request("iam", form="Action=ListRoles"), "Error"), (request("s3", method="GET", path="/b"), ".")],
)
def test_an_unexpected_error_is_xml_for_a_service_of_xml(environ: Environ, path: str) -> None:
    _, headers, body = answer(broken, environ)
    error = ET.fromstring(body).find(path)  # noqa: S314
    assert headers["Content-Type"] == "text/xml"
    assert error is not None
    assert error.findtext("Code") == "EmbeddedAwsFailure"


def test_a_page_meant_for_people_becomes_an_error_of_the_service() -> None:
    status, _, body = answer(page, request("sagemaker", target="SageMaker.ListPipelines"))
    assert status.startswith("501 ")
    assert "404 NOT FOUND" in json.loads(body)["message"]


def test_a_page_that_is_an_object_is_left_alone() -> None:
    status, _, body = answer(website, request("s3", method="GET", path="/bucket/report.html"))
    assert (status, body[:15]) == ("200 OK", b"<!doctype html>")
