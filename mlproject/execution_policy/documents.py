"""Policy documents of the execution policy, each within the size that IAM accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mlproject.errors import UserError
from mlproject.execution_policy.statements import Statement, execution_statements
from mlproject.parameters import Environment

# Characters of a managed policy without white space, and managed policies of a role:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY_LIMIT = 6144
POLICIES_LIMIT = 10


@dataclass(frozen=True, kw_only=True)
class PolicyDocument:
    """A managed policy of the CloudFormation execution role.

    Args:
        name: such as `mlproject-execution-dev-1`.
        text: the document, without white space.
    """

    name: str
    text: str

    @property
    def readable(self) -> str:
        """The document as an indented file, which IAM counts without white space."""
        return json.dumps(json.loads(self.text), indent=2) + "\n"


def execution_policies(environment: Environment, *, partition: str) -> tuple[PolicyDocument, ...]:
    """Return the policies of the CloudFormation execution role of an environment.

    Args:
        environment: the environment.
        partition: such as `aws`.

    Raises:
        UserError: the policies exceed a quota of IAM.
    """
    groups = list(_packed(execution_statements(environment, partition=partition)))
    if len(groups) > POLICIES_LIMIT:
        raise UserError(
            f"the execution policy of {environment.name} needs {len(groups)} managed policies, but IAM attaches "
            f"{POLICIES_LIMIT} to a role; shorten role_path in environments.yaml.",
            exit_code=1,
        )
    return tuple(
        PolicyDocument(name=f"mlproject-execution-{environment.name}-{number}", text=_document(statements))
        for number, statements in enumerate(groups, start=1)
    )


def _packed(statements: Sequence[Statement]) -> Iterator[list[Statement]]:
    """Yield groups of statements that fit into a policy, in their order."""
    group: list[Statement] = []
    for statement in statements:
        if group and len(_document([*group, statement])) > POLICY_LIMIT:
            yield group
            group = []
        group.append(statement)
    yield group


def _document(statements: Sequence[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, separators=(",", ":"))
