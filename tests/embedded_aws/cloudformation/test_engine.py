"""Stacks through their life: create, update in place, replace, remove, delete, in the right order."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation import CloudFormationError
from embedded_aws.resources.handler import Context, Properties
from tests.embedded_aws.cloudformation.fake_service import (
    ACCOUNT,
    FakeService,
    ItemHandler,
    fake_engine,
    item,
    reasons,
    statuses,
    template,
)

PARENT = {"Ref": "Parent"}


def test_resources_are_made_after_what_they_need_and_deleted_before() -> None:
    service = FakeService()
    engine = fake_engine(service)
    resources = {"Last": item(Parent={"Ref": "Middle"}), "Middle": item(Parent={"Ref": "First"}), "First": item()}
    stack = engine.create("s", template(resources))
    assert stack.status == "CREATE_COMPLETE"
    assert service.calls == [("create", "First"), ("create", "Middle"), ("create", "Last")]
    engine.delete("s")
    assert service.calls[3:] == [("delete", "Last"), ("delete", "Middle"), ("delete", "First")]
    assert service.listing() == {}
    assert stack.status == "DELETE_COMPLETE"
    assert engine.find("s") is None
    assert engine.find(stack.stack_id) is stack


def test_each_step_of_each_resource_is_an_event_with_rising_times() -> None:
    stack = fake_engine(FakeService()).create("s", template({"A": item()}))
    assert [(event.logical_id, event.status) for event in stack.events] == [
        ("s", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_IN_PROGRESS"),
        ("A", "CREATE_COMPLETE"),
        ("s", "CREATE_COMPLETE"),
    ]
    times = [event.time for event in stack.events]
    assert times == sorted(set(times))
    assert all(time.microsecond % 1000 == 0 for time in times)


def test_a_changed_property_is_updated_in_place_and_nothing_else_is_touched() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item(Size=1), "B": item(Size=1)}))
    before = service.listing()
    stack = engine.update("s", template({"A": item(Size=2), "B": item(Size=1)}))
    assert stack.status == "UPDATE_COMPLETE"
    assert service.calls[2:] == [("update", "A")]
    assert service.listing() == {**before, "A-1": {"Kind": "a", "Size": 2}}


def test_a_replacement_is_made_before_the_old_one_is_deleted_and_its_dependents_follow() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"Parent": item("a"), "Child": item(Parent=PARENT)}))
    stack = engine.update("s", template({"Parent": item("b"), "Child": item(Parent=PARENT)}))
    assert service.calls[2:] == [("create", "Parent"), ("update", "Child"), ("delete", "Parent")]
    assert stack.resources["Parent"].physical_id == "Parent-3"
    assert service.items["Child-2"]["Parent"] == "Parent-3"
    assert statuses(stack, "s")[-3:] == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"]


def test_a_nested_property_replaces_only_where_the_rules_say_so() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item(Options={"Fixed": "x", "Free": "y"})}))
    engine.update("s", template({"A": item(Options={"Fixed": "x", "Free": "z"})}))
    assert service.calls[1:] == [("update", "A")]
    engine.update("s", template({"A": item(Options={"Free": "z"})}))
    assert service.calls[2:] == [("create", "A"), ("delete", "A")]


def test_removed_resources_go_last_and_in_reverse_order() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"Parent": item(), "Child": item(Parent=PARENT), "Stays": item()}))
    engine.update("s", template({"Stays": item(), "New": item()}))
    assert service.calls[3:] == [("create", "New"), ("delete", "Child"), ("delete", "Parent")]


def test_a_false_condition_leaves_a_resource_out_and_removes_one_that_exists() -> None:
    service = FakeService()
    engine = fake_engine(service)
    body = template(
        {"A": {**item(), "Condition": "Some"}, "B": item(Note={"Fn::If": ["Some", {"Ref": "A"}, "none"]})},
        Parameters={"On": {"Type": "String"}},
        Conditions={"Some": {"Fn::Equals": [{"Ref": "On"}, "yes"]}},
    )
    body["Resources"]["B"]["Properties"].pop("Note")
    engine.create("s", body, {"On": "yes"})
    stack = engine.update("s", body, {"On": "no"})
    assert list(stack.resources) == ["B"]
    assert list(service.listing()) == ["B-2"]


def test_retained_resources_survive_removal_and_deletion_and_replacement_by_their_own_policies() -> None:
    service = FakeService()
    engine = fake_engine(service)
    kept: dict[str, Any] = {"policy": "Retain", "replace_policy": "Retain"}
    engine.create("s", template({"A": item(**kept), "B": item(policy="RetainExceptOnCreate"), "C": item()}))
    engine.update("s", template({"A": item("b", **kept), "B": item("b", policy="RetainExceptOnCreate"), "C": item()}))
    assert sorted(service.listing()) == ["A-1", "A-4", "B-5", "C-3"]
    stack = engine.update("s", template({"B": item("b", policy="RetainExceptOnCreate"), "C": item()}))
    assert sorted(service.listing()) == ["A-1", "A-4", "B-5", "C-3"]
    engine.delete("s")
    assert sorted(service.listing()) == ["A-1", "A-4", "B-5"]
    assert statuses(stack, "A")[-1] == statuses(stack, "B")[-1] == "DELETE_SKIPPED"


def test_a_policy_alone_is_an_update_without_a_call() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item()}))
    stack = engine.update("s", template({"A": item(policy="Retain")}))
    assert service.calls == [("create", "A")]
    assert stack.resources["A"].deletion_policy == "Retain"


def test_a_resource_with_a_fixed_name_is_not_replaced_but_refused_in_cloudformations_words() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item("a", ItemName="fixed")}))
    before = service.listing()
    stack = engine.update("s", template({"A": item("b", ItemName="fixed")}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename fixed and update the stack again." in reasons(stack)
    )
    assert service.listing() == before
    renamed = engine.update("s", template({"A": item("b", ItemName="other")}))
    assert renamed.status == "UPDATE_COMPLETE"


def test_tags_of_the_stack_reach_the_resources_and_their_own_tags_win() -> None:
    service = FakeService()
    engine = fake_engine(service)
    body = template({"A": item(Tags=[{"Key": "own", "Value": "1"}, {"Key": "both", "Value": "mine"}]), "B": item()})
    engine.create("s", body, tags={"both": "stack's", "team": "x"})
    assert service.items["A-1"]["Tags"] == [
        {"Key": "own", "Value": "1"},
        {"Key": "both", "Value": "mine"},
        {"Key": "team", "Value": "x"},
    ]
    assert service.items["B-2"]["Tags"] == [{"Key": "both", "Value": "stack's"}, {"Key": "team", "Value": "x"}]
    engine.update("s", body, tags={})
    assert "Tags" not in service.items["B-2"]


def test_an_update_without_a_change_is_refused_and_does_nothing() -> None:
    service = FakeService()
    engine = fake_engine(service)
    body = template({"A": item()}, Outputs={"O": {"Value": {"Ref": "A"}}})
    engine.create("s", body)
    with pytest.raises(CloudFormationError, match="No updates are to be performed"):
        engine.update("s", body)
    changed = {**body, "Outputs": {"O": {"Value": {"Fn::GetAtt": ["A", "Arn"]}}}}
    assert engine.update("s", changed).outputs[0].value == "arn:fake:A-1"


def test_outputs_and_exports_join_stacks() -> None:
    service = FakeService()
    engine = fake_engine(service)
    exporting = template({"A": item()}, Outputs={"O": {"Value": {"Ref": "A"}, "Export": {"Name": "shared"}}})
    engine.create("one", exporting)
    engine.create("two", template({"B": item(Parent={"Fn::ImportValue": "shared"})}))
    assert service.items["B-2"]["Parent"] == "A-1"
    with pytest.raises(CloudFormationError, match="Export shared cannot be deleted as it is in use by two"):
        engine.delete("one")
    failed = engine.update("one", template({"A": item("b")}, Outputs=exporting["Outputs"]))
    assert failed.status == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export shared cannot be updated as it is in use by two" in reasons(failed)
    assert failed.resources["A"].physical_id == "A-1"
    twice = engine.create("three", exporting)
    assert twice.status == "ROLLBACK_COMPLETE"
    assert "Export with name shared is already exported by stack one" in reasons(twice)
    engine.delete("two")
    engine.delete("one")
    assert service.listing() == {}


def test_dynamic_references_and_stored_parameters_are_read_at_each_operation() -> None:
    service = FakeService(parameters={"/note": "first", "/size": "1"})
    engine = fake_engine(service)
    body = template(
        {"A": item(ItemName="{{resolve:ssm:/note}}-x"), "B": item(Size={"Ref": "Size"})},
        Parameters={"Size": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/size"}},
    )
    engine.create("s", body)
    assert service.items["A-1"]["ItemName"] == "first-x"
    service.parameters["/size"] = "2"
    engine.update("s", body)
    assert service.items["B-2"]["Size"] == "2"


def test_a_thing_that_is_gone_counts_as_deleted_and_the_event_says_so() -> None:
    service = FakeService()
    engine = fake_engine(service)
    stack = engine.create("s", template({"A": item()}))
    service.items.clear()
    engine.delete("s")
    assert stack.status == "DELETE_COMPLETE"
    assert "It was gone already" in reasons(stack)


def test_a_failed_deletion_keeps_what_is_left_and_can_be_repeated_or_told_to_retain_it() -> None:
    service = FakeService(failing={("delete", "Parent"): 1})
    engine = fake_engine(service)
    resources = {"Root": item(), "Parent": item(Parent={"Ref": "Root"}), "Child": item(Parent=PARENT)}
    stack = engine.create("s", template(resources))
    engine.delete("s")
    assert stack.status == "DELETE_FAILED"
    assert stack.reason == "The following resource(s) failed to delete: [Parent]. "
    assert list(service.listing()) == ["Root-1", "Parent-2"]
    assert ("delete", "Root") not in service.calls
    with pytest.raises(CloudFormationError, match="is in DELETE_FAILED state and can not be updated"):
        engine.update("s", template({"Root": item()}))
    service.failing = {("delete", "Root"): 1}
    engine.delete("s")
    assert (stack.status, list(service.listing())) == ("DELETE_FAILED", ["Root-1"])
    engine.delete("s", retained=["Root"])
    assert (stack.status, list(service.listing())) == ("DELETE_COMPLETE", ["Root-1"])


def test_retaining_is_for_stacks_that_failed_to_delete() -> None:
    engine = fake_engine(FakeService())
    engine.create("s", template({"A": item()}))
    with pytest.raises(CloudFormationError, match="only when the stack is in the DELETE_FAILED state"):
        engine.delete("s", retained=["A"])


def test_a_protected_stack_is_not_deleted_and_a_missing_one_is_no_error() -> None:
    engine = fake_engine(FakeService())
    engine.create("s", template({"A": item()})).protected = True
    with pytest.raises(CloudFormationError, match="while TerminationProtection is enabled"):
        engine.delete("s")
    assert engine.delete("other") is None


def test_a_failed_cleanup_leaves_the_update_complete_and_is_told() -> None:
    service = FakeService()
    engine = fake_engine(service)
    engine.create("s", template({"A": item(), "B": item()}))
    service.failing = {("delete", "A"): 1, ("delete", "B"): 1}
    stack = engine.update("s", template({"A": item("b")}))
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.reason == "Update successful. One or more resources could not be deleted."
    assert statuses(stack, "A")[-1] == statuses(stack, "B")[-1] == "DELETE_FAILED"
    assert sorted(service.listing()) == ["A-1", "A-3", "B-2"]


def test_a_resource_whose_handler_reports_no_id_fails() -> None:
    class SilentHandler(ItemHandler):
        def create(self, context: Context, properties: Properties) -> dict[str, Any]:
            return {}

    engine = fake_engine(FakeService(), SilentHandler())
    stack = engine.create("s", template({"A": item()}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "reported no physical id" in reasons(stack)


def test_a_defect_in_a_handler_fails_its_resource_and_not_the_engine() -> None:
    class BrokenHandler(ItemHandler):
        def create(self, context: Context, properties: Properties) -> dict[str, Any]:
            raise KeyError("Nothing")

    engine = fake_engine(FakeService(), BrokenHandler())
    stack = engine.create("s", template({"A": item()}))
    assert stack.status == "ROLLBACK_COMPLETE"
    assert "Internal failure of the embedded AWS: KeyError: 'Nothing'" in reasons(stack)
    assert stack.idle.is_set()


@pytest.mark.parametrize(
    ("region", "partition", "suffix"),
    [
        ("eu-west-1", "aws", "amazonaws.com"),
        ("cn-north-1", "aws-cn", "amazonaws.com.cn"),
        ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
    ],
)
def test_pseudo_parameters_are_those_of_the_partition(region: str, partition: str, suffix: str) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html"""
    names = ("AccountId", "Partition", "Region", "StackName", "URLSuffix")
    outputs = {name: {"Value": {"Ref": f"AWS::{name}"}} for name in names}
    stack = fake_engine(FakeService(), region=region).create("s", template({"A": item()}, Outputs=outputs))
    assert {output.key: output.value for output in stack.outputs} == {
        "AccountId": ACCOUNT,
        "Partition": partition,
        "Region": region,
        "StackName": "s",
        "URLSuffix": suffix,
    }


class ChangingHandler(ItemHandler):
    """Changes the properties that it is given, and refuses the update."""

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        old["Options"]["Free"] = new["Options"]["Free"] = "changed"
        return super().update(context, physical_id, old, new)


def test_what_a_handler_changes_in_its_arguments_does_not_change_the_stack() -> None:
    service = FakeService(failing={("update", "A"): 1})
    engine = fake_engine(service, ChangingHandler())
    engine.create("s", template({"A": item(Options={"Free": "a"})}))
    stack = engine.update("s", template({"A": item(Options={"Free": "b"})}))
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert stack.resources["A"].properties["Options"] == {"Free": "a"}


def test_an_update_takes_new_values_of_parameters() -> None:
    service = FakeService()
    engine = fake_engine(service)
    body = template({"A": item(Size={"Ref": "Size"})}, Parameters={"Size": {"Type": "Number", "Default": 1}})
    engine.create("s", body, {"Size": "2"})
    engine.update("s", body, {"Size": "3"})
    assert service.items["A-1"]["Size"] == "3"
