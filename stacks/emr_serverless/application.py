"""An EMR Serverless application for Spark, with its security group."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_emrserverless as emrserverless
from constructs import Construct

from mlproject.aws_rules.emr_serverless import ARCHITECTURES, spark_defaults
from mlproject.parameters import EmrServerless
from stacks.constructs.https_egress import https_egress


class EmrServerlessApplication(Construct):
    """An application that a job starts, and that stops when it has none, with workers in the private subnets.

    It has no pre-initialized workers, so that it costs nothing without jobs. Logs are only written to S3, since EMR's
    own storage is a bucket of AWS
    (https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html). CloudFormation can neither change
    nor delete a started application (https://docs.aws.amazon.com/emr-serverless/latest/APIReference/
    API_UpdateApplication.html, API_DeleteApplication.html).

    Attributes:
        application_id: id of the application, such as `00abcdef12345678`.

    Args:
        name: name of the application.
        parameters: parameters of the application.
        vpc_id: the VPC.
        subnet_ids: private subnets, of which AWS chooses one for a worker.
        log_uri: S3 URI of the logs, `s3://.../`.
        key_arn: ARN of the key that encrypts the logs.
        glue_catalog: whether Spark uses the account's Glue catalog.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        parameters: EmrServerless,
        vpc_id: str,
        subnet_ids: Sequence[str],
        log_uri: str,
        key_arn: str,
        glue_catalog: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        # No rule admits connections: https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/vpc-access.html
        group = ec2.CfnSecurityGroup(
            self,
            "Group",
            group_description=f"Workers of the EMR Serverless application {name}",
            vpc_id=vpc_id,
            security_group_egress=[https_egress()],
        )
        disk = parameters.maximum_disk_gb
        defaults = spark_defaults(glue_catalog=glue_catalog)
        application = emrserverless.CfnApplication(
            self,
            "Application",
            name=name,
            type="SPARK",
            release_label=parameters.release,
            architecture=ARCHITECTURES[parameters.architecture],
            auto_start_configuration=emrserverless.CfnApplication.AutoStartConfigurationProperty(enabled=True),
            auto_stop_configuration=emrserverless.CfnApplication.AutoStopConfigurationProperty(
                enabled=True, idle_timeout_minutes=parameters.idle_minutes
            ),
            interactive_configuration=emrserverless.CfnApplication.InteractiveConfigurationProperty(
                livy_endpoint_enabled=True, studio_enabled=False
            ),
            maximum_capacity=emrserverless.CfnApplication.MaximumAllowedResourcesProperty(
                cpu=f"{parameters.maximum_vcpus} vCPU",
                memory=f"{parameters.maximum_memory_gb} GB",
                disk=f"{disk} GB" if disk else None,
            ),
            monitoring_configuration=emrserverless.CfnApplication.MonitoringConfigurationProperty(
                s3_monitoring_configuration=emrserverless.CfnApplication.S3MonitoringConfigurationProperty(
                    log_uri=log_uri, encryption_key_arn=key_arn
                ),
                managed_persistence_monitoring_configuration=(
                    emrserverless.CfnApplication.ManagedPersistenceMonitoringConfigurationProperty(enabled=False)
                ),
            ),
            network_configuration=emrserverless.CfnApplication.NetworkConfigurationProperty(
                subnet_ids=list(subnet_ids), security_group_ids=[group.attr_group_id]
            ),
            runtime_configuration=[
                emrserverless.CfnApplication.ConfigurationObjectProperty(
                    classification="spark-defaults", properties=defaults
                )
            ]
            if defaults
            else None,
        )
        self.application_id = application.attr_application_id
