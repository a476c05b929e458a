"""EMR clusters under CloudFormation: those that end by themselves, that are protected, that cannot start."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from tests.embedded_aws.moto_server import REGION
from tests.embedded_aws.resources.cases_emr import NETWORK, PROFILE, RULES, group, role
from tests.embedded_aws.resources.harness import FAILING, SUBJECT, Driver

ENDED = "A job flow that is shutting down, terminated, or finished may not be modified."
NODES: dict[str, Any] = {"RoleOne": role("contract-node-one", "ec2.amazonaws.com"), **PROFILE}
SCALING: dict[str, Any] = {"Constraints": {"MinCapacity": 1, "MaxCapacity": 2}, "Rules": []}
GROUPS = {
    "EmrManagedMasterSecurityGroup": {"Ref": "Primary"},
    "EmrManagedSlaveSecurityGroup": {"Ref": "Core"},
    "ServiceAccessSecurityGroup": {"Ref": "Service"},
}


def stack(*, generation: int = 1, instances: dict[str, Any] | None = None, **properties: Any) -> dict[str, Any]:
    """A cluster in no network of ours, which is quick to make."""
    cluster = {
        "Name": f"contract-{generation}",
        "ReleaseLabel": "emr-7.13.0",
        "JobFlowRole": {"Ref": "Profile"},
        "ServiceRole": "contract-service",
        "Instances": {
            "MasterInstanceGroup": group("primary", 1),
            "CoreInstanceGroup": group("core", 1),
            **(instances or {}),
        },
        **properties,
    }
    return {**NODES, SUBJECT: {"Type": "AWS::EMR::Cluster", "Properties": cluster}}


def private_stack(*, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """A cluster in a private subnet, made after the rules of its groups as our EMR stack makes it."""
    inside = {"Ec2SubnetId": {"Ref": "SubnetOne"}, **GROUPS}
    network = {name: each for name, each in NETWORK.items() if name not in without}
    made = {**network, **stack(instances=inside)}
    made[SUBJECT]["DependsOn"] = sorted({*RULES} - without)
    return made


def state(driver: Driver, cluster_id: str) -> str:
    about: str = driver.services("emr").describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"]
    return about


def created(driver: Driver, **given: Any) -> str:
    """A stack with a cluster; the cluster's id."""
    assert driver.apply(stack(**given)) == "CREATE_COMPLETE", driver.reasons()
    return driver.subject.physical_id


def ended(driver: Driver, **given: Any) -> str:
    """The same, terminated as auto-termination does it: behind CloudFormation's back."""
    cluster_id = created(driver, **given)
    driver.services("emr").terminate_job_flows(JobFlowIds=[cluster_id])
    assert state(driver, cluster_id) == "TERMINATED"
    return cluster_id


def test_cloudformation_does_not_notice_that_a_cluster_has_ended(driver: Driver) -> None:
    cluster_id = ended(driver)
    assert driver.subject.status == "CREATE_COMPLETE"
    with pytest.raises(CloudFormationError, match="No updates are to be performed"):
        driver.apply(stack())
    assert driver.subject.physical_id == cluster_id


