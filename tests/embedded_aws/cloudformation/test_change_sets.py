"""Change sets belong to their stack."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation import CloudFormationError, Engine
from embedded_aws.cloudformation.change_sets import (
    NO_CHANGES,
    create_change_set,
    delete_change_set,
    execute_change_set,
    find_change_set,
)
from embedded_aws.cloudformation.request import Request
from tests.embedded_aws.cloudformation.fake_service import FakeService, fake_engine, item, template

NAME = "cdk-deploy-change-set"


def asked(resources: dict[str, Any]) -> Request:
    return Request(template=template(resources))


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def engine(service: FakeService) -> Engine:
    return fake_engine(service)


def test_a_new_stack_waits_in_review_until_its_change_set_is_executed(engine: Engine, service: FakeService) -> None:
    stack, change_set = create_change_set(engine, "s", NAME, asked({"A": item()}), kind="CREATE")
    assert (stack.status, change_set.status, service.calls) == ("REVIEW_IN_PROGRESS", "CREATE_COMPLETE", [])
    execute_change_set(engine, NAME, "s").idle.wait()
    assert (stack.status, change_set.execution_status) == ("CREATE_COMPLETE", "EXECUTE_COMPLETE")
    assert list(service.listing()) == ["A-1"]


def test_two_stacks_have_change_sets_of_the_same_name(engine: Engine, service: FakeService) -> None:
    create_change_set(engine, "one", NAME, asked({"A": item()}), kind="CREATE")
    create_change_set(engine, "two", NAME, asked({"B": item()}), kind="CREATE")
    execute_change_set(engine, NAME, "two").idle.wait()
    assert list(service.listing()) == ["B-1"]
    delete_change_set(engine, NAME, "two")
    assert find_change_set(engine, NAME, "one")[0].name == "one"
    execute_change_set(engine, NAME, "one").idle.wait()
    assert sorted(service.listing()) == ["A-2", "B-1"]


def test_a_change_set_is_found_by_its_id_alone_but_by_its_name_only_with_its_stack(engine: Engine) -> None:
    stack, change_set = create_change_set(engine, "s", NAME, asked({"A": item()}), kind="CREATE")
    assert find_change_set(engine, change_set.change_set_id, None) == (stack, change_set)
    with pytest.raises(CloudFormationError, match="StackName must be specified"):
        find_change_set(engine, NAME, None)
    with pytest.raises(CloudFormationError, match=r"Stack \[other\] does not exist"):
        find_change_set(engine, NAME, "other")


def test_a_missing_change_set_has_a_code_of_its_own_and_is_deleted_without_complaint(engine: Engine) -> None:
    engine.create("s", template({"A": item()}))
    with pytest.raises(CloudFormationError) as refused:
        find_change_set(engine, NAME, "s")
    assert refused.value.code == "ChangeSetNotFound"
    delete_change_set(engine, NAME, "s")


def test_no_change_is_a_failed_change_set_that_cannot_be_executed(engine: Engine) -> None:
    engine.create("s", template({"A": item()}))
    _, change_set = create_change_set(engine, "s", NAME, asked({"A": item()}))
    assert (change_set.status, change_set.execution_status, change_set.reason) == ("FAILED", "UNAVAILABLE", NO_CHANGES)
    with pytest.raises(CloudFormationError) as refused:
        execute_change_set(engine, NAME, "s")
    assert refused.value.code == "InvalidChangeSetStatus"


def test_a_change_of_an_output_or_of_the_stacks_tags_is_a_change(engine: Engine) -> None:
    engine.create("s", template({"A": item()}))
    with_output = Request(template=template({"A": item()}, Outputs={"O": {"Value": {"Ref": "A"}}}))
    _, change_set = create_change_set(engine, "s", NAME, with_output)
    assert (change_set.status, change_set.changes) == ("CREATE_COMPLETE", ())
    execute_change_set(engine, NAME, "s").idle.wait()
    assert engine.get("s").outputs[0].value == "A-1"
    tagged = Request(template=with_output.template, tags={"team": "x"})
    _, change_set = create_change_set(engine, "s", NAME, tagged)
    assert [change.logical_id for change in change_set.changes] == ["A"]


def test_a_template_that_cannot_work_makes_a_failed_change_set_that_names_every_resource(engine: Engine) -> None:
    wrong = {"A": item(Foo=1), "B": item(Note="x"), "C": item(Name={"Ref": "A"}), "D": item()}
    stack, change_set = create_change_set(engine, "s", NAME, asked(wrong), kind="CREATE")
    assert (change_set.status, change_set.execution_status) == ("FAILED", "UNAVAILABLE")
    assert change_set.reason is not None
    assert "for resource A with message: #: extraneous key [Foo]" in change_set.reason
    assert "for resource B with message: the embedded AWS does not apply" in change_set.reason
    assert "resource D" not in change_set.reason
    assert (stack.status, stack.resources) == ("REVIEW_IN_PROGRESS", {})
    with pytest.raises(CloudFormationError, match="cannot be executed in its current status of"):
        execute_change_set(engine, NAME, "s")


def test_a_refused_request_leaves_neither_a_change_set_nor_a_stack(engine: Engine) -> None:
    with pytest.raises(CloudFormationError, match="unsupported structure"):
        create_change_set(engine, "s", NAME, Request(template="[]"), kind="CREATE")
    assert engine.stacks == {}


def test_kinds_must_fit_the_stack(engine: Engine) -> None:
    with pytest.raises(CloudFormationError, match=r"Stack \[s\] does not exist"):
        create_change_set(engine, "s", NAME, asked({"A": item()}))
    engine.create("s", template({"A": item()}))
    with pytest.raises(CloudFormationError, match="already exists and cannot be created again with the changeSet"):
        create_change_set(engine, "s", NAME, asked({"A": item()}), kind="CREATE")


def test_a_name_in_use_is_refused_until_it_was_executed(engine: Engine) -> None:
    engine.create("s", template({"A": item()}))
    create_change_set(engine, "s", NAME, asked({"A": item(Size=1)}))
    with pytest.raises(CloudFormationError) as refused:
        create_change_set(engine, "s", NAME, asked({"A": item(Size=2)}))
    assert refused.value.code == "AlreadyExistsException"
    execute_change_set(engine, NAME, "s").idle.wait()
    create_change_set(engine, "s", NAME, asked({"A": item(Size=2)}))


def test_executing_one_change_set_makes_the_others_of_the_stack_obsolete(engine: Engine) -> None:
    engine.create("s", template({"A": item()}))
    create_change_set(engine, "s", "first", asked({"A": item(Size=1)}))
    create_change_set(engine, "s", "second", asked({"A": item(Size=2)}))
    execute_change_set(engine, "second", "s").idle.wait()
    assert list(engine.get("s").change_sets) == ["second"]


def test_a_failed_execution_says_so(engine: Engine, service: FakeService) -> None:
    service.failing = {("create", "A"): 1}
    stack, change_set = create_change_set(engine, "s", NAME, asked({"A": item()}), kind="CREATE")
    execute_change_set(engine, NAME, "s").idle.wait()
    assert (stack.status, change_set.execution_status) == ("ROLLBACK_COMPLETE", "EXECUTE_FAILED")


def test_a_change_set_that_keeps_failures_does_not_roll_back(engine: Engine, service: FakeService) -> None:
    service.failing = {("create", "B"): 1}
    resources = {"A": item(), "B": item(dependencies="A")}
    create_change_set(engine, "s", NAME, asked(resources), kind="CREATE", on_failure="DO_NOTHING")
    execute_change_set(engine, NAME, "s").idle.wait()
    assert (engine.get("s").status, list(service.listing())) == ("CREATE_FAILED", ["A-1"])
    engine.start_rollback("s").idle.wait()
    assert (engine.get("s").status, service.listing()) == ("ROLLBACK_COMPLETE", {})


def test_taking_the_failed_resource_out_makes_a_stack_without_rollback_good_again(
    engine: Engine, service: FakeService
) -> None:
    engine.create("s", template({"A": item()}))
    service.failing = {("create", "B"): 1}
    create_change_set(engine, "s", NAME, asked({"A": item(), "B": item()}), on_failure="DO_NOTHING")
    execute_change_set(engine, NAME, "s").idle.wait()
    assert engine.get("s").status == "UPDATE_FAILED"
    _, change_set = create_change_set(engine, "s", NAME, asked({"A": item()}))
    assert (change_set.status, change_set.changes) == ("CREATE_COMPLETE", ())
    execute_change_set(engine, NAME, "s").idle.wait()
    assert engine.get("s").status == "UPDATE_COMPLETE"
