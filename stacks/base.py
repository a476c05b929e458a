"""What every stack has in common: its place, its tags, the bootstrap that deploys it, what becomes of its data."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from mlproject.parameters import Deployment, Environment


class BaseStack(cdk.Stack):
    """A stack of an environment.

    Args:
        stack_name: its name in AWS.
        environment: account, region, bootstrap qualifier and whether data is retained.
        tags: of the stack itself; the stage tags its resources.
        description: one line, shown in the console.
        holds_data: whether deleting the stack by mistake could hurt.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack_name: str,
        environment: Environment,
        tags: Mapping[str, str],
        description: str,
        holds_data: bool,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=stack_name,
            env=cdk.Environment(account=environment.account, region=environment.region),
            description=description,
            tags=dict(tags),
            termination_protection=holds_data and environment.retain_data,
            # The CLI checks the bootstrap's version from the manifest; the same rule in each template says no more.
            synthesizer=cdk.DefaultStackSynthesizer(
                qualifier=environment.bootstrap_qualifier, generate_bootstrap_version_rule=False
            ),
        )

    def shared(self, construct_id: str, name: str, *, description: str) -> str:
        """A value of another stack, through an SSM parameter: stacks have no exports.

        Args:
            construct_id: of the stack's parameter.
            name: the SSM parameter's.
            description: what it is, and whose.
        """
        return cdk.CfnParameter(
            self, construct_id, type="AWS::SSM::Parameter::Value<String>", default=name, description=description
        ).value_as_string


class ProjectStack(BaseStack):
    """A stack of a project in an environment.

    Args:
        deployment: the project in the environment.
        description: one line, shown in the console.
        holds_data: whether deleting the stack by mistake could hurt.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, deployment: Deployment, description: str, holds_data: bool
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            stack_name=deployment.names.stack(construct_id),
            environment=deployment.environment,
            tags=deployment.tags,
            description=description,
            holds_data=holds_data,
        )


def removal_policy(environment: Environment) -> cdk.RemovalPolicy:
    """What becomes of data when its stack is deleted.

    Retained data goes only if its very first deployment fails, or its fixed name would block the second attempt
    (RetainExceptOnCreate:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
    """
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if environment.retain_data else cdk.RemovalPolicy.DESTROY
