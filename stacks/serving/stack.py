"""Stack that serves a version of a project's model: an endpoint, a batch transform, or both."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.aws_rules.grants import grants
from mlproject.aws_rules.network_requirements import pipeline_requirements
from mlproject.aws_rules.serving_permissions import serving_permissions
from mlproject.definition import Definition, pulled_repositories, submits_scripts
from mlproject.definition.batch import CAPTURED, batch_definition
from mlproject.definition.serving_resources import serving_resources
from mlproject.parameters import BatchTransform, Deployment, Endpoint, Pipeline, Serving
from stacks.base import ProjectStack
from stacks.constructs.failure_alarm import FailureAlarm
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.pipeline_schedule import PipelineSchedule
from stacks.constructs.service_role import ServiceRole
from stacks.pipeline.pipeline import SageMakerPipeline
from stacks.pipeline.security_group import JobSecurityGroup
from stacks.serving.alarms import EndpointAlarms
from stacks.serving.endpoint import ModelEndpoint

_PIPELINES = "AWS/Sagemaker/ModelBuildingPipeline"


class ServingStack(ProjectStack):
    """Endpoint and batch transform of a project in an environment.

    Args:
        deployment: the project in the environment.
        serving: parameters of serving.
        pipeline: parameters of the pipeline that registers the model.
        definition: its definition.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        deployment: Deployment,
        serving: Serving,
        pipeline: Pipeline,
        definition: Definition,
    ) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "serving",
            deployment=deployment,
            description=f"Model version {serving.model_version} of {deployment.project} served in {environment.name}",
            holds_data=False,
        )
        self._deployment = deployment
        self._key_arn = self.shared_value(
            "KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}, from its storage stack"
        )
        self._topic_arns = self._read_topic()
        self._network = self._read_network(serving)
        self._role = ServiceRole(
            self,
            "Role",
            service="sagemaker.amazonaws.com",
            account=environment.account,
            path=environment.role_path,
            role_name=names.role("serving"),
            grants=grants(
                serving_permissions(serving),
                serving_resources(
                    deployment,
                    serving,
                    folder=pipeline.folder,
                    partition=self.partition,
                    image_repositories=pulled_repositories(
                        definition, parameters=pipeline.parameters, region=environment.region
                    ),
                    has_script=submits_scripts(definition),
                    key_arn=self._key_arn,
                    security_group_id=self._network[0] if self._network else "",
                    subnet_ids=self._network[1] if self._network else (),
                ),
            ),
        )
        if serving.endpoint:
            self._add_endpoint(serving, serving.endpoint)
        if serving.batch:
            self._add_batch(serving, serving.batch)

    def _read_topic(self) -> Sequence[str]:
        """Return the topic of the operations stack, if the project has one."""
        names = self._deployment.names
        if not self._deployment.operations:
            return ()
        description = f"The topic of {names.prefix}, from its operations stack"
        return (self.shared_value("TopicArn", names.parameter("topic-arn"), description=description),)

    def _read_network(self, serving: Serving) -> tuple[str, Sequence[str]] | None:
        """Return the security group and the subnets of the instances; None for a serverless endpoint alone.

        A serverless endpoint has no VPC: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
        """
        if not serving.batch and serving.endpoint and serving.endpoint.kind == "serverless":
            return None
        deployment = self._deployment
        network = NetworkReference(
            self, "Network", environment=deployment.environment, requirements=pipeline_requirements(deployment)
        )
        group = JobSecurityGroup(self, "Instances", vpc_id=network.vpc_id, project=deployment.project)
        return group.group_id, network.subnet_ids

    def _model(self, construct_id: str, version: int, *, in_vpc: bool) -> str:
        """Add a model with the container of a version in the model package group, and return its name."""
        network = self._network if in_vpc else None
        group = self._deployment.names.model_package_group
        package = f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:model-package/{group}/{version}"
        return sagemaker.CfnModel(
            self,
            f"{construct_id}{version}",
            execution_role_arn=self._role.arn,
            primary_container=sagemaker.CfnModel.ContainerDefinitionProperty(model_package_name=package),
            vpc_config=(
                sagemaker.CfnModel.VpcConfigProperty(security_group_ids=[network[0]], subnets=list(network[1]))
                if network
                else None
            ),
        ).attr_model_name

    def _add_endpoint(self, serving: Serving, endpoint: Endpoint) -> None:
        name = self._deployment.names.endpoint(endpoint.kind)
        alarms = EndpointAlarms(
            self,
            "Alarms",
            endpoint=name,
            maximum_latency_ms=endpoint.maximum_latency_ms,
            topic_arns=self._topic_arns,
        )
        in_vpc = endpoint.kind == "real_time"
        artifacts = self._deployment.names.bucket("artifacts")
        ModelEndpoint(
            self,
            # SageMaker does not convert an endpoint, so that each kind is a resource of its own.
            "RealTime" if in_vpc else "Serverless",
            name=name,
            parameters=endpoint,
            models={
                version: self._model("Model" if in_vpc else "ServerlessModel", version, in_vpc=in_vpc)
                for version in serving.versions
            },
            key_arn=self._key_arn,
            capture_uri=f"s3://{artifacts}/{CAPTURED}",
            alarms=alarms.names,
        )

    def _add_batch(self, serving: Serving, batch: BatchTransform) -> None:
        names, environment = self._deployment.names, self._deployment.environment
        SageMakerPipeline(
            self,
            "Batch",
            name=names.batch_pipeline,
            text=batch_definition(batch),
            values={
                "Model": self._model("BatchModel", serving.model_version, in_vpc=True),
                "KmsKey": self._key_arn,
                "DataBucket": names.bucket("data"),
                "ArtifactsBucket": names.bucket("artifacts"),
            },
            role_arn=self._role.arn,
            parallel_steps=1,
        )
        if batch.schedule:
            group = PipelineSchedule(
                self,
                "BatchSchedule",
                schedule=batch.schedule,
                pipeline_arn=(
                    f"arn:{self.partition}:sagemaker:{self.region}:{self.account}:pipeline/{names.batch_pipeline}"
                ),
                role_name=names.role("batch-schedule"),
                role_path=environment.role_path,
            ).group_name
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
            self._alarm(
                "BatchNotStartedAlarm",
                f"The schedule could not start the pipeline {names.batch_pipeline}. Start it with `mlproject serve "
                f"batch`, then check the role {names.role('batch-schedule')}.",
                runbook="batch-not-started",
                metric=("AWS/Scheduler", "InvocationDroppedCount"),
                dimension=("ScheduleGroup", group),
            )
        self._alarm(
            "BatchFailedAlarm",
            f"The pipeline {names.batch_pipeline} failed, so that its files have no predictions. Look at its last "
            "execution, then start it with `mlproject serve batch`.",
            runbook="batch-failed",
            metric=(_PIPELINES, "ExecutionFailed"),
            dimension=("PipelineName", names.batch_pipeline),
        )

    def _alarm(
        self,
        construct_id: str,
        description: str,
        *,
        runbook: str,
        metric: tuple[str, str],
        dimension: tuple[str, str],
    ) -> None:
        """Add an alarm on a failure, if somebody is notified."""
        for topic_arn in self._topic_arns:
            FailureAlarm(
                self,
                construct_id,
                description=description,
                runbook=runbook,
                namespace=metric[0],
                metric=metric[1],
                dimensions=dict([dimension]),
                topic_arn=topic_arn,
            )
