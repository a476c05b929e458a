"""What AWS would ask IAM before each step: the real role of the project flights, and what it lacks when it is cut.

The role is that of the synthesized template, deployed into the embedded AWS with the real pipeline, key and buckets;
no script runs, but in the last tests.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as servers
from embedded_aws.iam import catalogue
from mlproject.aws_rules.access_requests import step_access_requests
from mlproject.aws_rules.step_calls import STEP_CALLS
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS, permissions_for
from mlproject.definition.local_steps import LOCAL_STEP_TYPES, SPARK_STEP_TYPES
from mlproject.runner import EmbeddedAws, MissingPermission
from mlproject.runner.checks import JOBS
from mlproject.runner.parameters import parameter_values
from mlproject.runner.plan import steps_as_nodes
from mlproject.runner.references import Scope, resolve
from tests.runner.samples import NETWORK, SKLEARN, definition, policy, processing
from tests.runner.test_embedded import REGION, Account, session
from tests.stacks.assembly import Stack
from tests.stacks.conftest import cloud_assembly, example_checkout, stacks  # noqa: F401

pytestmark = pytest.mark.tries_permissions

ROLE = "flights-local-pipeline"
ROLE_ARN = f"arn:aws:iam::{servers.ACCOUNT}:role/{ROLE}"
ARTIFACTS = f"flights-local-artifacts-{servers.ACCOUNT}-{REGION}"
SAGEMAKER = f"arn:aws:sagemaker:{REGION}:{servers.ACCOUNT}"
# AWS's lists, by step type: of jobs in a VPC with keys, and of what Pipelines needs to start them.
OF_JOBS = {
    "cloudwatch:PutMetricData",
    *(f"ec2:{each}" for each in NETWORK),
    *(f"ecr:{each}" for each in ("BatchCheckLayerAvailability", "BatchGetImage", "GetAuthorizationToken")),
    "ecr:GetDownloadUrlForLayer",
    *(f"kms:{each}" for each in ("CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey")),
    *(f"logs:{each}" for each in ("CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents")),
    *(f"s3:{each}" for each in ("GetBucketLocation", "GetObject", "ListBucket", "PutObject")),
}
OF_PIPELINES = {
    step_type: {"sagemaker:AddTags", f"sagemaker:Create{made}", f"sagemaker:Describe{made}"}
    for step_type, made in {
        "Processing": "ProcessingJob",
        "Training": "TrainingJob",
        "Tuning": "HyperParameterTuningJob",
        "Transform": "TransformJob",
        "Model": "Model",
        "RegisterModel": "ModelPackage",
    }.items()
}
EXPECTED = {
    "Processing": {*OF_PIPELINES["Processing"], "iam:PassRole", *OF_JOBS},
    "Training": {*OF_PIPELINES["Training"], "iam:PassRole", *OF_JOBS},
    "Tuning": {*OF_PIPELINES["Tuning"], "iam:PassRole", *OF_JOBS},
    "Transform": {*OF_PIPELINES["Transform"], *OF_JOBS},
    "Model": {
        *OF_PIPELINES["Model"],
        "iam:PassRole",
        "s3:GetObject",
        *(each for each in OF_JOBS if each.startswith(("ec2:", "ecr:"))),
    },
    "RegisterModel": OF_PIPELINES["RegisterModel"],
    "Condition": set(),
    "Fail": set(),
}
# What the role is allowed and no step is asked for before it starts.
ALLOWED_BESIDES = {
    "kms:DescribeKey": "step scripts may look at the key",
    "s3:AbortMultipartUpload": "only an upload that failed",
    **dict.fromkeys(
        ("sagemaker:StopProcessingJob", "sagemaker:StopTrainingJob", "sagemaker:StopTransformJob"),
        "only an execution that is stopped",
    ),
    "sagemaker:DescribeModelPackageGroup": "AWS's list of what a pipeline needs does not have it",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step that is about to start.

    Args:
        type: such as `Training`.
        arguments: resolved.
        facts: what else the requests are made from.
    """

    type: str
    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]

    def but(self, **arguments: Any) -> Step:
        return replace(self, arguments={**self.arguments, **arguments})


