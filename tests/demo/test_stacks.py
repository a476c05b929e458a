"""The idle cost of a stack is found under the stack's name in AWS."""

from __future__ import annotations

from decimal import Decimal

from mlproject.architecture import StackTemplate
from mlproject.demo.stacks import costs_by_stack_name


def template(name: str, stack_name: str) -> StackTemplate:
    return StackTemplate(name=name, stack_name=stack_name, account="1", region="eu-west-1", template={})


def test_the_cost_of_a_display_name_is_that_of_its_stack() -> None:
    templates = (
        template("local/network", "local-network"),
        template("local/flights/storage", "flights-local-storage"),
        template("local/flights/new", "flights-local-new"),
    )
    costs = {"local/network": Decimal("97.36"), "local/flights/storage": Decimal(1), "other": Decimal(2)}
    assert costs_by_stack_name(templates, costs) == {
        "local-network": 97.36,
        "flights-local-storage": 1.0,
        "flights-local-new": None,
    }
