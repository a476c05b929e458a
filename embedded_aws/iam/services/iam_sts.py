"""IAM and STS: the resources behind names, and who may assume or pass a role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.iam import catalogue, context, identities
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.resources import ANYTHING, AccountRegion

# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html: even an explicit Deny changes nothing;
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html: no permissions are needed.
FREE = frozenset({"GetCallerIdentity", "GetSessionToken"})

# Kind of resource, and how its ARN comes from the parameters.
_Named = Callable[[Mapping[str, Any], AccountRegion], str | None]


def iam_permissions(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """The actions of a call on IAM."""
    given = call.parameters
    if call.operation == "CreateUser" and given.get("PermissionsBoundary"):
        raise UndecidableError("the embedded AWS keeps no permissions boundary of a user")
    action = f"iam:{call.operation}"
    if call.operation == "SimulatePrincipalPolicy":
        return [PermissionCheck(action=action, resource=given.get("PolicySourceArn"))]
    kinds = catalogue.kinds("iam", call.operation)
    told = context.of(
        {
            "iam:PermissionsBoundary": given.get("PermissionsBoundary"),
            "iam:PolicyARN": given.get("PolicyArn"),
            "iam:AWSServiceName": given.get("AWSServiceName"),
        }
    )
    if not kinds:
        return [PermissionCheck(action=action, resource=ANYTHING, context=told)]
    arns: list[str | None] = [arn for kind, named in _KINDS.items() if kind in kinds and (arn := named(given, place))]
    found = [PermissionCheck(action=action, resource=arn, context=told) for arn in arns or [None]]
    if call.operation == "AddRoleToInstanceProfile":
        # https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddRoleToInstanceProfile.html
        found.append(passing(_role(given, place) or "*", "ec2.amazonaws.com"))
    return found


def sts_permissions(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """The actions of a call on STS."""
    given = call.parameters
    if call.operation in FREE:
        return []
    if call.operation in {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}:
        raise UndecidableError(f"the embedded AWS reads no token of another identity provider: {call.operation}")
    if call.operation != "AssumeRole":
        kinds = catalogue.kinds("sts", call.operation)
        return [PermissionCheck(action=f"sts:{call.operation}", resource=None if kinds else ANYTHING)]
    for parameter in ("PolicyArns", "SourceIdentity", "ProvidedContexts", "Tags", "SerialNumber"):
        if given.get(parameter):
            raise UndecidableError(f"the embedded AWS keeps no {parameter} of a session")
    return [PermissionCheck(action="sts:AssumeRole", resource=given.get("RoleArn"), context=assuming(given))]


def assuming(given: Mapping[str, Any]) -> Context:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-sts"""
    return context.of(
        {
            "sts:ExternalId": given.get("ExternalId"),
            "sts:RoleSessionName": given.get("RoleSessionName"),
            "sts:SourceIdentity": None,
            "sts:TransitiveTagKeys": None,
            "sts:AWSServiceName": None,
        }
    )


def passing(role_arn: str, service: str) -> PermissionCheck:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"""
    return PermissionCheck(
        action="iam:PassRole", resource=role_arn, context=context.of({"iam:PassedToService": service})
    )


def _role(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    name = given.get("RoleName")
    return _held("roles", name, given, place, "role") if name else None


def _held(store: str, name: str, given: Mapping[str, Any], place: AccountRegion, kind: str) -> str:
    """The ARN of what has this name, with its path; else of what would get it."""
    from moto.iam.models import iam_backends  # moto takes long to import

    held = getattr(iam_backends[place.account][place.partition], store).values()
    found = next((each.arn for each in list(held) if each.name == name), None)
    return found or place.arn("iam", f"{kind}{given.get('Path') or '/'}{name}", is_global=True)


def _policy(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    if given.get("PolicyArn"):
        return str(given["PolicyArn"])
    name = given.get("PolicyName")
    return place.arn("iam", f"policy{given.get('Path') or '/'}{name}", is_global=True) if name else None


def _profile(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    name = given.get("InstanceProfileName")
    return _held("instance_profiles", name, given, place, "instance-profile") if name else None


def _user(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    name = given.get("UserName")
    return _held("users", name, given, place, "user") if name else None


def _group(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    name = given.get("GroupName")
    return _held("groups", name, given, place, "group") if name else None


def _provider(given: Mapping[str, Any], place: AccountRegion) -> str | None:
    if given.get("OpenIDConnectProviderArn"):
        return str(given["OpenIDConnectProviderArn"])
    url = given.get("Url")
    return place.arn("iam", f"oidc-provider/{url.removeprefix('https://')}", is_global=True) if url else None


_KINDS: Mapping[str, _Named] = {
    "role": _role,
    "policy": _policy,
    "instance-profile": _profile,
    "user": _user,
    "group": _group,
    "oidc-provider": _provider,
}


def role_arns(value: str, place: AccountRegion) -> list[str]:
    """The roles behind what EMR calls a role: an ARN, a name, or an instance profile's name."""
    if value.startswith("arn:") and ":role/" in value:
        return [value]
    of_profile = identities.role_arns_of_profile(value, place.account)
    return of_profile or [_held("roles", value, {}, place, "role")]
