"""Find a resource whose creation may have succeeded although its answer, which names the resource, was lost.

CloudFormation tags what it creates with the stack and the logical id:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
AWS leaves out some types that have tags, such as roles and keys; here they are tagged, too, since nothing else tells
whose they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.cloudformation.plan import with_stack_tags
from embedded_aws.cloudformation.resource_drift import compare
from embedded_aws.cloudformation.stack import Resource, Stack
from embedded_aws.live_properties import READERS, tagged_resources
from embedded_aws.resource_rules import ResourceRules
from embedded_aws.resources.handler import Properties

# S3 takes no tags of AWS from a client. The handler reports the bucket's name before it creates the bucket.
_WITHOUT_SYSTEM_TAGS = frozenset({"AWS::S3::Bucket"})


def system_tags(stack: Stack, logical_id: str) -> dict[str, str]:
    """Return the tags that CloudFormation gives to a resource that it creates."""
    return {
        "aws:cloudformation:logical-id": logical_id,
        "aws:cloudformation:stack-id": stack.stack_id,
        "aws:cloudformation:stack-name": stack.name,
    }


def with_system_tags(rules: ResourceRules, properties: Properties, stack: Stack, logical_id: str) -> Mapping[str, Any]:
    """Return the properties with the tags of CloudFormation, if the type has tags."""
    if not _has_system_tags(rules):
        return properties
    return with_stack_tags(rules, properties, system_tags(stack, logical_id))


def find_created(rules: ResourceRules, resource: Resource, stack: Stack, client: Callable[[str], Any]) -> str | None:
    """Return the id of a resource that the stack has created without learning its id, or None.

    It has the tags of CloudFormation; of a type without them, it is as the template asks for. It is none that the stack
    has known and not deleted, so what an earlier operation retained is left alone.

    Args:
        rules: those of its type.
        resource: as the template asks for.
        stack: the stack that has asked for it.
        client: gives a boto3 client for a service.
    """
    if rules.type_name not in READERS:
        return None
    if _has_system_tags(rules):
        found = tagged_resources(rules.type_name, client, system_tags(stack, resource.logical_id))
    else:
        shown = READERS[rules.type_name](client).items()
        found = [name for name, actual in shown if compare(resource, actual).status == "IN_SYNC"]
    # The last status of each id; one that was deleted may be taken again, such as a name.
    status = {event.physical_id: event.status for event in stack.events if event.type_name == resource.type_name}
    return next((name for name in found if status.get(name, "DELETE_COMPLETE") == "DELETE_COMPLETE"), None)


def _has_system_tags(rules: ResourceRules) -> bool:
    return rules.tag_property is not None and rules.type_name not in _WITHOUT_SYSTEM_TAGS
