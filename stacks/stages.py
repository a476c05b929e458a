"""The stages of the application: what is deployed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from constructs import Construct

from mlproject.aws_rules.endpoints import interfaces
from mlproject.definition import Definition
from mlproject.parameters import Deployment, Environment, ImportedNetwork
from stacks.constructs.existing_data import existing_buckets
from stacks.emr import EmrStack
from stacks.network import NetworkStack, environment_tags
from stacks.notebooks import NotebooksStack
from stacks.operations import OperationsStack
from stacks.pipeline import PipelineStack
from stacks.storage import StorageStack


class EnvironmentStage(cdk.Stage):
    """What the projects of an environment share, such as `dev/network`.

    Args:
        environment: the environment; see `owns_network`.
        deployments: its projects.
    """

    def __init__(self, scope: Construct, *, environment: Environment, deployments: Sequence[Deployment]) -> None:
        super().__init__(scope, environment.name, permissions_boundary=_boundary(environment))
        clusters = any(deployment.emr for deployment in deployments)
        NetworkStack(
            self,
            environment=environment,
            interfaces=interfaces(deployments),
            clusters=clusters,
            existing_buckets=existing_buckets(deployments),
        )
        _tag(self, environment_tags(environment))


class ProjectStage(cdk.Stage):
    """A project in an environment, such as `flights-dev/storage` and `flights-dev/pipeline`.

    Args:
        deployment: the project in the environment.
        definition: the definition of its pipeline.
    """

    def __init__(self, scope: Construct, *, deployment: Deployment, definition: Definition) -> None:
        super().__init__(scope, deployment.names.stage, permissions_boundary=_boundary(deployment.environment))
        storage = StorageStack(self, deployment=deployment)
        pipeline = PipelineStack(self, deployment=deployment, definition=definition)
        # The pipeline reads the key's ARN from a parameter of the storage stack, which CDK cannot know.
        pipeline.add_stack_dependency(storage)
        notebooks = None
        if deployment.notebooks:
            notebooks = NotebooksStack(self, deployment=deployment)
            notebooks.add_stack_dependency(storage)
        if deployment.emr:
            emr = EmrStack(self, deployment=deployment, parameters=deployment.emr)
            # The cluster lets the notebooks' security group in, and that group out to it.
            emr.add_stack_dependency(notebooks or storage)
        if deployment.operations:
            operations = OperationsStack(self, deployment=deployment, operations=deployment.operations)
            operations.add_stack_dependency(pipeline)
        _tag(self, deployment.tags)


def owns_network(environment: Environment) -> bool:
    """Whether the environment has a network stack: not where the network and its endpoints exist already."""
    network = environment.network
    return not (isinstance(network, ImportedNetwork) and network.endpoints == "exist")


def _boundary(environment: Environment) -> cdk.PermissionsBoundary | None:
    policy = environment.permissions_boundary
    if policy is None:
        return None
    return (
        cdk.PermissionsBoundary.from_arn(policy)
        if policy.startswith("arn:")
        else cdk.PermissionsBoundary.from_name(policy)
    )


def _tag(stage: cdk.Stage, tags: Mapping[str, str]) -> None:
    everything = cdk.Tags.of(stage)
    for key, value in tags.items():
        everything.add(key, value)