@dataclass(frozen=True, kw_only=True)
class Flights:
    """The project in the embedded AWS.

    Args:
        aws: as runs see it.
        client: makes the administrator's clients.
        role_policy: what the role may do, as it was made.
        steps: by name.
    """

    aws: EmbeddedAws
    client: Any
    role_policy: Mapping[str, Any]
    steps: Mapping[str, Step]

    def missing_permissions(self, step: Step, name: str = "step") -> tuple[MissingPermission, ...]:
        return self.aws.for_step(name).missing_permissions(step.type, step.arguments, **step.facts)

    def refused(self, step: Step) -> set[tuple[str, str]]:
        return {(each.action, each.resource) for each in self.missing_permissions(step)}

    def allow(self, statements: list[dict[str, Any]]) -> None:
        document = policy(*statements)
        self.client("iam").put_role_policy(RoleName=ROLE, PolicyName="permissions", PolicyDocument=document)


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """Not the one that tests share: others deploy stacks of the same names."""
    folder = tmp_path_factory.mktemp("permissions")
    yield servers.start(folder, lifetime=servers.Lifetime.OF_STARTER)
    servers.stop(folder)


@pytest.fixture(scope="module")
def flights(own_server: servers.Server, stacks: Mapping[str, Stack]) -> Iterator[Flights]:  # noqa: F811
    keys = session(own_server)
    with EmbeddedAws(endpoint=own_server.endpoint, region=REGION, boto3_session=keys) as aws:
        made: dict[str, Any] = {}

        def client(service: str) -> Any:
            if service not in made:
                made[service] = keys.client(service, endpoint_url=own_server.endpoint)
            return made[service]

        _deploy(client, stacks)
        pipeline = aws.describe_pipeline("flights-local")
        assert pipeline.role_arn == ROLE_ARN
        role_policy = client("iam").get_role_policy(RoleName=ROLE, PolicyName="permissions")["PolicyDocument"]
        yield Flights(aws=aws, client=client, role_policy=role_policy, steps=_steps(pipeline.definition))
        for each in made.values():
            each.close()


@pytest.fixture
def whole(flights: Flights) -> Iterator[Flights]:
    """The project; its role is whole again afterwards."""
    yield flights
    flights.allow(flights.role_policy["Statement"])


