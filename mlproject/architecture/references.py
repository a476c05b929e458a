"""Resolve references in templates: Ref and GetAtt, SSM parameters, and names in ARNs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlproject.architecture.assembly import StackTemplate

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Replaces a value that is only known after deployment."""

_ARN = re.compile(r"arn:[^:]*:(?P<service>[a-z0-9-]+):[^:]*:[^:]*:(?P<rest>[^\s\"']+)")
_S3_URL = re.compile(r"s3://(?P<bucket>[a-z0-9.-]+)")
_PLACEHOLDER = re.compile(r"\$\{([^!}][^}]*)\}")

# The property with the name of a resource, and the service and prefix of its ARN.
_NAMED: Mapping[str, tuple[str, str, str]] = {
    "AWS::S3::Bucket": ("BucketName", "s3", ""),
    "AWS::SageMaker::Pipeline": ("PipelineName", "sagemaker", "pipeline/"),
    "AWS::SageMaker::NotebookInstance": ("NotebookInstanceName", "sagemaker", "notebook-instance/"),
    "AWS::SageMaker::ModelPackageGroup": ("ModelPackageGroupName", "sagemaker", "model-package-group/"),
    "AWS::SageMaker::Endpoint": ("EndpointName", "sagemaker", "endpoint/"),
    "AWS::SSM::Parameter": ("Name", "ssm", "parameter"),
    "AWS::IAM::Role": ("RoleName", "iam", "role/"),
    "AWS::SNS::Topic": ("TopicName", "sns", ""),
}


@dataclass(frozen=True, order=True)
class Key:
    """A resource's stack and logical ID."""

    stack: str
    logical_id: str


@dataclass(frozen=True, order=True)
class ExternalResource:
    """A resource that the stacks refer to but do not create.

    Args:
        service: the service in its ARN.
        name: the part of the ARN after the account.
    """

    service: str
    name: str


@dataclass
class References:
    """Resolve references in a set of stacks."""

    stacks: Iterable[StackTemplate]
    resources: dict[Key, Mapping[str, Any]] = field(default_factory=dict)
    _parameters: dict[Key, str] = field(default_factory=dict)
    _named: dict[tuple[str, str], Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for stack in self.stacks:
            for logical_id, resource in stack.template.get("Resources", {}).items():
                self.resources[Key(stack.name, logical_id)] = resource
            for name, parameter in stack.template.get("Parameters", {}).items():
                if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::Value"):
                    self._parameters[Key(stack.name, name)] = str(parameter.get("Default", ""))
        for key in self.resources:
            if self.type_of(key) in _NAMED:
                property_, service, prefix = _NAMED[self.type_of(key)]
                name = self.to_text(self.properties(key).get(property_))
                if name and UNKNOWN not in name:
                    # The name of an SSM parameter already contains the slash of its ARN.
                    self._named[service, f"{prefix}{name}"] = key

    def type_of(self, key: Key) -> str:
        return str(self.resources[key]["Type"])

    def properties(self, key: Key) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.resources[key].get("Properties", {})
        return properties

    def to_text(self, value: Any) -> str | None:
        """Return a value as text, with UNKNOWN for values known only after deployment; None if it is not text."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, Mapping) and len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Fn::Join":
                return str(argument[0]).join(self.to_text(part) or UNKNOWN for part in argument[1])
            if function == "Fn::Sub":
                return _PLACEHOLDER.sub(UNKNOWN, argument if isinstance(argument, str) else argument[0])
            return UNKNOWN
        return None

    def find_references(self, stack: str, value: Any) -> Iterator[Key | ExternalResource]:
        """Yield every resource that a value refers to; may contain duplicates."""
        if isinstance(value, list):
            for item in value:
                yield from self.find_references(stack, item)
        elif isinstance(value, Mapping):
            yield from self._in_mapping(stack, value)
        elif isinstance(value, str):
            yield from self._in_text(value)

    def _in_mapping(self, stack: str, value: Mapping[str, Any]) -> Iterator[Key | ExternalResource]:
        for name, member in value.items():
            if name == "Ref":
                yield from self._resolve(Key(stack, str(member)))
            elif name == "Fn::GetAtt":
                logical_id = member[0] if isinstance(member, list) else str(member).split(".", maxsplit=1)[0]
                yield from self._resolve(Key(stack, logical_id))
            elif name == "Fn::Sub":
                text, variables = (member, {}) if isinstance(member, str) else member
                for placeholder in _PLACEHOLDER.findall(text):
                    if placeholder not in variables:
                        yield from self._resolve(Key(stack, placeholder.split(".", maxsplit=1)[0]))
                yield from self.find_references(stack, variables)
            elif name == "Fn::Join":
                yield from self.find_references(stack, [part for part in member[1] if not isinstance(part, str)])
                yield from self._in_text(self.to_text(value) or "")
            else:
                yield from self.find_references(stack, member)

    def _resolve(self, key: Key) -> Iterator[Key | ExternalResource]:
        """Yield a resource of the stack, or the resources that an SSM parameter's value refers to."""
        if key in self.resources:
            yield key
        elif key in self._parameters:
            source = self._named.get(("ssm", f"parameter{self._parameters[key]}"))
            if source:
                yield from self.find_references(source.stack, self.properties(source).get("Value"))

    def _in_text(self, text: str) -> Iterator[Key | ExternalResource]:
        for match in _S3_URL.finditer(text):
            yield self._find_by_name("s3", match["bucket"])
        for match in _ARN.finditer(text):
            service, rest = match["service"], match["rest"]
            if service == "s3":
                yield self._find_by_name("s3", rest.split("/", maxsplit=1)[0])
            elif service == "ssm":
                yield self._find_by_name(service, rest)
            else:
                yield self._find_by_name(service, "/".join(rest.split("/")[:2]))

    def _find_by_name(self, service: str, name: str) -> Key | ExternalResource:
        return self._named.get((service, name)) or ExternalResource(service, name)
