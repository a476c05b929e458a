"""The proofs of EMR's gaps."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.gaps.proofs_ec2 import group, subnet, vpc
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
ENDED = "A job flow that is shutting down, terminated, or finished may not be modified."


def nodes(role: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"InstanceRole": role, "InstanceType": "m6i.xlarge", "InstanceCount": count, **more}


def profile(services: Services, name: str) -> str:
    services("iam").create_instance_profile(InstanceProfileName=name)
    return name


def cluster(services: Services, name: str, *, instances: dict[str, Any] | None = None, **more: Any) -> str:
    """A cluster of one primary and two core nodes."""
    groups = {"InstanceGroups": [nodes("MASTER"), nodes("CORE", 2)], "KeepJobFlowAliveWhenNoSteps": True}
    given = {
        "Name": name,
        "ReleaseLabel": "emr-7.13.0",
        "JobFlowRole": profile(services, name),
        "Instances": {**groups, **(instances or {})},
        **more,
    }
    cluster_id: str = services("emr").run_job_flow(**given)["JobFlowId"]
    return cluster_id


def described(services: Services, cluster_id: str) -> dict[str, Any]:
    about: dict[str, Any] = services("emr").describe_cluster(ClusterId=cluster_id)["Cluster"]
    return about


def inside(services: Services, name: str, *, service_reached: bool = True) -> dict[str, Any]:
    """A private subnet and the three groups of a cluster, each without rules but the one that EMR asks for."""
    vpc_id = vpc(services)
    names = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup")
    groups = {member: group(services, vpc_id, f"{name}-{number}") for number, member in enumerate(names)}
    if service_reached:
        services("ec2").authorize_security_group_ingress(
            GroupId=groups["ServiceAccessSecurityGroup"],
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 9443,
                    "ToPort": 9443,
                    "UserIdGroupPairs": [{"GroupId": groups["EmrManagedMasterSecurityGroup"]}],
                }
            ],
        )
    return {"Ec2SubnetId": subnet(services, vpc_id)["SubnetId"], **groups}


def terminated(services: Services, name: str, **more: Any) -> str:
    cluster_id = cluster(services, name, **more)
    services("emr").terminate_job_flows(JobFlowIds=[cluster_id])
    return cluster_id


def says(words: str, call: Any, **arguments: Any) -> None:
    """The service refuses the call in these words."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] in ("ValidationException", "InvalidRequestException")
    assert words in caught.value.response["Error"]["Message"]


