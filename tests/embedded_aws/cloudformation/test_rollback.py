"""A failure gives back what was there before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedded_aws.cloudformation import CloudFormationError, Engine, Stack
from embedded_aws.cloudformation.request import OperationOptions, Request
from embedded_aws.resources.handler import Context, Properties
from tests.embedded_aws.cloudformation.fake_service import (
    ITEM,
    MOVER,
    FakeService,
    ItemHandler,
    fake_engine,
    item,
    reasons,
    statuses,
    template,
)

PARENT = {"Ref": "Parent"}
FAMILY = {"Parent": item(), "Child": item(Parent=PARENT)}


def started(resources: dict[str, Any], **sections: Any) -> tuple[FakeService, Engine]:
    service = FakeService()
    engine = fake_engine(service)
    assert engine.create("s", template(resources, **sections)).status == "CREATE_COMPLETE"
    return service, engine


@pytest.mark.parametrize("verb", ["create", "half-create"])
def test_a_failed_first_deploy_leaves_nothing_and_can_be_deleted_and_repeated(verb: str) -> None:
    service = FakeService(failing={(verb, "Child"): 1})
    engine = fake_engine(service)
    stack = engine.create("s", template(FAMILY))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert service.listing() == {}
    assert stack.resources == {}
    assert "CREATE_FAILED" in statuses(stack, "Child")
    assert "The following resource(s) failed to create: [Child]. Resource handler returned message" in reasons(stack)
    with pytest.raises(CloudFormationError, match="is in ROLLBACK_COMPLETE state and can not be updated"):
        engine.update("s", template(FAMILY))
    engine.delete("s")
    assert engine.create("s", template(FAMILY)).status == "CREATE_COMPLETE"


def test_retain_except_on_create_lets_a_failed_first_deploy_be_repeated_under_the_same_name() -> None:
    named = item(ItemName="data", policy="RetainExceptOnCreate")
    service = FakeService(failing={("create", "Other"): 1})
    engine = fake_engine(service)
    body = template({"Data": named, "Other": item(dependencies="Data")})
    assert engine.create("s", body).status == "ROLLBACK_COMPLETE"
    assert service.listing() == {}
    engine.delete("s")
    assert engine.create("s", body).status == "CREATE_COMPLETE"
    engine.delete("s")
    assert [properties["ItemName"] for properties in service.listing().values()] == ["data"]


def test_retain_keeps_even_what_a_failed_first_deploy_made_unless_the_caller_says_otherwise() -> None:
    body = template({"Data": item(ItemName="data", policy="Retain"), "Other": item(dependencies="Data")})
    service = FakeService(failing={("create", "Other"): 2})
    engine = fake_engine(service)
    stack = engine.create("s", body)
    assert statuses(stack, "Data")[-1] == "DELETE_SKIPPED"
    assert [properties["ItemName"] for properties in service.listing().values()] == ["data"]
    engine.delete("s")
    service.items.clear()
    stack = engine.start_create("s", Request(template=body), OperationOptions(retain_except_on_create=True))
    stack.idle.wait()
    assert service.listing() == {}


@pytest.mark.parametrize(("verb", "status"), [("update", "UPDATE_FAILED"), ("half-update", "UPDATE_FAILED")])
def test_updates_in_place_are_taken_back_also_the_one_that_failed(verb: str, status: str) -> None:
    service, engine = started({"A": item(Size=1), "B": item(Size=1)})
    before = service.listing()
    service.failing = {(verb, "B"): 1}
    stack = engine.update("s", template({"A": item(Size=2), "B": item(Size=2)}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert service.listing() == before
    assert status in statuses(stack, "B")
    assert "The following resource(s) failed to update: [B]. Resource handler returned message" in reasons(stack)
    assert {name: resource.properties["Size"] for name, resource in stack.resources.items()} == {"A": 1, "B": 1}


def test_a_replaced_resource_comes_back_with_its_id_and_its_dependents_return_to_it() -> None:
    service, engine = started({**FAMILY, "Grandchild": item(Parent={"Ref": "Child"})})
    before = service.listing()
    service.failing = {("half-update", "Grandchild"): 1}
    changed = {"Parent": item("b"), "Child": item("b", Parent=PARENT), "Grandchild": item(Parent={"Ref": "Child"})}
    stack = engine.update("s", template(changed))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert service.listing() == before
    assert {name: resource.physical_id for name, resource in stack.resources.items()} == {
        "Parent": "Parent-1",
        "Child": "Child-2",
        "Grandchild": "Grandchild-3",
    }


def test_template_parameters_outputs_and_tags_of_the_stack_come_back() -> None:
    service = FakeService()
    engine = fake_engine(service)
    body = template(
        {"A": item(Size={"Ref": "Size"})},
        Parameters={"Size": {"Type": "Number"}},
        Outputs={"O": {"Value": {"Ref": "A"}}},
    )
    stack = engine.create("s", body, {"Size": "1"}, tags={"team": "x"})
    before = (stack.settings, stack.outputs)
    service.failing = {("create", "New"): 1}
    changed = {**body, "Resources": {**body["Resources"], "New": item(dependencies="A")}, "Outputs": {}}
    engine.update("s", changed, {"Size": "2"}, tags={"team": "y"})
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert (stack.settings, stack.outputs) == before
    assert service.listing() == {"A-1": {"Kind": "a", "Size": "1", "Tags": [{"Key": "team", "Value": "x"}]}}
    assert engine.update("s", body, {"Size": "2"}).status == "UPDATE_COMPLETE"


def test_an_output_that_cannot_be_evaluated_rolls_everything_back() -> None:
    service, engine = started({"A": item(Size=1)})
    before = service.listing()
    outputs = {"O": {"Value": {"Fn::GetAtt": ["New", "Stamp"]}}}
    stack = engine.update("s", template({"A": item(Size=2), "New": item()}, Outputs=outputs))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "gives no attribute Stamp" in reasons(stack)
    assert service.listing() == before


def test_dependents_follow_a_resource_that_comes_back_under_another_id() -> None:
    service, engine = started({"Parent": item(type_name=MOVER, Size=1), "Child": item(Parent=PARENT)})
    service.failing = {("create", "New"): 1}
    changed = {
        "Parent": item(type_name=MOVER, Size=2),
        "Child": item(Parent=PARENT),
        "New": item(dependencies=["Parent", "Child"]),
    }
    stack = engine.update("s", template(changed))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    parent = stack.resources["Parent"].physical_id
    assert service.listing() == {parent: {"Kind": "a", "Size": 1}, "Child-2": {"Kind": "a", "Parent": parent}}
    assert stack.resources["Child"].properties["Parent"] == parent


def test_what_let_go_of_a_resource_returns_to_it_even_if_that_has_another_id_now() -> None:
    service, engine = started({"Root": item(), "Parent": item(type_name=MOVER), "Child": item(Parent=PARENT)})
    service.failing = {("update", "Parent"): 1}
    changed = {
        "Root": item(),
        "Child": item(),
        "Parent": item(type_name=MOVER, Parent={"Ref": "Root"}, dependencies="Child"),
    }
    stack = engine.update("s", template(changed))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    parent = stack.resources["Parent"].physical_id
    assert parent != "Parent-2"
    assert service.items["Child-3"]["Parent"] == parent


def test_a_rollback_that_fails_says_so_and_can_be_continued() -> None:
    service, engine = spoiled({"A": item(Size=1), "B": item(Size=1)})
    before = service.listing()
    changed = template({"A": item(Size=2), "B": item(Size=2), "New": item(dependencies=["A", "B"])})
    stack = engine.update("s", changed)
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    assert stack.reason == "The following resource(s) failed to roll back: [A]."
    assert service.items["A-1"]["Size"] == 2
    assert service.items["B-2"]["Size"] == 1
    with pytest.raises(CloudFormationError, match="UPDATE_ROLLBACK_FAILED state and can not be updated"):
        engine.update("s", changed)
    engine.start_rollback("s").idle.wait()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert service.listing() == before


def test_a_failed_rollback_can_skip_what_cannot_be_mended() -> None:
    _, engine = spoiled({"A": item(Size=1)})
    stack = engine.update("s", template({"A": item(Size=2), "New": item(dependencies="A")}))
    engine.start_rollback("s", skipped=["A"]).idle.wait()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.events[-2].reason == "Resource skipped during UpdateRollback"


class Spoiler(ItemHandler):
    """Lets the next update of A fail once New is to be made: the rollback's."""

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        if context.logical_id == "New":
            context.client("fake").failing["update", "A"] = 1
        return super().create(context, properties)


