"""The notebooks stack: instances, role, user policies, retention and fixed properties."""

from __future__ import annotations

import hashlib
import io
import json
import re
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import botocore.session
import cfnlint
import pytest

from embedded_aws.resource_rules import changed_paths, resource_rules
from mlproject.aws_rules.network_requirements import interfaces
from mlproject.aws_rules.notebook_permissions import (
    OPEN_ACTIONS,
    START_ACTIONS,
    START_DESCRIBE_ACTIONS,
    notebook_permissions,
)
from mlproject.aws_rules.permissions import ANY_RESOURCE
from mlproject.aws_rules.step_permissions import permissions_for
from mlproject.errors import UserError
from mlproject.node_scripts import SCRIPT_LIMIT, lifecycle_script, notebook_files, notebook_settings, tools_archive
from mlproject.parameters import Deployment, ExistingData, Notebook
from tests.stacks.assembly import Stack, listed, stacks_of
from tests.stacks.examples import EXISTING, EXPLORE, LARGE, LENT, OWNED, PLATFORM, REVIEW, ROOT, SCRATCH, deployment
from tests.stacks.notebook_tools import deployed_tools

INSTANCE = "AWS::SageMaker::NotebookInstance"
SCRIPTS = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
REPOSITORY = "AWS::SageMaker::CodeRepository"
POLICY = "AWS::IAM::ManagedPolicy"
ROLE = "AWS::IAM::Role"
GROUP = "AWS::EC2::SecurityGroup"
SECRET = "arn:aws:secretsmanager:us-east-1:444444444444:secret:sagemaker-git-a1B2c3"


@pytest.fixture
def owned(example_stacks: Mapping[str, Stack]) -> Stack:
    """Two notebooks with all options, in a new network."""
    return example_stacks["owned/alpha/notebooks"]


@pytest.fixture
def lent(example_stacks: Mapping[str, Stack]) -> Stack:
    """Two notebooks in an imported network, one of them without users."""
    return example_stacks["lent/alpha/notebooks"]


def properties(stack: Stack, kind: str, name: str, key: str) -> dict[str, Any]:
    """Return the properties of the only resource of a type with this name."""
    found: list[dict[str, Any]] = [
        resource["Properties"] for resource in stack.resources(kind).values() if resource["Properties"].get(key) == name
    ]
    (only,) = found
    return only


def instance(stack: Stack, name: str) -> dict[str, Any]:
    return properties(stack, INSTANCE, name, "NotebookInstanceName")


