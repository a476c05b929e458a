"""An EMR cluster with Spark and Livy, which grows with its work and ends when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_emr as emr
from constructs import Construct

from mlproject.aws_rules.emr import TAG, TAG_VALUE
from mlproject.parameters import Emr
from stacks.constructs.acknowledgment import acknowledge

# For the system and the libraries; EMR's least is 15 GB, which Spark, Livy and a data scientist's libraries fill.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-custom-ami-root-volume-size.html
_ROOT_VOLUME_GB = 32
# Livy's own default, the same for every cluster: a change of the configurations would replace the cluster.
# https://github.com/apache/incubator-livy/blob/master/conf/livy.conf.template
_SESSION_TIMEOUT = "60m"

_GLUE_CLIENT = "com.amazonaws.glue.catalog.metastore.AWSGlueDataCatalogHiveClientFactory"

# cdk-nag looks for the members of a security configuration without the wrapper in which EMR takes them.
_MISREAD = "The security configuration says so inside `EncryptionConfiguration`, where cdk-nag does not look."
_ACCEPTED = {
    "AwsSolutions::AwsSolutions-EMR4": _MISREAD,
    "AwsSolutions::AwsSolutions-EMR6": (
        "Nobody logs in to a node: no group opens SSH, and Livy answers the project's notebooks only."
    ),
}
_IN_TRANSIT = "AwsSolutions::AwsSolutions-EMR5"
_WHY_NOT_IN_TRANSIT = (
    "Encryption between nodes needs certificates of the platform: off until `certificate_s3` names their zip. "
    "The nodes talk inside their own security groups only."
)


@dataclass(frozen=True, kw_only=True)
class BootstrapAction:
    """A script that each node runs before its applications start.

    Args:
        name: shown in the console.
        path: the script, `s3://...`.
        arguments: of the script.
    """

    name: str
    path: str
    arguments: Sequence[str]


class EmrCluster(Construct):
    """A cluster of instance groups in one private subnet.

    Dynamic allocation of executors is EMR's default. `maximizeResourceAllocation` stays off: it makes one executor as
    large as a node, which suits one job, not several people's sessions
    (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-configure.html).

    An idle cluster terminates; a Livy session is a running application, so Livy closes those that have been idle for
    an hour, and none that computes: without that word Livy counts from the last statement's start
    (https://github.com/apache/incubator-livy/blob/master/conf/livy.conf.template). CloudFormation does not notice
    either: a change of the cluster's name, which carries the generation and the number of restarts, makes another one
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-emr-cluster.html).
    Nothing protects it from termination: nothing on it is worth keeping, and protection would block the deletion.

    Attributes:
        primary_dns: the private DNS name of the primary node.

    Args:
        name: the cluster's name; another name means another cluster.
        parameters: what the project asks for.
        subnet_id: where the nodes are.
        primary_group_id: the security group of the primary node.
        core_group_id: the security group of core and task nodes.
        service_group_id: the security group of EMR's access.
        service_role: the name of EMR's role.
        instance_profile: the name of the nodes' instance profile.
        security_configuration: the name of the security configuration.
        log_uri: where logs go, `s3://.../`.
        key_arn: the key that encrypts the logs.
        bootstrap_actions: in the order in which they run.
        glue_catalog: whether Spark's tables are those of the account's Glue catalog.
        wait_for: what must exist before the cluster, and longer than it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        parameters: Emr,
        subnet_id: str,
        primary_group_id: str,
        core_group_id: str,
        service_group_id: str,
        service_role: str,
        instance_profile: str,
        security_configuration: str,
        log_uri: str,
        key_arn: str,
        bootstrap_actions: Sequence[BootstrapAction],
        glue_catalog: bool,
        wait_for: Sequence[cdk.CfnResource],
    ) -> None:
        super().__init__(scope, construct_id)
        cluster = emr.CfnCluster(
            self,
            "Cluster",
            name=name,
            release_label=parameters.release,
            applications=[emr.CfnCluster.ApplicationProperty(name=name) for name in ("Livy", "Spark")],
            instances=emr.CfnCluster.JobFlowInstancesConfigProperty(
                master_instance_group=_group("Primary", parameters.primary_instance_type, 1, parameters.volume_gb),
                core_instance_group=_group(
                    "Core", parameters.core_instance_type, parameters.core_count, parameters.volume_gb
                ),
                ec2_subnet_id=subnet_id,
                emr_managed_master_security_group=primary_group_id,
                emr_managed_slave_security_group=core_group_id,
                service_access_security_group=service_group_id,
                keep_job_flow_alive_when_no_steps=True,
                termination_protected=False,
            ),
            service_role=service_role,
            job_flow_role=instance_profile,
            security_configuration=security_configuration,
            configurations=[
                emr.CfnCluster.ConfigurationProperty(classification=name, configuration_properties=properties)
                for name, properties in _configurations(glue_catalog=glue_catalog).items()
            ],
            bootstrap_actions=[
                emr.CfnCluster.BootstrapActionConfigProperty(
                    name=action.name,
                    script_bootstrap_action=emr.CfnCluster.ScriptBootstrapActionConfigProperty(
                        path=action.path, args=list(action.arguments)
                    ),
                )
                for action in bootstrap_actions
            ]
            or None,
            managed_scaling_policy=emr.CfnCluster.ManagedScalingPolicyProperty(
                compute_limits=emr.CfnCluster.ComputeLimitsProperty(
                    unit_type="Instances",
                    minimum_capacity_units=parameters.core_count,
                    maximum_capacity_units=parameters.maximum_count,
                )
            ),
            auto_termination_policy=emr.CfnCluster.AutoTerminationPolicyProperty(
                idle_timeout=parameters.idle_minutes * 60
            ),
            scale_down_behavior="TERMINATE_AT_TASK_COMPLETION",
            ebs_root_volume_size=_ROOT_VOLUME_GB,
            log_uri=log_uri,
            log_encryption_kms_key_id=key_arn,
            tags=[cdk.CfnTag(key=TAG, value=TAG_VALUE)],
        )
        for resource in wait_for:
            cluster.add_resource_dependency(resource)
        # The default, but said: there is nothing on a cluster that is worth keeping.
        cluster.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        acknowledge(cluster, {**_ACCEPTED, _IN_TRANSIT: _MISREAD if parameters.certificate_s3 else _WHY_NOT_IN_TRANSIT})
        self.primary_dns = cluster.attr_master_public_dns


def _configurations(*, glue_catalog: bool) -> dict[str, dict[str, str]]:
    """Classification to properties.

    https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-glue.html
    """
    livy = {
        "livy.server.session.timeout": _SESSION_TIMEOUT,
        "livy.server.session.timeout-check.skip-busy": "true",
    }
    if not glue_catalog:
        return {"livy-conf": livy}
    return {
        "livy-conf": {**livy, "livy.repl.enable-hive-context": "true"},
        "spark-hive-site": {"hive.metastore.client.factory.class": _GLUE_CLIENT},
    }


def _group(name: str, instance_type: str, count: int, volume_gb: int) -> emr.CfnCluster.InstanceGroupConfigProperty:
    return emr.CfnCluster.InstanceGroupConfigProperty(
        name=name,
        instance_type=instance_type,
        instance_count=count,
        market="ON_DEMAND",
        ebs_configuration=emr.CfnCluster.EbsConfigurationProperty(
            ebs_block_device_configs=[
                emr.CfnCluster.EbsBlockDeviceConfigProperty(
                    volume_specification=emr.CfnCluster.VolumeSpecificationProperty(
                        volume_type="gp3", size_in_gb=volume_gb
                    ),
                    volumes_per_instance=1,
                )
            ]
        ),
    )
