"""Plan a deployment with CloudFormation change sets, which are never executed."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from mlproject.deployment.assembly import SynthesizedStack
from mlproject.deployment.fingerprints import fingerprint, state_of_stack
from mlproject.deployment.templates import read_template
from mlproject.errors import UserError

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html (template body)
TEMPLATE_BODY_BYTES_LIMIT = 51_200
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html (StatusReason)
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")
# Stacks that do not exist or whose creation failed. No resource of them is in use.
_NOT_CREATED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_COMPLETE")
_CONCURRENCY = 4


@dataclass(frozen=True, kw_only=True)
class StackChanges:
    """Changes that a deployment makes to a stack.

    Args:
        path: path of the stack in the app, such as `dev/flights/storage`.
        is_new: whether the stack does not exist yet.
        is_unchanged: whether the deployment has nothing to do. A change of outputs alone changes no resource.
        refusal: errors reported by the app, because of which the stack is not deployed.
        changes: ResourceChange objects, as returned by DescribeChangeSet
            (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html).
        name: name of the stack in AWS, such as `flights-dev-storage`.
        deployed_state: fingerprint of the deployed stack; empty if it does not exist.
        deployed_template: its template; empty if it does not exist.
        desired_state: fingerprint of the synthesized template, tags and protection.
        desired_template: the synthesized template.
    """

    path: str
    is_new: bool
    is_unchanged: bool = False
    changes: tuple[Mapping[str, Any], ...] = ()
    refusal: str | None = None
    name: str = ""
    deployed_state: str = ""
    deployed_template: Mapping[str, Any] = field(default_factory=dict, repr=False)
    desired_state: str = ""
    desired_template: Mapping[str, Any] = field(default_factory=dict, repr=False)


def plan_changes(
    stacks: Iterable[SynthesizedStack],
    client: Callable[[str], Any],
    *,
    region: str,
    existing: Iterable[Mapping[str, Any]],
) -> tuple[StackChanges, ...]:
    """Return the changes to each stack, as computed by CloudFormation.

    Args:
        stacks: the synthesized stacks.
        client: returns the boto3 client of a service.
        region: region of the stacks.
        existing: the stacks of the account and region, as returned by DescribeStacks.

    Raises:
        UserError: CloudFormation rejects a template, or another operation on a stack is in progress.
    """
    deployed = {stack["StackName"]: stack for stack in existing}

    def changes_of(stack: SynthesizedStack) -> StackChanges:
        return _stack_changes(stack, deployed.get(stack.name), client, region=region)

    with ThreadPoolExecutor(_CONCURRENCY) as pool:
        return tuple(pool.map(changes_of, stacks))


def _stack_changes(
    stack: SynthesizedStack, deployed: Mapping[str, Any] | None, client: Callable[[str], Any], *, region: str
) -> StackChanges:
    desired_template = json.loads(stack.template)
    desired_state = fingerprint(
        {"template": desired_template, "tags": dict(stack.tags), "protected": stack.is_protected}
    )
    new = StackChanges(
        path=stack.path,
        name=stack.name,
        is_new=True,
        refusal=stack.refusal,
        desired_state=desired_state,
        desired_template=desired_template,
    )
    if deployed is None:
        return new
    if stack.refusal:
        return replace(new, is_new=False)
    if deployed["StackStatus"] in _NOT_CREATED:
        return new
    cloudformation = client("cloudformation")
    template = read_template(cloudformation, deployed["StackId"])
    changes = _changes(stack, deployed, cloudformation, client("s3"), region=region)
    is_protected = deployed.get("EnableTerminationProtection", False)
    return replace(
        new,
        is_new=False,
        is_unchanged=changes is None and is_protected == stack.is_protected,
        changes=changes or (),
        deployed_state=state_of_stack(deployed, template),
        deployed_template=template,
    )


def _changes(
    stack: SynthesizedStack, deployed: Mapping[str, Any], cloudformation: Any, s3: Any, *, region: str
) -> tuple[Mapping[str, Any], ...] | None:
    """Return the changed resources; None if CloudFormation finds no difference at all."""
    name = f"mlproject-diff-{uuid.uuid4().hex[:8]}"
    known = {parameter["ParameterKey"] for parameter in deployed.get("Parameters", [])}
    declared = json.loads(stack.template).get("Parameters", {})
    try:
        created = cloudformation.create_change_set(
            StackName=stack.name,
            ChangeSetName=name,
            Parameters=[{"ParameterKey": key, "UsePreviousValue": True} for key in declared if key in known],
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Tags=[{"Key": key, "Value": value} for key, value in stack.tags.items()],
            **_template(stack, s3, region=region),
        )
    except ClientError as error:
        raise UserError(
            f"{stack.path}: CloudFormation rejects the change: {error.response['Error']['Message']}",
            exit_code=1,
            topic="deployment-failed",
        ) from error
    change_set = {"StackName": created["StackId"], "ChangeSetName": created["Id"]}
    try:
        return _wait_for_changes(stack.path, cloudformation, change_set)
    finally:
        cloudformation.delete_change_set(**change_set)


def _wait_for_changes(
    path: str, cloudformation: Any, change_set: Mapping[str, str]
) -> tuple[Mapping[str, Any], ...] | None:
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(**change_set, WaiterConfig={"Delay": 2})
    except WaiterError as error:
        reason = str(cloudformation.describe_change_set(**change_set).get("StatusReason", error))
        if any(words in reason for words in _NO_CHANGES):
            return None
        raise UserError(
            f"{path}: CloudFormation rejects the change: {reason}", exit_code=1, topic="deployment-failed"
        ) from error
    pages = cloudformation.get_paginator("describe_change_set").paginate(**change_set)
    return tuple(change["ResourceChange"] for page in pages for change in page["Changes"])


def _template(stack: SynthesizedStack, s3: Any, *, region: str) -> dict[str, str]:
    """Template argument of CreateChangeSet. A long template is uploaded to the S3 key that the CDK CLI also uses."""
    body = json.dumps(json.loads(stack.template), separators=(",", ":"))
    if stack.template_object is None or len(body.encode()) <= TEMPLATE_BODY_BYTES_LIMIT:
        return {"TemplateBody": body}
    bucket, _, key = stack.template_object.removeprefix("s3://").partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=stack.template.encode())
    return {"TemplateURL": f"https://{bucket}.s3.{region}.amazonaws.com/{key}"}
