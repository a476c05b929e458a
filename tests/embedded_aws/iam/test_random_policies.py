"""Random policies and requests: the guard decides as an evaluator that was written from AWS's pages alone.

`reference/` was written by somebody who had not read the guard's evaluator, and imports nothing of it.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.embedded_aws.iam.policy_strategies import FAMILIES, NULL, cases
from tests.embedded_aws.iam.random_cases import (
    OWN,
    ROOT,
    UNDECIDED,
    Document,
    RandomCase,
    guard_outcome,
    reference_outcome,
)

REFERENCE = Path(__file__).parent / "reference"
# Neither depends on how fast the machine is.
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.large_base_example])


@dataclass
class Statistic:
    """What random cases were about.

    Args:
        outcomes: how often each outcome was decided.
        deciding: how often the conditions of a family changed the outcome.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    deciding: Counter[str] = field(default_factory=Counter)


def compare(options: settings) -> Statistic:
    """Compare both evaluators; what the cases were about."""
    statistic = Statistic()

    @settings(options)
    @given(cases())
    def decide_alike(case: RandomCase) -> None:
        outcome, expected = guard_outcome(case), reference_outcome(case)
        assert outcome == expected or denies_what_is_left_to_the_account(case, outcome, expected)
        statistic.outcomes[outcome] += 1
        for family in families(case):
            statistic.deciding[family] += guard_outcome(without(case, family)) != outcome

    decide_alike()
    return statistic


def denies_what_is_left_to_the_account(case: RandomCase, outcome: str, expected: str) -> bool:
    """Whether the guard denies what a resource's policy allows to the own account, and no identity's policy does.

    AWS's pages say that an account is delegated the permission, and that one of the two policies is enough.
    """
    policy = case.resource_policy or {"Statement": []}
    principals = [statement.get("Principal") for statement in policy["Statement"] if statement["Effect"] == "Allow"]
    named = [str(principal) for principal in principals]
    to_account = any(f"'{account}'" in each for each in named for account in (ROOT, OWN))
    return to_account and (outcome, expected) == ("ImplicitDeny", UNDECIDED)


def families(case: RandomCase) -> set[str]:
    """The families of operators in a case's policies."""
    statements = [statement for document in case.documents() for statement in document["Statement"]]
    return {family_of(operator) for statement in statements for operator in statement.get("Condition", ())}


def family_of(operator: str) -> str:
    name = operator.rpartition(":")[2].removesuffix("IfExists")
    return next((family for family, known in FAMILIES.items() if name in known.operators), NULL)


def without(case: RandomCase, family: str) -> RandomCase:
    """The case without the conditions of a family."""
    return replace(
        case,
        identity=[unconditional(document, family) for document in case.identity],
        boundary=case.boundary and unconditional(case.boundary, family),
        session=case.session and unconditional(case.session, family),
        resource_policy=case.resource_policy and unconditional(case.resource_policy, family),
    )


def unconditional(document: Document, family: str) -> dict[str, Any]:
    return {
        **document,
        "Statement": [
            {
                **statement,
                "Condition": {
                    operator: keys
                    for operator, keys in statement.get("Condition", {}).items()
                    if family_of(operator) != family
                },
            }
            for statement in document["Statement"]
        ],
    }


def test_both_evaluators_decide_four_hundred_fixed_cases_alike() -> None:
    statistic = compare(settings(UNTIMED, max_examples=400, derandomize=True, database=None))
    assert set(statistic.outcomes) == {"Allow", "ExplicitDeny", "ImplicitDeny", UNDECIDED}


@pytest.mark.slow
def test_both_evaluators_decide_thousands_of_cases_alike_and_the_cases_are_not_trivial() -> None:
    statistic = compare(settings(UNTIMED, max_examples=5000))
    total = statistic.outcomes.total()
    assert total >= 5000
    assert statistic.outcomes["Allow"] >= total / 10, statistic
    assert statistic.outcomes["ExplicitDeny"] >= total / 10, statistic
    assert all(statistic.deciding[family] >= 30 for family in (*FAMILIES, NULL)), statistic


def test_the_reference_knows_nothing_of_the_guard() -> None:
    imported = {
        name
        for path in REFERENCE.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names])
    }
    own = "tests.embedded_aws.iam.reference."
    assert not [name for name in imported if name.startswith(("embedded_aws", "tests")) and not name.startswith(own)]
