"""Events that reach API destinations: what is sent, with which permissions, and to registered systems only."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from embedded_aws.api_destinations import configure_addresses
from embedded_aws.errors import EmbeddedAwsError
from tests.embedded_aws.gaps.proofs_operations import failed_invocations
from tests.embedded_aws.iam.ground import allow, document, trust
from tests.embedded_aws.moto_server import Services
from tests.gitlab.pipelines_server import PROJECT_ID, TOKEN, PipelinesServer, serve_pipelines

URL = "https://gitlab.example.com"
EVENTS = {"Service": "events.amazonaws.com"}
NUMBERS = itertools.count(1)
BODY = {"ref": "main", "variables": [{"key": "MODEL", "value": "<version>"}]}
TRANSFORMER = {"InputPathsMap": {"version": "$.detail.version"}, "InputTemplate": json.dumps(BODY)}


@pytest.fixture
def gitlab(tmp_path: Path) -> Iterator[PipelinesServer]:
    with serve_pipelines() as server:
        addresses = aws.Addresses(tmp_path)
        addresses.add(URL, server.url)
        configure_addresses(addresses)
        yield server
        configure_addresses(None)


def send(
    services: Services,
    *,
    trusted: Mapping[str, str] = EVENTS,
    permission: str = "events:InvokeApiDestination",
    host: str = URL,
    parameters: Mapping[str, Any] | None = None,
    **target: Any,
) -> float:
    """Send an event to a rule whose target is a new API destination; return the invocations that failed."""
    name = f"destination-{next(NUMBERS)}"
    events, iam = services("events"), services("iam")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "PRIVATE-TOKEN", "ApiKeyValue": TOKEN}}  # pragma: allowlist secret
    connection = events.create_connection(
        Name=name, AuthorizationType="API_KEY", AuthParameters=parameters if parameters is not None else key
    )
    destination = events.create_api_destination(
        Name=name,
        ConnectionArn=connection["ConnectionArn"],
        HttpMethod="POST",
        InvocationEndpoint=f"{host}/api/v4/projects/{PROJECT_ID}/pipeline",
    )["ApiDestinationArn"]
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(trusted))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document(allow(permission, destination)))
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    given = {"Id": "gitlab", "Arn": destination, "RoleArn": role, "InputTransformer": TRANSFORMER, **target}
    events.put_targets(Rule=name, Targets=[{member: value for member, value in given.items() if value is not None}])
    for source in (name, "other"):
        detail = json.dumps({"version": 3})
        events.put_events(Entries=[{"Source": source, "DetailType": "test", "Detail": detail}])
    return failed_invocations(services, name)


def test_a_matching_event_is_sent_once_with_the_key_of_the_connection_and_the_transformed_input(
    moto_services: Services, gitlab: PipelinesServer
) -> None:
    assert send(moto_services) == 0
    assert gitlab.pipelines == [{"ref": "main", "MODEL": "3"}]
    (request,) = gitlab.requests
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["user-agent"] == "Amazon/EventBridge/ApiDestinations"


def test_a_password_and_parameters_of_the_connection_are_sent(moto_services: Services, gitlab: PipelinesServer) -> None:
    parameters = {
        "BasicAuthParameters": {"Username": "user", "Password": "word"},  # pragma: allowlist secret
        "InvocationHttpParameters": {
            "HeaderParameters": [{"Key": "Private-Token", "Value": TOKEN}],
            "QueryStringParameters": [{"Key": "team", "Value": "a b"}],
        },
    }
    send(moto_services, parameters=parameters)
    (request,) = gitlab.requests
    assert request.path.endswith("/pipeline?team=a+b")
    assert request.headers["authorization"] == "Basic dXNlcjp3b3Jk"
    assert request.headers["private-token"] == TOKEN


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"permission": "events:PutEvents"}, "is not authorized to perform: events:InvokeApiDestination"),
        ({"trusted": {"Service": "scheduler.amazonaws.com"}}, "is not authorized to perform: sts:AssumeRole"),
        ({"RoleArn": "arn:aws:iam::123456789012:role/absent"}, "there is no role"),
        ({"RoleArn": None}, "the target has no RoleArn"),
        ({"host": "https://other.example.com"}, "the system of https://other.example.com/api/v4/"),
        ({"host": "https://gitlab.example.com.evil.example"}, "is not registered"),
        ({"parameters": {}}, "with an API key or a password only"),
    ],
)
def test_a_call_that_is_not_allowed_is_not_made_and_counts_as_failed(
    changes: Mapping[str, Any],
    reason: str,
    moto_services: Services,
    gitlab: PipelinesServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert send(moto_services, **changes) == 1
    assert gitlab.requests == []
    assert reason in caplog.text
    assert TOKEN not in caplog.text


def test_an_answer_that_is_no_success_counts_as_failed_and_redirects_are_not_followed(
    moto_services: Services, gitlab: PipelinesServer, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_pipelines() as elsewhere:
        gitlab.answer = (302, {"Location": elsewhere.url})
        assert send(moto_services) == 1
        assert elsewhere.requests == []
    gitlab.answer = (503, {})
    assert send(moto_services) == 1
    assert len(gitlab.requests) == 2
    assert "answered 302" in caplog.text
    assert "answered 503" in caplog.text
    assert TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://gitlab.example.com", "http://localhost:1"),
        ("https://gitlab.example.com/api", "http://localhost:1"),
        (URL, "http://gitlab.example.com"),
        (URL, "http://localhost:1/path"),
        (URL, "https://user@gitlab.example.com"),
        (URL, "localhost:1"),
    ],
)
def test_a_system_is_https_and_its_address_is_https_or_on_this_machine(url: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match="use "):
        aws.Addresses(tmp_path).add(url, address)
    assert list(tmp_path.iterdir()) == []
