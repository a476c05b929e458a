"""AWS::IAM."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, difference, exists, ignoring, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Role(Handler):
    type_name = "AWS::IAM::Role"
    supported = frozenset(
        {
            "AssumeRolePolicyDocument",
            "Description",
            "ManagedPolicyArns",
            "MaxSessionDuration",
            "Path",
            "PermissionsBoundary",
            "Policies.PolicyDocument",
            "Policies.PolicyName",
            "RoleName",
            "Tags",
        }
    )
    # https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html, in seconds
    DEFAULT_SESSION = 3600

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("RoleName") or context.generated_name(limit=64)
        taken = exists(context, "iam", "GetRole", missing="NoSuchEntity", RoleName=name)
        given = pick(
            properties, "AssumeRolePolicyDocument", "Path", "Description", "MaxSessionDuration", "PermissionsBoundary"
        )
        with context.creating(name, exists=taken):  # CloudFormation gives a role no tags, by which it could be found
            role = call(context, "iam", "CreateRole", RoleName=name, Tags=tags(properties), **given)["Role"]
        self._settle_policies(context, name, {}, properties)
        return pick(role, "Arn", "RoleId")

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        name = physical_id
        if changed(old, new, "AssumeRolePolicyDocument"):
            document = new["AssumeRolePolicyDocument"]
            call(context, "iam", "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=document)
        if changed(old, new, "Description", "MaxSessionDuration"):
            seconds = new.get("MaxSessionDuration", self.DEFAULT_SESSION)
            description = new.get("Description", "")
            call(context, "iam", "UpdateRole", RoleName=name, Description=description, MaxSessionDuration=seconds)
        if changed(old, new, "PermissionsBoundary"):
            if boundary := new.get("PermissionsBoundary"):
                call(context, "iam", "PutRolePermissionsBoundary", RoleName=name, PermissionsBoundary=boundary)
            else:
                call(context, "iam", "DeleteRolePermissionsBoundary", RoleName=name)
        self._settle_policies(context, name, old, new)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "iam", "UntagRole", RoleName=name, TagKeys=keys),
            add=lambda _: call(context, "iam", "TagRole", RoleName=name, Tags=tags(new)),
        )
        return pick(call(context, "iam", "GetRole", RoleName=name)["Role"], "Arn", "RoleId")

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._settle_policies(context, physical_id, properties, {})
        call(context, "iam", "DeleteRole", RoleName=physical_id)

    def _settle_policies(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """Attach, detach, put and delete the role's own policies; what other resources gave it stays."""
        attached = difference(old.get("ManagedPolicyArns"), new.get("ManagedPolicyArns"))
        for arn in attached.removed:
            with ignoring("NoSuchEntity"):
                call(context, "iam", "DetachRolePolicy", RoleName=name, PolicyArn=arn)
        for arn in attached.added:
            call(context, "iam", "AttachRolePolicy", RoleName=name, PolicyArn=arn)
        inline = difference(old.get("Policies"), new.get("Policies"))
        kept = {policy["PolicyName"] for policy in new.get("Policies", [])}
        for policy in inline.removed:
            if policy["PolicyName"] not in kept:
                with ignoring("NoSuchEntity"):
                    call(context, "iam", "DeleteRolePolicy", RoleName=name, PolicyName=policy["PolicyName"])
        for policy in inline.added:
            call(context, "iam", "PutRolePolicy", RoleName=name, **policy)


