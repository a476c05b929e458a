"""The cluster that an EMR step of a pipeline creates: like the project's own, but without Livy and only for the step.

https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-emr (ClusterConfig) and
https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mlproject.aws_rules.emr import GLUE_CLIENT, LOGS_PREFIX, ROOT_VOLUME_GB, TAG, TAG_VALUE
from mlproject.aws_rules.grants import role_arn
from mlproject.errors import UserError
from mlproject.parameters import Deployment

# Values of the stack of the project's cluster, and samples of them.
CLUSTER_PLACEHOLDERS = {
    "ClusterServiceRole": "flights-dev-emr-service",
    "ClusterNodeRole": "flights-dev-emr-nodes",
    "ClusterSecurityConfiguration": "flights-dev-emr-Security",
    "ClusterSubnet": "subnet-0a1b2c3d",
    "ClusterPrimaryGroup": "sg-0a1b2c3d",
    "ClusterCoreGroup": "sg-1a1b2c3d",
    "ClusterServiceGroup": "sg-2a1b2c3d",
    "ClusterLibrariesScript": "assets-bucket/install_libraries.sh",
    "ClusterLibrariesProgram": "assets-bucket/node_libraries.tar.gz",
}


def cluster_role_arns(deployment: Deployment, *, partition: str) -> dict[str, str]:
    """Return the ARNs of the roles of such a cluster, by placeholder."""
    environment, names = deployment.environment, deployment.names
    uses = {"ClusterServiceRole": "emr-service", "ClusterNodeRole": "emr-nodes"}
    return {
        placeholder: role_arn(
            partition=partition, account=environment.account, path=environment.role_path, name=names.role(use)
        )
        for placeholder, use in uses.items()
    }


def cluster_config(deployment: Deployment, *, bootstrap: Sequence[str]) -> dict[str, Any]:
    """Return the ClusterConfig of an EMR step, with placeholders.

    Args:
        deployment: a project with a cluster, whose parameters it has.
        bootstrap: arguments of the script that installs the libraries on the nodes.

    Raises:
        UserError: the project has no cluster in this environment, or one with fleets.
    """
    emr = deployment.require_emr()
    if emr.core_instance_type is None:
        raise UserError(
            f"projects/{deployment.project}/project.yaml: the cluster in {deployment.environment.name} has fleets, and "
            "the steps of engine: spark create clusters of one core node type. Set emr.core_instance_type instead of "
            "core_fleet."
        )
    config = {
        "ReleaseLabel": emr.release,
        "Applications": [{"Name": "Spark"}],
        "Instances": {
            "InstanceGroups": [
                _group("Primary", "MASTER", emr.primary_instance_type, 1, emr.volume_gb),
                _group("Core", "CORE", emr.core_instance_type, emr.core_count, emr.volume_gb),
            ],
            "Ec2SubnetId": "${ClusterSubnet}",
            "EmrManagedMasterSecurityGroup": "${ClusterPrimaryGroup}",
            "EmrManagedSlaveSecurityGroup": "${ClusterCoreGroup}",
            "ServiceAccessSecurityGroup": "${ClusterServiceGroup}",
        },
        "ManagedScalingPolicy": {
            "ComputeLimits": {
                "UnitType": "Instances",
                "MinimumCapacityUnits": emr.core_count,
                "MaximumCapacityUnits": emr.maximum_count,
            }
        },
        "ServiceRole": "${ClusterServiceRole}",
        "JobFlowRole": "${ClusterNodeRole}",
        "SecurityConfiguration": "${ClusterSecurityConfiguration}",
        "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
        "EbsRootVolumeSize": ROOT_VOLUME_GB,
        "LogUri": f"s3://${{ArtifactsBucket}}/{LOGS_PREFIX}",
        "LogEncryptionKmsKeyId": "${KmsKey}",
        "Tags": [{"Key": key, "Value": value} for key, value in {**deployment.tags, TAG: TAG_VALUE}.items()],
    }
    if deployment.existing_data.glue_databases:
        client = {"hive.metastore.client.factory.class": GLUE_CLIENT}
        config["Configurations"] = [{"Classification": "spark-hive-site", "Properties": client}]
    if emr.libraries:
        script = {"Path": "s3://${ClusterLibrariesScript}", "Args": list(bootstrap)}
        config["BootstrapActions"] = [{"Name": "install libraries", "ScriptBootstrapAction": script}]
    return config


def _group(name: str, role: str, instance_type: str, count: int, volume_gb: int) -> dict[str, Any]:
    volume = {"VolumeSpecification": {"VolumeType": "gp3", "SizeInGB": volume_gb}, "VolumesPerInstance": 1}
    return {
        "Name": name,
        "InstanceRole": role,
        "InstanceType": instance_type,
        "InstanceCount": count,
        "Market": "ON_DEMAND",
        "EbsConfiguration": {"EbsBlockDeviceConfigs": [volume]},
    }
