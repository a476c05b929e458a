"""An EMR cluster with Spark and Livy, managed scaling and auto-termination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_emr as emr
from constructs import Construct

from mlproject.aws_rules.emr import GLUE_CLIENT, ROOT_VOLUME_GB, TAG, TAG_VALUE
from mlproject.parameters import Emr
from stacks.constructs.acknowledgment import acknowledge
from stacks.emr.nodes import node_properties, scaling_limits

# Default of Livy, and the same for every cluster, since a change of the configurations replaces the cluster.
# https://github.com/apache/incubator-livy/blob/master/conf/livy.conf.template
_SESSION_TIMEOUT = "60m"

# cdk-nag expects the members of a security configuration at the top level, while EMR requires this wrapper.
_NOT_FOUND_BY_NAG = "Set in `EncryptionConfiguration` of the security configuration, which cdk-nag does not read."
_ACKNOWLEDGED = {
    "AwsSolutions::AwsSolutions-EMR4": _NOT_FOUND_BY_NAG,
    "AwsSolutions::AwsSolutions-EMR6": (
        "Nobody logs in to a node: no security group allows SSH, and only the project's notebooks can reach Livy."
    ),
}
_IN_TRANSIT = "AwsSolutions::AwsSolutions-EMR5"
_NOT_IN_TRANSIT_REASON = (
    "Encryption between nodes requires certificates and is off unless `certificate_s3` is set. "
    "The nodes communicate only within their own security groups."
)


@dataclass(frozen=True, kw_only=True)
class BootstrapAction:
    """A script that each node runs before its applications start.

    Args:
        name: name of the action, shown in the console.
        path: S3 URI of the script.
        arguments: arguments of the script.
    """

    name: str
    path: str
    arguments: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class SharedResources:
    """What all clusters of a project have in common.

    Args:
        subnet_ids: private subnets, of which one has the nodes of a cluster.
        primary_group_id: security group of primary nodes.
        core_group_id: security group of core and task nodes.
        service_group_id: security group for service access.
        service_role: name of the service role.
        instance_profile: name of the instance profile of the nodes.
        security_configuration: name of the security configuration.
        log_uri: S3 URI of the logs, `s3://.../`.
        key_arn: ARN of the key that encrypts the logs.
        glue_catalog: whether Spark uses the account's Glue catalog.
        wait_for: resources that are created before a cluster and deleted after it.
    """

    subnet_ids: Sequence[str]
    primary_group_id: str
    core_group_id: str
    service_group_id: str
    service_role: str
    instance_profile: str
    security_configuration: str
    log_uri: str
    key_arn: str
    glue_catalog: bool
    wait_for: Sequence[cdk.CfnResource]


class EmrCluster(Construct):
    """A cluster of instance groups or fleets in one private subnet.

    Dynamic allocation of executors is EMR's default. `maximizeResourceAllocation` is off, because it creates executors
    as large as a node, which suits a single job but not concurrent sessions
    (https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-configure.html).

    An idle cluster terminates. Since a Livy session counts as a running application, Livy closes sessions that have
    been idle for an hour, except busy ones. Without this setting Livy counts from the start of the last statement
    (https://github.com/apache/incubator-livy/blob/master/conf/livy.conf.template). CloudFormation does not
    notice the termination. A change of the cluster's name, which contains the generation and the number of restarts,
    replaces the cluster
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-emr-cluster.html).

    Termination protection blocks calls of the API, and thus the deletion or replacement by CloudFormation. The commands
    of `mlproject` that terminate a cluster turn it off first, if they are told to.

    Attributes:
        primary_dns: private DNS name of the primary node.

    Args:
        name: name of the cluster. A different name replaces the cluster.
        logical_id: logical id of the cluster, or None for that of CDK.
        parameters: parameters of the cluster.
        shared: what all clusters of the project have in common.
        bootstrap_actions: bootstrap actions in the order in which they run.
        termination_protected: whether the API cannot terminate the cluster.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        logical_id: str | None,
        parameters: Emr,
        shared: SharedResources,
        bootstrap_actions: Sequence[BootstrapAction],
        termination_protected: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        cluster = emr.CfnCluster(
            self,
            "Cluster",
            name=name,
            release_label=parameters.release,
            applications=[emr.CfnCluster.ApplicationProperty(name=name) for name in ("Livy", "Spark")],
            instances=emr.CfnCluster.JobFlowInstancesConfigProperty(
                **node_properties(parameters, list(shared.subnet_ids)),
                emr_managed_master_security_group=shared.primary_group_id,
                emr_managed_slave_security_group=shared.core_group_id,
                service_access_security_group=shared.service_group_id,
                keep_job_flow_alive_when_no_steps=True,
                termination_protected=termination_protected,
            ),
            service_role=shared.service_role,
            job_flow_role=shared.instance_profile,
            security_configuration=shared.security_configuration,
            configurations=[
                emr.CfnCluster.ConfigurationProperty(classification=name, configuration_properties=properties)
                for name, properties in _configurations(glue_catalog=shared.glue_catalog).items()
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
                compute_limits=scaling_limits(parameters)
            ),
            auto_termination_policy=emr.CfnCluster.AutoTerminationPolicyProperty(
                idle_timeout=parameters.idle_minutes * 60
            ),
            # One step at a time is the default of EMR.
            step_concurrency_level=parameters.step_concurrency if parameters.step_concurrency > 1 else None,
            scale_down_behavior="TERMINATE_AT_TASK_COMPLETION",
            ebs_root_volume_size=ROOT_VOLUME_GB,
            log_uri=shared.log_uri,
            log_encryption_kms_key_id=shared.key_arn,
            tags=[cdk.CfnTag(key=TAG, value=TAG_VALUE)],
        )
        if logical_id:
            cluster.override_logical_id(logical_id)
        cluster.node.add_dependency(*shared.wait_for)
        # The default, made explicit, since the cluster stores no data.
        cluster.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        acknowledge(
            cluster,
            {**_ACKNOWLEDGED, _IN_TRANSIT: _NOT_FOUND_BY_NAG if parameters.certificate_s3 else _NOT_IN_TRANSIT_REASON},
        )
        self.primary_dns = cluster.attr_master_public_dns


def _configurations(*, glue_catalog: bool) -> dict[str, dict[str, str]]:
    """Configuration properties by classification.

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
        "spark-hive-site": {"hive.metastore.client.factory.class": GLUE_CLIENT},
    }
