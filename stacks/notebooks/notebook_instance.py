"""A SageMaker notebook instance with its lifecycle scripts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.parameters.tables.notebook_types import PLATFORM


class NotebookInstance(Construct):
    """A notebook without internet access and root access, on a volume encrypted with the project's key.

    Lifecycle scripts still run as root:
    https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-root-access.html. A change of type, volume, role or repository
    stops the instance, since SageMaker only updates a stopped instance
    (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-update.html, although CloudFormation's page on the resource
    says "No interruption"). A new script runs at the next start
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstanceLifecycleConfig.html). A change
    of name, subnet, security group or key fails, since it requires a replacement, which the fixed name prevents.

    Args:
        name: name of the instance.
        instance_type: such as `ml.t3.medium`.
        volume_gb: size of the volume for work and libraries.
        on_create: text of the script for the first start.
        on_start: text of the script for every start.
        role_arn: ARN of the notebooks' role.
        key_arn: ARN of the project's key.
        subnet_id: a private subnet.
        security_group_id: security group of the notebooks.
        repository: name of a code repository in SageMaker, or None.
        removal_policy: removal policy of the instance and its scripts.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        instance_type: str,
        volume_gb: int,
        on_create: str,
        on_start: str,
        role_arn: str,
        key_arn: str,
        subnet_id: str,
        security_group_id: str,
        repository: str | None,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        scripts = sagemaker.CfnNotebookInstanceLifecycleConfig(
            self, "Scripts", on_create=[_hook(on_create)], on_start=[_hook(on_start)]
        )
        scripts.apply_removal_policy(removal_policy)
        self.instance = sagemaker.CfnNotebookInstance(
            self,
            "Instance",
            notebook_instance_name=name,
            instance_type=instance_type,
            volume_size_in_gb=volume_gb,
            platform_identifier=PLATFORM,
            role_arn=role_arn,
            kms_key_id=key_arn,
            subnet_id=subnet_id,
            security_group_ids=[security_group_id],
            direct_internet_access="Disabled",
            root_access="Disabled",
            instance_metadata_service_configuration=(
                sagemaker.CfnNotebookInstance.InstanceMetadataServiceConfigurationProperty(
                    minimum_instance_metadata_service_version="2"
                )
            ),
            # The instance requires the name, but Ref returns the ARN.
            lifecycle_config_name=scripts.attr_notebook_instance_lifecycle_config_name,
            default_code_repository=repository,
        )
        self.instance.apply_removal_policy(removal_policy)


def _hook(script: str) -> sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty:
    """Return a lifecycle hook. CloudFormation encodes the script in base64, so that templates stay readable."""
    return sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty(
        content=cdk.Fn.base64(script)
    )