def spoiled(resources: dict[str, Any]) -> tuple[FakeService, Engine]:
    service = FakeService(failing={("create", "New"): 1})
    engine = fake_engine(service, Spoiler())
    engine.create("s", template(resources))
    return service, engine


def test_a_new_resource_that_cannot_be_deleted_again_is_a_failed_rollback() -> None:
    service = FakeService(failing={("create", "B"): 1, ("delete", "A"): 1})
    engine = fake_engine(service)
    stack = engine.create("s", template({"A": item(), "B": item(dependencies="A")}))
    assert stack.status == "ROLLBACK_FAILED"
    assert list(service.listing()) == ["A-1"]
    engine.delete("s")
    assert (stack.status, service.listing()) == ("DELETE_COMPLETE", {})


def test_deleting_a_stack_whose_rollback_failed_deletes_the_replaced_resources_too() -> None:
    service, engine = started({"A": item("a")})
    service.failing = {("create", "B"): 1, ("delete", "A"): 1}
    stack = engine.update("s", template({"A": item("b"), "B": item(dependencies="A")}))
    assert stack.status == "UPDATE_ROLLBACK_FAILED"
    assert sorted(service.listing()) == ["A-1", "A-2"]
    engine.delete("s")
    assert (stack.status, service.listing()) == ("DELETE_COMPLETE", {})


