"""Making, changing and deleting one resource through its handler, with the events that tell of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from embedded_aws.cloudformation.engine_context import EngineContext
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.events import record
from embedded_aws.cloudformation.lost_answers import find_created, list_untagged, with_system_tags
from embedded_aws.cloudformation.secret_references import SecretResolver
from embedded_aws.cloudformation.stack import Dependencies, Resource, Stack, now
from embedded_aws.cloudformation.template import ResourceDefinition
from embedded_aws.resource_rules import ResourceRules
from embedded_aws.resources.handler import Context, HandlerError, Properties, outcome_is_unknown

LOG = logging.getLogger(__name__)

REPLACEMENT = "Requested update requires the creation of a new physical resource; hence creating one."
_NOT_FOUND = ("NotFound", "NoSuch", "DoesNotExist", "NonExistent")
_NOT_FOUND_WORDS = (
    "Could not find",
    "Cannot find",
    "RecordNotFound",
    "does not exist",
    "is not found",
    "was not found",
)


class ResourceFailedError(Exception):
    """A handler failed; `partially_created` is what exists all the same and must be undone."""

    def __init__(self, logical_id: str, reason: str, *, partially_created: Resource | None = None) -> None:
        super().__init__(reason)
        self.logical_id = logical_id
        self.reason = reason
        self.partially_created = partially_created


class Lifecycle:
    """The handlers, as one stack's operation calls them."""

    def __init__(self, context: EngineContext, stack: Stack, token: str | None = None) -> None:
        self._context = context
        self._stack = stack
        self._token = token

    def create(
        self,
        definition: ResourceDefinition,
        properties: Properties,
        dependencies: Dependencies,
        *,
        replacing: bool = False,
    ) -> Resource:
        """Make a resource.

        Args:
            replacing: it takes the place of one that exists.

        Raises:
            ResourceFailedError: the handler failed, perhaps half-way.
        """
        handler_context = self._context.handler_context(self._stack, definition.logical_id)
        verb = "UPDATE" if replacing else "CREATE"
        started = self._new_resource(definition, handler_context.unique_suffix, properties, dependencies)
        self._record(started, f"{verb}_IN_PROGRESS", REPLACEMENT if replacing else None)
        handler = self._context.handlers[definition.type_name]
        rules = self._context.rules(definition.type_name)
        secrets = SecretResolver(handler_context.client)
        existing = self._list_untagged(rules)
        try:
            given = with_system_tags(rules, secrets.resolve(deepcopy(properties)), self._stack, definition.logical_id)
            attributes = handler.create(handler_context, given)
            made = replace(started, physical_id=_reported_id(handler_context, definition), attributes=attributes)
        except Exception as error:
            reason = secrets.redact(reason_of(error))
            physical_id = handler_context.physical_id or self._lost_id(rules, started, error, existing)
            partially_created = replace(started, physical_id=physical_id, partially_created=True)
            failed = self._record(partially_created, f"{verb}_FAILED", reason)
            raise ResourceFailedError(
                definition.logical_id, reason, partially_created=failed if failed.physical_id else None
            ) from error
        return self._record(made, f"{verb}_COMPLETE")

    def update(self, current: Resource, desired: Resource) -> Resource:
        """Change a resource in place, from the current properties to the desired ones.

        Raises:
            ResourceFailedError: the handler failed; `partially_created` is the resource as it is now believed to be.
        """
        self._record(desired, "UPDATE_IN_PROGRESS")
        handler_context = self._context_of(current)
        secrets = SecretResolver(handler_context.client)
        try:
            # The old secrets may be gone, so a property with one counts as changed.
            attributes = self._context.handlers[current.type_name].update(
                handler_context,
                current.physical_id,
                deepcopy(current.properties),
                secrets.resolve(deepcopy(desired.properties)),
            )
        except Exception as error:
            reason = secrets.redact(reason_of(error))
            # How far the update came is unknown: the resource may have the old and the new dependencies.
            failed = replace(
                desired,
                physical_id=handler_context.physical_id or current.physical_id,
                dependencies=current.dependencies | desired.dependencies,
            )
            raise ResourceFailedError(
                current.logical_id, reason, partially_created=self._record(failed, "UPDATE_FAILED", reason)
            ) from error
        changed = replace(
            desired,
            physical_id=handler_context.physical_id or current.physical_id,
            attributes={**current.attributes, **(attributes or {})},
        )
        return self._record(changed, "UPDATE_COMPLETE")

    def delete(self, resource: Resource) -> None:
        """Delete a resource; one that is gone already counts as deleted, as AWS counts it, and the event says so.

        Raises:
            ResourceFailedError: the handler failed.
        """
        self._record(resource, "DELETE_IN_PROGRESS")
        note = None
        try:
            self._context.handlers[resource.type_name].delete(
                self._context_of(resource), resource.physical_id, deepcopy(resource.properties)
            )
        except Exception as error:
            reason = reason_of(error)
            if not is_not_found(error):
                failed = self._record(resource, "DELETE_FAILED", reason)
                raise ResourceFailedError(resource.logical_id, reason, partially_created=failed) from error
            note = f"It was gone already: {reason}"
        self._record(resource, "DELETE_COMPLETE", note)

    def skip(self, resource: Resource) -> None:
        """Leave a resource where it is and forget it."""
        self._record(resource, "DELETE_SKIPPED")

    def skip_update(self, resource: Resource) -> Resource:
        """Count a resource as rolled back although nothing is done to it (ContinueUpdateRollback)."""
        return self._record(resource, "UPDATE_COMPLETE", "Resource skipped during UpdateRollback")

    def refuse(self, definition: ResourceDefinition, current: Resource | None, reason: str) -> ResourceFailedError:
        """Record that a resource's create or update fails before its handler is asked."""
        stub = current or self._new_resource(definition, "", {}, frozenset())
        self._record(stub, "UPDATE_FAILED" if current else "CREATE_FAILED", reason)
        return ResourceFailedError(definition.logical_id, reason)

    def _new_resource(
        self, definition: ResourceDefinition, suffix: str, properties: Properties, dependencies: Dependencies
    ) -> Resource:
        return Resource(
            logical_id=definition.logical_id,
            type_name=definition.type_name,
            physical_id="",
            suffix=suffix,
            properties=properties,
            attributes={},
            dependencies=dependencies,
            settings=self._stack.settings,
            deletion_policy=definition.deletion_policy,
            update_replace_policy=definition.update_replace_policy,
            metadata=definition.metadata,
            status="",
        )

    def _list_untagged(self, rules: ResourceRules) -> frozenset[str] | None:
        """What `find_created` has to know before a creation, or None if it cannot be read."""
        try:
            return list_untagged(rules, self._context.client)
        except Exception as error:
            LOG.warning("the resources of type %s cannot be read", rules.type_name, exc_info=error)
            return None

    def _lost_id(
        self, rules: ResourceRules, resource: Resource, error: Exception, existing: frozenset[str] | None
    ) -> str:
        """The id of a resource that exists although no answer named it, or nothing."""
        if existing is None or not outcome_is_unknown(error):
            return ""
        try:
            return find_created(rules, resource, self._stack, self._context.client, existing=existing) or ""
        except Exception as unreadable:  # the events tell why the creation failed, whatever else fails
            LOG.warning("%s may exist: its service cannot be read", resource.logical_id, exc_info=unreadable)
            return ""

    def _context_of(self, resource: Resource) -> Context:
        return self._context.handler_context(self._stack, resource.logical_id, suffix=resource.suffix)

    def _record(self, resource: Resource, status: str, reason: str | None = None) -> Resource:
        recorded = replace(resource, status=status, reason=reason, updated=now())
        record(self._stack, resource=recorded, token=self._token)
        return recorded


