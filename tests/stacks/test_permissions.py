"""Least privilege of the roles in the templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import cfnlint
import pytest

from mlproject.aws_rules.emr import aws_buckets
from mlproject.aws_rules.partitions import partition_of
from mlproject.aws_rules.permissions import ANY_RESOURCE
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS, permissions_for
from mlproject.definition import Repository
from mlproject.definition.pipeline_resources import pipeline_resources
from mlproject.definition.resources.step_arns import RESOURCE_TYPES
from mlproject.errors import UserError
from tests.stacks.assembly import Stack, listed, statements
from tests.stacks.examples import OWNED, deployment

# Statements on all resources, with the reason why the resource cannot be narrower.
ON_EVERYTHING = {
    "DescribeNodes": "The Describe actions of EC2 have no resource-level permissions",
    "DescribeNetwork": "The Describe actions of EC2 have no resource-level permissions",
    "LogInToRegistry": "The login to ECR has no resource-level permissions",
    "CountFailures": "CloudWatch can restrict the action only by namespace, as the condition does",
    "PublishEndpointMetrics": "CloudWatch can restrict the action only by namespace, as the condition does",
    "PublishMetrics": "CloudWatch can restrict the action only by namespace, as the condition does",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICY_LIMIT = 10_240


def test_no_role_has_a_wildcard_action_or_a_managed_policy(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        for kind, statement in statements(stack):
            if kind == "AWS::IAM::Role":
                assert not [action for action in listed(statement["Action"]) if "*" in action]
        for role in stack.resources("AWS::IAM::Role").values():
            assert "ManagedPolicyArns" not in role["Properties"]


def test_wildcard_actions_stand_only_where_they_narrow_or_hand_over_to_iam(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        for kind, statement in statements(stack):
            if not any("*" in action for action in listed(statement["Action"])):
                continue
            if kind == "AWS::S3::BucketPolicy":
                assert statement["Effect"] == "Deny"
            elif kind == "AWS::EC2::VPCEndpoint":
                assert statement["Condition"]["StringEquals"]["aws:PrincipalAccount"]
            else:
                # AWS's own default: without it nobody could manage the key.
                assert (kind, statement["Action"]) == ("AWS::KMS::Key", "kms:*")
                assert statement["Principal"]["AWS"].endswith(":root")


def test_every_statement_of_a_role_on_everything_is_listed_with_its_reason(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        assert on_everything(stack) <= set(ON_EVERYTHING), stack.name


def test_no_reason_is_given_for_nothing(all_stacks: Mapping[str, Stack], serving_stacks: Mapping[str, Stack]) -> None:
    assert set().union(*map(on_everything, (*all_stacks.values(), *serving_stacks.values()))) == set(ON_EVERYTHING)


def on_everything(stack: Stack) -> set[str]:
    """The names of the roles' statements that are about every resource."""
    return {
        statement["Sid"]
        for kind, statement in statements(stack)
        if kind == "AWS::IAM::Role" and "*" in listed(statement.get("Resource", []))
    }