def test_without_rollback_the_failure_stays_and_the_next_update_goes_on_from_there() -> None:
    service, engine = started({"A": item(Size=1)})
    body = template({"A": item(Size=2), "B": item(dependencies="A"), "C": item(dependencies="B")})
    service.failing = {("half-create", "B"): 1}
    stack = engine.start_update("s", Request(template=body), OperationOptions(on_failure="DO_NOTHING"))
    stack.idle.wait()
    assert stack.status == "UPDATE_FAILED"
    assert service.items["A-1"]["Size"] == 2
    assert "B-2" in service.items
    assert engine.update("s", body).status == "UPDATE_COMPLETE"
    assert sorted(service.listing()) == ["A-1", "B-3", "C-4"]


def test_without_rollback_the_stack_can_still_be_rolled_back_by_command() -> None:
    service, engine = started({"A": item(Size=1)})
    before = service.listing()
    service.failing = {("half-create", "B"): 1}
    body = template({"A": item(Size=2), "B": item(dependencies="A")})
    stack = engine.start_update("s", Request(template=body), OperationOptions(on_failure="DO_NOTHING"))
    stack.idle.wait()
    engine.start_rollback("s").idle.wait()
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert service.listing() == before


def test_on_failure_delete_takes_the_stack_away_too() -> None:
    service = FakeService(failing={("create", "A"): 1})
    engine = fake_engine(service)
    stack = engine.start_create("s", Request(template=template({"A": item()})), OperationOptions(on_failure="DELETE"))
    stack.idle.wait()
    assert (stack.status, engine.find("s")) == ("DELETE_COMPLETE", None)


NAMES = ("A", "B", "C", "D", "E")


