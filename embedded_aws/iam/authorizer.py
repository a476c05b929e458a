"""From a principal and a question to a decision: with the resource's policies and everything the context knows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from embedded_aws.iam import authorization_log
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Decision, Request, decide
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.request_context import resource_keys
from embedded_aws.iam.resource_policies import policies_of
from embedded_aws.iam.resources import AccountRegion, account_in
from embedded_aws.iam.services import s3


def resource_owner(check: PermissionCheck, place: AccountRegion) -> str:
    """The account that owns a resource: the one in its ARN, the owner of the bucket, else where the call is made."""
    resource = check.resource
    if check.action == "s3:CreateBucket":
        return place.account  # the name may be taken in another account, which S3 says itself
    if resource and resource.split(":")[2:3] == ["s3"]:
        bucket = resource.split(":", 5)[5].partition("/")[0]
        return s3.owner_of(bucket) or place.account
    return account_in(resource) or place.account


def authorize(
    principal: Principal,
    check: PermissionCheck,
    request: Context,
    place: AccountRegion,
    *,
    accounts: Collection[str],
) -> Decision:
    """Decide whether a principal may do what a check asks.

    Args:
        principal: the user, the role's session or the service.
        check: the action and its resource.
        request: the condition keys of the whole request.
        place: where the call is made.
        accounts: those whose resource policies are known. A resource of another account is AWS's own, such as a
            repository of SageMaker's images: its policy lets everybody in.
    """
    owner = resource_owner(check, place)
    if owner in accounts:
        place = replace(place, account=owner)
    try:
        policies, needed = policies_of(check.action, check.resource, place)
    except UndecidableError as error:
        asked = Request(action=check.action, resource=check.resource)
        decision = Decision(allowed=False, reason=f"because it cannot be decided: {error}")
    else:
        asked = Request(
            action=check.action,
            resource=check.resource,
            context=resource_keys(check.resource, place).also(request).also(check.context),
            policies=policies,
            needs_resource_policy=needed,
            owner=owner if owner in accounts else principal.account,
        )
        decision = decide(principal, asked)
    authorization_log.record(principal, asked, decision)
    return decision
