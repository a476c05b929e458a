"""What an update would do, worked out without touching anything."""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudformation import Engine
from embedded_aws.cloudformation.plan import Action, ResourceChange
from embedded_aws.cloudformation.request import Request, requested_settings
from embedded_aws.cloudformation.response_shapes import KNOWN_AFTER_APPLY, change_shape
from tests.embedded_aws.cloudformation.fake_service import FakeService, fake_engine, item, template

PARENT = {"Ref": "Parent"}
FAMILY = {"Parent": item("a"), "Child": item(Parent=PARENT), "Named": item(Size={"Fn::GetAtt": ["Parent", "Arn"]})}


def plan(engine: Engine, resources: dict[str, Any]) -> dict[str, ResourceChange]:
    stack = engine.get("s")
    changes = engine.plan(stack, requested_settings(engine.context, stack, Request(template=template(resources))))
    return {change.logical_id: change for change in changes}


def started(resources: dict[str, Any]) -> tuple[FakeService, Engine]:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template(resources))
    service.calls.clear()
    return service, engine


def test_a_plan_touches_nothing_and_knows_each_action() -> None:
    service, engine = started({"Same": item(), "Sized": item(Size=1), "Kinded": item("a"), "Gone": item()})
    before = service.listing()
    changes = plan(engine, {"Same": item(), "Sized": item(Size=2), "Kinded": item("b"), "New": item()})
    assert {name: change.action for name, change in changes.items()} == {
        "Sized": Action.MODIFY,
        "Kinded": Action.REPLACE,
        "New": Action.ADD,
        "Gone": Action.REMOVE,
    }
    assert (service.listing(), service.calls) == (before, [])


def test_what_comes_from_a_resource_to_be_replaced_counts_as_changed() -> None:
    _, engine = started(FAMILY)
    changes = plan(engine, {**FAMILY, "Parent": item("b")})
    assert {name: change.action for name, change in changes.items()} == {
        "Parent": Action.REPLACE,
        "Child": Action.MODIFY,
        "Named": Action.MODIFY,
    }
    assert [change.cause for change in changes["Child"].properties] == ["Parent"]
    assert [change.cause for change in changes["Named"].properties] == ["Parent.Arn"]


def test_a_replacement_that_hangs_on_a_value_not_known_yet_is_conditional_and_passed_on() -> None:
    resources = {
        "Parent": item("a"),
        "Middle": item("x", ItemName={"Fn::Sub": "under-${Parent}"}),
        "Last": item(Parent={"Ref": "Middle"}),
    }
    _, engine = started(resources)
    changes = plan(engine, {**resources, "Parent": item("b")})
    shapes = {name: change_shape(change)["ResourceChange"] for name, change in changes.items()}
    assert {name: shape["Replacement"] for name, shape in shapes.items()} == {
        "Parent": "True",
        "Middle": "Conditional",
        "Last": "False",
    }
    assert shapes["Middle"]["Details"] == [
        {
            "Target": {"Attribute": "Properties", "Name": "ItemName", "RequiresRecreation": "Always"},
            "Evaluation": "Dynamic",
            "ChangeSource": "ResourceReference",
            "CausingEntity": "Parent",
        }
    ]


def test_a_change_in_the_api_s_shape_tells_scope_policy_and_values() -> None:
    _, engine = started({"A": item("a", Size=1, policy="Retain"), "B": item("a"), "C": item()})
    changes = plan(
        engine,
        {
            "A": item("a", Size=2),
            "B": item("b", replace_policy="Retain", Parent={"Ref": "New"}, dependencies="A"),
            "New": item(),
        },
    )
    modified = change_shape(changes["A"], values=True)["ResourceChange"]
    assert (modified["Action"], modified["Replacement"]) == ("Modify", "False")
    assert modified["Scope"] == ["Properties", "DeletionPolicy"]
    assert modified["Details"][0]["Target"] == {
        "Attribute": "Properties",
        "Name": "Size",
        "RequiresRecreation": "Never",
        "Path": "/Properties/Size",
        "BeforeValue": "1",
        "AfterValue": "2",
        "AttributeChangeType": "Modify",
    }
    assert modified["BeforeContext"] == '{"Properties": {"Kind": "a", "Size": 1}}'
    replaced = change_shape(changes["B"], values=True)["ResourceChange"]
    assert (replaced["PolicyAction"], replaced["Replacement"]) == ("ReplaceAndRetain", "True")
    assert KNOWN_AFTER_APPLY in replaced["AfterContext"]
    removed = change_shape(changes["C"])["ResourceChange"]
    assert (removed["Action"], removed["PolicyAction"], removed["PhysicalResourceId"]) == ("Remove", "Delete", "C-3")
    assert "Replacement" not in removed
    added = change_shape(changes["New"])["ResourceChange"]
    assert (added["Action"], added["Scope"], added["Details"]) == ("Add", [], [])


def test_an_attribute_that_an_update_in_place_may_bring_is_waited_for() -> None:
    resources = {"Parent": item(Size=1), "Child": item(dependencies="Parent")}
    _, engine = started(resources)
    named = {"Parent": item(Size=2), "Child": item(Size={"Fn::GetAtt": ["Parent", "Stamp"]})}
    assert plan(engine, named)["Child"].properties[0].pending
