"""The cases of EMR's resource types and of the instance profiles of its nodes."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_ec2 import NOWHERE, SUBNETS, ref, resource, tags
from tests.embedded_aws.resources.harness import Case

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def role(name: str, service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::IAM::Role", "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust}}


def rule(target: str, source: str, protocol: str, first: int, last: int) -> dict[str, Any]:
    return resource(
        "SecurityGroupIngress",
        GroupId=ref(target),
        SourceSecurityGroupId=ref(source),
        IpProtocol=protocol,
        FromPort=first,
        ToPort=last,
        Description="a node's neighbour",
    )


NODES = {f"Role{name}": role(f"contract-node-{name.lower()}", "ec2.amazonaws.com") for name in ("One", "Two")}
PROFILE = {
    "Profile": {
        "Type": "AWS::IAM::InstanceProfile",
        "Properties": {"InstanceProfileName": "contract-node", "Roles": [ref("RoleOne")]},
    }
}
# Every inbound rule that EMR would add by itself, as our EMR stack writes them too: what EMR adds behind
# CloudFormation's back would keep the groups from being deleted.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
RULES = {
    **{
        f"{target}From{source}{protocol.capitalize()}": rule(target, source, protocol, first, last)
        for target in ("Primary", "Core")
        for source in ("Primary", "Core")
        for protocol, first, last in (("icmp", -1, -1), ("tcp", 0, 65535), ("udp", 0, 65535))
    },
    "PrimaryFromService": rule("Primary", "Service", "tcp", 8443, 8443),
    "CoreFromService": rule("Core", "Service", "tcp", 8443, 8443),
    "ServiceFromPrimary": rule("Service", "Primary", "tcp", 9443, 9443),
}
NETWORK = {
    **SUBNETS,
    **{
        name: resource("SecurityGroup", GroupDescription=name, VpcId=ref("VpcOne"), SecurityGroupEgress=[NOWHERE])
        for name in ("Primary", "Core", "Service", "Extra")
    },
    **RULES,
}
ENCRYPTION: dict[str, Any] = {
    "EncryptionConfiguration": {
        "EnableInTransitEncryption": False,
        "EnableAtRestEncryption": True,
        "AtRestEncryptionConfiguration": {
            "S3EncryptionConfiguration": {"EncryptionMode": "SSE-KMS", "AwsKmsKey": KEY},
        },
    }
}
SECURITY = {
    "Security": {"Type": "AWS::EMR::SecurityConfiguration", "Properties": {"SecurityConfiguration": ENCRYPTION}}
}


def group(name: str, count: int | str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "InstanceType": "m6i.xlarge", "InstanceCount": count, **more}


def volumes(**specification: Any) -> dict[str, Any]:
    return {"EbsBlockDeviceConfigs": [{"VolumeSpecification": specification, "VolumesPerInstance": 2}]}


SPOT = {"Market": "SPOT", "BidPrice": "0.1"}
INSTANCES = {
    "MasterInstanceGroup": group("primary", 1, **SPOT, EbsConfiguration=volumes(VolumeType="gp3", SizeInGB="64")),
    "CoreInstanceGroup": group(
        "core", "2", **SPOT, EbsConfiguration=volumes(VolumeType="gp3", SizeInGB=64, Iops=3000, Throughput=125)
    ),
    "TaskInstanceGroups": [group("task", 1, **SPOT, EbsConfiguration=volumes(VolumeType="gp3", SizeInGB=32))],
    "Ec2SubnetId": ref("SubnetOne"),
    "Ec2KeyName": "contract",
    "HadoopVersion": "3.4.1",
    "EmrManagedMasterSecurityGroup": ref("Primary"),
    "EmrManagedSlaveSecurityGroup": ref("Core"),
    "ServiceAccessSecurityGroup": ref("Service"),
    "AdditionalMasterSecurityGroups": [ref("Extra")],
    "AdditionalSlaveSecurityGroups": [ref("Extra")],
    "KeepJobFlowAliveWhenNoSteps": "true",
    "UnhealthyNodeReplacement": "true",
    "Placement": {"AvailabilityZone": f"{REGION}a"},
}
CLUSTER: dict[str, Any] = {
    "Name": "contract",
    "ReleaseLabel": "emr-7.13.0",
    "Applications": [{"Name": "Spark"}, {"Name": "Livy"}],
    "JobFlowRole": ref("Profile"),
    "ServiceRole": "contract-service",
    "SecurityConfiguration": ref("Security"),
    "AdditionalInfo": '{"generation":1}',
    "CustomAmiId": "ami-0123456789abcdef0",
    "OSReleaseLabel": "2023.6.20250303.0",
    "LogUri": "s3://contract-logs/emr/",
    "LogEncryptionKmsKeyId": KEY,
    "EbsRootVolumeSize": 32,
    "EbsRootVolumeIops": 3000,
    "EbsRootVolumeThroughput": 125,
    "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
    "Steps": [
        {
            "Name": "first",
            "ActionOnFailure": "TERMINATE_CLUSTER",
            "HadoopJarStep": {
                "Args": ["spark-submit", "s3://contract-code/first.py"],
                "Jar": "command-runner.jar",
                "StepProperties": [{"Key": "a", "Value": "1"}],
            },
        },
        {"Name": "second", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "s3://contract-code/second.jar"}},
    ],
    "BootstrapActions": [
        {"Name": "libraries", "ScriptBootstrapAction": {"Path": "s3://contract-code/a.sh", "Args": ["--index", "none"]}}
    ],
    "Configurations": [
        {"Classification": "livy-conf", "ConfigurationProperties": {"livy.server.session.timeout": "1h"}},
        {
            "Classification": "spark-env",
            "Configurations": [
                {"Classification": "export", "ConfigurationProperties": {"PYSPARK_PYTHON": "/usr/bin/python3"}}
            ],
        },
    ],
}
SCALING = {
    "ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 3},
}


def fleet(name: str, on_demand: int | str, spot: int, *types: str) -> dict[str, Any]:
    return {
        "Name": name,
        "TargetOnDemandCapacity": on_demand,
        "TargetSpotCapacity": spot,
        "InstanceTypeConfigs": [
            {
                "InstanceType": instance_type,
                "WeightedCapacity": weight,
                "EbsConfiguration": volumes(VolumeType="gp3", SizeInGB=64),
            }
            for weight, instance_type in enumerate(types, start=1)
        ],
        "LaunchSpecifications": {
            "OnDemandSpecification": {"AllocationStrategy": "lowest-price"},
            "SpotSpecification": {
                "AllocationStrategy": "price-capacity-optimized",
                "TimeoutAction": "SWITCH_TO_ON_DEMAND",
                "TimeoutDurationMinutes": 20,
            },
        },
    }


FLEETS: dict[str, Any] = {
    "MasterInstanceFleet": fleet("primary", "1", 0, "m6i.xlarge"),
    "CoreInstanceFleet": fleet("core", 1, 0, "m6i.xlarge", "m6i.2xlarge"),
    "TaskInstanceFleets": [fleet("task", 0, 3, "m6i.xlarge", "m6a.2xlarge")],
    "Ec2SubnetIds": [ref("SubnetOne"), ref("SubnetTwo")],
    "EmrManagedMasterSecurityGroup": ref("Primary"),
    "EmrManagedSlaveSecurityGroup": ref("Core"),
    "ServiceAccessSecurityGroup": ref("Service"),
    "Placement": {"AvailabilityZone": f"{REGION}a"},
    "KeepJobFlowAliveWhenNoSteps": True,
    "TerminationProtected": False,
    "UnhealthyNodeReplacement": False,
}
FLEET_CLUSTER: dict[str, Any] = {
    "Name": "contract-fleets",
    "ReleaseLabel": "emr-7.13.0",
    "Applications": [{"Name": "Spark"}],
    "JobFlowRole": ref("Profile"),
    "ServiceRole": "contract-service",
    "ManagedScalingPolicy": {
        "ComputeLimits": {
            "UnitType": "InstanceFleetUnits",
            "MinimumCapacityUnits": 1,
            "MaximumCapacityUnits": 8,
            "MaximumOnDemandCapacityUnits": 1,
            "MaximumCoreCapacityUnits": 1,
        },
    },
}

EMR_CASES = (
    Case(
        type="AWS::IAM::InstanceProfile",
        dependencies=NODES,
        first={"InstanceProfileName": "contract", "Path": "/team/", "Roles": [ref("RoleOne")]},
        changed={"InstanceProfileName": "contract", "Path": "/team/", "Roles": [ref("RoleTwo")]},
        replaced={"InstanceProfileName": "contract-other", "Roles": [ref("RoleOne")]},
        defaults={"Path": "/"},
    ),
    Case(
        type="AWS::EMR::SecurityConfiguration",
        first={"Name": "contract", "SecurityConfiguration": ENCRYPTION},
        replaced={
            "Name": "contract-other",
            "SecurityConfiguration": {"InstanceMetadataServiceConfiguration": {"HttpPutResponseHopLimit": 1}},
        },
    ),
    Case(
        type="AWS::EMR::Cluster",
        dependencies={**NETWORK, **NODES, **PROFILE, **SECURITY},
        first={
            **CLUSTER,
            "Instances": {**INSTANCES, "TerminationProtected": False},
            "VisibleToAllUsers": "false",
            "StepConcurrencyLevel": "2",
            "ManagedScalingPolicy": SCALING,
            "AutoTerminationPolicy": {"IdleTimeout": "3600"},
            "Tags": tags(a="1", b="1"),
        },
        changed={
            **CLUSTER,
            "Instances": {
                **INSTANCES,
                "CoreInstanceGroup": {**INSTANCES["CoreInstanceGroup"], "InstanceCount": 3},  # type: ignore[dict-item]
                "TerminationProtected": True,
            },
            "ManagedScalingPolicy": {"ComputeLimits": {**SCALING["ComputeLimits"], "MaximumCapacityUnits": 5}},
            "Tags": tags(a="2"),
        },
        replaced={
            "Name": "contract",
            "ReleaseLabel": "emr-7.12.0",
            "JobFlowRole": ref("Profile"),
            "ServiceRole": "contract-service",
            "Applications": [{"Name": "Spark"}],
            "Instances": {
                **INSTANCES,
                "Ec2SubnetId": ref("SubnetTwo"),
                "Placement": {"AvailabilityZone": f"{REGION}b"},
                "TerminationProtected": "false",
            },
        },
        defaults={"StepConcurrencyLevel": 1, "VisibleToAllUsers": True},
        unread=frozenset({"AdditionalInfo"}),
    ),
    Case(
        type="AWS::EMR::Cluster",
        variant="fleets",
        dependencies={**NETWORK, **NODES, **PROFILE},
        first={**FLEET_CLUSTER, "Instances": FLEETS},
        changed={
            **FLEET_CLUSTER,
            "Instances": {
                **FLEETS,
                "CoreInstanceFleet": fleet("core", 2, 0, "m6i.xlarge", "m6i.2xlarge"),
                "TaskInstanceFleets": [fleet("task", 0, 5, "m6i.xlarge", "m6a.2xlarge")],
            },
        },
        replaced={
            **FLEET_CLUSTER,
            "Instances": {**FLEETS, "TaskInstanceFleets": [fleet("task", 0, 3, "m6i.xlarge", "m6a.4xlarge")]},
        },
        defaults={"StepConcurrencyLevel": 1, "VisibleToAllUsers": True},
    ),
)
