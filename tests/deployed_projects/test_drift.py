"""`mlproject drift`: no drift after a deployment, and every change by hand is named."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from mlproject.deployment import StackDrift, detect_drift, read_stacks
from tests.deployed_projects.platform import ENVIRONMENT, PROJECTS, DeployedPlatform, apply


def drifts(platform: DeployedPlatform, project: str = "flights", *kinds: str) -> list[StackDrift]:
    """The drift of a project's stacks of these kinds, or of all and of the network."""
    prefix = f"{ENVIRONMENT}/{project}/"
    stacks = [
        stack
        for stack in read_stacks(platform.root / "cdk.out")
        if (stack.path.startswith(prefix) and (not kinds or stack.path.removeprefix(prefix) in kinds))
        or (not kinds and stack.path == f"{ENVIRONMENT}/network")
    ]
    return list(detect_drift(stacks, platform.client))


def sentences(platform: DeployedPlatform, kind: str) -> list[str]:
    (found,) = drifts(platform, "flights", kind)
    assert (found.error, found.template) == ("", ())
    return list(found.live)


@pytest.mark.parametrize("project", PROJECTS)
def test_nothing_has_drifted_after_a_deployment(platform: DeployedPlatform, project: str) -> None:
    found = drifts(platform, project)
    assert len(found) == (6 if project == "flights" else 5)
    assert [each for each in found if each.has_drifted] == []
    # An unconfirmed subscription has no ARN, and SNS does not list policies.
    not_checked = [name for each in found for name in each.not_checked]
    assert len(not_checked) == (2 if project == "flights" else 0), not_checked


def test_a_lifecycle_that_was_changed_by_hand_is_named(platform: DeployedPlatform) -> None:
    s3, bucket = platform.client("s3"), "flights-dev-data-111111111111-eu-west-1"
    before = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    changed = copy.deepcopy(before)
    changed[0]["NoncurrentVersionExpiration"] = {"NoncurrentDays": 999}
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": changed})
    (sentence,) = sentences(platform, "storage")
    s3.delete_bucket_lifecycle(Bucket=bucket)
    (removed,) = sentences(platform, "storage")
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": before})
    assert f"(S3 Bucket {bucket}): LifecycleConfiguration.Rules contains [" in sentence
    assert f"(S3 Bucket {bucket}): LifecycleConfiguration is null, but the template sets {{" in removed
    assert sentences(platform, "storage") == []


def test_a_policy_of_a_role_that_was_widened_by_hand_is_named(platform: DeployedPlatform) -> None:
    iam, role = platform.client("iam"), "flights-dev-pipeline"
    (policy,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
    before = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    widened = copy.deepcopy(before)
    widened["Statement"].append({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(widened))
    found = sentences(platform, "pipeline")
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(before))
    assert len(found) == 1
    assert "(IAM " in found[0]
    assert "PolicyDocument.Statement" in found[0] or "Policies" in found[0]
    assert sentences(platform, "pipeline") == []


def test_a_rule_of_a_security_group_that_was_added_or_removed_by_hand_is_named(platform: DeployedPlatform) -> None:
    ec2 = platform.client("ec2")
    group, *_ = platform.physical_ids("flights-dev-notebooks", "AWS::EC2::SecurityGroup")
    (described,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    (https,) = (each for each in described["IpPermissionsEgress"] if each.get("FromPort") == 443 and each["IpRanges"])
    added = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[added])
    (more,) = sentences(platform, "notebooks")
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[added])
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[https])
    (fewer,) = sentences(platform, "notebooks")
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[https])
    assert f"(EC2 SecurityGroup {group}): SecurityGroupEgress contains [" in more
    assert '"FromPort": 22' in more
    assert f"(EC2 SecurityGroup {group}): SecurityGroupEgress lacks [" in fewer
    assert sentences(platform, "notebooks") == []

    # A rule that is a resource of its own, in the stack of the cluster.
    stack = platform.stack("flights", "emr")
    text = json.dumps(stack.template)
    name = next(each for each in stack.resources("AWS::EC2::SecurityGroupIngress") if text.count(each) == 1)
    rule = platform.client("cloudformation").describe_stack_resource(
        StackName="flights-dev-emr", LogicalResourceId=name
    )["StackResourceDetail"]["PhysicalResourceId"]
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"]
    permission = {
        "IpProtocol": found["IpProtocol"],
        "FromPort": found["FromPort"],
        "ToPort": found["ToPort"],
        "UserIdGroupPairs": [{"GroupId": found["ReferencedGroupInfo"]["GroupId"], "Description": found["Description"]}],
    }
    ec2.revoke_security_group_ingress(GroupId=found["GroupId"], IpPermissions=[permission])
    (deleted,) = sentences(platform, "emr")
    assert deleted == f"{name} (EC2 SecurityGroupIngress {rule}) was deleted"
    # The rule gets another id, as on AWS, so the stack is deployed anew for the other tests.
    without = copy.deepcopy(dict(stack.template))
    del without["Resources"][name]
    apply(platform, stack, without)
    apply(platform, stack, stack.template)
    assert sentences(platform, "emr") == []


