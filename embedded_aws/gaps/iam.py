"""IAM: what may not be deleted, roles that instance profiles do not have, and the clients of an OIDC provider."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam.exceptions import DeleteConflictException, NotFoundException
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from embedded_aws.gaps._registry import fills

_delete_policy = IAMBackend.delete_policy
_delete_group = IAMBackend.delete_group
_delete_user = IAMBackend.delete_user
_WHY = "moto deletes it"


@fills(
    IAMBackend,
    "delete_policy",
    service="iam",
    what="DeletePolicy, refused while the policy is attached or has versions beside the default one",
    why=_WHY,
)
def delete_policy(self: Any, policy_arn: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html"""
    policy = self.get_policy(policy_arn)
    holders = (*self.roles.values(), *self.users.values(), *self.groups.values())
    if any(policy_arn in holder.managed_policies for holder in holders):
        raise DeleteConflictException("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise DeleteConflictException(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
    _delete_policy(self, policy_arn)


@fills(
    IAMBackend,
    "delete_group",
    service="iam",
    what="DeleteGroup, refused while the group has users or policies",
    why=_WHY,
)
def delete_group(self: Any, group_name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html"""
    group = self.get_group(group_name)
    if group.users:
        raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
    _refuse_policies(group)
    _delete_group(self, group_name)


@fills(
    IAMBackend,
    "delete_user",
    service="iam",
    what="DeleteUser, refused while the user is in a group or has access keys",
    why=_WHY,
)
def delete_user(self: Any, user_name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html"""
    user = self.get_user(user_name)
    if any(user in group.users for group in self.groups.values()):
        raise DeleteConflictException("Cannot delete entity, must remove users from group first.")
    if user.access_keys:
        raise DeleteConflictException("Cannot delete entity, must delete access keys first.")
    _delete_user(self, user_name)


@fills(
    IAMBackend,
    "remove_role_from_instance_profile",
    service="iam",
    what="RemoveRoleFromInstanceProfile, refused for a role that the profile does not have",
    why="moto fails with a 500",
)
def remove_role_from_instance_profile(self: Any, profile_name: str, role_name: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveRoleFromInstanceProfile.html"""
    profile, role = self.get_instance_profile(profile_name), self.get_role(role_name)
    if role not in profile.roles:
        raise NotFoundException(f"Role {role_name} cannot be found in instance profile {profile_name}.")
    profile.roles.remove(role)


def _refuse_policies(entity: Any) -> None:
    if entity.managed_policies:
        raise DeleteConflictException("Cannot delete entity, must detach all policies first.")
    if entity.policies:
        raise DeleteConflictException("Cannot delete entity, must delete policies first.")


@fills(
    IamResponse,
    "add_client_id_to_open_id_connect_provider",
    service="iam",
    what="AddClientIDToOpenIDConnectProvider",
    why="moto lacks it",
)
def add_client_id(self: Any) -> ActionResult:
    clients, client = _clients(self)
    if client not in clients:
        clients.append(client)
    return EmptyResult()


@fills(
    IamResponse,
    "remove_client_id_from_open_id_connect_provider",
    service="iam",
    what="RemoveClientIDFromOpenIDConnectProvider",
    why="moto lacks it",
)
def remove_client_id(self: Any) -> ActionResult:
    clients, client = _clients(self)
    if client in clients:
        clients.remove(client)
    return EmptyResult()


def _clients(response: Any) -> tuple[list[str], str]:
    """The client ids of the provider that a request names, and the client that it names."""
    provider = response.backend.get_open_id_connect_provider(response._get_param("OpenIDConnectProviderArn"))
    return provider.client_id_list, response._get_param("ClientID")
