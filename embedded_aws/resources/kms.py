"""AWS::KMS."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import boolean, call, changed, ignoring, pick, tags, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class Key(Handler):
    type_name = "AWS::KMS::Key"
    ROTATION = ("EnableKeyRotation", "RotationPeriodInDays")
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html, in days
    ROTATION_PERIOD = 365
    # What a key is for good, with the defaults.
    # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
    FIXED: ClassVar[dict[str, Any]] = {
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "MultiRegion": False,
        "Origin": "AWS_KMS",
    }
    supported = frozenset({"Description", "Enabled", "KeyPolicy", "PendingWindowInDays", "Tags", *ROTATION, *FIXED})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        key = call(
            context,
            "kms",
            "CreateKey",
            Policy=properties.get("KeyPolicy"),
            Tags=tags(properties, key="TagKey", value="TagValue"),
            **pick(properties, "Description", *self.FIXED),
        )["KeyMetadata"]
        context.report_id(key["KeyId"])
        self._settle(context, key["KeyId"], {}, properties)
        return self._attributes(context, key["KeyId"])

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._refuse_another_kind(context, physical_id, new)
        if changed(old, new, "KeyPolicy"):
            policy = new.get("KeyPolicy") or self._default_policy(context)
            call(context, "kms", "PutKeyPolicy", KeyId=physical_id, PolicyName="default", Policy=policy)
        if changed(old, new, "Description"):
            call(context, "kms", "UpdateKeyDescription", KeyId=physical_id, Description=new.get("Description", ""))
        self._settle(context, physical_id, old, new)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "kms", "UntagResource", KeyId=physical_id, TagKeys=keys),
            add=lambda _: call(
                context, "kms", "TagResource", KeyId=physical_id, Tags=tags(new, key="TagKey", value="TagValue")
            ),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        # A key is never deleted at once; without a window KMS waits for 30 days.
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
        window = properties.get("PendingWindowInDays", 30)
        # The state of a key whose deletion is already scheduled, such as by a call whose answer was lost.
        with ignoring("KMSInvalidStateException"):
            call(context, "kms", "ScheduleKeyDeletion", KeyId=physical_id, PendingWindowInDays=window)

    def _refuse_another_kind(self, context: Context, key_id: str, new: Properties) -> None:
        """Compare with the key itself, not with the old properties: an update back after a refusal is none."""
        key = call(context, "kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]
        is_and_wanted = {name: (key.get(name, default), new.get(name, default)) for name, default in self.FIXED.items()}
        other = [name for name, (is_now, wanted) in is_and_wanted.items() if text(is_now) != text(wanted)]
        if other:  # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-kms-key.html
            raise HandlerError(f"{', '.join(other)} of an existing KMS key cannot be changed")

    def _settle(self, context: Context, key_id: str, old: Properties, new: Properties) -> None:
        if changed(old, new, *self.ROTATION):
            if boolean(new.get("EnableKeyRotation", False)):
                days = new.get("RotationPeriodInDays", self.ROTATION_PERIOD)
                call(context, "kms", "EnableKeyRotation", KeyId=key_id, RotationPeriodInDays=days)
            else:
                call(context, "kms", "DisableKeyRotation", KeyId=key_id)
        if changed(old, new, "Enabled"):
            enabled = boolean(new.get("Enabled", True))
            call(context, "kms", "EnableKey" if enabled else "DisableKey", KeyId=key_id)

    def _default_policy(self, context: Context) -> dict[str, Any]:
        # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
        everything = {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{context.account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
        return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [everything]}

    def _attributes(self, context: Context, key_id: str) -> dict[str, Any]:
        key = call(context, "kms", "DescribeKey", KeyId=key_id)["KeyMetadata"]
        return {"Arn": key["Arn"], "KeyId": key["KeyId"]}


@handler
class Alias(Handler):
    type_name = "AWS::KMS::Alias"
    supported = frozenset({"AliasName", "TargetKeyId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        call(context, "kms", "CreateAlias", **properties)
        context.report_id(properties["AliasName"])
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(context, "kms", "UpdateAlias", AliasName=physical_id, TargetKeyId=new["TargetKeyId"])
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "kms", "DeleteAlias", AliasName=physical_id)
