"""What EMR shows of clusters and security configurations, and IAM of instance profiles, in the template's words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedded_aws.live_properties.registry import Services, Shown, list_all, pick, reader


@reader("AWS::IAM::InstanceProfile")
def instance_profiles(services: Services) -> Shown:
    return {
        profile["InstanceProfileName"]: {
            **pick(profile, "InstanceProfileName", "Path"),
            "Roles": [role["RoleName"] for role in profile["Roles"]],
        }
        for profile in list_all(services("iam"), "list_instance_profiles", "InstanceProfiles")
    }


@reader("AWS::EMR::SecurityConfiguration")
def security_configurations(services: Services) -> Shown:
    emr = services("emr")
    names = (each["Name"] for each in list_all(emr, "list_security_configurations", "SecurityConfigurations"))
    return {
        name: {
            "Name": name,
            "SecurityConfiguration": json.loads(
                emr.describe_security_configuration(Name=name)["SecurityConfiguration"]
            ),
        }
        for name in names
    }


@reader("AWS::EMR::Cluster")
def clusters(services: Services) -> Shown:
    """Those that live: EMR shows a terminated one for two months."""
    emr = services("emr")
    listed = list_all(
        emr, "list_clusters", "Clusters", ClusterStates=["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"]
    )
    return {each["Id"]: cluster(services, each["Id"]) for each in listed}


def cluster(services: Services, cluster_id: str) -> dict[str, Any]:
    emr = services("emr")
    about = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    scaling = emr.get_managed_scaling_policy(ClusterId=cluster_id)
    ending = emr.get_auto_termination_policy(ClusterId=cluster_id)
    return {
        **pick(
            about,
            "Name",
            "ReleaseLabel",
            "CustomAmiId",
            "OSReleaseLabel",
            "LogUri",
            "LogEncryptionKmsKeyId",
            "EbsRootVolumeSize",
            "EbsRootVolumeIops",
            "EbsRootVolumeThroughput",
            "ScaleDownBehavior",
            "SecurityConfiguration",
            "ServiceRole",
            "StepConcurrencyLevel",
            "Tags",
            "VisibleToAllUsers",
        ),
        "Applications": [{"Name": application["Name"]} for application in about["Applications"]],
        "BootstrapActions": [
            {"Name": action["Name"], "ScriptBootstrapAction": pick(action, "Args") | {"Path": action["ScriptPath"]}}
            for action in list_all(emr, "list_bootstrap_actions", "BootstrapActions", ClusterId=cluster_id)
        ],
        "Configurations": [configuration(each) for each in about["Configurations"]],
        "Steps": [step(each) for each in reversed(list_all(emr, "list_steps", "Steps", ClusterId=cluster_id))],
        "Instances": instances(services, cluster_id, about),
        "JobFlowRole": about["Ec2InstanceAttributes"]["IamInstanceProfile"],
        "AutoTerminationPolicy": ending.get("AutoTerminationPolicy"),
        "ManagedScalingPolicy": scaling.get("ManagedScalingPolicy"),
    }


def step(shown: Mapping[str, Any]) -> dict[str, Any]:
    config = shown["Config"]
    properties = [{"Key": key, "Value": value} for key, value in config.get("Properties", {}).items()]
    return {
        **pick(shown, "ActionOnFailure", "Name"),
        "HadoopJarStep": {**pick(config, "Args", "Jar"), "StepProperties": properties or None},
    }


def configuration(shown: Mapping[str, Any]) -> dict[str, Any]:
    inner = [configuration(each) for each in shown.get("Configurations", [])]
    return {
        "Classification": shown["Classification"],
        "ConfigurationProperties": shown.get("Properties") or None,
        "Configurations": inner or None,
    }


def instances(services: Services, cluster_id: str, about: Mapping[str, Any]) -> dict[str, Any]:
    ec2 = about["Ec2InstanceAttributes"]
    has_fleets = about["InstanceCollectionType"] == "INSTANCE_FLEET"
    return {
        **pick(
            ec2,
            "AdditionalMasterSecurityGroups",
            "AdditionalSlaveSecurityGroups",
            "Ec2KeyName",
            "Ec2SubnetId",
            "EmrManagedMasterSecurityGroup",
            "EmrManagedSlaveSecurityGroup",
            "ServiceAccessSecurityGroup",
        ),
        "Placement": {"AvailabilityZone": ec2["Ec2AvailabilityZone"]},
        "KeepJobFlowAliveWhenNoSteps": not about["AutoTerminate"],
        **pick(about, "TerminationProtected", "UnhealthyNodeReplacement"),
        **(fleets(services, cluster_id, ec2) if has_fleets else groups(services, cluster_id)),
    }


ROLES = ("MASTER", "CORE", "TASK")


def groups(services: Services, cluster_id: str) -> dict[str, Any]:
    found = list_all(services("emr"), "list_instance_groups", "InstanceGroups", ClusterId=cluster_id)
    by_role = {role: [group(each) for each in found if each["InstanceGroupType"] == role] for role in ROLES}
    flow = list_all(services("emr"), "describe_job_flows", "JobFlows", JobFlowIds=[cluster_id])[0]["Instances"]
    return {
        "HadoopVersion": flow.get("HadoopVersion"),
        "MasterInstanceGroup": by_role["MASTER"][0],
        "CoreInstanceGroup": by_role["CORE"][0] if by_role["CORE"] else None,
        "TaskInstanceGroups": by_role["TASK"],
    }


def fleets(services: Services, cluster_id: str, ec2: Mapping[str, Any]) -> dict[str, Any]:
    """The template names the subnets of which EMR has chosen one."""
    found = list_all(services("emr"), "list_instance_fleets", "InstanceFleets", ClusterId=cluster_id)
    by_role = {role: [fleet(each) for each in found if each["InstanceFleetType"] == role] for role in ROLES}
    return {
        "Ec2SubnetId": None,
        "Ec2SubnetIds": ec2["RequestedEc2SubnetIds"],
        "MasterInstanceFleet": by_role["MASTER"][0],
        "CoreInstanceFleet": by_role["CORE"][0] if by_role["CORE"] else None,
        "TaskInstanceFleets": by_role["TASK"],
    }


def fleet(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **pick(shown, "Name", "LaunchSpecifications", "TargetOnDemandCapacity", "TargetSpotCapacity"),
        "InstanceTypeConfigs": [
            {**pick(each, "InstanceType", "WeightedCapacity"), "EbsConfiguration": volumes(each)}
            for each in shown["InstanceTypeSpecifications"]
        ],
    }


def volumes(shown: Mapping[str, Any]) -> dict[str, Any] | None:
    devices = shown.get("EbsBlockDevices", [])
    if not devices:
        return None
    config = {"VolumeSpecification": devices[0]["VolumeSpecification"], "VolumesPerInstance": len(devices)}
    return {"EbsBlockDeviceConfigs": [config]}


def group(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **pick(shown, "Name", "Market", "InstanceType", "BidPrice"),
        "InstanceCount": shown["RequestedInstanceCount"],
        "EbsConfiguration": volumes(shown),
    }
