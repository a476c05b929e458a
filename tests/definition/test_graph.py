"""The graph of a definition: steps in branches, and dependencies between steps."""

from __future__ import annotations

from typing import Any

from mlproject.definition import branches_of, dependencies, own_arguments, references, steps_of
from tests.definition.folders import document


def test_the_steps_of_flight_delays_wait_for_what_they_use() -> None:
    waits = dependencies(document())
    assert {name: set(found) for name, found in waits.items()} == {
        "Prepare": set(),
        "Train": {"Prepare"},
        "Evaluate": {"Prepare", "Train"},
        "Better": {"Evaluate"},
        "Register": {"Train", "Evaluate", "Better"},
        "Score": {"Prepare", "Train", "Better"},
        "TooWeak": {"Evaluate", "Better"},
    }


def condition(name: str, *, then: list[Any], otherwise: list[Any] | None = None, value: str = "Parameters.X") -> Any:
    return {
        "Name": name,
        "Type": "Condition",
        "Arguments": {
            "Conditions": [{"Type": "Equals", "LeftValue": {"Get": value}, "RightValue": 1}],
            "IfSteps": then,
            "ElseSteps": otherwise or [],
        },
    }


def step(name: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "Processing", "Arguments": {}, **more}


def test_steps_of_nested_branches_are_found_after_their_condition() -> None:
    inner = condition("Inner", then=[step("Deep")])
    found = steps_of({"Steps": [step("First"), condition("Outer", then=[inner], otherwise=[step("Else")])]})
    assert [each["Name"] for each in found] == ["First", "Outer", "Inner", "Deep", "Else"]


def test_a_step_in_a_branch_waits_for_its_condition_and_the_condition_not_for_it() -> None:
    inner = condition("Inner", then=[step("Deep", Arguments={"In": {"Get": "Steps.Other.Out"}})])
    waits = dependencies({"Steps": [step("Other"), condition("Outer", then=[inner])]})
    assert waits["Deep"] == {"Inner", "Other"}
    assert waits["Inner"] == {"Outer"}
    assert waits["Outer"] == set()


def test_depends_on_counts_by_name_and_by_reference() -> None:
    waits = dependencies(
        {"Steps": [step("A"), step("B"), step("C", DependsOn=["A", {"Get": "Steps.B"}]), step("D", DependsOn=None)]}
    )
    assert waits["C"] == {"A", "B"}
    assert waits["D"] == set()


def test_references_are_found_in_joins_property_files_and_lists() -> None:
    value = {
        "a": {"Std:Join": {"On": "/", "Values": ["x", {"Get": "Parameters.P"}]}},
        "b": [{"Std:JsonGet": {"PropertyFile": {"Get": "Steps.E.PropertyFiles.M"}, "Path": "auc"}}],
        "c": {"Get": "Steps.T.Outputs['a.b'].S3Uri"},
    }
    assert list(references(value)) == ["Parameters.P", "Steps.E.PropertyFiles.M", "Steps.T.Outputs['a.b'].S3Uri"]


def test_only_a_condition_has_branches() -> None:
    outer = condition("Outer", then=[step("A")])
    assert list(branches_of(outer)) == ["IfSteps"]
    assert set(own_arguments(outer)) == {"Conditions"}
    assert branches_of(step("A", Arguments={"IfSteps": [step("B")]})) == {}


def test_a_step_without_arguments_has_none() -> None:
    assert own_arguments({"Name": "A", "Type": "Fail"}) == {}
