"""A small stack with a cluster on the embedded AWS: the parts of the emr stack that `mlproject cluster` uses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.names import Names

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


def deploy(client: Client, own: Names, *, idle_minutes: int = 60, fleets: bool = False) -> str:
    """Deploy the stack and return the id of its cluster, of instance groups or of fleets."""
    client("cloudformation").create_stack(
        StackName=own.stack("emr"),
        TemplateBody=json.dumps(template(own, fleets=fleets)),
        Tags=[{"Key": "project", "Value": own.project}, {"Key": "environment", "Value": own.environment}],
        Parameters=[{"ParameterKey": "IdleSeconds", "ParameterValue": str(idle_minutes * 60)}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    return cluster_id(client, own)


def cluster_id(client: Client, own: Names) -> str:
    """Id of the cluster in the stack."""
    resource = client("cloudformation").describe_stack_resource(StackName=own.stack("emr"), LogicalResourceId="Cluster")
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


def template(own: Names, *, fleets: bool = False) -> dict[str, Any]:
    """Template of the stack."""
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
    address = {"Fn::Join": ["", ["http://", {"Fn::GetAtt": ["Cluster", "MasterPublicDNS"]}, ":8998"]]}
    return {
        "Parameters": {"Restarts": {"Type": "Number", "Default": 0}, "IdleSeconds": {"Type": "Number", "Default": 60}},
        "Resources": {
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}},
            "Profile": {
                "Type": "AWS::IAM::InstanceProfile",
                "Properties": {"InstanceProfileName": profile(own), "Roles": [{"Ref": "Role"}]},
            },
            "Cluster": {"Type": "AWS::EMR::Cluster", "Properties": cluster},
            "Livy": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": own.parameter("livy-address"), "Type": "String", "Value": address},
            },
        },
    }
