"""A step with the values that its arguments have in a deployment."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.definition.document import Scalar
from mlproject.definition.graph import references
from mlproject.definition.resources.referenced_values import UnresolvedError, deployed_value

# https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)
_ROLE_NAME = re.compile(r"[\w+=,.@-]{1,64}", re.ASCII)
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackageGroup.html, API_CreateModel.html
NAME = re.compile(r"[a-zA-Z0-9](?:-*[a-zA-Z0-9])*")


@dataclass(frozen=True, kw_only=True)
class Location:
    """Partition, region and account of a pipeline.

    Args:
        partition: such as `aws`.
        region: such as `eu-west-1`.
        account: twelve digits.
    """

    partition: str
    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in this region and account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"


class ArgumentError(Exception):
    """An argument of a step identifies no resource, for the reason in the message.

    Args:
        message: the argument and the reason, as a sentence without its period.
        value: the argument in the definition.
    """

    def __init__(self, message: str, *, value: Any) -> None:
        super().__init__(message)
        self.value = value


@dataclass(frozen=True, kw_only=True)
class DeployedStep:
    """A step, with the values that its arguments have in a deployment.

    Args:
        step: the step in the definition.
        location: location of the pipeline.
        parameters: values of pipeline parameters.
        placeholders: values of placeholders.
    """

    step: Mapping[str, Any]
    location: Location
    parameters: Mapping[str, Scalar]
    placeholders: Mapping[str, str]

    @property
    def arguments(self) -> Mapping[str, Any]:
        arguments: Mapping[str, Any] = self.step.get("Arguments") or {}
        return arguments

    def resolve(self, name: str, value: Any) -> Any:
        """Return the value of an argument.

        Raises:
            ArgumentError: the value is not known at deployment.
        """
        try:
            return deployed_value(value, parameters=self.parameters, placeholders=self.placeholders)
        except UnresolvedError as error:
            raise ArgumentError(f"{name} {error}", value=value) from error

    def match(self, name: str, value: Any, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        """Resolve an argument, and match it.

        Raises:
            ArgumentError: the value is not known at deployment, or does not match.
        """
        resolved = self.resolve(name, value)
        found = pattern.fullmatch(resolved) if isinstance(resolved, str) else None
        if found is None:
            raise ArgumentError(f"{name} is {resolved!r}, which is not {expected}", value=value)
        return found

    def sagemaker_arn(self, kind: str, name: str, value: Any, *, if_unknown: str = "*") -> str:
        """Return the ARN of a resource of SageMaker.

        Args:
            kind: the type of the resource in ARNs, such as `endpoint`.
            name: name of the argument.
            value: the argument, the name of the resource.
            if_unknown: pattern of the names if only an execution determines the name.
        """
        if any(not each.startswith("Parameters.") for each in references(value)):
            return self.location.arn("sagemaker", f"{kind}/{if_unknown}")
        return self.location.arn("sagemaker", f"{kind}/{self.match(name, value, NAME, 'a name in SageMaker')[0]}")

    def role(self, name: str, value: Any) -> str:
        """Return the ARN of a role, given its ARN, or its name if it has no path."""
        either = re.compile(f"{_ROLE.pattern}|{_ROLE_NAME.pattern}", re.ASCII)
        found = self.match(name, value, either, "the ARN or the name of a role")[0]
        partition, account = self.location.partition, self.location.account
        return found if found.startswith("arn:") else f"arn:{partition}:iam::{account}:role/{found}"
