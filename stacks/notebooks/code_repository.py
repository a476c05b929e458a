"""A Git repository as SageMaker knows it."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.parameters import Repository


class CodeRepository(Construct):
    """A repository that a notebook clones when it is created and shows as its folder.

    Its host must be reachable from the notebook's subnet: an isolated network reaches no host on the internet. Without
    a fixed name, since another URL or branch makes a new one:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-coderepository.html

    Args:
        repository: where it is, and the secret of a private one; the secret's value never comes here.
        removal_policy: as the notebook's.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, repository: Repository, removal_policy: cdk.RemovalPolicy
    ) -> None:
        super().__init__(scope, construct_id)
        code = sagemaker.CfnCodeRepository(
            self,
            "Repository",
            git_config=sagemaker.CfnCodeRepository.GitConfigProperty(
                repository_url=repository.url, branch=repository.branch, secret_arn=repository.secret_arn
            ),
        )
        code.apply_removal_policy(removal_policy)
        # Ref would give the ARN, and a notebook wants the name.
        self.name = code.attr_code_repository_name
