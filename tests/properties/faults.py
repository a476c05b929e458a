"""A resource whose create, update or delete fails at a chosen call, and what the services list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from botocore.exceptions import ClientError, ConnectionClosedError

from embedded_aws.cloudformation import Engine
from embedded_aws.resources import HANDLERS
from embedded_aws.resources.handler import Context, Handler, Properties
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services
from tests.embedded_aws.resources.harness import plain
from tests.embedded_aws.resources.readers import READERS

Operation = Literal["create", "update", "delete"]
# What becomes of the call: the service refuses it, or does what it asks, and the answer is lost or a server error.
Answer = Literal["refused", "lost", "server error"]
# Of a client; they call no service.
_LOCAL = frozenset({"can_paginate", "close", "exceptions", "meta", "generate_presigned_url"})


@dataclass(frozen=True, kw_only=True, order=True)
class Fault:
    """A call of a resource's handler that fails, once.

    Args:
        logical_id: the resource.
        operation: what the handler does.
        call: number of the call in this operation, from 0.
        answer: what becomes of the call.
    """

    logical_id: str
    operation: Operation
    call: int
    answer: Answer

    def __str__(self) -> str:
        return f"{self.operation} {self.logical_id} call {self.call} {self.answer}"


@dataclass(kw_only=True)
class Injector:
    """Counts the calls of each handler, and lets the chosen one fail.

    Args:
        fault: what fails next; None for nothing.
        calls: number of calls by logical id and operation, since they were forgotten.
    """

    fault: Fault | None = None
    calls: Counter[tuple[str, Operation]] = field(default_factory=Counter)

    def handlers(self) -> dict[str, Handler]:
        """Return the handlers of the embedded AWS, whose calls can fail."""
        return {name: _FaultyHandler(each, self) for name, each in HANDLERS.items()}

    def call(self, logical_id: str, operation: Operation, function: Callable[..., Any], **arguments: Any) -> Any:
        """Call a service, unless the call fails."""
        number = self.calls[logical_id, operation]
        self.calls[logical_id, operation] += 1
        fault = self.fault
        if fault is None or (fault.logical_id, fault.operation, fault.call) != (logical_id, operation, number):
            return function(**arguments)
        self.fault = None
        if fault.answer == "refused":
            raise ClientError({"Error": {"Code": "InternalFailure", "Message": "injected"}}, "Injected")
        with suppress(ClientError):  # a refusal is an answer, too
            function(**arguments)
        if fault.answer == "server error":
            response = {"Error": {"Code": "InternalFailure"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
            raise ClientError(response, "Injected")
        raise ConnectionClosedError(endpoint_url="http://injected")


class _FaultyHandler(Handler):
    """A handler whose clients can fail."""

    def __init__(self, handler: Handler, injector: Injector) -> None:
        self._handler = handler
        self._injector = injector

    def unsupported(self, properties: Properties) -> tuple[str, ...]:
        return self._handler.unsupported(properties)

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        return self._handler.create(self._faulty(context, "create"), properties)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        return self._handler.update(self._faulty(context, "update"), physical_id, old, new)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._handler.delete(self._faulty(context, "delete"), physical_id, properties)

    def _faulty(self, context: Context, operation: Operation) -> Context:
        client = context.client
        context.client = lambda service: _FaultyClient(client(service), self._injector, context.logical_id, operation)
        return context


class _FaultyClient:
    """A boto3 client whose calls can fail."""

    def __init__(self, client: Any, injector: Injector, logical_id: str, operation: Operation) -> None:
        self._client = client
        self._injector = injector
        self._logical_id = logical_id
        self._operation = operation

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if name in _LOCAL or name.startswith(("get_paginator", "get_waiter")):
            return found
        return lambda **arguments: self._injector.call(self._logical_id, self._operation, found, **arguments)


def faulty_engine(services: Services, injector: Injector) -> Engine:
    """Return an engine whose handlers can fail."""
    return Engine(client=services, handlers=injector.handlers(), account=ACCOUNT, region=REGION)


def listing(services: Services, types: Iterable[str]) -> dict[tuple[str, str], Any]:
    """Return what the services list: resource type and physical id to the properties that they show.

    Args:
        services: the embedded AWS.
        types: resource types.
    """
    return {
        (name, physical_id): plain(shown)
        for name in sorted(types)
        for physical_id, shown in _OWN_READERS.get(name, READERS[name])(services).items()
    }


def _subscriptions(services: Services) -> dict[str, Any]:
    """Each subscription, also one without an ARN, since its recipient has not confirmed it."""
    listed = services("sns").list_subscriptions()["Subscriptions"]
    return {f"{each['TopicArn']} {each['Protocol']} {each['Endpoint']}": each for each in listed}


def _topic_policies(services: Services) -> dict[str, Any]:
    """The policy of each topic that has another than SNS gives it, also without an Id."""
    sns = services("sns")
    topics = [each["TopicArn"] for each in sns.list_topics()["Topics"]]
    policies = {each: sns.get_topic_attributes(TopicArn=each)["Attributes"]["Policy"] for each in topics}
    return {arn: {"Policy": policy} for arn, policy in policies.items() if "__default_policy_ID" not in policy}


_OWN_READERS = {"AWS::SNS::Subscription": _subscriptions, "AWS::SNS::TopicPolicy": _topic_policies}


def differences(before: Mapping[tuple[str, str], Any], after: Mapping[tuple[str, str], Any]) -> list[str]:
    """Return what is gone, new or changed."""
    return [
        f"{name} {physical_id}: {before.get((name, physical_id))} -> {after.get((name, physical_id))}"
        for name, physical_id in sorted({*before, *after})
        if before.get((name, physical_id)) != after.get((name, physical_id))
    ]