def test_a_deleted_alarm_is_named_by_drift_and_by_smoke_and_the_report_for_gitlab_counts_it(
    platform: DeployedPlatform, tmp_path: Path
) -> None:
    cloudwatch = platform.client("cloudwatch")
    alarm, *_ = platform.physical_ids("flights-dev-operations", "AWS::CloudWatch::Alarm")
    cloudwatch.delete_alarms(AlarmNames=[alarm])
    report = tmp_path / "reports" / "drift.xml"
    done = platform.mlproject("drift", "flights", "-e", "dev", "--junit", str(report))
    smoke = platform.mlproject("smoke", "flights", "-e", "dev")
    as_json = platform.mlproject("drift", "digits", "-e", "dev", "--json")
    _restore(platform, alarm)

    assert done.returncode == 1, done.stderr
    assert f"(CloudWatch Alarm {alarm}) was deleted" in done.stdout
    assert "flights-dev-storage: no drift" in done.stdout
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314  (our own file)
    assert (suite.get("tests"), suite.get("failures")) == ("6", "1")
    (failed,) = (case.get("name") for case in suite if case.find("failure") is not None)
    assert failed == "flights-dev-operations"
    assert smoke.returncode == 1
    assert f"{alarm} does not exist, so nobody is notified" in smoke.stdout
    assert as_json.returncode == 0, as_json.stdout
    document = json.loads(as_json.stdout)
    assert document["ok"]
    assert {each["stack"] for each in document["stacks"]} == {
        "dev-network",
        *(f"digits-dev-{kind}" for kind in ("storage", "pipeline", "notebooks", "emr")),
    }


def _restore(platform: DeployedPlatform, alarm: str) -> None:
    """Deploy the stack without the alarm, which is gone already, and with it again."""
    stack = platform.stack("flights", "operations")
    resources = platform.client("cloudformation").describe_stack_resources(StackName="flights-dev-operations")
    (name,) = (each["LogicalResourceId"] for each in resources["StackResources"] if each["PhysicalResourceId"] == alarm)
    without: Any = json.loads(json.dumps(stack.template))
    del without["Resources"][name]
    for dashboard in stack.resources("AWS::CloudWatch::Dashboard"):
        del without["Resources"][dashboard]
    apply(platform, stack, without)
    apply(platform, stack, stack.template)
    assert sentences(platform, "operations") == []


def test_a_template_of_another_commit_is_named(platform: DeployedPlatform) -> None:
    stack = platform.stack("flights", "pipeline")
    other: Any = json.loads(json.dumps(stack.template))
    (pipeline,) = stack.resources("AWS::SageMaker::Pipeline")
    other["Resources"][pipeline]["Properties"]["ParallelismConfiguration"] = {"MaxParallelExecutionSteps": 7}
    other["Resources"]["Extra"] = {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": "/flights/extra", "Type": "String", "Value": "1"},
    }
    apply(platform, stack, other)
    (found,) = drifts(platform, "flights", "pipeline")
    apply(platform, stack, stack.template)
    assert found.template == tuple(
        sorted(
            [
                "Extra (SSM Parameter) is deployed, but not in the commit",
                f"{pipeline} (SageMaker Pipeline) differs between the commit and the deployed template",
            ]
        )
    )
    # The live resources are those of the deployed template.
    assert found.live == ()
    assert not drifts(platform, "flights", "pipeline")[0].has_drifted


def test_a_stack_that_is_not_deployed_or_busy_is_an_error_of_its_own(platform: DeployedPlatform) -> None:
    (stack,) = (each for each in read_stacks(platform.root / "cdk.out") if each.path == "dev/flights/storage")
    cloudformation = platform.client("cloudformation")
    failing = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "aws-reserved", "Type": "String", "Value": "1"}}
    cloudformation.create_stack(
        StackName="failed-stack", TemplateBody=json.dumps({"Resources": {"Failing": failing}}), DisableRollback=True
    )
    absent, failed = detect_drift(
        [
            type(stack)(**{**vars(stack), "name": "absent-dev-storage"}),
            type(stack)(**{**vars(stack), "name": "failed-stack"}),
        ],
        platform.client,
    )
    cloudformation.delete_stack(StackName="failed-stack")
    assert (absent.error, absent.has_drifted) == ("it is not deployed", True)
    assert failed.error.startswith("CloudFormation cannot check it: ")
    assert "CREATE_FAILED" in failed.error