def _reported_id(handler_context: Context, definition: ResourceDefinition) -> str:
    if not handler_context.physical_id:
        raise CloudFormationError(f"The handler of {definition.type_name} reported no physical id.")
    return handler_context.physical_id


def reason_of(error: Exception) -> str:
    """Why something failed, as the events tell it; a defect of ours is logged with its trace."""
    if isinstance(error, ClientError):
        details: Mapping[str, Any] = error.response.get("Error", {})
        return (
            f'Resource handler returned message: "{details.get("Message", str(error))}" '
            f"(Operation: {error.operation_name}, Code: {details.get('Code', 'Unknown')})"
        )
    if isinstance(error, CloudFormationError):
        return error.message
    if isinstance(error, ResourceFailedError):
        return error.reason
    if isinstance(error, BotoCoreError | HandlerError):
        return f'Resource handler returned message: "{error}"'
    LOG.error("a handler or the engine failed", exc_info=error)
    return f"Internal failure of the embedded AWS: {type(error).__name__}: {error} (the log has the details)"


def is_not_found(error: Exception) -> bool:
    """Whether a service says that the thing does not exist; SageMaker and Athena say it in a message."""
    if not isinstance(error, ClientError):
        return False
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = str(error.response.get("Error", {}).get("Message", ""))
    if code in ("ValidationException", "InvalidRequestException"):
        return any(words in message for words in _NOT_FOUND_WORDS)
    return any(word in code for word in _NOT_FOUND)


def properties_text(properties: Mapping[str, Any] | None) -> str | None:
    """Properties as an event shows them."""
    return None if properties is None else json.dumps(properties, default=str)