@proves("ElasticMapReduceResponse.get_region_from_url")
def a_cluster_is_in_the_region_of_the_request(services: Services, name: str) -> None:
    arn = described(services, cluster(services, name))["ClusterArn"]
    assert arn.startswith(f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/")


@proves("ElasticMapReduceResponse.run_job_flow")
def a_cluster_keeps_what_it_is_given_and_needs_what_it_names(services: Services, name: str) -> None:
    emr = services("emr")
    kept: dict[str, Any] = {
        "LogEncryptionKmsKeyId": KEY,
        "OSReleaseLabel": "2023.6.20250303.0",
        "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
    }
    ending = {"IdleTimeout": 3600}
    about = described(services, cluster(services, name, AutoTerminationPolicy=ending, **kept))
    assert {member: about[member] for member in kept} == kept
    assert about["VisibleToAllUsers"]
    assert about["Status"]["State"] == "WAITING"
    assert emr.get_auto_termination_policy(ClusterId=about["Id"])["AutoTerminationPolicy"] == ending
    given = {"Name": name, "Instances": {"InstanceGroups": [nodes("MASTER")]}}
    says("Invalid InstanceProfile: no-such.", emr.run_job_flow, JobFlowRole="no-such", **given)
    says("does not exist", emr.run_job_flow, JobFlowRole=name, SecurityConfiguration="no-such", **given)
    for seconds in (59, 604801):
        wrong = {"AutoTerminationPolicy": {"IdleTimeout": seconds}}
        says("between 60 and 604800 seconds", emr.run_job_flow, JobFlowRole=name, **wrong, **given)
    unreached = inside(services, name, service_reached=False)
    failed = described(services, cluster(services, f"{name}-failed", instances=unreached))["Status"]
    assert failed["State"] == "TERMINATED_WITH_ERRORS"
    assert failed["StateChangeReason"]["Code"] == "VALIDATION_ERROR"
    assert (
        "missing ingress rule from EmrManagedMasterSecurityGroup on port 9443" in failed["StateChangeReason"]["Message"]
    )


@proves("EmrSecurityGroupManager._add_rules_to")
def own_groups_get_the_missing_inbound_rules_only(services: Services, name: str) -> None:
    ec2, where = services("ec2"), inside(services, name)
    cluster(services, name, instances=where)
    groups = {
        member: ec2.describe_security_groups(GroupIds=[where[member]])["SecurityGroups"][0]
        for member in where
        if member != "Ec2SubnetId"
    }
    ports = {
        member: sorted((rule["IpProtocol"], rule["FromPort"], rule["ToPort"]) for rule in about["IpPermissions"])
        for member, about in groups.items()
    }
    between = [("icmp", -1, -1), ("tcp", 0, 65535), ("tcp", 8443, 8443), ("udp", 0, 65535)]
    assert ports["EmrManagedMasterSecurityGroup"] == ports["EmrManagedSlaveSecurityGroup"] == between
    assert ports["ServiceAccessSecurityGroup"] == [("tcp", 9443, 9443)]
    for about in groups.values():
        assert [rule["IpProtocol"] for rule in about["IpPermissionsEgress"]] == ["-1"]  # what EC2 gave it at first


@proves("ElasticMapReduceBackend.run_instances", "Cluster.master_public_dns_name")
def the_nodes_are_in_the_private_subnet(services: Services, name: str) -> None:
    where = inside(services, name)
    cluster_id = cluster(services, name, instances=where)
    started = services("emr").list_instances(ClusterId=cluster_id, InstanceGroupTypes=["MASTER"])["Instances"][0]
    found = services("ec2").describe_instances(InstanceIds=[started["Ec2InstanceId"]])["Reservations"][0]
    node = found["Instances"][0]
    assert node["SubnetId"] == where["Ec2SubnetId"]
    assert [each["GroupId"] for each in node["SecurityGroups"]] == [where["EmrManagedMasterSecurityGroup"]]
    assert node["PrivateIpAddress"].startswith("10.0.1.")
    name_of_node = f"ip-{node['PrivateIpAddress'].replace('.', '-')}.{REGION}.compute.internal"
    assert described(services, cluster_id)["MasterPublicDnsName"] == name_of_node


@proves("Cluster.terminate", "Cluster.status")
def a_terminated_cluster_has_no_nodes_left_and_says_why(services: Services, name: str) -> None:
    emr, where = services("emr"), inside(services, name)
    cluster_id = cluster(services, name, instances=where)
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    ended = described(services, cluster_id)["Status"]
    emr.terminate_job_flows(JobFlowIds=[cluster_id])  # again, which changes nothing
    again = described(services, cluster_id)["Status"]
    assert again == ended
    assert ended["State"] == "TERMINATED"
    assert ended["StateChangeReason"] == {"Code": "USER_REQUEST", "Message": "Terminated by user request"}
    groups = emr.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    assert {each["Status"]["State"] for each in groups} == {"TERMINATED"}
    services("ec2").delete_subnet(SubnetId=where["Ec2SubnetId"])


@proves("InstanceGroup.ebs_block_devices")
def every_volume_of_a_node_is_shown(services: Services, name: str) -> None:
    specification = {"VolumeType": "gp3", "SizeInGB": 64, "Iops": 3000, "Throughput": 250}
    volumes = [{"VolumeSpecification": specification}, {"VolumeSpecification": specification, "VolumesPerInstance": 2}]
    groups = [nodes("MASTER", EbsConfiguration={"EbsBlockDeviceConfigs": volumes})]
    cluster_id = cluster(services, name, instances={"InstanceGroups": groups})
    shown = services("emr").list_instance_groups(ClusterId=cluster_id)["InstanceGroups"][0]["EbsBlockDevices"]
    assert [each["VolumeSpecification"] for each in shown] == [specification] * 3


@proves("ElasticMapReduceBackend.list_clusters")
def the_newest_cluster_comes_first(services: Services, name: str) -> None:
    made = [cluster(services, f"{name}-{number}") for number in range(6)]
    listed = [each["Id"] for each in services("emr").list_clusters()["Clusters"]]
    assert [each for each in listed if each in made] == made[::-1]


@proves("ElasticMapReduceBackend.list_instance_groups")
def an_unknown_cluster_has_no_groups(services: Services, _: str) -> None:
    refused("InvalidRequestException", services("emr").list_instance_groups, ClusterId="j-NOSUCHCLUSTER")


@proves("ElasticMapReduceBackend.set_termination_protection", "ElasticMapReduceBackend.set_visible_to_all_users")
def the_switches_of_a_cluster_that_has_ended_stay(services: Services, name: str) -> None:
    emr, living = services("emr"), cluster(services, f"{name}-living")
    emr.set_termination_protection(JobFlowIds=[living], TerminationProtected=True)
    emr.set_visible_to_all_users(JobFlowIds=[living], VisibleToAllUsers=False)
    about = described(services, living)
    assert (about["TerminationProtected"], about["VisibleToAllUsers"]) == (True, False)
    ended = [terminated(services, name)]
    says(ENDED, emr.set_termination_protection, JobFlowIds=ended, TerminationProtected=True)
    says(ENDED, emr.set_visible_to_all_users, JobFlowIds=ended, VisibleToAllUsers=False)


@proves("ElasticMapReduceBackend.modify_cluster", "ElasticMapReduceBackend.modify_instance_groups")
def the_sizes_of_a_cluster_that_has_ended_stay(services: Services, name: str) -> None:
    emr, living = services("emr"), cluster(services, f"{name}-living")
    emr.modify_cluster(ClusterId=living, StepConcurrencyLevel=2)
    assert described(services, living)["StepConcurrencyLevel"] == 2
    ended = terminated(services, name)
    says(ENDED, emr.modify_cluster, ClusterId=ended, StepConcurrencyLevel=2)
    groups = emr.list_instance_groups(ClusterId=ended)["InstanceGroups"]
    change = [{"InstanceGroupId": each["Id"], "InstanceCount": 3} for each in groups]
    says("only be modified when the cluster is running or waiting", emr.modify_instance_groups, InstanceGroups=change)
    says("is not valid", emr.modify_instance_groups, InstanceGroups=[{"InstanceGroupId": "ig-NO", "InstanceCount": 1}])


@proves("ElasticMapReduceBackend.add_tags", "ElasticMapReduceBackend.remove_tags")
def the_tags_of_a_cluster_that_has_ended_stay(services: Services, name: str) -> None:
    emr, living = services("emr"), cluster(services, f"{name}-living", Tags=[{"Key": "a", "Value": "1"}])
    emr.add_tags(ResourceId=living, Tags=[{"Key": "b", "Value": "2"}])
    emr.remove_tags(ResourceId=living, TagKeys=["a"])
    assert described(services, living)["Tags"] == [{"Key": "b", "Value": "2"}]
    ended = terminated(services, name, Tags=[{"Key": "a", "Value": "1"}])
    says(ENDED, emr.add_tags, ResourceId=ended, Tags=[{"Key": "b", "Value": "2"}])
    says(ENDED, emr.remove_tags, ResourceId=ended, TagKeys=["a"])
    assert described(services, ended)["Tags"] == [{"Key": "a", "Value": "1"}]


@proves(
    "ElasticMapReduceBackend.delete_security_configuration", "ElasticMapReduceResponse.list_security_configurations"
)
def a_security_configuration_in_use_is_not_deleted(services: Services, name: str) -> None:
    emr = services("emr")
    emr.create_security_configuration(Name=name, SecurityConfiguration="{}")
    cluster_id = cluster(services, name, SecurityConfiguration=name)
    says("in use", emr.delete_security_configuration, Name=name)
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    assert name in {each["Name"] for each in emr.list_security_configurations()["SecurityConfigurations"]}
    emr.delete_security_configuration(Name=name)
    assert name not in {each["Name"] for each in emr.list_security_configurations()["SecurityConfigurations"]}


@proves(
    "ElasticMapReduceResponse.put_managed_scaling_policy",
    "ElasticMapReduceResponse.get_managed_scaling_policy",
    "ElasticMapReduceResponse.remove_managed_scaling_policy",
)
def a_managed_scaling_policy_is_put_and_taken_away(services: Services, name: str) -> None:
    emr, cluster_id = services("emr"), cluster(services, name)
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 3}
    policy = {"ComputeLimits": limits}
    emr.put_managed_scaling_policy(ClusterId=cluster_id, ManagedScalingPolicy=policy)
    assert emr.get_managed_scaling_policy(ClusterId=cluster_id)["ManagedScalingPolicy"] == policy
    emr.remove_managed_scaling_policy(ClusterId=cluster_id)
    assert "ManagedScalingPolicy" not in emr.get_managed_scaling_policy(ClusterId=cluster_id)
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    says(ENDED, emr.put_managed_scaling_policy, ClusterId=cluster_id, ManagedScalingPolicy=policy)


