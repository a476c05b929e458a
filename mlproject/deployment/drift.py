"""Drift: differences between the commit's templates, the deployed templates and the live resources."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.deployment.assembly import SynthesizedStack
from mlproject.deployment.templates import read_template

Client = Callable[[str], Any]
# Longer values, such as scripts, are shortened. CloudFormation's console shows them in full.
_VALUE_LIMIT = 160


@dataclass(frozen=True, kw_only=True)
class StackDrift:
    """The drift of a stack.

    Args:
        stack: name of the stack.
        template: differences of the deployed template from the commit's, one sentence each.
        live: differences of the live resources from the deployed template, one sentence each.
        not_checked: logical ids of the resources whose type CloudFormation does not check, sorted.
        error: why the stack could not be checked; empty if it was.
    """

    stack: str
    template: tuple[str, ...] = ()
    live: tuple[str, ...] = ()
    not_checked: tuple[str, ...] = ()
    error: str = ""

    @property
    def has_drifted(self) -> bool:
        """Whether something differs. A stack that could not be checked counts, since it is not known to be equal."""
        return bool(self.template or self.live or self.error)


def detect_drift(
    stacks: Iterable[SynthesizedStack],
    client: Client,
    *,
    sleep: Callable[[float], None] = time.sleep,
    delay: float = 2.0,
) -> tuple[StackDrift, ...]:
    """Compare the stacks of a commit with what is deployed. Nothing is changed.

    CloudFormation compares only properties that the template sets, of the types that it supports:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html

    Args:
        stacks: the synthesized stacks.
        client: returns the boto3 client of a service.
        sleep: called between two questions to CloudFormation.
        delay: seconds between them.
    """
    cloudformation = client("cloudformation")
    started = [(stack, _start(cloudformation, stack.name)) for stack in stacks]
    results = []
    for stack, detection in started:
        if detection.error:
            results.append(StackDrift(stack=stack.name, error=detection.error))
            continue
        error = _wait(cloudformation, detection.id, sleep=sleep, delay=delay)
        template = tuple(_template_differences(stack, cloudformation))
        live, checked = _live_differences(cloudformation, stack.name)
        results.append(
            StackDrift(
                stack=stack.name,
                template=template,
                live=live,
                not_checked=tuple(sorted(_resources(cloudformation, stack.name) - checked)),
                error=error,
            )
        )
    return tuple(results)


@dataclass(frozen=True, kw_only=True)
class _Detection:
    id: str = ""
    error: str = ""


def _start(cloudformation: Any, stack: str) -> _Detection:
    try:
        return _Detection(id=cloudformation.detect_stack_drift(StackName=stack)["StackDriftDetectionId"])
    except ClientError as error:
        message = error.response["Error"]["Message"]
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        missing = "does not exist" in message
        return _Detection(error="it is not deployed" if missing else f"CloudFormation cannot check it: {message}")


def _wait(cloudformation: Any, detection: str, *, sleep: Callable[[float], None], delay: float) -> str:
    """Wait for the end of a detection, and return why it failed; empty if it did not."""
    while True:
        found = cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if found["DetectionStatus"] == "DETECTION_COMPLETE":
            return ""
        if found["DetectionStatus"] == "DETECTION_FAILED":
            return f"CloudFormation could not read every resource: {found.get('DetectionStatusReason', 'no reason')}"
        sleep(delay)


def _template_differences(stack: SynthesizedStack, cloudformation: Any) -> Iterator[str]:
    deployed = read_template(cloudformation, stack.name)
    committed: Mapping[str, Any] = json.loads(stack.template)
    for section in sorted({*committed, *deployed}):
        left, right = committed.get(section, {}), deployed.get(section, {})
        if left == right:
            continue
        if not (isinstance(left, Mapping) and isinstance(right, Mapping)):
            yield f"{section} differs"
            continue
        for name in sorted({*left, *right}):
            if left.get(name) != right.get(name):
                yield _template_difference(section, name, left.get(name), right.get(name))


def _template_difference(section: str, name: str, committed: Any, deployed: Any) -> str:
    kind = (committed or deployed).get("Type", "") if isinstance(committed or deployed, Mapping) else ""
    what = f"{name} ({_short(str(kind))})" if section == "Resources" else f"{section} {name}"
    if deployed is None:
        return f"{what} is in the commit, but not deployed"
    if committed is None:
        return f"{what} is deployed, but not in the commit"
    return f"{what} differs between the commit and the deployed template"


def _live_differences(cloudformation: Any, stack: str) -> tuple[tuple[str, ...], set[str]]:
    """The sentences about drifted resources, and the logical ids of all that were checked."""
    # The operation has no paginator in boto3.
    drifts: list[Mapping[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        page = cloudformation.describe_stack_resource_drifts(StackName=stack, MaxResults=100, **token)
        drifts += page["StackResourceDrifts"]
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    sentences = tuple(sentence for drift in drifts for sentence in _resource_sentences(drift))
    return sentences, {drift["LogicalResourceId"] for drift in drifts}


def _resource_sentences(drift: Mapping[str, Any]) -> Iterator[str]:
    name = str(drift.get("PhysicalResourceId", "")).rpartition("/")[2]
    what = f"{drift['LogicalResourceId']} ({_short(drift['ResourceType'])} {name})"
    status = drift["StackResourceDriftStatus"]
    if status == "DELETED":
        yield f"{what} was deleted"
    elif status == "MODIFIED":
        for each in drift["PropertyDifferences"]:
            path = each["PropertyPath"].strip("/").replace("/", ".")
            yield f"{what}: {path} {_difference(each['ExpectedValue'], each['ActualValue'])}"


def _difference(expected: str, actual: str) -> str:
    """What differs: for two lists the items, otherwise both values."""
    left, right = _list(expected), _list(actual)
    if left is not None and right is not None:
        added = [item for item in right if item not in left]
        missing = [item for item in left if item not in right]
        if added or missing:
            parts = [f"contains {_value(json.dumps(added))}, which the template does not set"] * bool(added)
            parts += [f"lacks {_value(json.dumps(missing))}"] * bool(missing)
            return " and ".join(parts)
    return f"is {_value(actual)}, but the template sets {_value(expected)}"


def _list(text: str) -> list[Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, list) else None


def _resources(cloudformation: Any, stack: str) -> set[str]:
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        each["LogicalResourceId"]
        for page in pages
        for each in page["StackResourceSummaries"]
        if each["ResourceType"] != "AWS::CDK::Metadata"
    }


def _short(type_name: str) -> str:
    return type_name.removeprefix("AWS::").replace("::", " ")


def _value(text: str) -> str:
    return text if len(text) <= _VALUE_LIMIT else f"{text[:_VALUE_LIMIT]}..."
