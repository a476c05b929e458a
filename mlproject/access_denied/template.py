"""The statements of a role in a stack's template, deployed or synthesized."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlproject.aws_rules.grants import role_arn

Statement = Mapping[str, Any]
UNKNOWN = "*"
"""Replaces a value that only the deployment knows, so that a resource matches as far as it is known."""


@dataclass(frozen=True, kw_only=True)
class RoleTemplate:
    """A stack's template, with the values of its references.

    Args:
        origin: where the template is from, such as `the deployed stack`.
        body: the template.
        values: values of parameters and physical ids of resources, by logical id.
        pseudo: values of pseudo parameters, such as `AWS::Region`.
    """

    origin: str
    body: Mapping[str, Any] = field(repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    pseudo: Mapping[str, str] = field(repr=False)

    def logical_id(self, role: str) -> str | None:
        """Return the logical id of the role with a name, or None."""
        for name, resource in self.body.get("Resources", {}).items():
            if resource["Type"] == "AWS::IAM::Role" and self._text(resource["Properties"].get("RoleName")) == role:
                return str(name)
        return None

    def statements(self, logical_id: str) -> tuple[Statement, ...]:
        """Return the statements of a role's inline policies, with references resolved."""
        policies = self.body["Resources"][logical_id]["Properties"].get("Policies", [])
        return tuple(
            self._resolved(statement)
            for policy in policies
            for statement in _listed(policy["PolicyDocument"]["Statement"])
        )

    def _resolved(self, statement: Statement) -> Statement:
        return {**statement, "Resource": list(self._resources(_listed(statement.get("Resource", []))))}

    def _resources(self, resources: list[Any]) -> Iterator[str]:
        for resource in resources:
            yield self._text(resource)

    def _text(self, value: Any) -> str:
        """Return a value as text, with UNKNOWN for what is only known after the deployment."""
        if not isinstance(value, Mapping):
            return str(value)
        ((function, argument),) = value.items()
        match function:
            case "Ref":
                text = self.pseudo.get(argument) or self.values.get(argument, UNKNOWN)
            case "Fn::Join":
                text = str(argument[0]).join(self._text(part) for part in argument[1])
            case "Fn::Select":
                text = self._selected(*argument)
            case "Fn::GetAtt":
                text = self._attribute(*(argument if isinstance(argument, list) else argument.split(".", 1)))
            case _:
                text = UNKNOWN
        return text

    def _selected(self, index: int | str, values: Any) -> str:
        # A list is a parameter whose value contains commas.
        items = self._text(values).split(",") if isinstance(values, Mapping) else [self._text(each) for each in values]
        return items[int(index)] if int(index) < len(items) else UNKNOWN

    def _attribute(self, logical_id: str, attribute: str) -> str:
        resource = self.body.get("Resources", {}).get(logical_id, {})
        properties = resource.get("Properties", {})
        match resource.get("Type"), attribute:
            case "AWS::EC2::SecurityGroup", "GroupId":
                return self.values.get(logical_id, UNKNOWN)
            case "AWS::IAM::Role", "Arn":
                return role_arn(
                    partition=self.pseudo["AWS::Partition"],
                    account=self.pseudo["AWS::AccountId"],
                    path=properties.get("Path", "/"),
                    name=self._text(properties.get("RoleName", UNKNOWN)),
                )
            case _:
                return UNKNOWN


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