@handler
class Policy(Handler):
    """An inline policy of one or more roles."""

    type_name = "AWS::IAM::Policy"
    supported = frozenset({"PolicyDocument", "PolicyName", "Roles"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        # The id is made up here, so that what is put into the first roles is undone if a later one fails.
        context.report_id(context.generated_name(limit=128))
        self._put(context, properties)
        return {"Id": context.physical_id}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        renamed = changed(old, new, "PolicyName")
        gone = old.get("Roles") if renamed else difference(old.get("Roles"), new.get("Roles")).removed
        self._remove(context, gone or [], old["PolicyName"])
        self._put(context, new)
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._remove(context, properties.get("Roles", []), properties["PolicyName"])

    def _put(self, context: Context, properties: Properties) -> None:
        for role in properties.get("Roles", []):
            call(context, "iam", "PutRolePolicy", RoleName=role, **pick(properties, "PolicyName", "PolicyDocument"))

    def _remove(self, context: Context, roles: list[str], policy_name: str) -> None:
        for role in roles:
            with ignoring("NoSuchEntity"):  # the role may have been replaced or deleted, with its policies
                call(context, "iam", "DeleteRolePolicy", RoleName=role, PolicyName=policy_name)


@handler
class ManagedPolicy(Handler):
    type_name = "AWS::IAM::ManagedPolicy"
    supported = frozenset({"Description", "ManagedPolicyName", "Path", "PolicyDocument", "Roles"})
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    VERSIONS = 5
    # Without PermissionsBoundaryUsageCount: moto does not count it.
    ATTRIBUTES = (
        "AttachmentCount",
        "DefaultVersionId",
        "IsAttachable",
        "PolicyId",
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("ManagedPolicyName") or context.generated_name(limit=128)
        partition = context.stack_id.split(":")[1]
        arn = f"arn:{partition}:iam::{context.account}:policy{properties.get('Path', '/')}{name}"
        taken = exists(context, "iam", "GetPolicy", missing="NoSuchEntity", PolicyArn=arn)
        given = pick(properties, "PolicyDocument", "Path", "Description")
        with context.creating(arn, exists=taken):  # CloudFormation gives a policy no tags, by which it could be found
            call(context, "iam", "CreatePolicy", PolicyName=name, **given)
        self._settle_roles(context, arn, {}, properties)
        return self._attributes(context, arn)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_roles(context, physical_id, old, new)
        if changed(old, new, "PolicyDocument"):
            self._make_room(context, physical_id)
            call(
                context,
                "iam",
                "CreatePolicyVersion",
                PolicyArn=physical_id,
                PolicyDocument=new["PolicyDocument"],
                SetAsDefault=True,
            )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        self._settle_roles(context, physical_id, properties, {})
        for version in self._older_versions(context, physical_id):
            call(context, "iam", "DeletePolicyVersion", PolicyArn=physical_id, VersionId=version)
        call(context, "iam", "DeletePolicy", PolicyArn=physical_id)

    def _settle_roles(self, context: Context, arn: str, old: Properties, new: Properties) -> None:
        roles = difference(old.get("Roles"), new.get("Roles"))
        for role in roles.removed:
            with ignoring("NoSuchEntity"):
                call(context, "iam", "DetachRolePolicy", RoleName=role, PolicyArn=arn)
        for role in roles.added:
            call(context, "iam", "AttachRolePolicy", RoleName=role, PolicyArn=arn)

    def _make_room(self, context: Context, arn: str) -> None:
        older = self._older_versions(context, arn)
        if len(older) == self.VERSIONS - 1:
            call(context, "iam", "DeletePolicyVersion", PolicyArn=arn, VersionId=older[0])

    def _older_versions(self, context: Context, arn: str) -> list[str]:
        """The versions that are not in force, oldest first."""
        versions = call(context, "iam", "ListPolicyVersions", PolicyArn=arn)["Versions"]
        return sorted(
            (version["VersionId"] for version in versions if not version["IsDefaultVersion"]),
            key=lambda version: int(version.removeprefix("v")),
        )

    def _attributes(self, context: Context, arn: str) -> dict[str, Any]:
        policy = call(context, "iam", "GetPolicy", PolicyArn=arn)["Policy"]
        return {
            "PolicyArn": arn,
            "CreateDate": policy["CreateDate"].isoformat(),
            "UpdateDate": policy["UpdateDate"].isoformat(),
            **pick(policy, *self.ATTRIBUTES),
        }
