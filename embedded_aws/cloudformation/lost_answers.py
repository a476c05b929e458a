"""Find a resource whose creation may have succeeded although its answer, which names the resource, was lost.

CloudFormation tags what it creates with the stack and the logical id:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html
AWS leaves out types whose schema says so (`cloudFormationSystemTags`), such as queues and jobs of Glue; here all types
with tags have them but those below, since nothing else tells whose a resource is.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

from embedded_aws.cloudformation.plan import with_stack_tags
from embedded_aws.cloudformation.resource_drift import compare
from embedded_aws.cloudformation.stack import Resource, Stack
from embedded_aws.live_properties import READERS, tagged_resources
from embedded_aws.resource_rules import ResourceRules
from embedded_aws.resources.handler import Properties

LOG = logging.getLogger(__name__)

# S3 takes no tags of AWS from a client, and AWS gives none to the others. Their handlers report the id before they
# create the resource.
_REPORTED_BEFORE = frozenset({"AWS::DynamoDB::Table", "AWS::IAM::Role", "AWS::S3::Bucket"})


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


def list_untagged(rules: ResourceRules, client: Callable[[str], Any]) -> frozenset[str]:
    """Return the ids of all resources of a type, if the tags of CloudFormation do not tell whose they are."""
    if not _can_be_found(rules) or _has_system_tags(rules):
        return frozenset()
    return frozenset(READERS[rules.type_name](client))


def find_created(
    rules: ResourceRules,
    resource: Resource,
    stack: Stack,
    client: Callable[[str], Any],
    *,
    existing: Collection[str],
) -> str | None:
    """Return the id of a resource that the stack has created without learning its id, or None.

    It has the tags of CloudFormation; of a type without them, it is the only one that is as the template asks for and
    did not exist before. It is none that the stack has known and not deleted, so what an earlier operation retained is
    left alone.

    Args:
        rules: those of its type.
        resource: as the template asks for.
        stack: the stack that has asked for it.
        client: gives a boto3 client for a service.
        existing: what `list_untagged` returned before the creation.
    """
    if not _can_be_found(rules):
        return None
    if _has_system_tags(rules):
        found = tagged_resources(rules.type_name, client, system_tags(stack, resource.logical_id))
    else:
        shown = READERS[rules.type_name](client).items()
        found = [
            name for name, actual in shown if name not in existing and compare(resource, actual).status == "IN_SYNC"
        ]
    # The last status of each id; one that was deleted may be taken again, such as a name.
    status = {event.physical_id: event.status for event in stack.events if event.type_name == resource.type_name}
    candidates = [name for name in found if status.get(name, "DELETE_COMPLETE") == "DELETE_COMPLETE"]
    if len(candidates) > 1:
        LOG.warning("%s may be one of %s: none is deleted", resource.logical_id, ", ".join(candidates))
        return None
    return candidates[0] if candidates else None


def _can_be_found(rules: ResourceRules) -> bool:
    return rules.type_name in READERS and rules.type_name not in _REPORTED_BEFORE


def _has_system_tags(rules: ResourceRules) -> bool:
    return rules.tag_property is not None and rules.type_name not in _REPORTED_BEFORE
