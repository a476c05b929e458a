"""Base classes of all stacks: account, region, tags, bootstrap and termination protection."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import Construct

from mlproject.parameters import Deployment, Environment


class BaseStack(cdk.Stack):
    """A stack of an environment.

    Args:
        stack_name: name of the stack in AWS.
        environment: the environment.
        tags: tags of the stack itself. The stage tags its resources.
        description: one line, shown in the console.
        holds_data: whether to protect the stack from deletion where data is retained.
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
            # Not needed in the template, because the CDK CLI checks the version of the bootstrap from the manifest.
            synthesizer=cdk.DefaultStackSynthesizer(
                qualifier=environment.bootstrap_qualifier, generate_bootstrap_version_rule=False
            ),
        )

    def shared_value(self, construct_id: str, name: str, *, description: str) -> str:
        """Return a value of another stack, read from an SSM parameter instead of a stack export.

        Args:
            construct_id: id of the stack's parameter.
            name: name of the SSM parameter.
            description: description of the stack's parameter.
        """
        return cdk.CfnParameter(
            self, construct_id, type="AWS::SSM::Parameter::Value<String>", default=name, description=description
        ).value_as_string


class ProjectStack(BaseStack):
    """A stack of a project in an environment.

    Args:
        deployment: the project in the environment.
        description: one line, shown in the console.
        holds_data: whether to protect the stack from deletion where data is retained.
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
    """Return the removal policy of resources that contain data.

    Retained resources are still deleted if their creation fails, since their fixed names would block the next attempt
    (RetainExceptOnCreate:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html).
    """
    return cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE if environment.retain_data else cdk.RemovalPolicy.DESTROY
