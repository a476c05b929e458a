"""Users, roles and sessions, read from moto's own IAM and STS."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.administrator import USER, Administrator
from embedded_aws.iam import context
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.principal import Principal

PARTITION = "aws"
ADMINISTRATOR_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Whom an access key belongs to.

    Args:
        access_key_id: the key.
        secret: what requests are signed with.
        token: of a session, else None.
        expires: of a session, without a zone as moto keeps it, else None.
        principal: the user or the session.
    """

    access_key_id: str
    secret: str
    token: str | None
    expires: datetime | None
    principal: Principal


def install_administrator(administrator: Administrator, account: str) -> None:
    """Make the IAM user that the administrator's key belongs to; again after everything was forgotten."""
    backend = _iam(account)
    if USER in backend.users and administrator.access_key_id in backend.access_keys:
        return
    if USER not in backend.users:
        backend.create_user("us-east-1", USER)
        backend.attach_user_policy(ADMINISTRATOR_POLICY, USER)
    key = backend.users[USER].create_access_key(prefix="AKIA")
    key.access_key_id, key.secret_access_key = administrator.access_key_id, administrator.secret_access_key
    backend.access_keys[key.access_key_id] = key


def identity_of(access_key_id: str) -> Identity | None:
    """The owner of an access key, in whichever account; None if nobody has it or it is inactive."""
    for account in _accounts():
        identity = _identity_in(access_key_id, account)
        if identity is not None:
            return identity
    return None


def _identity_in(access_key_id: str, account: str) -> Identity | None:
    key = _iam(account).access_keys.get(access_key_id)
    if key is not None and key.user_name:
        user = _iam(account).users.get(key.user_name)
        if user is None or key.status != "Active":
            return None
        return Identity(
            access_key_id=access_key_id,
            secret=key.secret_access_key,
            token=None,
            expires=None,
            principal=_user(user, account),
        )
    session = _session(access_key_id, account)
    if session is None:
        return None
    return Identity(
        access_key_id=access_key_id,
        secret=session.secret_access_key,
        token=session.session_token,
        expires=session.expiration,
        principal=role_session(session.role_arn, session.session_name, account, policy=session.policy),
    )


def role(arn: str, account: str) -> Any:
    """moto's role; None if there is none."""
    return next((each for each in list(_iam(account).roles.values()) if each.arn == arn), None)


def role_session(role_arn: str, name: str, account: str, *, policy: str | None = None) -> Principal:
    """A session of a role.

    Args:
        role_arn: a role of this account.
        name: the session's.
        policy: what the session was asked for with.

    Raises:
        UndecidableError: the role does not exist any more.
    """
    found = role(role_arn, account)
    if found is None:
        raise UndecidableError(f"the role {role_arn} does not exist")
    return Principal(
        arn=f"arn:{PARTITION}:sts::{account}:assumed-role/{found.name}/{name}",
        account=account,
        role_arn=found.arn,
        identity=_policies(found.policies, found.managed_policies),
        boundary=_boundary(found.permissions_boundary_arn, account),
        session=parse("session policy", policy) if policy else None,
        context=_told(
            account,
            arn=found.arn,
            kind="AssumedRole",
            user_id=f"{found.id}:{name}",
            user_name=None,
            tags=_tag_values(found.tags),
        ),
    )


def user(arn: str, account: str) -> Principal | None:
    """A user by ARN; None if there is none."""
    found = next((each for each in list(_iam(account).users.values()) if each.arn == arn), None)
    return None if found is None else _user(found, account)


def group(arn: str, account: str) -> Principal | None:
    """The policies of a group by ARN, as those of a user who has no others; None if there is no such group."""
    found = next((each for each in list(_iam(account).groups.values()) if each.arn == arn), None)
    if found is None:
        return None
    return Principal(arn=arn, account=account, identity=_policies(found.policies, found.managed_policies))


def role_arns_of_profile(name_or_arn: str, account: str) -> list[str]:
    """The roles in an instance profile."""
    profiles = list(_iam(account).instance_profiles.values())
    return [each.arn for found in profiles if name_or_arn in {found.name, found.arn} for each in found.roles]


def trust_policy(found: Any) -> Policy:
    """The trust policy of moto's role."""
    document = found.assume_role_policy_document
    return parse(f"the trust policy of {found.arn}", document if isinstance(document, str) else json.dumps(document))


def _user(user: Any, account: str) -> Principal:
    groups = [group for group in list(_iam(account).groups.values()) if user in group.users]
    return Principal(
        arn=user.arn,
        account=account,
        identity=(
            *_policies(user.policies, user.managed_policies),
            *(policy for group in groups for policy in _policies(group.policies, group.managed_policies)),
        ),
        context=_told(
            account, arn=user.arn, kind="User", user_id=user.id, user_name=user.name, tags=_tag_values(user.tags or [])
        ),
    )


def _told(
    account: str, *, arn: str, kind: str, user_id: str, user_name: str | None, tags: Mapping[str, str]
) -> Context:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties"""
    known = context.of(
        {
            "aws:PrincipalArn": arn,
            "aws:PrincipalAccount": account,
            "aws:PrincipalType": kind,
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalServiceName": None,
            "aws:PrincipalServiceNamesList": None,
            # There is no organization here.
            "aws:PrincipalOrgID": None,
            "aws:PrincipalOrgPaths": None,
            "aws:userid": user_id,
            "aws:username": user_name,
            # Long-lived keys have no word of it, sessions of roles say false.
            "aws:MultiFactorAuthPresent": None if kind == "User" else "false",
            "aws:MultiFactorAuthAge": None,
            "aws:FederatedProvider": None,
            "aws:SourceIdentity": None,
            "ec2:SourceInstanceArn": None,
            "ec2:RoleDelivery": None,
            "aws:Ec2InstanceSourceVpc": None,
            "aws:Ec2InstanceSourcePrivateIPv4": None,
        }
    )
    return Context(known.keys, {"aws:principaltag/": context.tags(tags)})


def _policies(inline: Mapping[str, str], managed: Mapping[str, Any]) -> tuple[Policy, ...]:
    return (
        *(parse(name, text) for name, text in list(inline.items())),
        *(_managed(policy) for policy in list(managed.values())),
    )


def _managed(policy: Any) -> Policy:
    (text,) = (version.document for version in policy.versions if version.is_default)
    return parse(policy.arn, text)


def _boundary(arn: str | None, account: str) -> Policy | None:
    if not arn:
        return None
    policy = _iam(account).managed_policies.get(arn)
    if policy is None:
        raise UndecidableError(f"the permissions boundary {arn} does not exist")
    return _managed(policy)


def _tag_values(tags: Iterable[Mapping[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _accounts() -> list[str]:
    """The accounts in which somebody has done something: only there are users and sessions."""
    from moto.iam.models import iam_backends
    from moto.sts.models import sts_backends

    return list(dict.fromkeys((*list(iam_backends), *list(sts_backends))))


def _iam(account: str) -> Any:
    from moto.iam.models import iam_backends  # moto takes long to import

    return iam_backends[account][PARTITION]


def _session(access_key_id: str, account: str) -> Any:
    from moto.sts.models import sts_backends

    for session in reversed(sts_backends[account][PARTITION].assumed_roles):
        if session.access_key_id == access_key_id:
            return session
    return None