def test_no_policy_opens_anything_to_everyone(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        partition = partition_of(stack.region)
        for kind, statement in statements(stack):
            if statement["Effect"] == "Allow" and "*" in json.dumps(statement.get("Principal", "")):
                assert kind == "AWS::EC2::VPCEndpoint"
                if "Condition" in statement:
                    assert "aws:PrincipalAccount" in statement["Condition"]["StringEquals"]
                else:
                    # One action on each of the buckets of AWS's own without which no EMR node starts.
                    assert (statement["Action"], statement["Resource"]) in {
                        (bucket.action, f"arn:{partition}:s3:::{bucket.name}/*") for bucket in aws_buckets(stack.region)
                    }


def test_every_role_is_trusted_for_one_service_in_its_own_account(all_stacks: Mapping[str, Stack]) -> None:
    services = set()
    for stack in all_stacks.values():
        for role in stack.resources("AWS::IAM::Role").values():
            (trust,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
            if role["Properties"].get("RoleName", "").endswith("-promotion"):
                # People and CI jobs assume it, if the policies of their account allow it.
                assert trust["Principal"] == {"AWS": f"arn:aws:iam::{stack.account}:root"}
                continue
            service = trust["Principal"]["Service"]
            services.add(service)
            unlimited = {"ec2.amazonaws.com", "emr-serverless.amazonaws.com"}
            if service in unlimited or role["Properties"].get("RoleName", "").endswith("-notebooks"):
                # EC2 names no account. AWS does not say that EMR Serverless does, or SageMaker for notebook instances.
                assert "Condition" not in trust
            else:
                condition = dict(trust["Condition"]["StringEquals"])
                # Scheduler says for which group it asks; tests/stacks/test_operations.py looks at it.
                assert ("aws:SourceArn" in condition) is (service == "scheduler.amazonaws.com")
                condition.pop("aws:SourceArn", None)
                assert condition == {"aws:SourceAccount": stack.account}
                assert set(trust["Condition"]) == {"StringEquals"}
    assert services <= {
        "ec2.amazonaws.com",
        "elasticmapreduce.amazonaws.com",
        "emr-serverless.amazonaws.com",
        "events.amazonaws.com",
        "sagemaker.amazonaws.com",
        "scheduler.amazonaws.com",
        "vpc-flow-logs.amazonaws.com",
    }


def test_rule_5_the_pipelines_role_passes_only_itself_and_only_to_sagemaker(stacks: Mapping[str, Stack]) -> None:
    (passing,) = (s for _, s in statements(stacks["prod/flights/pipeline"]) if "iam:PassRole" in listed(s["Action"]))
    assert passing["Resource"] == ["arn:aws:iam::333333333333:role/flights-prod-pipeline"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_rule_5_the_roles_path_is_part_of_what_it_passes(example_stacks: Mapping[str, Stack]) -> None:
    (passing,) = (s for _, s in statements(example_stacks["owned/alpha/pipeline"]) if s.get("Sid") == "PassItself")
    assert passing["Resource"] == ["arn:aws:iam::444444444444:role/machine-learning/alpha-owned-pipeline"]


def test_rule_5_the_role_may_do_what_the_jobs_of_the_pipeline_need(stacks: Mapping[str, Stack]) -> None:
    on = {
        action: listed(statement["Resource"])
        for _, statement in statements(stacks["prod/flights/pipeline"])
        if "Resource" in statement
        for action in listed(statement["Action"])
    }
    account = "eu-west-1:333333333333"
    assert on["sagemaker:CreateTrainingJob"] == [f"arn:aws:sagemaker:{account}:training-job/pipelines-*"]
    assert on["sagemaker:CreateProcessingJob"] == [f"arn:aws:sagemaker:{account}:processing-job/pipelines-*"]
    assert on["ecr:BatchGetImage"] == [
        "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-scikit-learn",
        "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-xgboost",
    ]
    assert on["kms:CreateGrant"] == [{"Ref": "KeyArn"}]
    assert "sagemaker:AddTags" in on
    assert "ec2:CreateNetworkInterfacePermission" in on
    assert "sagemaker:CreateTransformJob" not in on
    assert "sagemaker:CreateModel" not in on


def test_the_role_creates_network_interfaces_in_its_own_subnets_and_group_only(stacks: Mapping[str, Stack]) -> None:
    (creating,) = (
        s for _, s in statements(stacks["prod/flights/pipeline"]) if s.get("Sid") == "CreateNetworkInterface"
    )
    text = json.dumps(creating["Resource"])
    assert text.count(":subnet/") == 2
    assert "subnet/*" not in text
    assert text.count(":security-group/") == 1
    assert "security-group/*" not in text


def test_the_role_touches_only_its_pipelines_part_of_the_buckets(stacks: Mapping[str, Stack]) -> None:
    reachable = {
        resource.split(":::")[1]
        for _, statement in statements(stacks["dev/flights/pipeline"])
        for resource in listed(statement.get("Resource", []))
        if isinstance(resource, str) and ":s3:::flights" in resource and "/" in resource
    }
    assert reachable == {
        "flights-dev-data-111111111111-eu-west-1/raw/*",
        "flights-dev-artifacts-111111111111-eu-west-1/flight_delays/*",
    }


def test_one_projects_policies_name_nothing_of_another(example_stacks: Mapping[str, Stack]) -> None:
    for name, stack in example_stacks.items():
        if "/alpha/" in name:
            assert "beta" not in json.dumps(stack.template)


def test_the_policy_of_the_longest_names_fits_into_a_role(example_stacks: Mapping[str, Stack]) -> None:
    (role,) = example_stacks["owned/alpha/pipeline"].resources("AWS::IAM::Role").values()
    (policy,) = role["Properties"]["Policies"]
    text = json.dumps(policy["PolicyDocument"], separators=(",", ":"))
    longest = deployment("a" * 24, OWNED).names.bucket("artifacts")
    growth = text.count("alpha-owned") * (len(longest.split("-owned")[0]) - len("alpha"))
    assert len(text) + growth < INLINE_POLICY_LIMIT


def test_every_action_of_the_table_exists_and_is_given_on_a_resource_where_aws_knows_one() -> None:
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    services = json.loads(path.read_text())
    for permission in {row.sid: row for rows in STEP_PERMISSIONS.values() for row in rows}.values():
        for action in permission.actions:
            service, name = action.split(":")
            known = services[service]["Actions"][name.lower()]
            if permission.resource_types in {(ANY_RESOURCE,), ("any new cluster",), ("any new application",)}:
                # CloudWatch's resource is a dataset of another feature; metrics have none. A cluster that is tagged at
                # its creation has no id yet.
                excepted = {"cloudwatch:PutMetricData", "elasticmapreduce:AddTags"}
                assert not known.get("Resources") or action in excepted, action


def test_rows_with_the_same_name_are_the_same_row() -> None:
    rows: dict[str, object] = {}
    for permissions in STEP_PERMISSIONS.values():
        for permission in permissions:
            assert rows.setdefault(permission.sid, permission) == permission


@pytest.mark.parametrize("step_type", ["Condition", "Fail"])
def test_a_step_that_starts_nothing_needs_no_permission(step_type: str) -> None:
    assert permissions_for([step_type]) == ()


def test_a_tuning_job_needs_what_its_training_jobs_need_and_its_own_actions() -> None:
    tuning, training = (
        {action for permission in permissions_for([kind]) for action in permission.actions}
        for kind in ("Tuning", "Training")
    )
    assert {action.partition(":")[2] for action in tuning - training} == {
        "CreateHyperParameterTuningJob",
        "DescribeHyperParameterTuningJob",
        "ListTrainingJobsForHyperParameterTuningJob",
        "StopHyperParameterTuningJob",
    }


def test_a_step_type_whose_permissions_are_unknown_is_refused_in_words() -> None:
    with pytest.raises(UserError, match=r"steps of type Athena need are unknown, .* to STEP_PERMISSIONS"):
        permissions_for(["Training", "Athena"])


def test_the_role_may_pull_a_teams_own_image_from_its_account_and_region() -> None:
    resources = pipeline_resources(
        deployment("alpha", OWNED),
        folder="flight_delays",
        step_types={"Training"},
        step_arns=dict.fromkeys(RESOURCE_TYPES, ()),
        partition="aws",
        image_repositories=[Repository(account="999988887777", region="us-east-1", name="team/training")],
        key_arn="key",
        security_group_id="sg-1",
        subnet_ids=["subnet-1"],
        code_bucket="code",
        code_keys=["a.tar.gz"],
    )
    assert resources["images"] == ["arn:aws:ecr:us-east-1:999988887777:repository/team/training"]
