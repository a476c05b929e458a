"""The order of creation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.graph import creation_order, find_dependencies, references
from embedded_aws.cloudformation.template import parse
from tests.embedded_aws.cloudformation.fake_service import item, template


@st.composite
def acyclic(draw: st.DrawFn) -> dict[str, frozenset[str]]:
    """Each resource depends on some of those before it in a secret order; written down in another order."""
    names = draw(st.permutations([f"R{number}" for number in range(draw(st.integers(1, 12)))]))
    dependencies = {
        name: frozenset(draw(st.sets(st.sampled_from(names[:index])))) if index else frozenset()
        for index, name in enumerate(names)
    }
    return {name: dependencies[name] for name in draw(st.permutations(names))}


@given(acyclic())
def test_each_resource_comes_after_all_that_it_needs(dependencies: dict[str, frozenset[str]]) -> None:
    order = creation_order(dependencies)
    assert sorted(order) == sorted(dependencies)
    assert all(
        order.index(needed) < order.index(name) for name, all_needed in dependencies.items() for needed in all_needed
    )
    assert creation_order(dict(dependencies)) == order


def test_a_cycle_is_refused_and_its_resources_named() -> None:
    dependencies = {"A": {"B"}, "B": {"C"}, "C": {"A"}, "Outside": {"A"}}
    with pytest.raises(CloudFormationError, match="Circular dependency between resources") as refused:
        creation_order(dependencies)
    assert all(name in refused.value.message for name in "ABC")
    assert "Outside" not in refused.value.message


def test_every_way_of_naming_a_resource_is_a_dependency() -> None:
    resources = {
        **{name: item() for name in ("ByRef", "ByAtt", "BySub", "BySubAtt", "InMap", "Listed", "InCondition")},
        "Top": item(
            dependencies="Listed",
            Parent={
                "Fn::If": [
                    "Some",
                    {"Fn::Join": ["", [{"Ref": "ByRef"}, {"Fn::GetAtt": ["ByAtt", "Arn"]}]]},
                    {"Fn::Sub": ["${BySub}${BySubAtt.Arn}${own}${!Escaped}", {"own": {"Ref": "InMap"}}]},
                ]
            },
            Note={"Ref": "InCondition"},
        ),
    }
    found = find_dependencies(parse(template(resources)).resources)
    assert found["Top"] == {"ByRef", "ByAtt", "BySub", "BySubAtt", "InMap", "Listed", "InCondition"}


def test_an_own_variable_of_sub_is_no_reference() -> None:
    assert list(references({"Fn::Sub": ["${own}", {"own": "text"}]})) == []


@pytest.mark.parametrize("expression", [{"Fn::GetAtt": ["Alone"]}, {"Fn::Sub": 3}, {"Fn::GetAtt": 3}])
def test_a_malformed_reference_is_refused(expression: object) -> None:
    with pytest.raises(CloudFormationError, match="Template error: every Fn::"):
        list(references(expression))
