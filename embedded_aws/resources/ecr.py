"""AWS::ECR."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import boolean, call, changed, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Repository(Handler):
    type_name = "AWS::ECR::Repository"
    supported = frozenset(
        {
            "EmptyOnDelete",
            "EncryptionConfiguration.EncryptionType",
            "EncryptionConfiguration.KmsKey",
            "ImageScanningConfiguration.ScanOnPush",
            "ImageTagMutability",
            "LifecyclePolicy.LifecyclePolicyText",
            "RepositoryName",
            "RepositoryPolicyText",
            "Tags",
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        encryption = properties.get("EncryptionConfiguration")
        words = {"EncryptionType": "encryptionType", "KmsKey": "kmsKey"}
        name = call(
            context,
            "ecr",
            "CreateRepository",
            repositoryName=properties.get("RepositoryName") or context.report_generated_name(limit=256, lower=True),
            imageTagMutability=properties.get("ImageTagMutability"),
            encryptionConfiguration=encryption and {words[key]: value for key, value in encryption.items()},
            imageScanningConfiguration=self._scanning(properties),
            tags=tags(properties),
        )["repository"]["repositoryName"]
        context.report_id(name)
        self._settle_policies(context, name, {}, properties)
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        repository = {"repositoryName": physical_id}
        if changed(old, new, "ImageTagMutability"):
            mutability = new.get("ImageTagMutability", "MUTABLE")
            call(context, "ecr", "PutImageTagMutability", **repository, imageTagMutability=mutability)
        if changed(old, new, "ImageScanningConfiguration"):
            scanning = self._scanning(new)
            call(context, "ecr", "PutImageScanningConfiguration", **repository, imageScanningConfiguration=scanning)
        self._settle_policies(context, physical_id, old, new)
        attributes = self._attributes(context, physical_id)
        arn = attributes["Arn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "ecr", "UntagResource", resourceArn=arn, tagKeys=keys),
            add=lambda _: call(context, "ecr", "TagResource", resourceArn=arn, tags=tags(new)),
        )
        return attributes

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        force = boolean(properties.get("EmptyOnDelete", False))
        call(context, "ecr", "DeleteRepository", repositoryName=physical_id, force=force)

    def _scanning(self, properties: Properties) -> dict[str, Any]:
        return {"scanOnPush": properties.get("ImageScanningConfiguration", {}).get("ScanOnPush", False)}

    def _settle_policies(self, context: Context, name: str, old: Properties, new: Properties) -> None:
        if changed(old, new, "LifecyclePolicy"):
            if lifecycle := new.get("LifecyclePolicy"):
                text = lifecycle["LifecyclePolicyText"]
                call(context, "ecr", "PutLifecyclePolicy", repositoryName=name, lifecyclePolicyText=text)
            else:
                call(context, "ecr", "DeleteLifecyclePolicy", repositoryName=name)
        if changed(old, new, "RepositoryPolicyText"):
            if policy := new.get("RepositoryPolicyText"):
                call(context, "ecr", "SetRepositoryPolicy", repositoryName=name, policyText=policy)
            else:
                call(context, "ecr", "DeleteRepositoryPolicy", repositoryName=name)

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        repository = call(context, "ecr", "DescribeRepositories", repositoryNames=[name])["repositories"][0]
        return {"Arn": repository["repositoryArn"], "RepositoryUri": repository["repositoryUri"]}
