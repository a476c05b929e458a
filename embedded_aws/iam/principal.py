"""Who makes a request, with the policies that limit what it may do."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.policy_documents import Policy, Principals, Statement


class Grant(IntEnum):
    """How closely a statement of a resource's policy means a principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    """

    NONE = 0
    # The account's own policies decide.
    ACCOUNT = 1
    # The role: its permissions boundary and the session's policy still limit it.
    ROLE = 2
    # Everybody: whether boundary and session's policy limit it is not documented.
    EVERYBODY = 3
    # The user, the session or the service; everybody of a role, by the role's ARN: only a Deny limits it.
    DIRECT = 4


@dataclass(frozen=True, kw_only=True)
class Principal:
    """A user, a session of a role, a service of AWS, or whoever an identity provider vouches for.

    Args:
        arn: as refusals show it.
        account: twelve digits; empty for a service and for a federated identity.
        partition: such as `aws`.
        role_arn: of a session, else None.
        service: such as `sagemaker.amazonaws.com`, else None.
        federated: ARN of the identity provider of a federated identity, else None.
        identity: the policies of the user or role.
        boundary: the permissions boundary, None where there is none.
        session: the policy that the session was asked for with, None where there was none.
        context: the condition keys that tell who it is.
    """

    arn: str
    account: str
    partition: str = "aws"
    role_arn: str | None = None
    service: str | None = None
    federated: str | None = None
    identity: tuple[Policy, ...] = ()
    boundary: Policy | None = None
    session: Policy | None = None
    context: Context = field(default_factory=Context)

    def grant(self, statement: Statement) -> Grant:
        """How a statement of a resource's policy means this principal.

        Raises:
            UndecidableError: that depends on what AWS's documentation leaves open.
        """
        if statement.not_principals is not None:
            return self._others(statement.not_principals, allows=statement.allows)
        if statement.principals is None:
            raise UndecidableError(f"{statement.name} in a resource-based policy names no principal")
        if self._outside is not None:
            return Grant.DIRECT if self._is_named_outside(statement.principals, allows=statement.allows) else Grant.NONE
        return self._named(statement.principals, statement)

    def _is_named_outside(self, principals: Principals, *, allows: bool) -> bool:
        """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-anonymous"""
        if self._outside in principals.by_kind:
            return True
        if principals.everybody and self.service is not None and (allows or principals.by_kind):
            raise UndecidableError("AWS does not document whether the principal * means services too")
        # A provider's identities must be named by the provider.
        return principals.everybody and not allows

    def _named(self, principals: Principals, statement: Statement) -> Grant:
        grant = max((self._meant(value) for kind, value in principals.by_kind if kind == "AWS"), default=Grant.NONE)
        if principals.everybody:
            by_arn = self.role_arn is not None and any(each.names_principal() for each in statement.conditions)
            return Grant.DIRECT if by_arn else max(grant, Grant.EVERYBODY)
        if not grant:
            _check_ids(principals)
        return grant

    def _meant(self, value: str) -> Grant:
        if value == self.arn:
            return Grant.DIRECT
        if value == self.role_arn:
            return Grant.ROLE
        return Grant.ACCOUNT if value in {self.account, self._root} else Grant.NONE

    def _others(self, excepted: Principals, *, allows: bool) -> Grant:
        """NotPrincipal: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"""
        if allows:
            raise UndecidableError("NotPrincipal with Allow is not evaluated: AWS does not support it")
        if self.boundary is not None:
            return Grant.DIRECT  # whomever it names
        if excepted.everybody:
            raise UndecidableError("AWS does not document whom NotPrincipal with * denies")
        if self._outside is not None:
            return Grant.NONE if self._outside in excepted.by_kind else Grant.DIRECT
        _check_ids(excepted)
        named = {value for kind, value in excepted.by_kind if kind == "AWS"}
        own = {self.arn, self.role_arn} - {None}
        has_account = not named.isdisjoint({self.account, self._root})
        if has_account and own <= named:
            return Grant.NONE
        if self.arn not in named and (self._names_another(named) or not (has_account or own & named)):
            return Grant.DIRECT
        raise UndecidableError(
            f"NotPrincipal must name the account, the role and the session together ({self._root}, "
            f"{', '.join(sorted(filter(None, own)))}); AWS does not say what it does with a part of them"
        )

    def _names_another(self, named: set[str]) -> bool:
        """Whether the account, or the role, stands there for another of its users, roles or sessions."""
        if self.role_arn in named:
            return any(value.startswith(f"{self.arn.rpartition('/')[0]}/") for value in named)
        account = f"arn:{self.partition}:iam::{self.account}"
        return any(value.startswith((f"{account}:user/", f"{account}:role/")) for value in named)

    @property
    def _outside(self) -> tuple[str, str] | None:
        """How a policy names a principal that belongs to no account."""
        if self.service is not None:
            return "Service", self.service
        return None if self.federated is None else ("Federated", self.federated)

    @property
    def _root(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:root"


def _check_ids(principals: Principals) -> None:
    """Refuse principals that nobody knows here.

    Raises:
        UndecidableError: one is a canonical user, or the id of a user or role that was deleted.
    """
    for kind, value in principals.by_kind:
        is_unique_id = kind == "AWS" and value != "*" and not value.startswith("arn:") and not value.isdigit()
        if kind == "CanonicalUser" or is_unique_id:
            raise UndecidableError(f"the embedded AWS does not know whose id the principal {value} is")