@proves(
    "ElasticMapReduceResponse.put_auto_termination_policy",
    "ElasticMapReduceResponse.get_auto_termination_policy",
    "ElasticMapReduceResponse.remove_auto_termination_policy",
)
def an_auto_termination_policy_is_put_and_taken_away(services: Services, name: str) -> None:
    emr, cluster_id = services("emr"), cluster(services, name)
    policy = {"IdleTimeout": 3600}
    emr.put_auto_termination_policy(ClusterId=cluster_id, AutoTerminationPolicy=policy)
    assert emr.get_auto_termination_policy(ClusterId=cluster_id)["AutoTerminationPolicy"] == policy
    wrong = {"AutoTerminationPolicy": {"IdleTimeout": 1}}
    says("between 60 and 604800 seconds", emr.put_auto_termination_policy, ClusterId=cluster_id, **wrong)
    emr.remove_auto_termination_policy(ClusterId=cluster_id)
    assert "AutoTerminationPolicy" not in emr.get_auto_termination_policy(ClusterId=cluster_id)
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    says(ENDED, emr.put_auto_termination_policy, ClusterId=cluster_id, AutoTerminationPolicy=policy)


@proves("ElasticMapReduceBackend._manage_security_groups")
def a_public_cluster_has_the_groups_of_a_public_one(services: Services, name: str) -> None:
    ec2 = services("ec2")
    vpc_id = vpc(services)
    public, private = (subnet(services, vpc_id, number)["SubnetId"] for number in (1, 2))
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc_id, InternetGatewayId=gateway)
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)

    def group_names(subnet_id: str, suffix: str) -> list[str]:
        made = cluster(services, f"{name}-{suffix}", instances={"Ec2SubnetId": subnet_id})
        about = described(services, made)["Ec2InstanceAttributes"]
        members = ("EmrManagedMasterSecurityGroup", "EmrManagedSlaveSecurityGroup", "ServiceAccessSecurityGroup")
        ids = [about[member] for member in members if about.get(member)]
        return [ec2.describe_security_groups(GroupIds=[each])["SecurityGroups"][0]["GroupName"] for each in ids]

    assert group_names(public, "public") == ["ElasticMapReduce-master", "ElasticMapReduce-slave"]
    assert group_names(private, "private") == [
        "ElasticMapReduce-Master-Private",
        "ElasticMapReduce-Slave-Private",
        "ElasticMapReduce-ServiceAccess",
    ]


