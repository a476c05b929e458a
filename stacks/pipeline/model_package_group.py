"""A group of a model's versions in SageMaker's registry."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

# The group has a fixed name and its description cannot change in place: another text would ask for a replacement
# that AWS refuses. So it is the same for every group, forever.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sagemaker-modelpackagegroup.html
_DESCRIPTION = "Versions of a model; a project's pipeline registers them."


class ModelPackageGroup(Construct):
    """A model package group; it outlives its stack where data is retained.

    Args:
        name: the group's name.
        removal_policy: of the group; one with versions refuses deletion.
    """

    def __init__(self, scope: Construct, construct_id: str, *, name: str, removal_policy: cdk.RemovalPolicy) -> None:
        super().__init__(scope, construct_id)
        group = sagemaker.CfnModelPackageGroup(
            self, "Group", model_package_group_name=name, model_package_group_description=_DESCRIPTION
        )
        group.apply_removal_policy(removal_policy)
        self.name = name
