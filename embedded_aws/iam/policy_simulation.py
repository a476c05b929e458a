"""What policies would decide: the simulator of IAM, with the evaluator that decides requests.

As in IAM's simulator, only the policies that are given count, a condition key that is not given is absent, and a
resource is compared as it is written, `*` too.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from embedded_aws.iam import identities
from embedded_aws.iam.context import ABSENT, Context, Values
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import BOUNDARY, Request, evaluate, scan_policies
from embedded_aws.iam.policy_documents import Policy
from embedded_aws.iam.principal import Principal

ALLOWED, EXPLICIT_DENY, IMPLICIT_DENY = "allowed", "explicitDeny", "implicitDeny"
SESSION_NAME = "simulation"


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What is simulated.

    Args:
        principal: whose policies count.
        actions: such as `s3:GetObject`.
        resources: ARNs, or `*`.
        keys: values of condition keys, by key in lower case.
        resource_policy: of every resource, if there is one.
        owner: the account of the resources; empty for the principal's own.
    """

    principal: Principal
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    keys: Mapping[str, Values] = field(default_factory=dict)
    resource_policy: Policy | None = None
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class SimulatedDecision:
    """The decision on one action and one resource.

    Args:
        action: such as `s3:GetObject`.
        resource: an ARN, or `*`.
        decision: `allowed`, `explicitDeny` or `implicitDeny`.
        policies: those with the statements that decided, once for each statement.
        missing: condition keys that the policies ask for and that nobody gave.
        allowed_by_boundary: whether the permissions boundary allows it; None without one.
    """

    action: str
    resource: str
    decision: str
    policies: tuple[Policy, ...]
    missing: tuple[str, ...]
    allowed_by_boundary: bool | None


def find_principal(arn: str, account: str) -> Principal | None:
    """The role, user or group with an ARN and its policies; None if the account has none.

    Raises:
        UndecidableError: one of its policies cannot be read.
    """
    if identities.role(arn, account) is not None:
        return identities.role_session(arn, SESSION_NAME, account)
    return identities.user(arn, account) or identities.group(arn, account)


def simulate(simulation: Simulation) -> list[SimulatedDecision]:
    """Decide every action on every resource, in order.

    Raises:
        UndecidableError: a policy has an element that cannot be evaluated.
    """
    return [
        _simulate(simulation, action, resource) for action in simulation.actions for resource in simulation.resources
    ]


def _simulate(simulation: Simulation, action: str, resource: str) -> SimulatedDecision:
    principal = replace(simulation.principal, context=_known(simulation.principal.context))
    policies = () if simulation.resource_policy is None else (simulation.resource_policy,)
    missing = _MissingKeys()
    request = Request(
        action=action,
        resource=resource,
        context=Context(simulation.keys, {"": missing.find}),
        policies=policies,
        owner=simulation.owner,
    )
    scans = scan_policies(principal, request)
    denying = [policy for scan in scans.values() for policy in scan.denying]
    try:
        allowed = evaluate(principal, request).allowed
    except UndecidableError as error:
        raise UndecidableError(f"{action} on {resource}: {error}") from error
    allowing = [policy for scan in scans.values() for policy in scan.allowing] if allowed else []
    return SimulatedDecision(
        action=action,
        resource=resource,
        decision=EXPLICIT_DENY if denying else ALLOWED if allowed else IMPLICIT_DENY,
        policies=tuple(denying or allowing),
        missing=missing.as_written(_policies(principal, policies)),
        allowed_by_boundary=None if principal.boundary is None else bool(scans[BOUNDARY].grant) and not denying,
    )


class _MissingKeys:
    """The condition keys that policies asked for in vain."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def find(self, name: str) -> Values:
        """Every key that is not given is absent, and noted."""
        self._names[name] = None
        return ABSENT

    def as_written(self, policies: Iterable[Policy]) -> tuple[str, ...]:
        """The keys in the spelling of the policies."""
        spelled = {
            condition.key.lower(): condition.key
            for policy in policies
            for statement in policy.statements
            for condition in statement.conditions
        }
        return tuple(spelled.get(name, name) for name in self._names)


def _known(context: Context) -> Context:
    """Without the keys that a request of the principal would not have: the simulator reports them as missing."""
    return Context({key: values for key, values in context.keys.items() if values}, context.families)


def _policies(principal: Principal, more: tuple[Policy, ...]) -> tuple[Policy, ...]:
    boundary = () if principal.boundary is None else (principal.boundary,)
    return (*principal.identity, *boundary, *more)
