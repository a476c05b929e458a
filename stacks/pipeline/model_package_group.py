"""Model package group in the SageMaker Model Registry."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.constructs.service_role import Statement, policy_document

# Must never change: a new description replaces the group, which its fixed name prevents.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sagemaker-modelpackagegroup.html
_DESCRIPTION = "Versions of a model; a project's pipeline registers them."


class ModelPackageGroup(Construct):
    """Model package group, retained where data is retained.

    Args:
        name: name of the group.
        readers: statements that allow other accounts to read its versions, for promotions.
        removal_policy: removal policy of the group. SageMaker does not delete a group with versions.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        readers: Sequence[Statement],
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        group = sagemaker.CfnModelPackageGroup(
            self,
            "Group",
            model_package_group_name=name,
            model_package_group_description=_DESCRIPTION,
            model_package_group_policy=policy_document(readers) if readers else None,
        )
        group.apply_removal_policy(removal_policy)
        self.name = name