@proves("Cluster.add_steps")
def a_step_waits_since_nothing_runs_it(services: Services, name: str) -> None:
    emr = services("emr")
    step = {"Name": "first", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar"}}
    made = cluster(services, name, Steps=[step, step])
    emr.add_job_flow_steps(JobFlowId=made, Steps=[step])
    assert [each["Status"]["State"] for each in emr.list_steps(ClusterId=made)["Steps"]] == ["PENDING"] * 3
    assert described(services, made)["Status"]["State"] == "WAITING"


FLEETS: list[dict[str, Any]] = [
    {
        "InstanceFleetType": "MASTER",
        "TargetOnDemandCapacity": 1,
        "InstanceTypeConfigs": [{"InstanceType": "m6i.xlarge"}],
    },
    {
        "InstanceFleetType": "TASK",
        "Name": "task",
        "TargetSpotCapacity": 3,
        "InstanceTypeConfigs": [{"InstanceType": "m6i.2xlarge", "WeightedCapacity": 2}, {"InstanceType": "m6i.xlarge"}],
    },
]


def fleet_cluster(services: Services, name: str, **instances: Any) -> str:
    """A cluster of one primary node, and of task nodes with three units."""
    given = {
        "Name": name,
        "ReleaseLabel": "emr-7.13.0",
        "JobFlowRole": profile(services, name),
        "Instances": {"InstanceFleets": FLEETS, "KeepJobFlowAliveWhenNoSteps": True, **instances},
    }
    cluster_id: str = services("emr").run_job_flow(**given)["JobFlowId"]
    return cluster_id


@proves("ElasticMapReduceResponse.list_instance_fleets")
def a_fleet_has_as_many_nodes_as_its_units_ask_for(services: Services, name: str) -> None:
    emr = services("emr")
    cluster_id = fleet_cluster(services, name)
    primary, task = emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
    assert (primary["InstanceFleetType"], primary["ProvisionedOnDemandCapacity"]) == ("MASTER", 1)
    assert (task["Name"], task["TargetSpotCapacity"], task["ProvisionedSpotCapacity"]) == ("task", 3, 4)
    assert [each["WeightedCapacity"] for each in task["InstanceTypeSpecifications"]] == [2, 1]
    nodes = emr.list_instances(ClusterId=cluster_id)["Instances"]
    assert sorted(node["InstanceType"] for node in nodes) == ["m6i.2xlarge", "m6i.2xlarge", "m6i.xlarge"]
    says("uses instance fleets", emr.list_instance_groups, ClusterId=cluster_id)
    says("uses instance groups", emr.list_instance_fleets, ClusterId=cluster(services, f"{name}-groups"))
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    ended = emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
    assert {fleet["Status"]["State"] for fleet in ended} == {"TERMINATED"}
    role = {"JobFlowRole": name, "Name": name}
    mixed = {"InstanceFleets": FLEETS, "InstanceGroups": [nodes_of_a_group]}
    says("mutually exclusive", emr.run_job_flow, Instances=mixed, **role)
    empty = {"InstanceFleets": [{**FLEETS[0], "TargetOnDemandCapacity": 0}]}
    says("greater than 0", emr.run_job_flow, Instances=empty, **role)
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 2}
    scaling = {"ManagedScalingPolicy": {"ComputeLimits": limits}}
    says("does not fit", emr.run_job_flow, Instances={"InstanceFleets": FLEETS}, **scaling, **role)


