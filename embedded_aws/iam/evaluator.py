"""Whether a request is allowed: IAM's evaluation, within one account and across two.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.logic import Question, all_of
from embedded_aws.iam.policy_documents import Policy, Statement
from embedded_aws.iam.principal import Grant, Principal
from embedded_aws.iam.statements import covers_action, covers_resource

# Kinds of policies, as AWS's refusals call them.
IDENTITY = "identity-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
RESOURCE = "resource-based policy"


@dataclass(frozen=True, kw_only=True)
class Request:
    """One action on one resource.

    Args:
        action: such as `s3:GetObject`.
        resource: its ARN, `*` where AWS knows no resource for the action, None where nobody knows it here.
        context: the condition keys.
        policies: of the resource.
        needs_resource_policy: the resource's policy must allow it, whatever the identity's says (keys and roles).
        owner: the account of the resource; empty for the principal's own.
    """

    action: str
    resource: str | None
    context: Context = field(default_factory=Context)
    policies: tuple[Policy, ...] = ()
    needs_resource_policy: bool = False
    owner: str = ""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What was decided.

    Args:
        allowed: whether the principal may.
        reason: reason not, in AWS's words.
    """

    allowed: bool
    reason: str = ""


@dataclass
class Scan:
    """What the policies of one kind say.

    Args:
        grant: the closest Allow.
        allowing, denying: the policies with a statement that applies, once for each statement.
        unknown_deny, unknown_allow: reason a statement that may apply cannot be decided.
        possible: the closest Allow, if every statement that cannot be decided applied.
    """

    grant: Grant = Grant.NONE
    allowing: list[Policy] = field(default_factory=list)
    denying: list[Policy] = field(default_factory=list)
    unknown_deny: UndecidableError | None = None
    unknown_allow: UndecidableError | None = None
    possible: Grant = Grant.NONE


def decide(principal: Principal, request: Request) -> Decision:
    """Evaluate every policy that applies; what cannot be decided is refused, with what is not known by name."""
    try:
        return evaluate(principal, request)
    except UndecidableError as error:
        return Decision(allowed=False, reason=f"because it cannot be decided: {error}")


def evaluate(principal: Principal, request: Request) -> Decision:
    """Evaluate every policy that applies.

    Raises:
        UndecidableError: the decision depends on something that is not known here, or that AWS's pages leave open.
    """
    scans = scan_policies(principal, request)
    for kind, scan in scans.items():
        if scan.denying:
            article = "an" if kind.startswith("i") else "a"
            return Decision(allowed=False, reason=f"with an explicit deny in {article} {kind}")
    for scan in scans.values():
        if scan.unknown_deny:
            raise scan.unknown_deny
    decision = _weigh(principal, request, {kind: scan.grant for kind, scan in scans.items()})
    unknown = next((scan.unknown_allow for scan in scans.values() if scan.unknown_allow), None)
    if unknown and not decision.allowed:
        possible = {kind: max(scan.grant, scan.possible) for kind, scan in scans.items()}
        if _weigh(principal, request, possible).allowed:
            raise unknown
    return decision


def scan_policies(principal: Principal, request: Request) -> dict[str, Scan]:
    """Return the statements that apply to a request, by the kind of their policies."""
    boundary = () if principal.boundary is None else (principal.boundary,)
    session = () if principal.session is None else (principal.session,)
    context = principal.context.also(request.context)
    # The unknown id of a principal may be that of a user or a role, never that of a session.
    unknown = Grant.DIRECT if principal.role_arn is None else Grant.ROLE
    return {
        IDENTITY: _scan(principal.identity, request, context),
        BOUNDARY: _scan(boundary, request, context),
        SESSION: _scan(session, request, context),
        RESOURCE: _scan(request.policies, request, context, principal.grant, unknown=unknown),
    }


def _weigh(principal: Principal, request: Request, granted: dict[str, Grant]) -> Decision:
    resource = granted[RESOURCE]
    if principal.account and request.owner not in {"", principal.account}:
        return _weigh_across_accounts(principal, request, granted)
    if resource == Grant.DIRECT:
        return Decision(allowed=True)
    if request.needs_resource_policy and resource == Grant.NONE:
        return _none(RESOURCE, request)
    if resource < Grant.ROLE and not granted[IDENTITY]:
        return _none(IDENTITY, request)
    limited = _limit(principal, request, granted)
    if resource == Grant.EVERYBODY and not limited.allowed:
        raise UndecidableError(
            "a resource-based policy allows it to everybody, and AWS does not document whether the permissions "
            "boundary and the session policy, which do not allow it, limit that"
        )
    return limited


def _weigh_across_accounts(principal: Principal, request: Request, granted: dict[str, Grant]) -> Decision:
    """Both accounts must allow the request: the owner in the resource's policy, the caller's in the principal's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
    """
    for kind in (RESOURCE, IDENTITY):
        if not granted[kind]:
            return _none(kind, request)
    return _limit(principal, request, granted)


def _limit(principal: Principal, request: Request, granted: dict[str, Grant]) -> Decision:
    if principal.boundary is not None and not granted[BOUNDARY]:
        return _none(BOUNDARY, request)
    if principal.session is not None and not granted[SESSION]:
        return _none(SESSION, request)
    return Decision(allowed=True)


def _none(kind: str, request: Request) -> Decision:
    return Decision(allowed=False, reason=f"because no {kind} allows the {request.action} action")


def _attached_grant(statement: Statement) -> Grant:
    """How a statement of a policy that is attached to an identity, or limits one, means the principal: always."""
    if statement.resources is None and statement.not_resources is None:
        raise UndecidableError("the statement names no resource")
    return Grant.DIRECT


def _scan(
    policies: Iterable[Policy],
    request: Request,
    context: Context,
    grant: Callable[[Statement], Grant] = _attached_grant,
    *,
    unknown: Grant = Grant.DIRECT,
) -> Scan:
    scan = Scan()
    for policy in policies:
        for statement in policy.statements:
            try:
                meant = _meant(statement, request, context, grant)
            except UndecidableError as error:
                reason = UndecidableError(f"{error} ({statement.name} of {policy.name})")
                if statement.allows:
                    scan.unknown_allow = scan.unknown_allow or reason
                    scan.possible = max(scan.possible, _possible(statement, grant, unknown))
                else:
                    scan.unknown_deny = scan.unknown_deny or reason
                continue
            if not meant:
                continue
            if statement.allows:
                scan.grant = max(scan.grant, meant)
                scan.allowing.append(policy)
            else:
                scan.denying.append(policy)
    return scan


def _possible(statement: Statement, grant: Callable[[Statement], Grant], unknown: Grant) -> Grant:
    """How closely a statement may mean the principal at most."""
    try:
        return grant(statement)
    except UndecidableError:
        return unknown


def _meant(statement: Statement, request: Request, context: Context, grant: Callable[[Statement], Grant]) -> Grant:
    """How closely a statement that applies to the request means the principal; NONE if it does not apply."""
    questions: tuple[Question, ...] = (
        partial(covers_action, statement, request.action),
        lambda: bool(grant(statement)),
        partial(covers_resource, statement, request.resource, request.action, context),
        *(partial(condition.holds, context) for condition in statement.conditions),
    )
    return grant(statement) if all_of(questions) else Grant.NONE
