"""AWS::SageMaker."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, pick, tags, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


def update_sagemaker_tags(context: Context, arn: str, old: Properties, new: Properties) -> None:
    update_tags(
        old,
        new,
        remove=lambda keys: call(context, "sagemaker", "DeleteTags", ResourceArn=arn, TagKeys=keys),
        add=lambda _: call(context, "sagemaker", "AddTags", ResourceArn=arn, Tags=tags(new)),
    )


@handler
class ModelPackageGroup(Handler):
    type_name = "AWS::SageMaker::ModelPackageGroup"
    supported = frozenset({"ModelPackageGroupDescription", "ModelPackageGroupName", "ModelPackageGroupPolicy", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateModelPackageGroup",
            Tags=tags(properties),
            **pick(properties, "ModelPackageGroupName", "ModelPackageGroupDescription"),
        )["ModelPackageGroupArn"]
        context.report_id(arn)
        self._settle_policy(context, arn, {}, properties)
        return self._attributes(context, arn)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_policy(context, physical_id, old, new)
        update_sagemaker_tags(context, physical_id, old, new)
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sagemaker", "DeleteModelPackageGroup", ModelPackageGroupName=_name(physical_id))

    def _settle_policy(self, context: Context, arn: str, old: Properties, new: Properties) -> None:
        if not changed(old, new, "ModelPackageGroupPolicy"):
            return
        group = {"ModelPackageGroupName": _name(arn)}
        if policy := new.get("ModelPackageGroupPolicy"):
            call(context, "sagemaker", "PutModelPackageGroupPolicy", **group, ResourcePolicy=text(policy))
        else:
            call(context, "sagemaker", "DeleteModelPackageGroupPolicy", **group)

    def _attributes(self, context: Context, arn: str) -> dict[str, Any]:
        group = call(context, "sagemaker", "DescribeModelPackageGroup", ModelPackageGroupName=_name(arn))
        return {
            "CreationTime": group["CreationTime"].isoformat(),
            **pick(group, "ModelPackageGroupArn", "ModelPackageGroupStatus"),
        }


@handler
class Pipeline(Handler):
    type_name = "AWS::SageMaker::Pipeline"
    supported = frozenset(
        {
            "ParallelismConfiguration",
            "PipelineDefinition.PipelineDefinitionBody",
            "PipelineDefinition.PipelineDefinitionS3Location.Bucket",
            "PipelineDefinition.PipelineDefinitionS3Location.Key",
            "PipelineDefinition.PipelineDefinitionS3Location.Version",
            "PipelineDescription",
            "PipelineDisplayName",
            "PipelineName",
            "RoleArn",
            "Tags",
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties["PipelineName"]
        call(
            context,
            "sagemaker",
            "CreatePipeline",
            Tags=tags(properties),
            **self._definition(properties),
            **pick(
                properties,
                "PipelineName",
                "PipelineDisplayName",
                "PipelineDescription",
                "RoleArn",
                "ParallelismConfiguration",
            ),
        )
        context.report_id(name)
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        defaults = {"PipelineDisplayName": physical_id, "PipelineDescription": ""}
        changes = {name: new.get(name, default) for name, default in defaults.items() if changed(old, new, name)}
        if changed(old, new, "ParallelismConfiguration") and "ParallelismConfiguration" not in new:
            # UpdatePipeline keeps what it is not given, and has no word for "no limit".
            raise HandlerError("ParallelismConfiguration of a pipeline cannot be taken away; set a number instead")
        arn = call(
            context,
            "sagemaker",
            "UpdatePipeline",
            PipelineName=physical_id,
            **self._definition(new),
            **changes,
            **pick(new, "RoleArn", "ParallelismConfiguration"),
        )["PipelineArn"]
        update_sagemaker_tags(context, arn, old, new)
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        token = context.unique_suffix.ljust(32, "0")  # the API asks for 32 characters at least
        call(context, "sagemaker", "DeletePipeline", PipelineName=physical_id, ClientRequestToken=token)

    def _definition(self, properties: Properties) -> dict[str, Any]:
        definition = properties["PipelineDefinition"]
        if place := definition.get("PipelineDefinitionS3Location"):
            words = {"Bucket": "Bucket", "Key": "ObjectKey", "Version": "VersionId"}
            return {"PipelineDefinitionS3Location": {words[name]: value for name, value in place.items()}}
        return {"PipelineDefinition": definition["PipelineDefinitionBody"]}


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
