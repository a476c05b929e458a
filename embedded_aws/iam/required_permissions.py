"""Every question that a call puts to IAM: its own action on each resource, and what depends on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from embedded_aws.iam import dependent_permissions
from embedded_aws.iam.actions import action_name
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.resources import AccountRegion, named
from embedded_aws.iam.services import dynamodb, iam_sts, kms, s3
from embedded_aws.iam.services.condition_keys import keys_of


def required_permissions(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """What must be allowed for a call, its own action first.

    Raises:
        UndecidableError: the call has an action, a role or a parameter that is not known here; its name is told.
    """
    own = _SERVICES.get(call.service, _by_table)(call, place)
    return [
        *own,
        *dependent_permissions.set_tags(call, own, place),
        *dependent_permissions.passed_roles(call, place),
        *dependent_permissions.used_keys(call, place),
        *dependent_permissions.read_template(call, place),
    ]


def _by_table(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    action = action_name(call)
    told = keys_of(call.prefix, call.parameters)
    return [
        PermissionCheck(action=f"{call.prefix}:{action}", resource=resource, context=told)
        for resource in named(call.prefix, action, call.parameters, place)
    ]


def _known(
    checks: Callable[[Call, AccountRegion], list[PermissionCheck]],
) -> Callable[[Call, AccountRegion], list[PermissionCheck]]:
    """With a look into IAM's list first."""

    def checked(call: Call, place: AccountRegion) -> list[PermissionCheck]:
        action_name(call)
        return checks(call, place)

    return checked


def _secrets(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    from moto.secretsmanager.models import secretsmanager_backends  # moto takes long to import

    action = f"secretsmanager:{action_name(call)}"
    told = keys_of("secretsmanager", call.parameters)
    name = call.parameters.get("SecretId")
    if name:
        secret = secretsmanager_backends[place.account][place.region].secrets.get(name)
        arn = name if name.startswith("arn:") else place.arn("secretsmanager", f"secret:{name}-*")
        return [PermissionCheck(action=action, resource=arn if secret is None else secret.arn, context=told)]
    if call.operation == "CreateSecret":
        # Secrets Manager puts six letters of its own behind the name.
        new = place.arn("secretsmanager", f"secret:{call.parameters['Name']}-??????")
        return [PermissionCheck(action=action, resource=new, context=told)]
    return _by_table(call, place)


def _sqs(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """A queue's URL ends in its name.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
    """
    url = call.parameters.get("QueueUrl")
    if not url:
        return _by_table(call, place)
    account, name = str(url).rsplit("/", 2)[-2:]
    queue = replace(place, account=account).arn("sqs", name)
    return [PermissionCheck(action=f"sqs:{action_name(call)}", resource=queue, context=keys_of("sqs", call.parameters))]


def _athena(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """A query's own calls name no workgroup: it is the one that the query belongs to."""
    from moto.athena.models import athena_backends  # moto takes long to import

    backend = athena_backends[place.account][place.region]
    if query := call.parameters.get("QueryExecutionId"):
        found = backend.executions.get(query)
    elif query := call.parameters.get("NamedQueryId"):
        found = backend.named_queries.get(query)
    else:
        return _by_table(call, place)
    group = getattr(getattr(found, "workgroup", None), "name", None)
    resource = place.arn("athena", f"workgroup/{group}") if group else None
    return [PermissionCheck(action=f"athena:{action_name(call)}", resource=resource)]


def _events(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """Each event has a bus of its own."""
    if call.operation != "PutEvents":
        return _by_table(call, place)
    buses = dict.fromkeys(str(entry.get("EventBusName") or "default") for entry in call.parameters.get("Entries", []))
    told = keys_of("events", call.parameters)
    return [
        PermissionCheck(
            action="events:PutEvents",
            resource=bus if bus.startswith("arn:") else place.arn("events", f"event-bus/{bus}"),
            context=told,
        )
        for bus in buses
    ]


_SERVICES: Mapping[str, Callable[[Call, AccountRegion], list[PermissionCheck]]] = {
    "athena": _athena,
    "dynamodb": dynamodb.checks,
    "events": _events,
    "iam": _known(iam_sts.iam_permissions),
    "kms": kms.checks,
    "s3": s3.checks,
    "secretsmanager": _secrets,
    "sqs": _sqs,
    "sts": _known(iam_sts.sts_permissions),
}
