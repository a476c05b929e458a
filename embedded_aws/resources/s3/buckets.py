"""AWS::S3."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import boolean, call, changed, exists, ignoring
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler
from embedded_aws.resources.s3 import _lifecycle
from embedded_aws.resources.s3._configurations import CONFIGURATION_LISTS, CONFIGURATIONS
from embedded_aws.resources.s3._translations import CORS_WORDS

_ENCRYPTION = "BucketEncryption.ServerSideEncryptionConfiguration"


@handler
class Bucket(Handler):
    type_name = "AWS::S3::Bucket"
    supported = frozenset(
        {
            "AccelerateConfiguration",
            "AccessControl",
            f"{_ENCRYPTION}.BucketKeyEnabled",
            f"{_ENCRYPTION}.ServerSideEncryptionByDefault",
            "BucketName",
            *(f"CorsConfiguration.CorsRules.{member}" for member in CORS_WORDS),
            "IntelligentTieringConfigurations",
            "InventoryConfigurations",
            *_lifecycle.SUPPORTED,
            "LoggingConfiguration",
            *(f"MetricsConfigurations.{member}" for member in ("Id", "Prefix", "TagFilters")),
            *(
                f"NotificationConfiguration.{kind}"
                for kind in ("EventBridgeConfiguration", "QueueConfigurations", "TopicConfigurations")
            ),
            "ObjectLockConfiguration.ObjectLockEnabled",
            *(f"ObjectLockConfiguration.Rule.DefaultRetention.{member}" for member in ("Days", "Mode", "Years")),
            "ObjectLockEnabled",
            "OwnershipControls",
            "PublicAccessBlockConfiguration",
            "Tags",
            "VersioningConfiguration",
            "WebsiteConfiguration",
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("BucketName") or context.generated_name(lower=True)
        if exists(context, "s3", "HeadBucket", missing="404", Bucket=name):
            # S3 itself answers yes in us-east-1 to the owner: the stack would take over a bucket that is not its own.
            raise HandlerError(f"{name} already exists")
        place = None if context.region == "us-east-1" else {"LocationConstraint": context.region}
        with context.creating(name):  # S3 takes no tags of CloudFormation, by which it could be found
            call(
                context,
                "s3",
                "CreateBucket",
                Bucket=name,
                CreateBucketConfiguration=place,
                ObjectLockEnabledForBucket=properties.get("ObjectLockEnabled"),
            )
        self._settle(context, name, {}, properties)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle(context, physical_id, old, new)
        self._settle_lock(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "s3", "DeleteBucket", Bucket=physical_id)

    def _settle(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """Bring every configuration that differs from the old properties to the new ones, or to S3's default."""
        for configuration in CONFIGURATIONS:
            if not changed(old, new, configuration.property):
                continue
            given = new.get(configuration.property)
            if given is None and configuration.delete:
                call(context, "s3", configuration.delete, Bucket=name)
            else:
                value = configuration.translate(given, name)
                arguments = {configuration.argument: value, **configuration.more(given)}
                call(context, "s3", configuration.put, Bucket=name, **arguments)
        for each in CONFIGURATION_LISTS:
            before, after = _by_id(old.get(each.property)), _by_id(new.get(each.property))
            for identifier in before.keys() - after.keys():
                with ignoring("NoSuchConfiguration"):
                    call(context, "s3", each.delete, Bucket=name, Id=identifier)
            for identifier, item in after.items():
                if before.get(identifier) != item:
                    value = each.translate(item)
                    call(context, "s3", each.put, Bucket=name, Id=identifier, **{each.argument: value})

    def _settle_lock(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        """Lock a bucket that exists. It stays locked, and so it is refused to unlock it.

        https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
        """
        before, after = (boolean(each.get("ObjectLockEnabled", False)) for each in (old, new))
        if before and not after:
            raise HandlerError(f"Object Lock of the bucket {name} cannot be disabled once it is enabled.")
        if after and not before and "ObjectLockConfiguration" not in new:
            lock = {"ObjectLockEnabled": "Enabled"}
            call(context, "s3", "PutObjectLockConfiguration", Bucket=name, ObjectLockConfiguration=lock)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-s3-bucket.html
        return {
            "Arn": f"arn:aws:s3:::{name}",
            "DomainName": f"{name}.s3.amazonaws.com",
            "DualStackDomainName": f"{name}.s3.dualstack.{context.region}.amazonaws.com",
            "RegionalDomainName": f"{name}.s3.{context.region}.amazonaws.com",
            "WebsiteURL": f"http://{name}.s3-website-{context.region}.amazonaws.com",
        }


def _by_id(configurations: list[Properties] | None) -> dict[str, Properties]:
    return {each["Id"]: each for each in configurations or []}


@handler
class BucketPolicy(Handler):
    type_name = "AWS::S3::BucketPolicy"
    supported = frozenset({"Bucket", "PolicyDocument"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        bucket = properties["Bucket"]
        if exists(context, "s3", "GetBucketPolicy", missing="NoSuchBucketPolicy", Bucket=bucket):
            raise HandlerError(f"The bucket policy already exists on bucket {bucket}.")
        with context.creating(bucket):
            self._put(context, properties)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "s3", "DeleteBucketPolicy", Bucket=physical_id)

    def _put(self, context: Context, properties: Properties) -> None:
        call(context, "s3", "PutBucketPolicy", Bucket=properties["Bucket"], Policy=properties["PolicyDocument"])
