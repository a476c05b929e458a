"""What SageMaker shows of notebook instances and of what they refer to, in the template's words."""

from __future__ import annotations

from embedded_aws.live_properties.registry import Services, Shown, list_all, pick, reader


@reader("AWS::SageMaker::NotebookInstance")
def notebooks(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown = {}
    for name in (
        each["NotebookInstanceName"] for each in list_all(sagemaker, "list_notebook_instances", "NotebookInstances")
    ):
        about = sagemaker.describe_notebook_instance(NotebookInstanceName=name)
        shown[about["NotebookInstanceArn"]] = {
            **pick(
                about,
                "NotebookInstanceName",
                "InstanceType",
                "RoleArn",
                "SubnetId",
                "KmsKeyId",
                "DirectInternetAccess",
                "VolumeSizeInGB",
                "PlatformIdentifier",
                "RootAccess",
                "InstanceMetadataServiceConfiguration",
                "DefaultCodeRepository",
                "AdditionalCodeRepositories",
            ),
            "SecurityGroupIds": about.get("SecurityGroups"),
            "LifecycleConfigName": about.get("NotebookInstanceLifecycleConfigName"),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=about["NotebookInstanceArn"]),
        }
    return shown


@reader("AWS::SageMaker::NotebookInstanceLifecycleConfig")
def lifecycle_configs(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    shown = {}
    for listed in list_all(sagemaker, "list_notebook_instance_lifecycle_configs", "NotebookInstanceLifecycleConfigs"):
        about = sagemaker.describe_notebook_instance_lifecycle_config(
            NotebookInstanceLifecycleConfigName=listed["NotebookInstanceLifecycleConfigName"]
        )
        arn = about["NotebookInstanceLifecycleConfigArn"]
        shown[arn] = {
            **pick(about, "NotebookInstanceLifecycleConfigName", "OnCreate", "OnStart"),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=arn),
        }
    return shown


@reader("AWS::SageMaker::CodeRepository")
def code_repositories(services: Services) -> Shown:
    sagemaker = services("sagemaker")
    return {
        listed["CodeRepositoryArn"]: {
            **pick(
                sagemaker.describe_code_repository(CodeRepositoryName=listed["CodeRepositoryName"]),
                "CodeRepositoryName",
                "GitConfig",
            ),
            "Tags": list_all(sagemaker, "list_tags", "Tags", ResourceArn=listed["CodeRepositoryArn"]),
        }
        for listed in list_all(sagemaker, "list_code_repositories", "CodeRepositorySummaryList")
    }
