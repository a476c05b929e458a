"""What a value in a template refers to: by Ref and GetAtt, through SSM parameters, or by a name in an ARN."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlproject.architecture.assembly import StackTemplate

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
"""Stands for what is known only when a stack is deployed."""

_ARN = re.compile(r"arn:[^:]*:(?P<service>[a-z0-9-]+):[^:]*:[^:]*:(?P<rest>[^\s\"']+)")
_S3_URL = re.compile(r"s3://(?P<bucket>[a-z0-9.-]+)")
_IN_TEXT = re.compile(r"\$\{([^!}][^}]*)\}")

# The property that names a resource in its ARN, and what stands before the name there.
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
    """A resource: its stack's name and its logical id."""

    stack: str
    logical_id: str


@dataclass(frozen=True, order=True)
class Foreign:
    """A resource that the stacks name and do not make.

    Args:
        service: as in its ARN.
        name: what stands in the ARN after the account.
    """

    service: str
    name: str


@dataclass
class References:
    """Follows references through a set of stacks."""

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
                property_, service, before = _NAMED[self.type_of(key)]
                name = self.text(self.properties(key).get(property_))
                if name and UNKNOWN not in name:
                    # A parameter's name begins with the slash that its ARN has anyway.
                    self._named[service, f"{before}{name}"] = key

    def type_of(self, key: Key) -> str:
        return str(self.resources[key]["Type"])

    def properties(self, key: Key) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.resources[key].get("Properties", {})
        return properties

    def text(self, value: Any) -> str | None:
        """A value as text, with UNKNOWN for what only a deployment knows; None where it is no text at all."""
        if isinstance(value, str):
            return value
        if isinstance(value, int | float):
            return str(value)
        if isinstance(value, Mapping) and len(value) == 1:
            ((function, argument),) = value.items()
            if function == "Fn::Join":
                return str(argument[0]).join(self.text(part) or UNKNOWN for part in argument[1])
            if function == "Fn::Sub":
                return _IN_TEXT.sub(UNKNOWN, argument if isinstance(argument, str) else argument[0])
            return UNKNOWN
        return None

    def mentioned(self, stack: str, value: Any) -> Iterator[Key | Foreign]:
        """Every resource that a value refers to, in any way, each as often as it does."""
        if isinstance(value, list):
            for item in value:
                yield from self.mentioned(stack, item)
        elif isinstance(value, Mapping):
            yield from self._in_mapping(stack, value)
        elif isinstance(value, str):
            yield from self._in_text(value)

    def _in_mapping(self, stack: str, value: Mapping[str, Any]) -> Iterator[Key | Foreign]:
        for name, member in value.items():
            if name == "Ref":
                yield from self._of(Key(stack, str(member)))
            elif name == "Fn::GetAtt":
                logical_id = member[0] if isinstance(member, list) else str(member).split(".", maxsplit=1)[0]
                yield from self._of(Key(stack, logical_id))
            elif name == "Fn::Sub":
                text, variables = (member, {}) if isinstance(member, str) else member
                for found in _IN_TEXT.findall(text):
                    if found not in variables:
                        yield from self._of(Key(stack, found.split(".", maxsplit=1)[0]))
                yield from self.mentioned(stack, variables)
            elif name == "Fn::Join":
                yield from self.mentioned(stack, [part for part in member[1] if not isinstance(part, str)])
                yield from self._in_text(self.text(value) or "")
            else:
                yield from self.mentioned(stack, member)

    def _of(self, key: Key) -> Iterator[Key | Foreign]:
        """A resource of the stack; or what a parameter's value comes from."""
        if key in self.resources:
            yield key
        elif key in self._parameters:
            source = self._named.get(("ssm", f"parameter{self._parameters[key]}"))
            if source:
                yield from self.mentioned(source.stack, self.properties(source).get("Value"))

    def _in_text(self, text: str) -> Iterator[Key | Foreign]:
        for match in _S3_URL.finditer(text):
            yield self._called("s3", match["bucket"])
        for match in _ARN.finditer(text):
            service, rest = match["service"], match["rest"]
            if service == "s3":
                yield self._called("s3", rest.split("/", maxsplit=1)[0])
            elif service == "ssm":
                yield self._called(service, rest)
            else:
                yield self._called(service, "/".join(rest.split("/")[:2]))

    def _called(self, service: str, name: str) -> Key | Foreign:
        return self._named.get((service, name)) or Foreign(service, name)