def policy(stack: Stack, name: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a user policy, by sid."""
    document = properties(stack, POLICY, name, "ManagedPolicyName")["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def role_statements(stack: Stack) -> dict[str, dict[str, Any]]:
    (inline,) = stack.only(ROLE)["Policies"]
    return {statement["Sid"]: statement for statement in inline["PolicyDocument"]["Statement"]}


def deployments() -> Mapping[str, Deployment]:
    return {each.names.path: each for each in PLATFORM.deployments()}


def test_a_project_has_as_many_instances_as_notebooks_and_without_one_no_stack(
    example_stacks: Mapping[str, Stack],
) -> None:
    for path, each in deployments().items():
        stack = example_stacks.get(f"{path}/notebooks")
        found = (
            {r["Properties"]["NotebookInstanceName"] for r in stack.resources(INSTANCE).values()} if stack else set()
        )
        assert found == {each.names.notebook(notebook.name) for notebook in each.notebooks}
    assert "joined/alpha/notebooks" not in example_stacks


def test_an_instance_is_what_its_parameters_say_and_closed(owned: Stack) -> None:
    (group,) = owned.resources(GROUP)
    (role,) = owned.resources(ROLE)
    found = instance(owned, "alpha-owned-explore")
    assert {name: value for name, value in found.items() if name not in ("LifecycleConfigName", "Tags")} == {
        "NotebookInstanceName": "alpha-owned-explore",
        "InstanceType": "ml.m5.xlarge",
        "VolumeSizeInGB": 50,
        "PlatformIdentifier": "notebook-al2023-v1",
        "DirectInternetAccess": "Disabled",
        "RootAccess": "Disabled",
        "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
        "KmsKeyId": {"Ref": "KeyArn"},
        "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
        "SecurityGroupIds": [{"Fn::GetAtt": [group, "GroupId"]}],
        "SubnetId": {"Fn::Select": [0, {"Ref": "NetworkSubnetIdsF7009138"}]},
    }
    assert owned.template["Parameters"]["KeyArn"]["Default"] == "/mlproject/owned/alpha/key-arn"


def test_an_imported_network_is_named_by_its_ids(lent: Stack) -> None:
    assert instance(lent, "alpha-lent-explore")["SubnetId"] == "subnet-0dddddddddddddddd"
    assert lent.only(GROUP)["VpcId"] == "vpc-0fedcba9876543210"
    # A subnet that somebody shares belongs to another account.
    assert "arn:aws:ec2:eu-west-1:*:subnet/subnet-0dddddddddddddddd" in json.dumps(lent.only(ROLE))


def test_the_security_group_lets_nothing_in_and_https_out_and_tells_its_id(owned: Stack, lent: Stack) -> None:
    for stack in (owned, lent):
        (group,) = stack.resources(GROUP)
        assert not stack.resources("AWS::EC2::SecurityGroupIngress")
        rules = stack.only(GROUP)
        assert "SecurityGroupIngress" not in rules
        (out,) = rules["SecurityGroupEgress"]
        assert (out["IpProtocol"], out["FromPort"], out["ToPort"]) == ("tcp", 443, 443)
        assert stack.only("AWS::SSM::Parameter")["Value"] == {"Fn::GetAtt": [group, "GroupId"]}
    assert owned.only("AWS::SSM::Parameter")["Name"] == "/mlproject/owned/alpha/notebook-security-group"


def test_every_instance_runs_its_own_scripts_whole(example_stacks: Mapping[str, Stack]) -> None:
    compared = 0
    for path, each in deployments().items():
        for notebook in each.notebooks:
            stack = example_stacks[f"{path}/notebooks"]
            # By Fn::GetAtt: Ref would be the ARN.
            config, attribute = instance(stack, each.names.notebook(notebook.name))["LifecycleConfigName"]["Fn::GetAtt"]
            assert attribute == "NotebookInstanceLifecycleConfigName"
            scripts = stack.resources(SCRIPTS)[config]["Properties"]
            settings = notebook_settings(each, notebook, tools=deployed_tools(stack))
            assert scripts["OnCreate"] == [{"Content": {"Fn::Base64": lifecycle_script("on_create", settings)}}]
            assert scripts["OnStart"] == [{"Content": {"Fn::Base64": lifecycle_script("on_start", settings)}}]
            compared += 1
    assert compared == 7


def test_the_tools_are_an_asset_with_the_hash_that_the_instances_verify(owned: Stack) -> None:
    tools = deployed_tools(owned)
    bucket, _, key = tools.uri.removeprefix("s3://").partition("/")
    (asset,) = (file for file in owned.files.values() if file["displayName"].startswith("Tools/"))
    (target,) = asset["destinations"].values()
    assert (target["bucketName"], target["objectKey"]) == (bucket, key)
    packed = (owned.template_file.parent / asset["source"]["path"]).read_bytes()
    given = deployment("alpha", OWNED, notebooks=(EXPLORE, REVIEW), emr=LARGE)
    assert packed == tools_archive(notebook_files(given))
    assert hashlib.sha256(packed).hexdigest() == tools.sha256
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        assert {"start.sh", "libraries.sh", "work.sh", "sparkmagic.py"} <= set(archive.getnames())
    assert role_statements(owned)["ReadTools"]["Resource"] == [f"arn:aws:s3:::{bucket}/{key}"]


def test_a_private_repository_comes_with_its_secret_which_the_role_reads_and_no_other(
    owned: Stack, lent: Stack
) -> None:
    assert owned.only(REPOSITORY)["GitConfig"] == {
        "RepositoryUrl": "https://git.example.com/alpha/notebooks.git",
        "Branch": "main",
        "SecretArn": SECRET,
    }
    (name,) = owned.resources(REPOSITORY)
    wanted = {"Fn::GetAtt": [name, "CodeRepositoryName"]}
    assert instance(owned, "alpha-owned-review")["DefaultCodeRepository"] == wanted
    assert role_statements(owned)["ReadGitSecrets"]["Resource"] == [SECRET]
    # A public one has none, and a notebook without one has neither.
    assert lent.only(REPOSITORY)["GitConfig"] == {"RepositoryUrl": "https://git.example.com/public/examples.git"}
    assert "secretsmanager" not in json.dumps(lent.template)
    assert "DefaultCodeRepository" not in instance(owned, "alpha-owned-explore")


def test_the_role_may_do_this_and_nothing_else(stacks: Mapping[str, Stack]) -> None:
    stack = stacks["prod/flights/notebooks"]
    (group,) = stack.resources(GROUP)
    here, s3 = "eu-west-1:333333333333", "arn:aws:s3:::flights-prod"
    data, artifacts = f"{s3}-data-333333333333-eu-west-1", f"{s3}-artifacts-333333333333-eu-west-1"
    interfaces_arn = f"arn:aws:ec2:{here}:network-interface/*"
    group_arn = {"Fn::Join": ["", [f"arn:aws:ec2:{here}:security-group/", {"Fn::GetAtt": [group, "GroupId"]}]]}
    subnet = {"Fn::Select": [0, {"Ref": "NetworkSubnetIdsF7009138"}]}
    logs = f"arn:aws:logs:{here}:log-group:/aws/sagemaker/NotebookInstances"
    pipeline = f"arn:aws:sagemaker:{here}:pipeline/flights-prod"
    notebook = f"arn:aws:sagemaker:{here}:notebook-instance/flights-prod-explore"
    key = {"Ref": "KeyArn"}
    tools = deployed_tools(stack).uri.replace("s3://", "arn:aws:s3:::")
    wanted: dict[str, list[Any]] = {
        "ec2:DescribeDhcpOptions": ["*"],
        "ec2:DescribeNetworkInterfaces": ["*"],
        "ec2:DescribeSecurityGroups": ["*"],
        "ec2:DescribeSubnets": ["*"],
        "ec2:DescribeVpcs": ["*"],
        "ec2:CreateNetworkInterface": [
            interfaces_arn,
            group_arn,
            {"Fn::Join": ["", [f"arn:aws:ec2:{here}:subnet/", subnet]]},
        ],
        "ec2:CreateNetworkInterfacePermission": [interfaces_arn],
        "ec2:DeleteNetworkInterface": [interfaces_arn],
        "ec2:DeleteNetworkInterfacePermission": [interfaces_arn],
        "kms:CreateGrant": [key],
        "kms:Decrypt": [key],
        "kms:DescribeKey": [key],
        "kms:GenerateDataKey": [key],
        "s3:GetObject": [f"{data}/*", f"{artifacts}/*", tools],
        "s3:GetObjectVersion": [f"{data}/*"],
        "s3:ListBucketVersions": [data],
        "s3:AbortMultipartUpload": [f"{data}/*"],
        "s3:PutObject": [f"{data}/*"],
        "s3:GetBucketLocation": [data, artifacts],
        "s3:ListBucket": [data, artifacts],
        "sagemaker:DescribePipeline": [pipeline],
        "sagemaker:ListPipelineExecutions": [pipeline],
        "sagemaker:StartPipelineExecution": [pipeline],
        "sagemaker:DescribePipelineExecution": [f"{pipeline}/execution/*"],
        "sagemaker:ListPipelineExecutionSteps": [f"{pipeline}/execution/*"],
        "sagemaker:ListPipelineParametersForExecution": [f"{pipeline}/execution/*"],
        "sagemaker:StopPipelineExecution": [f"{pipeline}/execution/*"],
        "sagemaker:StopNotebookInstance": [notebook],
        "logs:CreateLogGroup": [logs, f"{logs}:log-stream:"],
        "logs:DescribeLogStreams": [logs, f"{logs}:log-stream:"],
        "logs:CreateLogStream": [f"{logs}:log-stream:flights-prod-explore/*"],
        "logs:PutLogEvents": [f"{logs}:log-stream:flights-prod-explore/*"],
        "cloudwatch:PutMetricData": ["*"],
    }
    statements = role_statements(stack)
    allowed: dict[str, list[Any]] = {}
    for statement in statements.values():
        for action in statement["Action"]:
            allowed.setdefault(action, []).extend(statement["Resource"])
    assert allowed == wanted
    assert {sid: s["Condition"] for sid, s in statements.items() if "Condition" in s} == {
        "EncryptVolumes": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        "CountFailures": {"StringEquals": {"cloudwatch:namespace": "mlproject/flights-prod"}},
    }
    assert stack.only(ROLE)["RoleName"] == "flights-prod-notebooks"


def test_only_a_project_with_a_cluster_asks_where_it_is(stacks: Mapping[str, Stack]) -> None:
    assert role_statements(stacks["dev/flights/notebooks"])["FindSpark"]["Resource"] == [
        "arn:aws:ssm:eu-west-1:111111111111:parameter/mlproject/dev/flights/livy-address"
    ]
    assert "FindSpark" not in role_statements(stacks["prod/flights/notebooks"])


def test_the_network_rows_ask_what_the_pipelines_rows_ask() -> None:
    def actions(rows: Any) -> set[str]:
        return {action for row in rows for action in row.actions if action.startswith("ec2:")}

    assert actions(notebook_permissions(git_secrets=True, pipeline=True, cluster=True, application=True)) == actions(
        permissions_for(["Processing"])
    )


def test_existing_data_is_readable_from_notebooks_too(before_and_after: tuple[Stack, Stack]) -> None:
    before, after = (role_statements(stack) for stack in before_and_after)
    more = existing_data_sids(EXISTING)
    assert set(after) - set(before) == more
    assert {bucket.name for bucket in EXISTING.buckets} <= set(re.findall(r":::([^/*]+)", json.dumps(after)))


def existing_data_sids(data: ExistingData) -> set[str]:
    """Return the sids of the statements for existing data, which another test verifies."""
    from mlproject.aws_rules.existing_data import existing_data_grants

    given = deployment("alpha", OWNED, existing_data=data)
    return {grant.sid for grant in existing_data_grants(given, partition="aws")}


def test_every_action_exists_and_is_given_on_a_resource_where_aws_knows_one() -> None:
    path = Path(cfnlint.__file__).parent / "data" / "AdditionalSpecs" / "Policies.json"
    services = json.loads(path.read_text())

    def known(action: str) -> dict[str, Any]:
        service, name = action.split(":")
        found: dict[str, Any] = services[service]["Actions"][name.lower()]
        return found

    for row in notebook_permissions(git_secrets=True, pipeline=True, cluster=True, application=True):
        for action in row.actions:
            # CloudWatch's resource is a dataset of another feature; metrics have none.
            on_resource = bool(known(action).get("Resources")) and action != "cloudwatch:PutMetricData"
            assert on_resource != (row.resource_types == (ANY_RESOURCE,)), action
    on_resources = {action for actions in START_ACTIONS.values() for action in actions} | set(OPEN_ACTIONS)
    assert all(known(action)["Resources"] for action in on_resources)
    assert not any(known(action).get("Resources") for action in START_DESCRIBE_ACTIONS)


def test_a_notebook_is_opened_by_its_users_only_as_iam_user_or_as_session(owned: Stack) -> None:
    found = policy(owned, "alpha-owned-open-review")
    notebook = "arn:aws:sagemaker:us-east-1:444444444444:notebook-instance/alpha-owned-review"
    assert list(found) == ["OpenAsUser", "OpenAsSession", "StartAsUser", "StartAsSession", "DescribeNetwork"]
    for sid, who in (
        ("OpenAsUser", {"StringEquals": {"aws:username": ["cris@example.com"]}}),
        ("OpenAsSession", {"StringLike": {"aws:userid": ["*:cris@example.com"]}}),
    ):
        assert found[sid] == {
            "Sid": sid,
            "Effect": "Allow",
            "Action": list(OPEN_ACTIONS),
            "Resource": [notebook],
            "Condition": who,
        }


def test_starting_needs_what_aws_asks_of_the_caller_on_this_notebooks_parts_only(owned: Stack) -> None:
    found = policy(owned, "alpha-owned-open-review")
    (group,) = owned.resources(GROUP)
    for sid, who in (("StartAsUser", "StringEquals"), ("StartAsSession", "StringLike")):
        assert set(found[sid]["Action"]) == {
            "iam:PassRole",
            "kms:CreateGrant",
            "kms:DescribeKey",
            "ec2:CreateNetworkInterface",
            "secretsmanager:GetSecretValue",
        }
        text = json.dumps(found[sid]["Resource"])
        for part in (
            "role/machine-learning/alpha-owned-notebooks",
            '{"Ref": "KeyArn"}',
            SECRET,
            f'["{group}", "GroupId"]',
        ):
            assert part in text
        assert len(found[sid]["Resource"]) == 6
        condition = found[sid]["Condition"]
        assert condition["StringEqualsIfExists"] == {"iam:PassedToService": "sagemaker.amazonaws.com"}
        assert condition["BoolIfExists"] == {"kms:GrantIsForAWSResource": "true"}
        opening = found[sid.replace("Start", "Open")]["Condition"][who]
        assert next(iter(condition[who].values())) == next(iter(opening.values()))
    # The other notebook has no repository.
    assert "secretsmanager:GetSecretValue" not in policy(owned, "alpha-owned-open-explore")["StartAsUser"]["Action"]


def test_one_for_the_network_only_is_opened_from_its_vpc_and_started_by_sagemaker_itself(
    owned: Stack, lent: Stack
) -> None:
    for stack, name, vpc in (
        (owned, "alpha-owned-open-explore", {"Ref": "NetworkVpcIdF213FEE5"}),
        (lent, "alpha-lent-open-explore", "vpc-0fedcba9876543210"),
    ):
        found = policy(stack, name)
        assert found["OpenAsUser"]["Condition"] == {
            "StringEquals": {"aws:username": ["ana@example.com", "bo"], "aws:SourceVpc": vpc}
        }
        assert found["OpenAsSession"]["Condition"] == {
            "StringLike": {"aws:userid": ["*:ana@example.com", "*:bo"]},
            "StringEquals": {"aws:SourceVpc": vpc},
        }
        # These are SageMaker's own calls, which come from no VPC.
        assert all("aws:SourceVpc" not in json.dumps(found[sid]) for sid in ("StartAsUser", "StartAsSession"))
    assert "aws:SourceVpc" not in json.dumps(policy(owned, "alpha-owned-open-review"))


def test_without_users_there_is_no_policy(lent: Stack) -> None:
    assert [p["Properties"]["ManagedPolicyName"] for p in lent.resources(POLICY).values()] == [
        "alpha-lent-open-explore"
    ]


def test_no_policy_is_attached_to_anybody_by_the_stack(example_stacks: Mapping[str, Stack]) -> None:
    for stack in example_stacks.values():
        for found in stack.resources(POLICY).values():
            assert set(found["Properties"]) == {"ManagedPolicyName", "Path", "PolicyDocument"}


def test_rule_9_nothing_in_project_yaml_asks_for_another_instance_role_group_or_policy_under_a_name_that_is_taken(
    before_and_after: tuple[Stack, Stack],
) -> None:
    before, after = before_and_after
    compared = 0
    for name, resource in before.resources(INSTANCE, ROLE, GROUP, POLICY).items():
        rules = resource_rules(resource["Type"])
        changed = changed_paths(resource["Properties"], after.resources()[name]["Properties"])
        assert not rules.replacing(changed), (name, rules.replacing(changed))
        compared += bool(changed)
    # The instances and the policies of both notebooks, and the role: they did change.
    assert compared >= 4


def test_rule_9_what_a_change_does_replace_has_no_fixed_name(before_and_after: tuple[Stack, Stack]) -> None:
    before, after = before_and_after
    (name,) = before.resources(REPOSITORY)
    paths = changed_paths(before.only(REPOSITORY), after.resources()[name]["Properties"])
    assert resource_rules(REPOSITORY).replacing(paths) == {"GitConfig/Branch", "GitConfig/RepositoryUrl"}
    for kind in (REPOSITORY, SCRIPTS):
        fixed = resource_rules(kind).fixed_name_property
        assert all(fixed not in resource["Properties"] for resource in after.resources(kind).values())


@pytest.mark.parametrize("path", ["pre/flights", "prod/flights", "owned/alpha", "dev/flights", "lent/alpha"])
def test_rule_16_and_22_a_retained_instance_keeps_all_that_it_stands_on(
    path: str, all_stacks: Mapping[str, Stack]
) -> None:
    retained = path in {"pre/flights", "prod/flights", "owned/alpha"}
    wanted = ("RetainExceptOnCreate", "Retain") if retained else ("Delete", "Delete")
    found = all_stacks[f"{path}/notebooks"].resources(INSTANCE, SCRIPTS, REPOSITORY, ROLE, GROUP)
    assert {(r["DeletionPolicy"], r["UpdateReplacePolicy"]) for r in found.values()} == {wanted}
    # But not the permission to open it: whoever is no user any more must lose it.
    assert all("DeletionPolicy" not in r for r in all_stacks[f"{path}/notebooks"].resources(POLICY).values())


def test_rule_22_where_data_is_retained_work_is_saved_where_the_role_may_write(stacks: Mapping[str, Stack]) -> None:
    stack = stacks["prod/flights/notebooks"]
    script = stack.only(SCRIPTS)["OnStart"][0]["Content"]["Fn::Base64"]
    (work,) = re.findall(r"^export WORK=s3://(\S+)$", script, flags=re.MULTILINE)
    assert work == "flights-prod-data-333333333333-eu-west-1/notebooks/explore/"
    (writable,) = role_statements(stack)["WriteData"]["Resource"]
    assert f"arn:aws:s3:::{work}".startswith(writable.removesuffix("*"))


def test_rule_17_what_the_scripts_of_notebooks_call_has_an_endpoint_and_what_nobody_calls_has_none() -> None:
    called = {
        service
        for part in (ROOT / "lifecycle_scripts").rglob("*.*")
        if part.suffix in {".sh", ".py"}
        for found in re.findall(r"\baws ([a-z]\w*) [a-z]|\baws\(\s*(?:\*\()?\"(\w+)\"", part.read_text())
        for service in found
        if service
    }
    assert {"s3", "sagemaker", "ssm", "logs", "cloudwatch"} <= called
    names = {"s3api": "s3", "sagemaker": "sagemaker.api", "cloudwatch": "monitoring"}
    whole = [each for each in deployments().values() if each.notebooks and each.emr]
    assert whole
    for each in whole:
        offered = {endpoint.service for endpoint in interfaces([each])} | {"s3"}
        assert {names.get(service, service) for service in called} <= offered
    usual = {endpoint.service for endpoint in interfaces([])}
    plain = deployment("plain", LENT, notebooks=(SCRATCH,))
    assert {endpoint.service for endpoint in interfaces([plain])} == usual
    for notebook, more in ((EXPLORE, "notebook"), (REVIEW, "secretsmanager")):
        found = {endpoint.service for endpoint in interfaces([deployment("one", LENT, notebooks=(notebook,))])}
        assert found == usual | {more}


def test_rule_17_the_endpoint_of_jupyter_has_a_name_of_its_own(example_stacks: Mapping[str, Stack]) -> None:
    names = {
        endpoint["Properties"]["ServiceName"]
        for endpoint in example_stacks["owned/network"].resources("AWS::EC2::VPCEndpoint").values()
    }
    assert {"aws.sagemaker.us-east-1.notebook", "com.amazonaws.us-east-1.sagemaker.api"} <= names


def test_rule_18_the_role_reads_one_object_of_the_bootstrap_bucket(all_stacks: Mapping[str, Stack]) -> None:
    checked = 0
    for name, stack in all_stacks.items():
        if name.endswith("/notebooks"):
            checked += 1
            uri = deployed_tools(stack).uri.removeprefix("s3://")
            granted = json.dumps([*stack.resources(ROLE).values(), *stack.resources(POLICY).values()])
            assert re.findall(r'":::cdk-[^"]*"|arn:aws:s3:::cdk-[^"]*', granted) == [f"arn:aws:s3:::{uri}"]
    assert checked == 7


def test_rule_19_what_cfn_lint_lets_pass_is_kept_here(all_stacks: Mapping[str, Stack]) -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    platforms = model.shape_for("PlatformIdentifier").metadata["pattern"]
    checked = 0
    for stack in all_stacks.values():
        for resource in stack.resources(INSTANCE).values():
            found = resource["Properties"]
            checked += 1
            assert found["DirectInternetAccess"] == "Disabled"
            assert found["SubnetId"]
            # Amazon Linux 2 starts no more.
            assert re.fullmatch(platforms, found["PlatformIdentifier"])
            assert "al2023" in found["PlatformIdentifier"]
            assert found["InstanceType"] in model.shape_for("InstanceType").enum
        for resource in stack.resources(SCRIPTS).values():
            for hook in ("OnCreate", "OnStart"):
                (content,) = resource["Properties"][hook]
                assert 0 < len(content["Content"]["Fn::Base64"].encode()) <= SCRIPT_LIMIT
    assert checked == 11


def test_rule_20_a_change_of_type_or_volume_stops_an_instance_and_a_new_script_does_not(
    before_and_after: tuple[Stack, Stack],
) -> None:
    before, after = before_and_after
    rules = resource_rules(INSTANCE)
    old, new = (instance(stack, "alpha-owned-explore") for stack in before_and_after)
    assert rules.interrupting(changed_paths(old, new)) == {"InstanceType", "VolumeSizeInGB"}
    config = old["LifecycleConfigName"]["Fn::GetAtt"][0]
    scripts = [stack.resources(SCRIPTS)[config]["Properties"] for stack in (before, after)]
    changed = changed_paths(*scripts)
    assert changed
    assert not resource_rules(SCRIPTS).interrupting(changed)
    assert not resource_rules(SCRIPTS).replacing(changed)


def test_rule_25_boundary_path_and_tags_hold_for_role_policy_and_instance(owned: Stack) -> None:
    role = owned.only(ROLE)
    assert role["Path"] == "/machine-learning/"
    assert role["PermissionsBoundary"] == "arn:aws:iam::444444444444:policy/mlproject-boundary"
    assert {p["Properties"]["Path"] for p in owned.resources(POLICY).values()} == {"/machine-learning/"}
    for resource in owned.resources(INSTANCE, SCRIPTS, REPOSITORY, ROLE, GROUP).values():
        tags = {tag["Key"]: tag["Value"] for tag in resource["Properties"]["Tags"]}
        assert OWNED.tags.items() <= tags.items()
        assert tags["project"] == "alpha"


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stack, Stack]:
    """A notebooks stack before and after a change of all its parameters and an additional notebook."""
    changed = (
        EXPLORE.model_copy(
            update={
                "instance_type": "ml.t3.large",
                "volume_gb": 80,
                "idle_minutes": 90,
                "users": ("dee",),
                "open_from_vpc_only": False,
                "libraries": None,
            }
        ),
        REVIEW.model_copy(
            update={
                "users": ("ed@example.com", "flo"),
                "repository": REVIEW.repository
                and REVIEW.repository.model_copy(update={"url": "https://git.example.com/other.git", "branch": None}),
            }
        ),
    )
    # Before the others in the alphabet: it becomes the first.
    more = Notebook(name="another", instance_type="ml.t3.medium")
    return (
        synthesized(tmp_path_factory.mktemp("before"), deployment("alpha", OWNED, notebooks=(EXPLORE, REVIEW))),
        synthesized(
            tmp_path_factory.mktemp("after"),
            deployment("alpha", OWNED, notebooks=(more, *changed), existing_data=EXISTING),
        ),
    )


def synthesized(folder: Path, given: Deployment) -> Stack:
    """Synthesize only the notebooks stack of a deployment."""
    import aws_cdk as cdk
    from constructs import Construct

    from stacks.application import create_app
    from stacks.notebooks.stack import NotebooksStack

    app = create_app(ROOT, outdir=str(folder))
    NotebooksStack(Construct(cdk.Stage(app, given.environment.name), given.project), deployment=given)
    app.synth()
    return stacks_of(folder)[f"{given.names.path}/notebooks"]


def test_users_that_do_not_fit_into_a_policy_are_refused_and_what_is_accepted_fits() -> None:
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam

    from stacks.notebooks.user_policy import POLICY_LIMIT, NotebookUserPolicy

    stack = cdk.Stack(cdk.App(analytics_reporting=False), "stack")
    key, vpc, group = (cdk.CfnParameter(stack, name).value_as_string for name in ("Key", "Vpc", "Group"))
    longest = {
        "Key": f"arn:aws-us-gov:kms:ap-southeast-2:444444444444:key/mrk-{'0' * 32}",
        "Vpc": f"vpc-{'0' * 17}",
        "Group": f"sg-{'0' * 17}",
    }

    def length(users: int) -> int:
        made = NotebookUserPolicy(
            stack,
            f"Policy{users}",
            name="p",
            path="/",
            users=[f"somebody.with-a-name-{number:03}@example.com" for number in range(users)],
            notebook_arn="arn:aws:sagemaker:us-east-1:444444444444:notebook-instance/alpha-owned-explore",
            vpc_id=vpc,
            start_resources={"role": ["arn:aws:iam::444444444444:role/notebooks"], "key": [key], "network": [group]},
        )
        policy = made.node.find_child("Policy")
        assert isinstance(policy, iam.CfnManagedPolicy)
        document = json.dumps(stack.resolve(policy.policy_document), separators=(",", ":"))
        for name, value in longest.items():
            document = document.replace(f'{{"Ref":"{name}"}}', f'"{value}"')
        return len(document)

    accepted = 0
    with pytest.raises(UserError) as refused:
        for users in range(10, 100):
            assert length(users) <= POLICY_LIMIT
            accepted = users
    assert accepted >= 20
    assert f"characters with {accepted + 1} users, but IAM allows {POLICY_LIMIT:,}." in str(refused.value)
    assert "IAM allows 6,144. List fewer" in str(refused.value)


def test_every_wildcard_of_a_policy_is_accepted_beside_it_with_its_reason(owned: Stack) -> None:
    accepted = {rule: reason for rules in owned.acknowledged.values() for rule, reason in rules.items()}
    for statement in (*policy(owned, "alpha-owned-open-explore").values(), *role_statements(owned).values()):
        for resource in listed(statement["Resource"]):
            if isinstance(resource, str) and "*" in resource:
                assert accepted[f"AwsSolutions::AwsSolutions-IAM5[Resource::{resource}]"]
