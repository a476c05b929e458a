"""What is in use is not deleted: of each service that a handler deletes from, what stands in the way and AWS's code.

What moto alone would delete has its proof in gaps/proofs_deletion.py too; here is the whole list, as a client sees it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws import Server
from tests.cli.checkout import clients, make_bucket

REGION = "ap-southeast-2"
Client = Callable[[str], Any]
Call = Callable[[], Any]
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ],
    }
)
DOCUMENT = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}]}
)
CASES: dict[str, tuple[str, Callable[[Client, str], Call]]] = {}


def refuses(code: str) -> Callable[[Callable[[Client, str], Call]], Callable[[Client, str], Call]]:
    """Mark a function that makes something in use and gives the call that deletes it."""

    def register(case: Callable[[Client, str], Call]) -> Callable[[Client, str], Call]:
        CASES[case.__name__] = (code, case)
        return case

    return register


def role(client: Client, name: str) -> str:
    found: str = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    return found


def vpc(client: Client) -> str:
    found: str = client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return found


def subnet(client: Client, vpc_id: str) -> str:
    zone = f"{REGION}a"
    made = client("ec2").create_subnet(VpcId=vpc_id, CidrBlock="10.9.1.0/24", AvailabilityZone=zone)
    found: str = made["Subnet"]["SubnetId"]
    return found


def group(client: Client, vpc_id: str, name: str) -> str:
    made = client("ec2").create_security_group(GroupName=name, Description=name, VpcId=vpc_id)
    found: str = made["GroupId"]
    return found


@refuses("DeleteConflict")
def a_policy_of_a_role(client: Client, name: str) -> Call:
    arn = client("iam").create_policy(PolicyName=name, PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    role(client, name)
    client("iam").attach_role_policy(RoleName=name, PolicyArn=arn)
    return lambda: client("iam").delete_policy(PolicyArn=arn)


@refuses("DeleteConflict")
def a_role_with_an_attached_policy(client: Client, name: str) -> Call:
    a_policy_of_a_role(client, name)
    return lambda: client("iam").delete_role(RoleName=name)


@refuses("DeleteConflict")
def a_role_with_an_inline_policy(client: Client, name: str) -> Call:
    role(client, name)
    client("iam").put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=DOCUMENT)
    return lambda: client("iam").delete_role(RoleName=name)


@refuses("DeleteConflict")
def a_role_in_an_instance_profile(client: Client, name: str) -> Call:
    role(client, name)
    client("iam").create_instance_profile(InstanceProfileName=name)
    client("iam").add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    return lambda: client("iam").delete_role(RoleName=name)


@refuses("DeleteConflict")
def an_instance_profile_with_a_role(client: Client, name: str) -> Call:
    a_role_in_an_instance_profile(client, name)
    return lambda: client("iam").delete_instance_profile(InstanceProfileName=name)


@refuses("DependencyViolation")
def a_vpc_with_a_subnet(client: Client, _: str) -> Call:
    vpc_id = vpc(client)
    subnet(client, vpc_id)
    return lambda: client("ec2").delete_vpc(VpcId=vpc_id)


@refuses("DependencyViolation")
def a_vpc_with_a_security_group(client: Client, name: str) -> Call:
    vpc_id = vpc(client)
    group(client, vpc_id, name)
    return lambda: client("ec2").delete_vpc(VpcId=vpc_id)


@refuses("DependencyViolation")
def a_vpc_with_an_endpoint(client: Client, _: str) -> Call:
    vpc_id = vpc(client)
    client("ec2").create_vpc_endpoint(VpcId=vpc_id, ServiceName=f"com.amazonaws.{REGION}.s3")
    return lambda: client("ec2").delete_vpc(VpcId=vpc_id)


@refuses("DependencyViolation")
def a_security_group_that_a_rule_names(client: Client, name: str) -> Call:
    vpc_id = vpc(client)
    named, naming = group(client, vpc_id, name), group(client, vpc_id, f"{name}-2")
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": named}]}
    client("ec2").authorize_security_group_ingress(GroupId=naming, IpPermissions=[rule])
    return lambda: client("ec2").delete_security_group(GroupId=named)


@refuses("DependencyViolation")
def a_subnet_with_a_network_interface(client: Client, _: str) -> Call:
    subnet_id = subnet(client, vpc(client))
    client("ec2").create_network_interface(SubnetId=subnet_id)
    return lambda: client("ec2").delete_subnet(SubnetId=subnet_id)


@refuses("DependencyViolation")
def a_route_table_of_a_subnet(client: Client, _: str) -> Call:
    vpc_id = vpc(client)
    table = client("ec2").create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    client("ec2").associate_route_table(RouteTableId=table, SubnetId=subnet(client, vpc_id))
    return lambda: client("ec2").delete_route_table(RouteTableId=table)


@refuses("BucketNotEmpty")
def a_bucket_with_an_object(client: Client, name: str) -> Call:
    make_bucket(client("s3"), name)
    client("s3").put_object(Bucket=name, Key="a", Body=b"1")
    return lambda: client("s3").delete_bucket(Bucket=name)


@refuses("ValidationException")
def a_notebook_in_service(client: Client, name: str) -> Call:
    arn = role(client, name)
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=arn, PlatformIdentifier="notebook-al2023-v1"
    )
    return lambda: client("sagemaker").delete_notebook_instance(NotebookInstanceName=name)


@refuses("ValidationException")
def a_model_package_group_with_a_version(client: Client, name: str) -> Call:
    container = {"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    client("sagemaker").create_model_package_group(ModelPackageGroupName=name)
    client("sagemaker").create_model_package(ModelPackageGroupName=name, InferenceSpecification=specification)
    return lambda: client("sagemaker").delete_model_package_group(ModelPackageGroupName=name)


@refuses("ValidationException")
def an_event_rule_with_a_target(client: Client, name: str) -> Call:
    client("events").put_rule(Name=name, ScheduleExpression="rate(1 day)")
    target = {"Id": "1", "Arn": f"arn:aws:sns:{REGION}:123456789012:topic"}
    client("events").put_targets(Rule=name, Targets=[target])
    return lambda: client("events").delete_rule(Name=name)


@refuses("RepositoryNotEmptyException")
def a_repository_with_an_image(client: Client, name: str) -> Call:
    kind = "application/vnd.docker"
    layer = {"mediaType": f"{kind}.container.image.v1+json", "size": 1, "digest": f"sha256:{'a' * 64}"}
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{kind}.distribution.manifest.v2+json",
        "config": layer,
        "layers": [],
    }
    client("ecr").create_repository(repositoryName=name)
    client("ecr").put_image(repositoryName=name, imageTag="a", imageManifest=json.dumps(manifest))
    return lambda: client("ecr").delete_repository(repositoryName=name)


def cluster(client: Client, name: str, *, protected: bool) -> str:
    role(client, name)
    client("iam").create_instance_profile(InstanceProfileName=name)
    client("emr").create_security_configuration(Name=name, SecurityConfiguration='{"EncryptionConfiguration": {}}')
    instances = {
        "MasterInstanceType": "m5.xlarge",
        "SlaveInstanceType": "m5.xlarge",
        "InstanceCount": 2,
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": protected,
        "Ec2SubnetId": subnet(client, vpc(client)),
    }
    found: str = client("emr").run_job_flow(
        Name=name,
        ReleaseLabel="emr-7.13.0",
        Instances=instances,
        JobFlowRole=name,
        ServiceRole=name,
        SecurityConfiguration=name,
    )["JobFlowId"]
    return found


@refuses("ValidationException")
def a_protected_cluster(client: Client, name: str) -> Call:
    cluster_id = cluster(client, name, protected=True)
    return lambda: client("emr").terminate_job_flows(JobFlowIds=[cluster_id])


@refuses("InvalidRequestException")
def the_security_configuration_of_a_cluster(client: Client, name: str) -> Call:
    cluster(client, name, protected=False)
    return lambda: client("emr").delete_security_configuration(Name=name)


@refuses("ValidationException")
def the_default_group_of_schedules(client: Client, _: str) -> Call:
    return lambda: client("scheduler").delete_schedule_group(Name="default")


@refuses("ValidationError")
def a_protected_stack(client: Client, name: str) -> Call:
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "1"}}
    client("cloudformation").create_stack(
        StackName=name,
        TemplateBody=json.dumps({"Resources": {"Parameter": parameter}}),
        EnableTerminationProtection=True,
    )
    return lambda: client("cloudformation").delete_stack(StackName=name)


@pytest.mark.parametrize("case", CASES)
def test_what_is_in_use_is_not_deleted(case: str, embedded_aws: Server) -> None:
    code, make = CASES[case]
    delete = make(clients(embedded_aws, REGION), f"kept-{case.replace('_', '-')}"[:40].rstrip("-"))
    with pytest.raises(ClientError) as refused:
        delete()
    assert refused.value.response["Error"]["Code"] == code
