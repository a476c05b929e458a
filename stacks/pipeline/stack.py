"""Stack of a project's SageMaker Pipeline: model package group, code of the steps, role and security group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from mlproject.aws_rules.emr_serverless import APPLICATION_PARAMETER
from mlproject.aws_rules.existing_data import existing_data_grants
from mlproject.aws_rules.grants import grants
from mlproject.aws_rules.network_requirements import pipeline_requirements
from mlproject.aws_rules.promotion_permissions import ROLE, promotion_grants
from mlproject.aws_rules.step_permissions import permissions_for
from mlproject.definition import (
    APPLICATION_ID,
    Definition,
    Location,
    application_values,
    check_image_values,
    cluster_role_arns,
    every_step,
    fn_sub_string,
    pulled_repositories,
    registry_hosts,
    step_resources,
    used_placeholders,
    with_engine,
)
from mlproject.definition.pipeline_resources import pipeline_resources
from mlproject.definition.project_values import unusable_images
from mlproject.errors import UserError
from mlproject.node_scripts import step_bootstrap_arguments
from mlproject.parameters import Deployment, Pipeline
from stacks.base import ProjectStack, removal_policy
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.promotion import package_readers
from stacks.constructs.service_role import ServiceRole, role_arn
from stacks.emr.libraries import EmrLibraries
from stacks.emr.shared_values import SHARED_VALUES
from stacks.pipeline.model_package_group import ModelPackageGroup
from stacks.pipeline.pipeline import SageMakerPipeline
from stacks.pipeline.promotion_role import PromotionRole
from stacks.pipeline.security_group import JobSecurityGroup
from stacks.pipeline.step_code import StepCode


class PipelineStack(ProjectStack):
    """The pipeline of a project in an environment.

    Args:
        deployment: the project in the environment.
        parameters: parameters of its pipeline.
        definition: definition of its pipeline.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, parameters: Pipeline, definition: Definition
    ) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "pipeline",
            deployment=deployment,
            description=f"Pipeline of {deployment.project} in {environment.name}",
            holds_data=False,
        )
        definition = with_engine(definition, deployment, bootstrap=step_bootstrap_arguments(deployment))
        text = fn_sub_string(definition, parameters=parameters.parameters)
        check_images = check_image_values(environment.region, used_placeholders(text))
        for problem in unusable_images(definition, parameters.parameters, region=environment.region):
            raise UserError(f"projects/{deployment.project}/project.yaml, {environment.name}: {problem}.")
        models = ModelPackageGroup(
            self,
            "Models",
            name=names.model_package_group,
            readers=package_readers(deployment, partition=self.partition),
            removal_policy=removal_policy(environment),
        )
        network = NetworkReference(
            self, "Network", environment=environment, requirements=pipeline_requirements(deployment)
        )
        jobs = JobSecurityGroup(self, "Jobs", vpc_id=network.vpc_id, project=deployment.project)
        code = StepCode(self, "Code", definition=definition, text=text)
        key_arn = self.shared_value(
            "KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}, from its storage stack"
        )
        spark_values = self._spark_values(deployment, subnet=network.subnet_ids[0])
        step_types = {step["Type"] for step in every_step(definition.document)}
        resources = pipeline_resources(
            deployment,
            folder=parameters.folder,
            step_types=step_types,
            step_arns=self._step_arns(
                deployment,
                parameters=parameters,
                definition=definition,
                images=check_images,
                application_id=spark_values.get(APPLICATION_ID, ""),
            ),
            partition=self.partition,
            image_repositories=pulled_repositories(
                definition, parameters=parameters.parameters, region=environment.region
            ),
            key_arn=key_arn,
            security_group_id=jobs.group_id,
            subnet_ids=network.subnet_ids,
            code_bucket=code.bucket,
            code_keys=code.keys,
        )
        role = ServiceRole(
            self,
            "Role",
            service="sagemaker.amazonaws.com",
            account=environment.account,
            path=environment.role_path,
            grants=[
                *grants(permissions_for(step_types), resources),
                *existing_data_grants(deployment, partition=self.partition),
            ],
            role_name=names.role("pipeline"),
        )
        SageMakerPipeline(
            self,
            "Pipeline",
            name=names.pipeline,
            text=text,
            values={
                "Role": role.arn,
                "KmsKey": key_arn,
                "DataBucket": names.bucket("data"),
                "ArtifactsBucket": names.bucket("artifacts"),
                "ModelGroup": models.name,
                **check_images,
                **registry_hosts(environment.region),
                "DefinitionHash": definition.hash,
                **spark_values,
                "Subnets": network.subnet_ids,
                "SecurityGroups": [jobs.group_id],
                **code.values,
            },
            role_arn=role.arn,
            parallel_steps=parameters.parallel_steps,
        )
        if deployment.promoted_from:
            PromotionRole(
                self,
                "Promotion",
                name=names.role(ROLE),
                path=environment.role_path,
                grants=promotion_grants(
                    deployment,
                    deployment.promoted_from,
                    folder=parameters.folder,
                    key_arn=key_arn,
                    partition=self.partition,
                ),
            )

    def _spark_values(self, deployment: Deployment, *, subnet: str) -> dict[str, str]:
        """Return the values of the placeholders of Spark steps; none without such steps."""
        if deployment.spark_steps == "emr":
            return self._cluster_values(deployment, subnet=subnet)
        if deployment.spark_steps is None:
            return {}
        names = deployment.names
        application_id = self.shared_value(
            APPLICATION_ID,
            names.parameter(APPLICATION_PARAMETER),
            description=f"The application of {names.prefix}, from its emr-serverless stack",
        )
        return application_values(deployment, partition=self.partition, application_id=application_id)

    def _cluster_values(self, deployment: Deployment, *, subnet: str) -> dict[str, str]:
        """Return the values of the placeholders of a cluster that a step creates, with what the emr stack has."""
        names = deployment.names
        values = {
            "ClusterServiceRole": names.role("emr-service"),
            "ClusterNodeRole": names.role("emr-nodes"),
            "ClusterSubnet": subnet,
        }
        for placeholder, name in SHARED_VALUES.items():
            values[placeholder] = self.shared_value(
                placeholder, names.parameter(name), description=f"{name} of {names.prefix}, from its emr stack"
            )
        if deployment.require_emr().libraries:
            libraries = EmrLibraries(self, "Libraries", deployment=deployment)
            values["ClusterLibrariesScript"], values["ClusterLibrariesProgram"] = libraries.objects
        return values

    def _step_arns(
        self,
        deployment: Deployment,
        *,
        parameters: Pipeline,
        definition: Definition,
        images: Mapping[str, str],
        application_id: str,
    ) -> Mapping[str, Sequence[str]]:
        """Return the resources that the steps name, by type.

        Raises:
            UserError: an argument of a step identifies no resource; one line for each step.
        """
        environment, names = deployment.environment, deployment.names
        account, path = environment.account, environment.role_path
        found = step_resources(
            definition,
            parameters.parameters,
            location=Location(partition=self.partition, region=environment.region, account=account),
            placeholders={
                "Role": role_arn(partition="aws", account=account, path=path, name=names.role("pipeline")),
                "ModelGroup": names.model_package_group,
                **cluster_role_arns(deployment, partition="aws"),
                **application_values(deployment, partition="aws", application_id=application_id),
                **images,
            },
        )
        if found.problems:
            where = f"projects/{deployment.project}/project.yaml, {environment.name}"
            raise UserError("\n".join(f"{where}: {problem.message}." for problem in found.problems))
        return found.arns
