"""A small stack with clusters on the embedded AWS: the parts of the emr stack that `mlproject cluster` uses."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.names import MAIN_CLUSTER, Names, named_cluster_id, restarts_parameter

Client = Callable[[str], Any]
REGION = "eu-south-2"
FLEETS: dict[str, Any] = {
    "MasterInstanceFleet": {
        "TargetOnDemandCapacity": 1,
        "InstanceTypeConfigs": [{"InstanceType": "m5.xlarge"}],
    },
    "TaskInstanceFleets": [
        {
            "TargetSpotCapacity": 3,
            "InstanceTypeConfigs": [
                {"InstanceType": "m5.2xlarge", "WeightedCapacity": 2},
                {"InstanceType": "m5.xlarge", "WeightedCapacity": 1},
            ],
        }
    ],
}


def clients(server: aws.Server, region: str = REGION) -> Client:
    """boto3 clients with the credentials of a user of the server."""
    given = server.environment(aws.ACCOUNT, region)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=region)
    return lambda service: session.client(service, endpoint_url=server.endpoint)


def names(project: str, *, region: str = REGION) -> Names:
    """Names of a project in the environment `local`."""
    return Names(project=project, environment="local", account=aws.ACCOUNT, region=region)


def deploy(
    client: Client, own: Names, *, idle_minutes: int = 60, fleets: bool = False, named: Sequence[str] = ()
) -> str:
    """Deploy the stack and return the id of its main cluster, of instance groups or of fleets."""
    client("cloudformation").create_stack(
        StackName=own.stack("emr"),
        TemplateBody=json.dumps(template(own, fleets=fleets, named=named)),
        Tags=[{"Key": "project", "Value": own.project}, {"Key": "environment", "Value": own.environment}],
        Parameters=[{"ParameterKey": "IdleSeconds", "ParameterValue": str(idle_minutes * 60)}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return cluster_id(client, own)


def cluster_id(client: Client, own: Names, logical_id: str = "Cluster") -> str:
    """Id of a cluster in the stack."""
    resource = client("cloudformation").describe_stack_resource(
        StackName=own.stack("emr"), LogicalResourceId=logical_id
    )
    physical_id: str = resource["StackResourceDetail"]["PhysicalResourceId"]
    return physical_id


def restarts(client: Client, own: Names) -> str:
    """Value of the stack's parameter `Restarts`."""
    return parameters(client, own)["Restarts"]


def parameters(client: Client, own: Names) -> dict[str, str]:
    """Values of the stack's parameters, by name."""
    (stack,) = client("cloudformation").describe_stacks(StackName=own.stack("emr"))["Stacks"]
    return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}


def profile(own: Names) -> str:
    """Name of the instance profile of the nodes."""
    return own.role("emr-nodes")


def template(own: Names, *, fleets: bool = False, named: Sequence[str] = ()) -> dict[str, Any]:
    """Template of the stack, with these clusters beside the main one."""
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    group = {"InstanceType": "m5.xlarge", "Market": "ON_DEMAND"}
    groups = {
        "MasterInstanceGroup": {**group, "Name": "Primary", "InstanceCount": 1},
        "CoreInstanceGroup": {**group, "Name": "Core", "InstanceCount": 2},
    }
    cluster = {
        "Name": {"Fn::Join": ["-", [own.prefix, "1", {"Ref": "Restarts"}]]},
        "ReleaseLabel": "emr-7.13.0",
        "Applications": [{"Name": "Livy"}, {"Name": "Spark"}],
        "ServiceRole": "EMR_DefaultRole",
        "JobFlowRole": {"Ref": "Profile"},
        "AutoTerminationPolicy": {"IdleTimeout": {"Ref": "IdleSeconds"}},
        "Instances": {
            "KeepJobFlowAliveWhenNoSteps": True,
            **(FLEETS if fleets else groups),
        },
    }
    restarts = {"Type": "Number", "Default": 0}
    return {
        "Parameters": {
            "IdleSeconds": {"Type": "Number", "Default": 60},
            **{restarts_parameter(each): restarts for each in (MAIN_CLUSTER, *named)},
        },
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
            "Profile": {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"InstanceProfileName": profile(own), "Roles": [{"Ref": "Role"}]},
            },
            **_with_livy(own, MAIN_CLUSTER, "Cluster", cluster),
            **{key: value for each in named for key, value in _named(own, each, cluster).items()},
        },
    }


def _named(own: Names, name: str, main: Mapping[str, Any]) -> dict[str, Any]:
    full_name = {"Fn::Join": ["-", [own.cluster(name), "1", {"Ref": restarts_parameter(name)}]]}
    return _with_livy(own, name, named_cluster_id(name), {**main, "Name": full_name})


def _with_livy(own: Names, name: str, logical_id: str, cluster: Mapping[str, Any]) -> dict[str, Any]:
    """A cluster, and the parameter with the URL of its Livy."""
    address = {"Fn::Join": ["", ["http://", {"Fn::GetAtt": [logical_id, "MasterPublicDNS"]}, ":8998"]]}
    parameter = {"Name": own.livy_parameter(name), "Type": "String", "Value": address}
    return {
        logical_id: {"Type": "AWS::EMR::Cluster", "Properties": cluster},
        f"Livy{logical_id}": {"Type": "AWS::SSM::Parameter", "Properties": parameter},
    }
