"""What is refused before anything is created."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from embedded_aws.cloudformation import CloudFormationError
from embedded_aws.cloudformation.request import Request
from embedded_aws.resources.handler import Context, Properties
from tests.embedded_aws.cloudformation.fake_service import (
    ITEM,
    FakeService,
    ItemHandler,
    fake_engine,
    item,
    template,
)

SOME = {"Some": {"Fn::Equals": [{"Ref": "P"}, "yes"]}}
DECLARED = {"P": {"Type": "String", "Default": "no"}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (template({"A": {"Type": "Fake::Store::Other"}}), "Unrecognized resource types: [Fake::Store::Other]"),
        (template({"A": item(Foo=1)}), "resource A with message: #: extraneous key [Foo] is not permitted"),
        (template({"A": item(Options={"Bar": 1})}), "#/Options: extraneous key [Bar] is not permitted"),
        (template({"A": item(Tags=[{"Name": "x"}])}), "#/Tags/0: extraneous key [Name] is not permitted"),
        (template({"A": {"Type": ITEM}}), "#: required key [Kind] not found"),
        (template({"A": {"Type": ITEM, "Properties": {"Kind": {"Ref": "AWS::NoValue"}}}}), "required key [Kind]"),
        (template({"A": item(Arn="x")}), "read-only property [Arn] is not permitted"),
        (template({"A": item(Note="x")}), "does not apply these properties of Fake::Store::Item: Note"),
        (template({"A": item(Parent={"Ref": "B"})}), "Unresolved resource dependencies [B] in the Resources block"),
        (template({"A": item(Parent={"Fn::Sub": "${B}"})}), "Unresolved resource dependencies [B]"),
        (template({"A": item(dependencies="B")}), "Unresolved resource dependencies [B] in the Resources block"),
        (template({"A": item(Parent={"Fn::GetAtt": ["B", "Arn"]})}), "Fn::GetAtt references undefined resource B"),
        (
            template({"A": item(), "B": item(Parent={"Fn::GetAtt": ["A", "Color"]})}),
            "resource A does not support attribute type Color in Fn::GetAtt",
        ),
        (template({"A": {**item(), "Condition": "C"}}), "Unresolved condition dependency C in the Resources block"),
        (template({"A": item()}, Outputs={"O": {"Value": {"Ref": "B"}}}), "[B] in the Outputs block"),
        (template({"A": item()}, Outputs={"O": {}}), "Every Outputs member must contain a Value object"),
        (
            template({"A": item(Parent={"Ref": "B"}), "B": item(Parent={"Ref": "A"})}),
            "Circular dependency between resources: [",
        ),
        (
            template(
                {"A": {**item(), "Condition": "Some"}, "B": item(Parent={"Ref": "A"})},
                Conditions=SOME,
                Parameters=DECLARED,
            ),
            "Unresolved resource dependencies [A]",
        ),
        (
            template(
                {"A": item()},
                Parameters=DECLARED,
                Rules={
                    "R": {
                        "Assertions": [
                            {"Assert": {"Fn::Contains": [["yes"], {"Ref": "P"}]}, "AssertDescription": "say yes"}
                        ]
                    }
                },
            ),
            "say yes",
        ),
        (template({"A": item(ItemName="{{resolve:ssm-secure:x}}")}), "to ssm and secretsmanager only, not ssm-secure"),
        (template({"A": item(ItemName="{{resolve:secretsmanager:x:SecretBinary}}")}), "is not a reference to a secret"),
        (template({"A": item(ItemName="{{resolve:secretsmanager:x::a:b:c}}")}), "with a stage or an id"),
        (template({"A": item(ItemName="{{resolve:ssm:/x}}")}), "Unable to fetch parameters [/x]"),
        (template({"A": item(Parent={"Fn::ImportValue": "x"})}), "No export named x found."),
    ],
)
def test_a_template_that_cannot_work_is_refused_before_anything_is_made(body: Any, words: str) -> None:
    service = FakeService()
    engine = fake_engine(service)
    with pytest.raises(CloudFormationError) as refused:
        engine.create("s", body)
    assert words in refused.value.message
    assert service.calls == []
    assert engine.stacks == {}


def test_a_change_of_type_is_refused() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item()}))
    with pytest.raises(CloudFormationError, match=r"Update of resource type is not permitted.*\[A\]"):
        engine.update("s", template({"A": item(type_name="Fake::Store::Mover")}))


def test_stacks_need_a_good_name_and_only_one_has_it() -> None:
    engine = fake_engine(FakeService())
    with pytest.raises(CloudFormationError, match="at 'stackName' failed to satisfy constraint"):
        engine.create("1-wrong", template({"A": item()}))
    engine.create("s", template({"A": item()}))
    with pytest.raises(CloudFormationError) as refused:
        engine.create("s", template({"A": item()}))
    assert (refused.value.code, refused.value.message) == ("AlreadyExistsException", "Stack [s] already exists")
    with pytest.raises(CloudFormationError, match="Stack with id other does not exist"):
        engine.update("other", template({"A": item()}))


class WaitingHandler(ItemHandler):
    """Stands still in create until it is let go."""

    def __init__(self) -> None:
        self.entered = threading.Barrier(3, timeout=30)
        self.leave = threading.Event()

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        self.entered.wait()
        assert self.leave.wait(timeout=30)
        return super().create(context, properties)


def test_two_stacks_run_at_once_and_a_second_operation_on_one_of_them_is_refused() -> None:
    handler = WaitingHandler()
    engine = fake_engine(FakeService(), handler)
    body = template({"A": item()})
    stacks = [engine.start_create(name, Request(template=body)) for name in ("one", "two")]
    handler.entered.wait()  # both are inside their handlers
    try:
        with pytest.raises(CloudFormationError, match="is in CREATE_IN_PROGRESS state and can not be updated"):
            engine.update("one", body)
        with pytest.raises(CloudFormationError, match="CREATE_IN_PROGRESS"):
            engine.delete("two")
    finally:
        handler.leave.set()
    assert all(stack.idle.wait(30) for stack in stacks)
    assert [stack.status for stack in stacks] == ["CREATE_COMPLETE", "CREATE_COMPLETE"]
