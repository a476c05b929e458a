"""From a principal and a question to a decision: with the resource's policies and everything the context knows."""

from __future__ import annotations

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Decision, Request, decide
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.request_context import resource_keys
from embedded_aws.iam.resource_policies import policies_of
from embedded_aws.iam.resources import AccountRegion


def authorize(principal: Principal, check: PermissionCheck, request: Context, place: AccountRegion) -> Decision:
    """Decide one question.

    Args:
        principal: who asks.
        check: for what.
        request: the condition keys of the whole request.
        place: where.
    """
    try:
        policies, needed = policies_of(check.action, check.resource, place)
    except UndecidableError as error:
        return Decision(allowed=False, reason=f"because it cannot be decided: {error}")
    context = resource_keys(check.resource, place).also(request).also(check.context)
    return decide(
        principal,
        Request(
            action=check.action,
            resource=check.resource,
            context=context,
            policies=policies,
            needs_resource_policy=needed,
        ),
    )
