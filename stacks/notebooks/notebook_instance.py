"""A SageMaker notebook instance with its lifecycle scripts."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.parameters.tables.notebook_types import PLATFORM


class NotebookInstance(Construct):
    """A notebook without internet and without root for its users, on a volume that the project's key encrypts.

    The lifecycle scripts run as root all the same:
    https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-root-access.html. A change of type, volume, role or repository
    stops the instance, since SageMaker changes a stopped one only
    (https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-update.html; CloudFormation's page on the resource says "No
    interruption" all the same). A new script waits for its next start
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateNotebookInstanceLifecycleConfig.html). A change
    of name, subnet, security group or key is refused, since it asks for another instance under a name that is taken.

    Args:
        name: the instance's name.
        instance_type: such as `ml.t3.medium`.
        volume_gb: the size of the volume for work and libraries.
        on_create: the script for the first start, as raw text.
        on_start: the script for every start, as raw text.
        role_arn: the notebooks' role.
        key_arn: the project's key.
        subnet_id: a private subnet.
        security_group_id: the notebooks' security group.
        repository: the name of a code repository, for a notebook that opens in one.
        removal_policy: of the instance and its scripts.
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
        # Without a name: nobody types it.
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
            # Ref would give the ARN, and the instance wants the name.
            lifecycle_config_name=scripts.attr_notebook_instance_lifecycle_config_name,
            default_code_repository=repository,
        )
        self.instance.apply_removal_policy(removal_policy)


def _hook(script: str) -> sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty:
    """A script for the API, which wants base64; CloudFormation encodes, so that templates stay readable."""
    return sagemaker.CfnNotebookInstanceLifecycleConfig.NotebookInstanceLifecycleHookProperty(
        content=cdk.Fn.base64(script)
    )
