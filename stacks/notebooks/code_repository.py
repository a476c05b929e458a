"""A Git repository in SageMaker."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.parameters import Repository


class CodeRepository(Construct):
    """A repository that a notebook clones at its creation and opens as its folder.

    Its host must be reachable from the notebook's subnet. An isolated network has no access to hosts on the internet.
    The resource has no fixed name, because a change of the URL or branch replaces it:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sagemaker-coderepository.html

    Args:
        repository: URL and branch, and the ARN of the secret of a private repository.
        removal_policy: removal policy of the notebook.
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
        # A notebook requires the name, but Ref returns the ARN.
        self.name = code.attr_code_repository_name
