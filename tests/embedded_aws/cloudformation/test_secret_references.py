"""Dynamic references to Secrets Manager: services get the values, and CloudFormation shows none."""

from __future__ import annotations

import json
from typing import Any

import pytest

from embedded_aws.cloudformation import Engine, Stack
from embedded_aws.cloudformation.change_sets import create_change_set
from embedded_aws.cloudformation.request import Request
from embedded_aws.cloudformation.response_shapes import change_set_shape, event_shape, resource_shape, stack_shape
from embedded_aws.cloudformation.secret_references import contains_secret
from tests.embedded_aws.cloudformation.fake_service import FakeService, fake_engine, item, reasons, template

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:one-abcdef"
VALUE = "glpat-not-shown"


def referring(reference: str, **properties: Any) -> dict[str, Any]:
    return template({"A": item(Options={"Free": f"key {{{{resolve:secretsmanager:{reference}}}}}"}, **properties)})


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("one", "text"),
        ("one:SecretString", "text"),
        (ARN, "arn"),
        ("members:SecretString:key", "member"),
        ("members::number", "7"),
        ("one:SecretString::AWSPREVIOUS", "textAWSPREVIOUS"),
        ("one:SecretString:::b1", "textb1"),
    ],
)
def test_the_service_gets_the_value_of_the_secret(reference: str, value: str) -> None:
    members = json.dumps({"key": "member", "number": 7})
    service = FakeService(secrets={"one": "text", ARN: "arn", "members": members})
    fake_engine(service).create("s", referring(reference))
    assert service.items["A-1"]["Options"] == {"Free": f"key {value}"}


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("missing", "Secrets Manager can't find the specified secret."),
        ("one:SecretString:key", "Could not parse SecretString JSON of one."),
        ("members:SecretString:other", "Could not find a value associated with JSONKey other in SecretString"),
    ],
)
def test_a_value_that_does_not_exist_fails_the_resource_and_nothing_remains(reference: str, words: str) -> None:
    service = FakeService(secrets={"one": "text", "members": '{"key": "member"}'})
    stack = fake_engine(service).create("s", referring(reference))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert words in reasons(stack)
    assert "member" not in reasons(stack).replace("members", "")
    assert service.listing() == {}


def everything_told(engine: Engine, stack: Stack) -> str:
    """What CloudFormation answers about a stack, and about a change of it."""
    request = Request(template=json.dumps(referring("one", Size=3)))
    _, change_set = create_change_set(engine, "s", "change", request)
    shapes = [
        stack_shape(stack),
        *(resource_shape(stack, each) for each in stack.resources.values()),
        *(event_shape(stack, each) for each in stack.events),
        change_set_shape(stack, change_set, values=True),
    ]
    return json.dumps(shapes, default=str)


def test_no_answer_of_cloudformation_contains_the_value_even_if_a_service_repeats_it() -> None:
    service = FakeService(secrets={"one": VALUE})
    engine = fake_engine(service)
    stack = engine.create("s", referring("one"))
    # The reason of this failure contains the value.
    failed = engine.update("s", referring("one", Size=2, Parent="{{resolve:secretsmanager:one}}"))
    assert failed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "there is no ****" in reasons(stack)
    told = everything_told(engine, stack)
    assert "{{resolve:secretsmanager:one}}" in told
    assert VALUE not in told
    assert service.items["A-1"]["Options"] == {"Free": f"key {VALUE}"}


def test_a_new_value_is_read_when_the_resource_changes_and_not_before() -> None:
    service = FakeService(secrets={"one": "first", "two": "third"})
    engine = fake_engine(service)
    engine.create("s", referring("one"))
    service.secrets["one"] = "second"
    engine.update("s", {**referring("one"), "Outputs": {"O": {"Value": "changed"}}})
    assert service.items["A-1"]["Options"] == {"Free": "key first"}
    engine.update("s", referring("one", Size=2))
    assert service.items["A-1"]["Options"] == {"Free": "key second"}
    engine.update("s", referring("two", Size=2))
    assert service.items["A-1"]["Options"] == {"Free": "key third"}


def test_a_secret_is_found_at_any_depth() -> None:
    reference = "{{resolve:secretsmanager:one}}"
    assert contains_secret({"A": [1, {"B": f"key {reference}"}]})
    assert not contains_secret({"A": [1, {"B": "{{resolve:ssm:one}}"}]})
    assert not contains_secret({reference: 1})