nodes_of_a_group = nodes("MASTER")


@proves("ElasticMapReduceResponse.modify_instance_fleet")
def the_units_of_a_fleet_change_while_its_cluster_lives(services: Services, name: str) -> None:
    emr = services("emr")
    cluster_id = fleet_cluster(services, name)
    fleet = emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"][1]
    change = {"InstanceFleetId": fleet["Id"], "TargetOnDemandCapacity": 2, "TargetSpotCapacity": 1}
    emr.modify_instance_fleet(ClusterId=cluster_id, InstanceFleet=change)
    changed = emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"][1]
    assert (changed["TargetOnDemandCapacity"], changed["TargetSpotCapacity"]) == (2, 1)
    unknown = {"InstanceFleetId": "if-NOBODY", "TargetSpotCapacity": 1}
    says("'if-NOBODY' is not valid", emr.modify_instance_fleet, ClusterId=cluster_id, InstanceFleet=unknown)
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    says(ENDED, emr.modify_instance_fleet, ClusterId=cluster_id, InstanceFleet=change)


@proves("Cluster.instance_collection_type")
def a_cluster_says_whether_it_has_fleets_or_groups(services: Services, name: str) -> None:
    kinds = [
        described(services, made(services, f"{name}-{number}"))["InstanceCollectionType"]
        for number, made in enumerate((fleet_cluster, cluster))
    ]
    assert kinds == ["INSTANCE_FLEET", "INSTANCE_GROUP"]


@proves("Ec2InstanceAttributes.requested_ec2_subnet_ids")
def fleets_are_in_one_of_the_subnets_that_were_asked_for(services: Services, name: str) -> None:
    where = inside(services, name)
    first = where.pop("Ec2SubnetId")
    second = subnet(services, vpc(services))["SubnetId"]
    made = fleet_cluster(services, name, Ec2SubnetIds=[first, second], **where)
    about = described(services, made)["Ec2InstanceAttributes"]
    assert about["RequestedEc2SubnetIds"] == [first, second]
    assert about["Ec2SubnetId"] == first


@proves(
    "ElasticMapReduceResponse.create_persistent_app_ui",
    "ElasticMapReduceResponse.describe_persistent_app_ui",
    "ElasticMapReduceResponse.get_persistent_app_ui_presigned_url",
)
def the_history_of_a_cluster_has_an_address_also_after_its_end(services: Services, name: str) -> None:
    emr = services("emr")
    arn = described(services, terminated(services, name))["ClusterArn"]
    ui = emr.create_persistent_app_ui(TargetResourceArn=arn)["PersistentAppUIId"]
    assert emr.describe_persistent_app_ui(PersistentAppUIId=ui)["PersistentAppUI"]["PersistentAppUITypeList"] == ["SHS"]
    answer = emr.get_persistent_app_ui_presigned_url(PersistentAppUIId=ui, PersistentAppUIType="SHS")
    assert answer["PresignedURLReady"]
    assert answer["PresignedURL"].startswith(f"https://{ui.lower()}.")
    says("is not valid", emr.create_persistent_app_ui, TargetResourceArn=f"{arn}-other")
    for call in (emr.describe_persistent_app_ui, emr.get_persistent_app_ui_presigned_url):
        says("does not exist", call, PersistentAppUIId="p-OTHER")
