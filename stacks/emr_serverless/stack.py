"""Stack of a project's EMR Serverless application, which runs Spark jobs without a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from mlproject.aws_rules.emr import LOGS_PREFIX
from mlproject.aws_rules.emr_node_permissions import node_grants
from mlproject.aws_rules.emr_serverless import APPLICATION_PARAMETER, livy_url
from mlproject.aws_rules.existing_data import existing_data_grants
from mlproject.aws_rules.network_requirements import application_requirements
from mlproject.names import APPLICATION
from mlproject.parameters import Deployment, EmrServerless
from stacks.base import ProjectStack
from stacks.constructs.network_reference import NetworkReference
from stacks.constructs.service_role import ServiceRole
from stacks.emr_serverless.application import EmrServerlessApplication


class EmrServerlessStack(ProjectStack):
    """The application of a project in an environment, and the role of its jobs.

    Args:
        deployment: the project in the environment.
        parameters: parameters of the application.
        step_scripts: Spark scripts of the pipeline's steps.
    """

    def __init__(
        self, scope: Construct, *, deployment: Deployment, parameters: EmrServerless, step_scripts: Sequence[Path] = ()
    ) -> None:
        environment, names = deployment.environment, deployment.names
        super().__init__(
            scope,
            "emr-serverless",
            deployment=deployment,
            description=f"EMR Serverless application of {deployment.project} in {environment.name}",
            holds_data=False,
        )
        network = NetworkReference(
            self, "Network", environment=environment, requirements=application_requirements(deployment)
        )
        key_arn = self.shared_value("KeyArn", names.parameter("key-arn"), description=f"The key of {names.prefix}")
        pipeline = deployment.pipeline if deployment.spark_steps == "emr_serverless" else None
        scripts = [assets.Asset(self, each.stem, path=str(each)) for each in step_scripts] if pipeline else []
        ServiceRole(
            self,
            "JobRole",
            service="emr-serverless.amazonaws.com",
            # AWS's page names no condition key that EMR Serverless sends. Only the same account can pass the role.
            # https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html
            account=None,
            path=environment.role_path,
            grants=[
                *node_grants(
                    partition=self.partition,
                    data_bucket=names.bucket("data"),
                    artifacts_bucket=names.bucket("artifacts"),
                    key_arn=key_arn,
                    files=(),
                    step_scripts=[f"{each.s3_bucket_name}/{each.s3_object_key}" for each in scripts],
                    step_outputs=pipeline.runs_prefix if pipeline else None,
                ),
                *existing_data_grants(deployment, partition=self.partition),
            ],
            role_name=names.role("emr-serverless"),
        )
        application = EmrServerlessApplication(
            self,
            "Application",
            name=names.prefix,
            parameters=parameters,
            vpc_id=network.vpc_id,
            subnet_ids=network.subnet_ids,
            log_uri=f"s3://{names.bucket('artifacts')}/{LOGS_PREFIX}",
            key_arn=key_arn,
            glue_catalog=bool(deployment.existing_data.glue_databases),
        )
        ssm.CfnParameter(
            self,
            "ApplicationId",
            name=names.parameter(APPLICATION_PARAMETER),
            type="String",
            value=application.application_id,
        )
        if deployment.notebooks_use_application:
            ssm.CfnParameter(
                self,
                "LivyAddress",
                name=names.livy_parameter(APPLICATION),
                type="String",
                value=livy_url(application.application_id, region=environment.region, url_suffix=self.url_suffix),
            )