@st.composite
def templates(draw: st.DrawFn) -> dict[str, Any]:
    """A few resources, each under one of those before it in a secret order; E gets a new id with each update."""
    order = draw(st.permutations(NAMES))[: draw(st.integers(1, len(NAMES)))]
    resources = {}
    for index, name in enumerate(order):
        parent = draw(st.sampled_from([None, *order[:index]]))
        properties: dict[str, Any] = {"Size": draw(st.integers(1, 2))}
        if parent:
            properties["Parent"] = draw(st.sampled_from([{"Ref": parent}, {"Fn::Sub": f"${{{parent}}}"}]))
        kind = draw(st.sampled_from("ab"))
        resources[name] = item(kind, type_name=MOVER if name == "E" else ITEM, **properties)
    return template({name: resources[name] for name in draw(st.permutations(list(resources)))})


def by_name(stack: Stack, service: FakeService) -> dict[str, dict[str, Any]]:
    """What the service holds, with logical ids in place of the service's own; nothing that the stack does not know."""
    names = {resource.physical_id: name for name, resource in stack.resources.items()}
    return {
        names[item_id]: {**found, **({"Parent": names[found["Parent"]]} if "Parent" in found else {})}
        for item_id, found in service.listing().items()
    }


def expected(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same as the template says it."""
    desired = {}
    for name, resource in body["Resources"].items():
        properties = dict(resource["Properties"])
        if "Parent" in properties:
            properties["Parent"] = properties["Parent"].get("Ref") or properties["Parent"]["Fn::Sub"].strip("${}")
        desired[name] = properties
    return desired


@settings(max_examples=3 * settings().max_examples, deadline=None)
@given(
    old=templates(),
    new=templates(),
    verb=st.sampled_from(["create", "half-create", "update", "half-update"]),
    failing=st.sampled_from(NAMES),
)
def test_any_update_ends_in_its_template_or_exactly_where_it_began(
    old: dict[str, Any], new: dict[str, Any], verb: str, failing: str
) -> None:
    service = FakeService()
    engine = fake_engine(service)
    stack = engine.create("s", old)
    before, ids = by_name(stack, service), {name: r.physical_id for name, r in stack.resources.items()}
    assert before == expected(old)
    service.failing = {(verb, failing): 1}
    try:
        engine.update("s", new)
    except CloudFormationError as error:
        assert error.message == "No updates are to be performed."
        assert by_name(stack, service) == before
        return
    if stack.status == "UPDATE_COMPLETE":
        assert by_name(stack, service) == expected(new)
    else:
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
        assert by_name(stack, service) == before
        after = {name: resource.physical_id for name, resource in stack.resources.items()}
        assert {**after, "E": None} == {**ids, "E": None}
    engine.delete("s")
    assert service.listing() == {}


@settings(max_examples=2 * settings().max_examples, deadline=None)
@given(
    old=templates(),
    steps=st.lists(
        st.tuples(
            templates(), st.sampled_from(["create", "half-create", "update", "half-update"]), st.sampled_from(NAMES)
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_any_number_of_failures_without_rollback_are_rolled_back_together(
    old: dict[str, Any], steps: list[tuple[dict[str, Any], str, str]]
) -> None:
    service = FakeService()
    engine = fake_engine(service)
    stack = engine.create("s", old)
    good = by_name(stack, service)
    for new, verb, failing in steps:
        service.failing = {(verb, failing): 1}
        try:
            engine.start_update("s", Request(template=new), OperationOptions(on_failure="DO_NOTHING")).idle.wait()
        except CloudFormationError as error:
            assert error.message == "No updates are to be performed."
        if stack.status != "UPDATE_FAILED":
            good = by_name(stack, service)
            assert good == expected(json.loads(stack.settings.template.text))
    service.failing = {}
    if stack.status == "UPDATE_FAILED":
        engine.start_rollback("s").idle.wait()
        assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert by_name(stack, service) == good
    engine.delete("s")
    assert service.listing() == {}
