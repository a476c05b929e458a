"""The stages of the application: one for each environment, with its network and the stacks of its projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from constructs import Construct

from mlproject.aws_rules.network_requirements import combined_requirements
from mlproject.definition import Definition
from mlproject.definition.project_values import refused_parameters
from mlproject.parameters import Deployment, Environment
from stacks.emr.stack import EmrStack
from stacks.network.stack import NetworkStack, environment_tags
from stacks.notebooks.stack import NotebooksStack
from stacks.operations.stack import OperationsStack
from stacks.pipeline.stack import PipelineStack
from stacks.storage.stack import StorageStack


class EnvironmentStage(cdk.Stage):
    """An environment: the network `dev/network`, and for each project its stacks, such as `dev/flights/storage`.

    One stage, since CDK orders stacks within a stage only: whatever is selected, the network is deployed before the
    stacks that need it and deleted after them.

    Args:
        environment: the environment.
        sharing: all projects of the environment, for whose sake its network is as it is.
        deployments: the projects whose stacks are added.
        definitions: folder of a pipeline to its definition.
        refusal: why the network must not be deployed, if it is not the deployed one any more. The CDK CLI refuses a
            selection that includes it.
        unknown: the projects that cannot be read, so that nobody knows what they need of the network. It is refused
            too, lest it lose what they use; the other projects' stacks do without it.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        sharing: Sequence[Deployment],
        deployments: Sequence[Deployment],
        definitions: Mapping[str, Definition],
        refusal: str | None = None,
        unknown: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, environment.name, permissions_boundary=_boundary(environment))
        network = None
        if environment.has_network_stack:
            network = NetworkStack(self, environment=environment, needs=combined_requirements(sharing))
            _tag(network, environment_tags(environment))
        projects = [
            ProjectStacks(
                self,
                deployment=deployment,
                definition=definitions[deployment.pipeline.folder],
                network=None if unknown else network,
            )
            for deployment in deployments
        ]
        if refusal:
            for stack in [network] if network else [stack for each in projects for stack in each.in_network]:
                cdk.Annotations.of(stack).add_error(refusal)
        elif network and unknown:
            cdk.Annotations.of(network).add_error(
                f"Nobody knows what {', '.join(unknown)} needs of the network of {environment.name}, so it is not "
                f"deployed: mend projects/{unknown[0]}/project.yaml (`mlproject check` names every mistake)."
            )


class ProjectStacks(Construct):
    """The stacks of a project in an environment, such as `dev/flights/storage` and `dev/flights/pipeline`.

    `in_network` are those that stand in the environment's network.

    Args:
        deployment: the project in the environment.
        definition: the definition of its pipeline.
        network: the environment's network, deployed before; None where it exists already.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, definition: Definition, network: NetworkStack | None
    ) -> None:
        super().__init__(scope, deployment.project)
        storage = StorageStack(self, deployment=deployment)
        pipeline = PipelineStack(self, deployment=deployment, definition=definition)
        stale = definition.staleness()
        if stale:
            cdk.Annotations.of(pipeline).add_warning_v2("mlproject:stale-definition", stale)
        for refused in refused_parameters(definition, deployment.pipeline.parameters):
            where = f"projects/{deployment.project}/project.yaml, {deployment.environment.name}"
            cdk.Annotations.of(pipeline).add_error(f"{where}: pipeline.parameters.{refused.parameter}: {refused}")
        # The stacks read each other's values from SSM parameters, which CDK cannot know.
        pipeline.add_stack_dependency(storage)
        self.in_network: list[cdk.Stack] = [pipeline]
        notebooks = None
        if deployment.notebooks:
            notebooks = NotebooksStack(self, deployment=deployment)
            notebooks.add_stack_dependency(storage)
            self.in_network.append(notebooks)
        if deployment.emr:
            emr = EmrStack(self, deployment=deployment, parameters=deployment.emr)
            # The cluster lets the notebooks' security group in, and that group out to it.
            emr.add_stack_dependency(notebooks or storage)
            self.in_network.append(emr)
        if network:
            for stack in self.in_network:
                stack.add_stack_dependency(network)
        if deployment.operations:
            operations = OperationsStack(self, deployment=deployment, operations=deployment.operations)
            operations.add_stack_dependency(pipeline)
        _tag(self, deployment.tags)


def _boundary(environment: Environment) -> cdk.PermissionsBoundary | None:
    policy = environment.permissions_boundary
    if policy is None:
        return None
    return (
        cdk.PermissionsBoundary.from_arn(policy)
        if policy.startswith("arn:")
        else cdk.PermissionsBoundary.from_name(policy)
    )


def _tag(scope: Construct, tags: Mapping[str, str]) -> None:
    everything = cdk.Tags.of(scope)
    for key, value in tags.items():
        everything.add(key, value)
