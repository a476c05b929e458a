"""AWS rules that no tool models, verified on the templates and numbered as in docs/en/aws-rules.md."""

from __future__ import annotations

import ast
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlproject.aws_rules.endpoints import INTERFACES, S3
from mlproject.aws_rules.network_requirements import interfaces
from mlproject.definition import steps_of
from mlproject.parameters import NewNetwork, Platform
from tests.stacks.assembly import Stack, listed, retaining, statements
from tests.stacks.examples import PLATFORM, ROOT

PIPELINES = [f"{environment}/flights/pipeline" for environment in ("dev", "pre", "prod", "local")]


@pytest.fixture
def pipeline(stacks: Mapping[str, Stack]) -> Stack:
    return stacks["prod/flights/pipeline"]


def body_and_variables(stack: Stack) -> tuple[str, dict[str, Any]]:
    body, variables = stack.only("AWS::SageMaker::Pipeline")["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    return body, variables


def filled(stack: Stack) -> dict[str, Any]:
    """Return the definition after substitution, with sample values for attributes that only AWS knows."""
    body, variables = body_and_variables(stack)
    for name, value in variables.items():
        body = body.replace(f"${{{name}}}", value if isinstance(value, str) else f"{name}-sample")
    document: dict[str, Any] = json.loads(body)
    return document


def test_rule_2_processing_scripts_are_files_under_their_own_ending_and_training_code_is_a_tar(
    stacks: Mapping[str, Stack], pipeline: Stack, cloud_assembly: Path
) -> None:
    sources = {file["displayName"]: file["source"] for file in pipeline.files.values()}
    assert set(sources) == {"Code/Prepare", "Code/Train", "Code/Evaluate", "Code/Score", "Code/Inference"}
    assert {source["packaging"] for source in sources.values()} == {"file"}
    for name, source in sources.items():
        content = (pipeline.template_file.parent / source["path"]).read_bytes()
        if name in ("Code/Train", "Code/Inference"):
            assert f"{name[5:].lower()}.py".encode() in gzip.decompress(content)[:100]
        else:
            assert content == (ROOT / f"pipelines/flight_delays/steps/{name[5:].lower()}.py").read_bytes()
    _, variables = body_and_variables(pipeline)
    for name in ("Prepare", "Evaluate", "Score"):
        assert re.fullmatch(r"[0-9a-f]{64}\.py", variables[f"{name}File"])
        assert variables[f"{name}Code"].endswith(f"/{variables[f'{name}File']}")


@pytest.mark.parametrize("name", PIPELINES)
def test_rule_3_the_definition_is_inline_and_what_cloudformation_makes_of_it_is_the_committed_one(
    name: str, stacks: Mapping[str, Stack]
) -> None:
    committed = json.loads((ROOT / "pipelines/flight_delays/definition.json").read_text())
    body, variables = body_and_variables(stacks[name])
    assert json.loads(body)["Steps"] == committed["Steps"]
    assert set(re.findall(r"\$\{(\w+)\}", body)) == set(variables)
    assert "${" not in json.dumps(filled(stacks[name]))


def test_rule_3_a_list_of_subnets_becomes_a_list_whatever_its_length(example_stacks: Mapping[str, Stack]) -> None:
    body, variables = body_and_variables(example_stacks["joined/alpha/pipeline"])
    document = json.loads(body.replace("${Subnets}", variables["Subnets"]))
    (train,) = (step for step in steps_of(document) if step["Type"] == "Training")
    assert train["Arguments"]["VpcConfig"]["Subnets"] == [
        "subnet-0aaaaaaaaaaaaaaaa",
        "subnet-0bbbbbbbbbbbbbbbb",
        "subnet-0cccccccccccccccc",
    ]


def test_rule_4_every_job_of_the_deployed_definition_runs_in_the_network_with_keys_and_encryption(
    all_stacks: Mapping[str, Stack],
) -> None:
    for job in (job for name, stack in all_stacks.items() if name.endswith("/pipeline") for job in jobs_of(stack)):
        arguments = job["Arguments"]
        network = arguments.get("NetworkConfig", arguments)
        vpc = network["VpcConfig"]
        assert vpc["Subnets"], job
        assert vpc["SecurityGroupIds"] == ["SecurityGroups-sample"], job
        assert network["EnableInterContainerTrafficEncryption"] is True
        volume = arguments.get("ResourceConfig") or arguments["ProcessingResources"]["ClusterConfig"]
        outputs = arguments.get("OutputDataConfig") or arguments["ProcessingOutputConfig"]
        assert volume["VolumeKmsKeyId"] == outputs["KmsKeyId"] == "KmsKey-sample"


def test_rule_4_the_search_finds_the_jobs_of_a_deployed_definition(pipeline: Stack) -> None:
    assert {job["Name"] for job in jobs_of(pipeline)} >= {"Prepare", "Train", "Evaluate", "Score"}


def jobs_of(stack: Stack) -> list[Mapping[str, Any]]:
    """Return the steps of a deployed definition that start a job."""
    return [step for step in steps_of(filled(stack)) if step["Type"] in ("Processing", "Training")]


# What a resource says of something else, or shows to people.
NAMES_OF_OTHERS = {"DisplayName", "GroupName", "MetricName", "ServiceName"}


def test_rule_9_only_what_people_type_has_a_fixed_name_and_the_groups_description_never_changes(
    all_stacks: Mapping[str, Stack],
) -> None:
    # Parameters have names too: through these the stacks find one another.
    named = {
        resource["Type"]
        for stack in all_stacks.values()
        for resource in stack.resources().values()
        if any(key.endswith("Name") for key in set(resource["Properties"]) - NAMES_OF_OTHERS)
        or "Name" in resource["Properties"]
    }
    assert named == {
        "AWS::CloudWatch::Dashboard",
        # A change of its name makes another cluster, and two may share one (rule 11).
        "AWS::EMR::Cluster",
        # The same, and it is the project's prefix, which never changes.
        "AWS::EMRServerless::Application",
        # A secret of EventBridge is named after its connection, and policies name both.
        "AWS::Events::ApiDestination",
        "AWS::Events::Connection",
        # EMR wants a profile to be called as its role.
        "AWS::IAM::InstanceProfile",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
        "AWS::KMS::Alias",
        "AWS::S3::Bucket",
        "AWS::SSM::Parameter",
        "AWS::SageMaker::ModelPackageGroup",
        "AWS::SageMaker::NotebookInstance",
        "AWS::SageMaker::Pipeline",
    }
    descriptions = {
        group["Properties"]["ModelPackageGroupDescription"]
        for stack in all_stacks.values()
        for group in stack.resources("AWS::SageMaker::ModelPackageGroup").values()
    }
    assert descriptions == {"Versions of a model; a project's pipeline registers them."}


def test_rule_10_the_network_belongs_to_the_environment_and_projects_add_security_groups_only(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    for name, stack in all_stacks.items():
        made = {kind for kind in (r["Type"] for r in stack.resources().values()) if kind.startswith("AWS::EC2::")}
        if not name.endswith("/network"):
            assert made <= {
                "AWS::EC2::SecurityGroup",
                "AWS::EC2::SecurityGroupIngress",
                "AWS::EC2::SecurityGroupEgress",
            }
    environments = [each for platform in platforms for each in platform.environments.values()]
    new = sum(isinstance(each.network, NewNetwork) for each in environments)
    assert sum(len(stack.resources("AWS::EC2::VPC")) for stack in all_stacks.values()) == new
    assert not any("AWS::EC2::NatGateway" in json.dumps(stack.template) for stack in all_stacks.values())


def test_rule_14_every_key_that_encrypts_a_log_group_lets_cloudwatch_logs_use_it_for_this_stack_only(
    all_stacks: Mapping[str, Stack],
) -> None:
    for stack in all_stacks.values():
        for key in stack.resources("AWS::KMS::Key").values():
            (found,) = (
                statement
                for statement in key["Properties"]["KeyPolicy"]["Statement"]
                if statement["Principal"] == {"Service": f"logs.{stack.region}.amazonaws.com"}
            )
            (arn,) = found["Condition"]["ArnLike"].values()
            owner: str = stack.properties["stackName"]
            owner = owner if owner.endswith("network") else owner.rpartition("-")[0]
            assert arn.endswith(f":{stack.account}:log-group:{owner}-*")
        for group in stack.resources("AWS::Logs::LogGroup").values():
            assert group["Properties"]["KmsKeyId"]["Fn::GetAtt"][0] in stack.resources("AWS::KMS::Key")


def test_rule_15_the_bucket_of_access_logs_is_encrypted_by_s3_itself_and_the_others_by_the_projects_key(
    stacks: Mapping[str, Stack],
) -> None:
    for name, stack in stacks.items():
        if not name.endswith("/storage"):
            continue
        encryption = {
            resource["Properties"]["BucketName"].split("-", 2)[2].rsplit("-", 4)[0]: resource["Properties"][
                "BucketEncryption"
            ]["ServerSideEncryptionConfiguration"][0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"]
            for resource in stack.resources("AWS::S3::Bucket").values()
        }
        assert encryption == {"access-logs": "AES256", "data": "aws:kms", "artifacts": "aws:kms"}


def test_rule_16_retained_data_goes_only_when_its_first_deploy_fails(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    data = ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::KMS::Key", "AWS::SageMaker::ModelPackageGroup")
    retained = retaining(platforms)
    for name, stack in all_stacks.items():
        environment = name.split("/")[0]
        policies = {
            (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
            for resource in stack.resources(*data, "AWS::Logs::LogGroup").values()
        }
        assert policies <= {("RetainExceptOnCreate", "Retain") if environment in retained else ("Delete", "Delete")}


def test_rule_17_every_service_that_a_step_script_calls_has_an_endpoint() -> None:
    endpoints = {S3.service, *(endpoint.service for endpoint in INTERFACES)}
    called = {
        client
        for script in (ROOT / "pipelines").glob("flight_delays/steps/*.py")
        for client in clients_in(ast.parse(script.read_text()))
    }
    assert {{"sagemaker": "sagemaker.api", "cloudwatch": "monitoring"}.get(name, name) for name in called} <= endpoints


def test_rule_17_the_search_finds_the_clients_of_a_script() -> None:
    script = "import boto3\ns3 = boto3.client('s3')\nboto3.Session().resource('dynamodb', region_name='x')\n"
    assert clients_in(ast.parse(script)) == {"s3", "dynamodb"}


def clients_in(tree: ast.AST) -> set[str]:
    """Return the services for which a script creates a boto3 client."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("client", "resource")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_rule_17_every_network_stack_has_the_endpoints_of_the_table_and_no_other(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    deployments = [deployment for platform in platforms for deployment in platform.deployments()]
    for name, stack in all_stacks.items():
        here = [deployment for deployment in deployments if name == f"{deployment.environment.name}/network"]
        wanted = {S3.service, *(endpoint.service for endpoint in interfaces(here))}
        found = [
            r["Properties"]["ServiceName"].split(".", 3)[3] for r in stack.resources("AWS::EC2::VPCEndpoint").values()
        ]
        assert sorted(found) == (sorted(wanted) if name.endswith("/network") else [])


@pytest.mark.parametrize("name", [*PIPELINES, "lent/beta/pipeline"])
def test_rule_18_the_role_reads_its_own_code_in_the_bootstrap_bucket_by_exact_keys(
    name: str, all_stacks: Mapping[str, Stack]
) -> None:
    stack = all_stacks[name]
    keys = {file["destinations"][next(iter(file["destinations"]))]["objectKey"] for file in stack.files.values()}
    readable, prefixes = set(), set()
    for _, statement in statements(stack):
        # The promotion role reads the scripts of models that older deployments registered.
        resources = [] if statement.get("Sid") == "ReadScripts" else listed(statement.get("Resource", []))
        for resource in resources:
            if isinstance(resource, str) and ":::cdk-" in resource and "/" in resource:
                readable.add(resource.split("/", 1)[1])
        if statement.get("Sid") == "ListCode":
            prefixes.update(statement["Condition"]["StringLike"]["s3:prefix"])
    assert readable == prefixes == keys
    assert len(keys) == 5


def test_rule_21_stacks_share_names_and_parameters_but_no_exports(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        text = json.dumps(stack.template)
        assert "Fn::ImportValue" not in text
        assert "Fn::GetStackOutput" not in text
        assert not [output for output in stack.template.get("Outputs", {}).values() if "Export" in output]


def test_rule_25_what_a_platform_demands_is_in_every_stack_and_role(example_stacks: Mapping[str, Stack]) -> None:
    demanded = PLATFORM.environments["owned"]
    for name in (
        "owned/network",
        "owned/alpha/storage",
        "owned/alpha/pipeline",
        "owned/alpha/operations",
        "owned/beta/pipeline",
    ):
        stack = example_stacks[name]
        assert "cdk-mlplat-assets-444444444444-us-east-1" in stack.properties["stackTemplateAssetObjectUrl"]
        assert demanded.tags.items() <= stack.properties["tags"].items()
        for role in stack.resources("AWS::IAM::Role").values():
            assert role["Properties"]["Path"] == "/machine-learning/"
            assert role["Properties"]["PermissionsBoundary"] == "arn:aws:iam::444444444444:policy/mlproject-boundary"
    (role,) = example_stacks["joined/alpha/pipeline"].resources("AWS::IAM::Role").values()
    assert role["Properties"]["PermissionsBoundary"] == "arn:aws:iam::555555555555:policy/central/boundary"