def _deploy(client: Any, stacks: Mapping[str, Stack]) -> None:  # noqa: F811
    """The project's storage and pipeline, in a network."""
    ec2, ssm = client("ec2"), client("ssm")
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.77.{number}.0/24")["Subnet"]["SubnetId"] for number in (0, 1)
    ]
    for name, kind, value in (("vpc-id", "String", vpc), ("subnet-ids", "StringList", ",".join(subnets))):
        ssm.put_parameter(Name=f"/mlproject/local/network/{name}", Type=kind, Value=value, Overwrite=True)
    cloudformation = client("cloudformation")
    for stack in ("storage", "pipeline"):
        name, template = f"flights-local-{stack}", stacks[f"local/flights/{stack}"].template
        cloudformation.create_stack(
            StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        (made,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
        assert made["StackStatus"] == "CREATE_COMPLETE", made


def _steps(document: Mapping[str, Any]) -> dict[str, Step]:
    """Every step as it would start, both branches of the condition too."""
    scope = Scope(
        parameters=parameter_values(document, {}),
        execution={"PipelineExecutionId": "abcdefghijkl", "PipelineExecutionArn": f"{SAGEMAKER}:pipeline/x"},
        steps={},
        property_files={},
        read_json=lambda uri: uri,
    )
    steps = {}
    for node in steps_as_nodes(document):
        if not STEP_CALLS[node.type]:
            continue
        arguments = resolve(node.arguments, scope)
        name = f"pipelines-abcdefghijkl-{node.name}-0123456789"
        facts = {
            "name": name,
            "sagemaker": SAGEMAKER,
            "pipeline_role": ROLE_ARN,
            "property_files": node.step.get("PropertyFiles", ()),
        }
        if node.type in JOBS:
            job = JOBS[node.type](step=node.step, name=name, arn="", arguments=arguments, models={})
            facts["objects"] = [
                each.uri if "." in each.uri.rpartition("/")[2] else f"{each.uri.rstrip('/')}/a.csv"
                for each in job.inputs()
            ]
            scope.steps = {**scope.steps, node.name: job.properties()}
        steps[node.name] = Step(type=node.type, arguments=arguments, facts=facts)
    return steps


def asked(*step_types: str) -> list[str]:
    return sorted({action for kind in step_types for call in STEP_CALLS[kind] for action in call.actions})


@pytest.mark.parametrize("name", ["Prepare", "Train", "Evaluate", "Register", "Score"])
def test_the_real_role_lets_every_step_start(flights: Flights, name: str) -> None:
    assert flights.missing_permissions(flights.steps[name]) == ()


def test_the_steps_of_the_real_pipeline_are_all_looked_at(flights: Flights) -> None:
    assert list(flights.steps) == ["Prepare", "Train", "Evaluate", "Register", "Score"]


@pytest.mark.parametrize("action", asked("Processing", "Training", "RegisterModel"))
def test_without_one_action_exactly_that_action_is_missing(whole: Flights, action: str) -> None:
    statements: list[dict[str, Any]] = []
    for statement in whole.role_policy["Statement"]:
        actions = [each for each in statement["Action"] if each != action]
        statements += [{**statement, "Action": actions}] if actions else []
    whole.allow(statements)
    lacking = [each for name, step in whole.steps.items() for each in whole.missing_permissions(step, name)]
    assert {each.action for each in lacking} == {action}
    for each in lacking:
        assert each.message.startswith(f"User: arn:aws:sts::{servers.ACCOUNT}:assumed-role/{ROLE}/sagemaker is not")
        assert each.message.endswith(f"because no identity-based policy allows the {action} action")


def test_another_projects_buckets_and_key_are_refused(flights: Flights) -> None:
    prepare = flights.steps["Prepare"]
    foreign_key = flights.client("kms").create_key()["KeyMetadata"]["Arn"]
    inputs = [dict(each) for each in prepare.arguments["ProcessingInputs"]]
    inputs[1]["S3Input"] = {**inputs[1]["S3Input"], "S3Uri": "s3://other-data/raw/x/"}
    step = prepare.but(
        ProcessingInputs=inputs,
        ProcessingOutputConfig={
            "KmsKeyId": foreign_key,
            "Outputs": [{"OutputName": "o", "S3Output": {"S3Uri": "s3://other-artifacts/runs/x"}}],
        },
    )
    step = replace(step, facts={**step.facts, "objects": ["s3://other-data/raw/x/a.csv"]})
    assert flights.refused(step) == {
        ("s3:ListBucket", "arn:aws:s3:::other-data"),
        ("s3:GetObject", "arn:aws:s3:::other-data/raw/x/a.csv"),
        ("s3:PutObject", "arn:aws:s3:::other-artifacts/runs/x/*"),
        ("s3:GetBucketLocation", "arn:aws:s3:::other-data"),
        ("s3:GetBucketLocation", "arn:aws:s3:::other-artifacts"),
        *((f"kms:{action}", foreign_key) for action in ("Encrypt", "GenerateDataKey", "Decrypt")),
    }


def test_a_key_whose_own_policy_does_not_let_the_role_in_is_refused(whole: Flights) -> None:
    prepare = whole.steps["Prepare"]
    locked = policy({"Effect": "Allow", "Principal": {"AWS": f"{ROLE_ARN}x"}, "Action": "kms:*", "Resource": "*"})
    key = whole.client("kms").create_key(Policy=locked, BypassPolicyLockoutSafetyCheck=True)["KeyMetadata"]["Arn"]
    resources = {"ClusterConfig": {**prepare.arguments["ProcessingResources"]["ClusterConfig"], "VolumeKmsKeyId": key}}
    every_key = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    whole.allow([*whole.role_policy["Statement"], every_key])
    (lacking,) = whole.missing_permissions(prepare.but(ProcessingResources=resources))
    assert (lacking.action, lacking.resource) == ("kms:CreateGrant", key)
    assert lacking.reason == "because no resource-based policy allows the kms:CreateGrant action"


def test_a_key_may_be_named_by_its_alias(flights: Flights) -> None:
    train = flights.steps["Train"]
    resources = train.arguments["ResourceConfig"]
    flights.client("kms").create_alias(AliasName="alias/of-flights", TargetKeyId=resources["VolumeKmsKeyId"])
    by_alias = {**resources, "VolumeKmsKeyId": "alias/of-flights"}
    assert flights.missing_permissions(train.but(ResourceConfig=by_alias)) == ()
    by_another = {**resources, "VolumeKmsKeyId": "alias/of-nobody"}
    assert [each.action for each in flights.missing_permissions(train.but(ResourceConfig=by_another))] == [
        "kms:CreateGrant"
    ]


def test_a_foreign_subnet_group_image_role_and_prefix_are_refused(flights: Flights) -> None:
    prepare = flights.steps["Prepare"]
    network = {"VpcConfig": {"Subnets": ["subnet-0f0f0f0f"], "SecurityGroupIds": ["sg-0f0f0f0f"]}}
    ec2 = f"arn:aws:ec2:{REGION}:{servers.ACCOUNT}"
    assert flights.refused(prepare.but(NetworkConfig=network)) == {
        ("ec2:CreateNetworkInterface", f"{ec2}:subnet/subnet-0f0f0f0f"),
        ("ec2:CreateNetworkInterface", f"{ec2}:security-group/sg-0f0f0f0f"),
    }
    image = {**prepare.arguments["AppSpecification"], "ImageUri": SKLEARN.replace("scikit-learn", "other")}
    assert {resource for _, resource in flights.refused(prepare.but(AppSpecification=image))} == {
        "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-other"
    }
    train = flights.steps["Train"]
    elsewhere = {**train.arguments["OutputDataConfig"], "S3OutputPath": f"s3://{ARTIFACTS}/elsewhere"}
    ((action, resource),) = flights.refused(train.but(OutputDataConfig=elsewhere))
    assert action == "s3:PutObject"
    assert resource.endswith(f"/elsewhere/{train.facts['name']}/output/*")
    package = flights.steps["Register"].but(ModelPackageGroupName="others")
    assert {resource for _, resource in flights.refused(package)} == {
        f"{SAGEMAKER}:model-package-group/others",
        f"{SAGEMAKER}:model-package/others/*",
    }


def test_a_job_whose_name_does_not_begin_as_pipelines_names_it_is_refused(flights: Flights) -> None:
    train = flights.steps["Train"]
    refused = flights.refused(replace(train, facts={**train.facts, "name": "mine"}))
    started = {(f"sagemaker:{action}", f"{SAGEMAKER}:training-job/mine") for action in ("CreateTrainingJob", "AddTags")}
    assert started <= refused
    assert {action.partition(":")[0] for action, _ in refused} == {"sagemaker"}


def test_the_settings_of_a_job_reach_the_conditions_of_a_policy(whole: Flights) -> None:
    outside = {
        "Effect": "Deny",
        "Action": ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"],
        "Resource": "*",
        "Condition": {"Null": {"sagemaker:VpcSubnets": "true"}},
    }
    large = {
        "Effect": "Deny",
        "Action": "sagemaker:CreateTrainingJob",
        "Resource": "*",
        "Condition": {"ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": "ml.m5.*"}},
    }
    whole.allow([*whole.role_policy["Statement"], outside, large])
    prepare, train = whole.steps["Prepare"], whole.steps["Train"]
    assert whole.missing_permissions(prepare) == whole.missing_permissions(train) == ()
    (lacking,) = whole.missing_permissions(prepare.but(NetworkConfig={}))
    assert (lacking.action, lacking.reason) == (
        "sagemaker:CreateProcessingJob",
        "with an explicit deny in an identity-based policy",
    )
    gpu = {**train.arguments["ResourceConfig"], "InstanceType": "ml.p4d.24xlarge"}
    assert [each.action for each in whole.missing_permissions(train.but(ResourceConfig=gpu))] == [
        "sagemaker:CreateTrainingJob"
    ]


def test_a_step_with_a_role_of_its_own_is_asked_of_that_role_and_the_pipeline_of_passing_it() -> None:
    step = processing("A", inputs={"data": "s3://data/raw/"})["Arguments"]
    step["ProcessingOutputConfig"] = {}
    own = f"arn:aws:iam::{servers.ACCOUNT}:role/own"
    requests = step_access_requests(
        "Processing", {**step, "RoleArn": own}, name="pipelines-a", sagemaker=SAGEMAKER, pipeline_role=ROLE_ARN
    )
    of_pipeline, of_job = ({each.action for each in requests[role]} for role in (ROLE_ARN, own))
    assert of_pipeline == {
        "iam:PassRole",
        *(f"sagemaker:{each}" for each in ("AddTags", "CreateProcessingJob", "DescribeProcessingJob")),
    }
    assert {"s3:ListBucket", "ecr:BatchGetImage", "logs:PutLogEvents"} <= of_job
    (passing,) = (each for each in requests[ROLE_ARN] if each.action == "iam:PassRole")
    assert (passing.resource, passing.context) == (own, {"iam:PassedToService": "sagemaker.amazonaws.com"})


def test_a_model_and_its_transform_job_use_the_models_role_network_image_and_data() -> None:
    own = f"arn:aws:iam::{servers.ACCOUNT}:role/model"
    model = {
        "ExecutionRoleArn": own,
        "PrimaryContainer": {"Image": SKLEARN, "ModelDataUrl": "s3://artifacts/m/model.tar.gz"},
        "VpcConfig": {"Subnets": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
    }
    given: dict[str, Any] = {"sagemaker": SAGEMAKER, "pipeline_role": ROLE_ARN}
    of_model = step_access_requests("Model", model, name="pipelines-m", **given)
    assert {each.action for each in of_model[ROLE_ARN]} >= {"sagemaker:CreateModel", "iam:PassRole"}
    transform = {
        "ModelName": "pipelines-m",
        "TransformInput": {"DataSource": {"S3DataSource": {"S3Uri": "s3://data/in", "S3DataType": "S3Prefix"}}},
        "TransformOutput": {"S3OutputPath": "s3://artifacts/out", "KmsKeyId": "0000-1111"},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeKmsKeyId": "0000-2222"},
    }
    of_job = step_access_requests("Transform", transform, name="pipelines-t", model=model, **given)
    assert {each.action for each in of_job[ROLE_ARN]} == {
        "sagemaker:AddTags",
        "sagemaker:CreateTransformJob",
        "sagemaker:DescribeTransformJob",
    }
    for requests in (of_model[own], of_job[own]):
        pairs = {(each.action, each.resource) for each in requests}
        assert ("s3:GetObject", "arn:aws:s3:::artifacts/m/model.tar.gz") in pairs
        assert ("ecr:BatchGetImage", "arn:aws:ecr:eu-west-1:141502667606:repository/sagemaker-scikit-learn") in pairs
        assert ("ec2:CreateNetworkInterface", f"arn:aws:ec2:{REGION}:{servers.ACCOUNT}:subnet/subnet-1") in pairs
    kms = f"arn:aws:kms:{REGION}:{servers.ACCOUNT}:key"
    assert {(each.action, each.resource) for each in of_job[own] if each.action.startswith("kms:")} == {
        ("kms:CreateGrant", f"{kms}/0000-2222"),
        *((f"kms:{action}", f"{kms}/0000-1111") for action in ("Encrypt", "GenerateDataKey", "Decrypt")),
    }


def test_pipelines_itself_reads_the_file_that_a_condition_looks_into(flights: Flights) -> None:
    evaluate = flights.steps["Evaluate"]
    requests = step_access_requests(evaluate.type, evaluate.arguments, **evaluate.facts)[ROLE_ARN]
    read_back = [each for each in requests if each.resource.endswith("/Evaluate/metrics/metrics.json")]
    assert [each.action for each in read_back] == ["s3:GetObject"]


def test_the_table_has_what_awss_lists_have_and_a_page_for_every_row() -> None:
    # A step for Spark calls the embedded AWS with the role, which authorizes each call.
    assert set(STEP_CALLS) == set(LOCAL_STEP_TYPES) - SPARK_STEP_TYPES < set(STEP_PERMISSIONS)
    assert {step_type: set(asked(step_type)) for step_type in STEP_CALLS} == EXPECTED
    for calls in STEP_CALLS.values():
        assert all(call.source.startswith("https://docs.aws.amazon.com/") and call.reason for call in calls)


def test_iam_has_every_action_of_the_table() -> None:
    for action in asked(*STEP_CALLS):
        assert catalogue.is_action(*action.split(":")), action


def test_the_grants_hold_what_is_asked_and_little_else() -> None:
    for step_type in STEP_CALLS:
        granted = {action for permission in permissions_for([step_type]) for action in permission.actions}
        needed = set(asked(step_type))
        assert needed <= granted, step_type
        # A Model's and a package's rows leave open with whose rights AWS looks at image and data.
        if step_type in JOBS:
            assert granted - needed <= set(ALLOWED_BESIDES), step_type


@pytest.fixture
def account(embedded_aws: servers.Server, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Account]:
    name = f"may-{os.getpid()}-{abs(hash(request.node.nodeid)) % 10**8}"
    with Account(session=session(embedded_aws), endpoint=embedded_aws.endpoint, name=name, folder=tmp_path) as made:
        made.prepare()
        yield made


def test_a_step_whose_results_are_kept_is_asked_for_all_the_same(account: Account) -> None:
    account.deploy(definition(processing("A", bucket=account.name)))
    assert account.run().status == "Succeeded"
    account.allow(but="logs:PutLogEvents")
    result = account.run()
    group = "log-group:/aws/sagemaker/ProcessingJobs:log-stream:pipelines-"
    assert (result.status, result.step("A").cached) == ("Failed", False)
    assert result.failure
    assert f"logs:PutLogEvents on resource: arn:aws:logs:{REGION}:{servers.ACCOUNT}:{group}" in result.failure
    (recorded,) = account.steps(result)
    assert "logs:PutLogEvents" in recorded["FailureReason"]


SWALLOWS = """
import boto3, sys
try:
    boto3.client("s3").head_object(Bucket="of-others", Key="secret")
except Exception:
    sys.exit("could not look it up")
"""


def test_a_failing_step_quotes_what_its_script_swallowed(account: Account) -> None:
    account.client("s3").put_object(Bucket=account.name, Key="swallows.py", Body=SWALLOWS.encode())
    account.deploy(definition(processing("A", script="swallows.py", bucket=account.name)))
    result = account.run()
    assert result.failure
    assert "could not look it up" in result.failure
    assert (
        f"Its role was denied:\n  User: arn:aws:sts::{servers.ACCOUNT}:assumed-role/{account.name}/sagemaker is not "
        "authorized to perform: s3:GetObject on resource: arn:aws:s3:::of-others/secret because "
        "no identity-based policy allows the s3:GetObject action"
    ) in result.failure


def test_a_role_that_the_pipeline_may_not_pass_is_refused_before_anything_is_read(account: Account) -> None:
    other = f"{account.name}-other"
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    account.client("iam").create_role(RoleName=other, AssumeRolePolicyDocument=policy(trust))
    step = processing("A", bucket=account.name)
    step["Arguments"]["RoleArn"] = f"arn:aws:iam::{servers.ACCOUNT}:role/{other}"
    account.deploy(definition(step))
    result = account.run()
    assert result.failure
    assert f"iam:PassRole on resource: arn:aws:iam::{servers.ACCOUNT}:role/{other} because" in result.failure