@pytest.mark.parametrize(
    "change",
    [
        {"Tags": [{"Key": "a", "Value": "1"}]},
        {"AutoTerminationPolicy": {"IdleTimeout": 3600}},
        {"StepConcurrencyLevel": 2},
        {"instances": {"TerminationProtected": True}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_a_cluster_that_has_ended_fails_and_cannot_be_rolled_back(
    change: dict[str, Any], driver: Driver
) -> None:
    """As on AWS: the change meets a dead cluster, and so does the way back; skipping the cluster ends it."""
    cluster_id = ended(driver)
    assert driver.apply(stack(**change)) == "UPDATE_ROLLBACK_FAILED"
    assert [reason.split(":")[0] for reason in driver.reasons()] == [
        "Subject UPDATE_FAILED",
        "Subject UPDATE_FAILED",
        "contract UPDATE_ROLLBACK_FAILED",
    ]
    assert all(ENDED in reason for reason in driver.reasons()[:2])
    rolled_back = driver.engine.start_rollback("contract", skipped=[SUBJECT])
    rolled_back.idle.wait()
    assert rolled_back.status == "UPDATE_ROLLBACK_COMPLETE"
    assert driver.apply(stack(generation=2)) == "UPDATE_COMPLETE", driver.reasons()
    assert state(driver, driver.subject.physical_id) == "WAITING"
    assert driver.subject.physical_id != cluster_id


def test_a_core_group_of_a_cluster_that_has_ended_is_not_resized(driver: Driver) -> None:
    ended(driver)
    more = {"CoreInstanceGroup": group("core", 2)}
    assert driver.apply(stack(instances=more)) == "UPDATE_ROLLBACK_FAILED"
    assert any("only be modified when the cluster is running or waiting" in reason for reason in driver.reasons())


def test_another_generation_brings_a_cluster_back_whatever_else_changes(driver: Driver) -> None:
    cluster_id = ended(driver)
    again = stack(generation=2, Tags=[{"Key": "a", "Value": "1"}], AutoTerminationPolicy={"IdleTimeout": 60})
    assert driver.apply(again) == "UPDATE_COMPLETE", driver.reasons()
    assert driver.reasons() == []
    assert driver.subject.physical_id != cluster_id
    assert state(driver, driver.subject.physical_id) == "WAITING"


def test_a_failing_deploy_brings_back_the_generation_that_runs(driver: Driver) -> None:
    cluster_id = created(driver)
    assert driver.apply({**stack(generation=2), "Failing": FAILING}) == "UPDATE_ROLLBACK_COMPLETE"
    assert driver.subject.physical_id == cluster_id
    assert state(driver, cluster_id) == "WAITING"
    living = driver.services("emr").list_clusters(ClusterStates=["WAITING"])["Clusters"]
    assert [each["Id"] for each in living] == [cluster_id]


def test_a_stack_whose_cluster_has_ended_is_deleted(driver: Driver) -> None:
    ended(driver)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def test_a_protected_cluster_is_not_deleted(driver: Driver) -> None:
    cluster_id = created(driver, instances={"TerminationProtected": True})
    assert driver.delete() == "DELETE_FAILED"
    assert any("since they are termination protected" in reason for reason in driver.reasons())
    assert state(driver, cluster_id) == "WAITING"
    driver.services("emr").set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()


def test_a_protected_cluster_survives_its_replacement_and_no_stack_knows_it(driver: Driver) -> None:
    """A failed deletion after a replacement fails no update.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
    """
    protected = {"TerminationProtected": True}
    cluster_id = created(driver, instances=protected)
    assert driver.apply(stack(generation=2, instances=protected)) == "UPDATE_COMPLETE"
    assert any("since they are termination protected" in reason for reason in driver.reasons())
    assert driver.subject.physical_id != cluster_id
    assert state(driver, cluster_id) == "WAITING"


def test_a_cluster_that_cannot_start_fails_in_emrs_words(driver: Driver) -> None:
    assert driver.apply(private_stack(without=frozenset({"ServiceFromPrimary"}))) == "ROLLBACK_COMPLETE"
    words = "ServiceAccessSecurityGroup is missing ingress rule from EmrManagedMasterSecurityGroup on port 9443"
    assert any(words in reason for reason in driver.reasons())


def test_a_cluster_is_made_after_its_instance_profile_only(driver: Driver) -> None:
    """A name instead of a Ref and no DependsOn: CloudFormation does not wait for the profile.

    https://github.com/aws/aws-cdk/issues/16274
    """
    early = stack(JobFlowRole="contract-other-profile")
    assert driver.apply(early) == "ROLLBACK_COMPLETE"
    assert any("Invalid InstanceProfile: contract-other-profile." in reason for reason in driver.reasons())


def test_rules_that_emr_adds_by_itself_keep_the_groups_from_being_deleted(driver: Driver) -> None:
    """Why our EMR stack writes all of them down.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-man-sec-groups.html
    """
    forgotten = frozenset({"CoreFromPrimaryTcp", "PrimaryFromCoreTcp"})
    assert driver.apply(private_stack(without=forgotten)) == "CREATE_COMPLETE", driver.reasons()
    assert driver.delete() == "DELETE_FAILED"
    failed = {reason.split(" ")[0] for reason in driver.reasons() if "DependencyViolation" in reason}
    assert failed & {"Primary", "Core"}


def test_the_primary_nodes_address_is_its_private_name(driver: Driver) -> None:
    template = {
        "Resources": private_stack(),
        "Outputs": {"Dns": {"Value": {"Fn::GetAtt": [SUBJECT, "MasterPublicDNS"]}}},
    }
    made = driver.engine.create("contract", template)
    assert made.status == "CREATE_COMPLETE", driver.reasons()
    node = driver.services("emr").list_instances(ClusterId=driver.subject.physical_id, InstanceGroupTypes=["MASTER"])[
        "Instances"
    ][0]
    dashed = node["PrivateIpAddress"].replace(".", "-")
    assert [output.value for output in made.outputs] == [f"ip-{dashed}.{REGION}.compute.internal"]
    assert node["PrivateIpAddress"].startswith("10.1.1.")


@pytest.mark.parametrize(
    ("properties", "named"),
    [
        (
            {"Steps": [{"Name": "a", "HadoopJarStep": {"Jar": "a.jar", "MainClass": "A"}}]},
            "Steps.HadoopJarStep.MainClass",
        ),
        (
            {"instances": {"MasterInstanceFleet": {"ResizeSpecifications": {}}}},
            "Instances.MasterInstanceFleet.ResizeSpecifications",
        ),
        (
            {"instances": {"CoreInstanceGroup": {**group("core", 1), "AutoScalingPolicy": SCALING}}},
            "Instances.CoreInstanceGroup.AutoScalingPolicy",
        ),
    ],
)
def test_what_is_not_applied_is_refused_by_name(properties: dict[str, Any], named: str, driver: Driver) -> None:
    with pytest.raises(CloudFormationError) as refusal:
        driver.apply(stack(**properties))
    assert named in str(refusal.value)
