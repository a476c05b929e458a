"""AWS::SageMaker: notebook instances, their lifecycle configurations, the code repositories that they clone."""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, pick, tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler
from embedded_aws.resources.sagemaker.pipelines import update_sagemaker_tags


@handler
class NotebookInstance(Handler):
    """A change of anything but the tags stops a running instance and starts it again, as CloudFormation does.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sagemaker-notebookinstance.html
    """

    type_name = "AWS::SageMaker::NotebookInstance"
    # What UpdateNotebookInstance changes: what it takes as "none", or the name of the argument that says "none".
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstance.html
    DEFAULTS: ClassVar[dict[str, Any]] = {
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
        "PlatformIdentifier": "notebook-al2023-v1",
        "RootAccess": "Enabled",
        "VolumeSizeInGB": 5,
    }
    DISASSOCIATED: ClassVar[dict[str, str]] = {
        "AdditionalCodeRepositories": "DisassociateAdditionalCodeRepositories",
        "DefaultCodeRepository": "DisassociateDefaultCodeRepository",
        "LifecycleConfigName": "DisassociateLifecycleConfig",
    }
    CHANGED = ("InstanceType", "RoleArn", *DEFAULTS, *DISASSOCIATED)
    FIXED = ("DirectInternetAccess", "KmsKeyId", "SecurityGroupIds", "SubnetId")
    # Without AcceleratorTypes: Elastic Inference is gone.
    supported = frozenset({"NotebookInstanceName", "Tags", *CHANGED, *FIXED})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateNotebookInstance",
            NotebookInstanceName=properties.get("NotebookInstanceName") or context.generated_name(),
            Tags=tags(properties),
            **pick(properties, *self.CHANGED, *self.FIXED),
        )["NotebookInstanceArn"]
        context.report_id(arn)
        about = call(context, "sagemaker", "DescribeNotebookInstance", NotebookInstanceName=_name(arn))
        if about["NotebookInstanceStatus"] == "Failed":
            raise HandlerError(about["FailureReason"])
        return _attributes(arn)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        name = _name(physical_id)
        if changes := dict(self._changes(old, new)):
            state = call(context, "sagemaker", "DescribeNotebookInstance", NotebookInstanceName=name)
            running = state["NotebookInstanceStatus"] == "InService"
            if running:
                call(context, "sagemaker", "StopNotebookInstance", NotebookInstanceName=name)
            try:
                call(context, "sagemaker", "UpdateNotebookInstance", NotebookInstanceName=name, **changes)
            finally:
                if running:
                    call(context, "sagemaker", "StartNotebookInstance", NotebookInstanceName=name)
        update_sagemaker_tags(context, physical_id, old, new)
        return _attributes(physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        name = _name(physical_id)
        about = call(context, "sagemaker", "DescribeNotebookInstance", NotebookInstanceName=name)
        if about["NotebookInstanceStatus"] == "InService":
            call(context, "sagemaker", "StopNotebookInstance", NotebookInstanceName=name)
        call(context, "sagemaker", "DeleteNotebookInstance", NotebookInstanceName=name)

    def _changes(self, old: Properties, new: Properties) -> list[tuple[str, Any]]:
        changes: list[tuple[str, Any]] = []
        for name in self.CHANGED:
            if changed(old, new, name):
                if name in new:
                    changes.append((name, new[name]))
                elif name in self.DISASSOCIATED:
                    changes.append((self.DISASSOCIATED[name], True))
                else:
                    changes.append((name, self.DEFAULTS[name]))
        return changes


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _attributes(arn: str) -> dict[str, Any]:
    return {"NotebookInstanceArn": arn, "NotebookInstanceName": _name(arn)}


@handler
class NotebookInstanceLifecycleConfig(Handler):
    """New scripts are for the next start: instances that run are left alone."""

    type_name = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
    HOOKS = ("OnCreate", "OnStart")
    supported = frozenset(
        {"NotebookInstanceLifecycleConfigName", "OnCreate.Content", "OnStart.Content", "Tags"},
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("NotebookInstanceLifecycleConfigName") or context.generated_name()
        arn = call(
            context,
            "sagemaker",
            "CreateNotebookInstanceLifecycleConfig",
            NotebookInstanceLifecycleConfigName=name,
            Tags=tags(properties),
            **pick(properties, *self.HOOKS),
        )["NotebookInstanceLifecycleConfigArn"]
        return self._attributes(context.report_id(arn))

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, *self.HOOKS):
            call(
                context,
                "sagemaker",
                "UpdateNotebookInstanceLifecycleConfig",
                NotebookInstanceLifecycleConfigName=_name(physical_id),
                # It keeps what it is not given; an empty list takes the script away.
                **{hook: new.get(hook, []) for hook in self.HOOKS},
            )
        update_sagemaker_tags(context, physical_id, old, new)
        return self._attributes(physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        name = _name(physical_id)
        call(
            context,
            "sagemaker",
            "DeleteNotebookInstanceLifecycleConfig",
            NotebookInstanceLifecycleConfigName=name,
        )

    def _attributes(self, arn: str) -> dict[str, Any]:
        return {"NotebookInstanceLifecycleConfigArn": arn, "NotebookInstanceLifecycleConfigName": _name(arn)}


@handler
class CodeRepository(Handler):
    type_name = "AWS::SageMaker::CodeRepository"
    supported = frozenset(
        {
            "CodeRepositoryName",
            "GitConfig.Branch",
            "GitConfig.RepositoryUrl",
            "GitConfig.SecretArn",
            "Tags",
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateCodeRepository",
            CodeRepositoryName=properties.get("CodeRepositoryName") or context.generated_name(),
            GitConfig=properties["GitConfig"],
            Tags=tags(properties),
        )["CodeRepositoryArn"]
        return self._attributes(context.report_id(arn))

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, "GitConfig"):
            secret = pick(new["GitConfig"], "SecretArn")
            call(context, "sagemaker", "UpdateCodeRepository", CodeRepositoryName=_name(physical_id), GitConfig=secret)
        update_sagemaker_tags(context, physical_id, old, new)
        return self._attributes(physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sagemaker", "DeleteCodeRepository", CodeRepositoryName=_name(physical_id))

    def _attributes(self, arn: str) -> dict[str, Any]:
        return {"CodeRepositoryArn": arn, "CodeRepositoryName": _name(arn)}
