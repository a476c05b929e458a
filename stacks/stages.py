"""One stage for each environment, with its network and the stacks of its projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from constructs import Construct

from mlproject.aws_rules.network_requirements import combined_requirements
from mlproject.definition import Definition, spark_scripts
from mlproject.definition.project_values import refused_parameters
from mlproject.parameters import Deployment, Environment, Pipeline
from stacks.emr.stack import EmrStack
from stacks.emr_serverless.stack import EmrServerlessStack
from stacks.network.stack import NetworkStack, environment_tags
from stacks.notebooks.stack import NotebooksStack
from stacks.operations.stack import OperationsStack
from stacks.pipeline.stack import PipelineStack
from stacks.serving.stack import ServingStack
from stacks.storage.stack import StorageStack


class EnvironmentStage(cdk.Stage):
    """An environment with its network `dev/network` and the stacks of its projects, such as `dev/flights/storage`.

    CDK orders stacks only within a stage. With one stage, the network is always deployed before the stacks that use it
    and deleted after them.

    Args:
        environment: the environment.
        all_deployments: all projects of the environment, which determine the requirements of the network.
        deployments: projects whose stacks are added.
        definitions: definition of each pipeline, by folder.
        refusal: error message if the network differs from the deployed one. The CDK CLI then does not deploy the
            network or, if the network is imported, the stacks that use it.
        invalid_projects: projects with invalid parameter files, whose requirements are unknown. The network is not
            deployed, so that it does not lose endpoints they use. The stacks of the other projects are deployed.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        all_deployments: Sequence[Deployment],
        deployments: Sequence[Deployment],
        definitions: Mapping[str, Definition],
        refusal: str | None = None,
        invalid_projects: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, environment.name, permissions_boundary=_boundary(environment))
        network = None
        if environment.has_network_stack:
            network = NetworkStack(self, environment=environment, requirements=combined_requirements(all_deployments))
            _tag(network, environment_tags(environment))
        projects = [
            ProjectStacks(
                self,
                deployment=deployment,
                definition=definitions[deployment.pipeline.folder] if deployment.pipeline else None,
                network=None if invalid_projects else network,
            )
            for deployment in deployments
        ]
        if refusal:
            for stack in [network] if network else [stack for each in projects for stack in each.in_network]:
                cdk.Annotations.of(stack).add_error(refusal)
        elif network and invalid_projects:
            cdk.Annotations.of(network).add_error(
                f"The network of {environment.name} is not deployed, since the requirements of "
                f"{', '.join(invalid_projects)} are unknown. Fix projects/{invalid_projects[0]}/project.yaml "
                "(`mlproject check` reports every error)."
            )


class ProjectStacks(Construct):
    """The stacks of a project in an environment, such as `dev/flights/storage` and `dev/flights/pipeline`.

    Attributes:
        in_network: stacks that use the environment's network.

    Args:
        deployment: the project in the environment.
        definition: definition of its pipeline, or None if it has no pipeline.
        network: network stack, which is deployed first, or None if there is no network stack to wait for.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, definition: Definition | None, network: NetworkStack | None
    ) -> None:
        super().__init__(scope, deployment.project)
        storage = StorageStack(self, deployment=deployment)
        self.in_network: list[cdk.Stack] = []
        pipeline = notebooks = None
        # CDK does not see that the stacks read each other's values from SSM parameters.
        if deployment.pipeline and definition:
            pipeline = PipelineStack(self, deployment=deployment, parameters=deployment.pipeline, definition=definition)
            pipeline.add_stack_dependency(storage)
            _annotate(pipeline, deployment, definition, deployment.pipeline)
            self.in_network.append(pipeline)
        if deployment.notebooks:
            notebooks = NotebooksStack(self, deployment=deployment)
            notebooks.add_stack_dependency(storage)
            self.in_network.append(notebooks)
        scripts = tuple(spark_scripts(definition).values()) if deployment.pipeline and definition else ()
        if deployment.emr:
            emr = EmrStack(self, deployment=deployment, parameters=deployment.emr, step_scripts=scripts)
            # The emr stack adds rules to the security group of the notebooks.
            emr.add_stack_dependency(notebooks or storage)
            if pipeline and deployment.spark_steps == "emr":
                # Its steps create clusters with the roles and security groups of the emr stack.
                pipeline.add_stack_dependency(emr)
            self.in_network.append(emr)
        if deployment.emr_serverless:
            serverless = EmrServerlessStack(
                self, deployment=deployment, parameters=deployment.emr_serverless, step_scripts=scripts
            )
            serverless.add_stack_dependency(storage)
            if pipeline and deployment.spark_steps == "emr_serverless":
                # Its steps run on the application with the role of its jobs.
                pipeline.add_stack_dependency(serverless)
            if notebooks and deployment.notebooks_use_application:
                # Their role may use exactly this application.
                notebooks.add_stack_dependency(serverless)
            self.in_network.append(serverless)
        operations = None
        if deployment.operations:
            operations = OperationsStack(self, deployment=deployment, operations=deployment.operations)
            operations.add_stack_dependency(pipeline or storage)
        if deployment.serving and pipeline and deployment.pipeline and definition:
            serving = ServingStack(
                self,
                deployment=deployment,
                serving=deployment.serving,
                pipeline=deployment.pipeline,
                definition=definition,
            )
            # Its model is a version in the group of the pipeline stack, and its alarms notify the operations' topic.
            serving.add_stack_dependency(pipeline)
            if operations:
                serving.add_stack_dependency(operations)
            self.in_network.append(serving)
        if network:
            for stack in self.in_network:
                stack.add_stack_dependency(network)
        _tag(self, deployment.tags)


def _annotate(stack: cdk.Stack, deployment: Deployment, definition: Definition, parameters: Pipeline) -> None:
    """Warn about a stale definition, and do not deploy values that AWS would refuse."""
    stale = definition.staleness()
    if stale:
        cdk.Annotations.of(stack).add_warning_v2("mlproject:stale-definition", stale)
    for refused in refused_parameters(definition, parameters.parameters, region=deployment.environment.region):
        where = f"projects/{deployment.project}/project.yaml, {deployment.environment.name}"
        cdk.Annotations.of(stack).add_error(f"{where}: pipeline.parameters.{refused.parameter}: {refused}")


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
    scope_tags = cdk.Tags.of(scope)
    for key, value in tags.items():
        scope_tags.add(key, value)
