"""A pipeline with steps that only AWS runs: its role has their permissions, it deploys, and it runs with stand-ins."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import Server
from mlproject.definition import read_definition
from mlproject.errors import UserError
from mlproject.parameters import Deployment, Environment, Pipeline, Platform
from mlproject.runner import EmbeddedAws, run_deployed_pipeline
from tests.checkouts import ROOT
from tests.cli.checkout import clients
from tests.runner.test_embedded import session
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import OWNED, deployment
from tests.stacks.test_checkers import lint, nag_report, violations
from tests.stacks.test_partial_projects import STAGED

PIPELINES = ROOT / "tests" / "stacks" / "pipelines"
PROJECT = "integrated"


def values(environment: Environment) -> dict[str, str]:
    """Return the values of the pipeline's parameters, which identify other resources in each environment."""
    region, account, name = environment.region, environment.account, environment.name
    return {
        "FunctionArn": f"arn:aws:lambda:{region}:{account}:function:notify-{name}:live",
        "QueueUrl": f"https://sqs.{region}.amazonaws.com/{account}/approvals-{name}",
        "ClusterId": f"j-{name.upper()}",
        "RuntimeRole": f"arn:aws:iam::{account}:role/teams/spark-{name}",
        "JobRunRole": f"serverless-{name}",
        "Application": f"00{name}",
    }


def project(environment: Environment, **changed: str) -> Deployment:
    parameters = {**values(environment), **changed}
    return deployment(PROJECT, environment).model_copy(
        update={"pipeline": Pipeline(folder="aws_steps", parameters=parameters)}
    )


PLATFORM = Platform(
    environments={each.name: each for each in (STAGED, OWNED)},
    projects={PROJECT: (project(STAGED), project(OWNED))},
)


def synthesize(folder: Path, platform: Platform = PLATFORM) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, platform, pipelines=PIPELINES)
    app.synth()


@pytest.fixture(scope="session")
def aws_step_stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    return stacks_of(once(tmp_path_factory, "aws-steps", synthesize))


def permissions(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return the statements of the pipeline's role by id, with the partition `aws`."""
    (role,) = stack.resources("AWS::IAM::Role").values()
    (policy,) = role["Properties"]["Policies"]
    found: dict[str, dict[str, Any]] = _filled(
        {statement["Sid"]: statement for statement in policy["PolicyDocument"]["Statement"]}
    )
    return found


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(each) for each in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::Join"}:
        separator, parts = value["Fn::Join"]
        return separator.join("aws" if part == {"Ref": "AWS::Partition"} else str(part) for part in parts)
    return {key: _filled(each) for key, each in value.items()}


@pytest.mark.parametrize("environment", [STAGED, OWNED], ids=lambda each: each.name)
def test_the_role_may_use_exactly_the_resources_that_the_environment_gives(
    environment: Environment, aws_step_stacks: Mapping[str, Stack]
) -> None:
    found = permissions(aws_step_stacks[f"{environment.name}/{PROJECT}/pipeline"])
    given, here = values(environment), f"{environment.region}:{environment.account}"
    queue = f"arn:aws:sqs:{here}:approvals-{environment.name}"
    cluster = f"arn:aws:elasticmapreduce:{here}:cluster/{given['ClusterId']}"
    application = f"arn:aws:emr-serverless:{here}:/applications/{given['Application']}"
    rules, iam = f"arn:aws:events:{here}:rule", f"arn:aws:iam::{environment.account}:role"
    passed_to = "iam:PassedToService"
    sagemaker = f"arn:aws:sagemaker:{here}"
    group = f"{PROJECT}-{environment.name}"
    expected: dict[str, tuple[list[str], dict[str, Any] | None]] = {
        "InvokeFunctions": ([given["FunctionArn"]], None),
        "SendToQueues": ([queue], None),
        "UseKeysOfQueues": ([f"arn:aws:kms:{here}:key/*"], {"kms:EncryptionContext:aws:sqs:arn": queue}),
        "RunOnCluster": ([cluster], None),
        "RunOnClusterAsRole": ([cluster], {"elasticmapreduce:ExecutionRoleArn": given["RuntimeRole"]}),
        "FollowOnClusterAsRole": ([cluster], None),
        "FollowClusterSteps": ([f"{rules}/SageMakerPipelineExecutionEMRStepStatusUpdateRule"], None),
        "CreateCluster": (["*"], None),
        "UseNewCluster": ([f"arn:aws:elasticmapreduce:{here}:cluster/*"], None),
        "FollowNewClusters": ([f"{rules}/SageMakerPipelineExecutionEMRClusterStatusUpdateRule"], None),
        "PassClusterRoles": ([f"{iam}/EMR_DefaultRole"], {passed_to: "elasticmapreduce.amazonaws.com"}),
        "PassNodeRoles": ([f"{iam}/EMR_EC2_DefaultRole"], {passed_to: "ec2.amazonaws.com"}),
        "RunOnApplication": ([application], None),
        "FollowJobRuns": ([f"{application}/jobruns/*"], None),
        "PassJobRunRoles": ([f"{iam}/serverless-{environment.name}"], {passed_to: "emr-serverless.amazonaws.com"}),
        "ReadBaselines": (
            [f"{sagemaker}:model-package-group/{group}", f"{sagemaker}:model-package/{group}/*"],
            None,
        ),
        "RunProcessingJob": ([f"{sagemaker}:processing-job/pipelines-*"], None),
        "RunAutoMLJob": ([f"{sagemaker}:automl-job/*"], None),
        "ListCandidates": (["*"], None),
        "UseAutoMLModels": ([f"{sagemaker}:{kind}/*" for kind in ("endpoint", "endpoint-config", "model")], None),
        "PullAutoMLImages": ([f"arn:aws:ecr:{environment.region}:*:repository/*"], None),
    }
    for sid, (resources, condition) in expected.items():
        assert found[sid]["Resource"] == resources, sid
        assert found[sid].get("Condition") == (None if condition is None else {"StringEquals": condition}), sid
    assert found["InvokeFunctions"]["Action"] == ["lambda:InvokeFunction"]
    assert found["SendToQueues"]["Action"] == ["sqs:SendMessage"]
    of_jobs = {
        "CreateNetworkInterface",
        "DescribeNetwork",
        "EncryptVolumes",
        "ListArtifact",
        "ListData",
        "LocateBuckets",
        "LogInToRegistry",
        "PassItself",
        "PublishMetrics",
        "PullImages",
        "ReadData",
        "UseKey",
        "UseNetworkInterface",
        "WriteArtifacts",
        "WriteLogs",
    }
    assert set(found) == set(expected) | of_jobs


# The accounts of AWS's images: https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
@pytest.mark.parametrize(
    ("path", "monitor", "clarify"),
    [
        (f"staged/{PROJECT}/pipeline", "468650794304", "131013547314"),
        (f"owned/{PROJECT}/pipeline", "156813124566", "205585389593"),
    ],
)
def test_a_check_has_the_image_of_its_region_and_may_pull_it(
    path: str, monitor: str, clarify: str, aws_step_stacks: Mapping[str, Stack]
) -> None:
    stack = aws_step_stacks[path]
    _, variables = stack.only("AWS::SageMaker::Pipeline")["PipelineDefinition"]["PipelineDefinitionBody"]["Fn::Sub"]
    registry = f"dkr.ecr.{stack.region}.amazonaws.com"
    assert variables["ModelMonitorImage"] == f"{monitor}.{registry}/sagemaker-model-monitor-analyzer"
    assert variables["ClarifyImage"] == f"{clarify}.{registry}/sagemaker-clarify-processing:1.0"
    assert {
        f"arn:aws:ecr:{stack.region}:{monitor}:repository/sagemaker-model-monitor-analyzer",
        f"arn:aws:ecr:{stack.region}:{clarify}:repository/sagemaker-clarify-processing",
    } == set(permissions(stack)["PullImages"]["Resource"])


def test_a_pipeline_without_such_steps_has_none_of_their_permissions(stacks: Mapping[str, Stack]) -> None:
    for stack in stacks.values():
        if stack.name.endswith("/pipeline"):
            text = json.dumps(list(stack.resources("AWS::IAM::Role").values()))
            for service in ("lambda:", "sqs:", "elasticmapreduce:", "emr-serverless:", "events:"):
                assert service not in text, stack.name


@pytest.mark.parametrize(
    ("parameter", "value", "reason"),
    [
        ("FunctionArn", "notify", "FunctionArn is 'notify', which is not the ARN of a Lambda function"),
        ("QueueUrl", "https://example.com/q", "SqsQueueUrl is 'https://example.com/q', which is not a queue's URL"),
        ("ClusterId", "cluster", "ClusterId is 'cluster', which is not the id of a cluster"),
        ("Application", "App", "ApplicationId is 'App', which is not the id of an application"),
        ("RuntimeRole", "a role", "ExecutionRoleArn is 'a role', which is not the ARN or the name of a role"),
    ],
)
def test_a_value_that_identifies_no_resource_is_refused_with_its_step(
    parameter: str, value: str, reason: str, tmp_path: Path
) -> None:
    wrong = project(STAGED, **{parameter: value})
    with pytest.raises(UserError) as refused:
        synthesize(tmp_path, Platform(environments={"staged": STAGED}, projects={PROJECT: (wrong,)}))
    lines = str(refused.value).splitlines()
    assert lines
    for line in lines:
        assert line.startswith(f"projects/{PROJECT}/project.yaml, staged: step ")
        assert reason in line
        assert line.endswith(f"Set pipeline.parameters.{parameter} in project.yaml.")


def test_every_parameter_without_a_value_is_named_at_once(tmp_path: Path) -> None:
    empty = project(STAGED).model_copy(update={"pipeline": Pipeline(folder="aws_steps")})
    with pytest.raises(UserError) as refused:
        synthesize(tmp_path, Platform(environments={"staged": STAGED}, projects={PROJECT: (empty,)}))
    text = str(refused.value)
    assert len(text.splitlines()) == 5
    assert "step Notify (Lambda): FunctionArn is the pipeline parameter FunctionArn, which has no value. The " in text


@pytest.mark.slow
def test_cfn_lint_and_cdk_nag_have_nothing_to_say(aws_step_stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    files = {stack.region: stack.template_file for stack in aws_step_stacks.values() if "pipeline" in stack.name}
    assert set(files) == {"eu-west-1", "us-east-1"}
    for region, file in files.items():
        assert lint([region], file) == []
    assert violations(nag_report(tmp_path, PLATFORM, pipelines=PIPELINES)) == []


def test_the_pipeline_deploys_and_runs_with_stand_ins_and_names_every_step_without_one(
    aws_step_stacks: Mapping[str, Stack], embedded_aws: Server, tmp_path: Path
) -> None:
    cloudformation = clients(embedded_aws, STAGED.region)("cloudformation")
    names = []
    for path in ("staged/network", f"staged/{PROJECT}/storage", f"staged/{PROJECT}/pipeline"):
        stack = aws_step_stacks[path]
        names.append(stack.properties["stackName"])
        cloudformation.create_stack(
            StackName=names[-1], TemplateBody=json.dumps(stack.template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        (created,) = cloudformation.describe_stacks(StackName=names[-1])["Stacks"]
        assert created["StackStatus"] == "CREATE_COMPLETE", created.get("StackStatusReason")

    with EmbeddedAws(endpoint=embedded_aws.endpoint, region=STAGED.region, boto3_session=session(embedded_aws)) as aws:
        run = partial(
            run_deployed_pipeline,
            aws=aws,
            name=project(STAGED).names.pipeline,
            parameters={},
            defaults={},
            folder=tmp_path,
        )
        with pytest.raises(UserError) as refused:
            run()
        steps = [step["Name"] for step in read_definition(PIPELINES / "aws_steps").document["Steps"]]
        refusals = {line.split()[1].rstrip(":"): line for line in str(refused.value).splitlines()}
        # Spark of this machine runs the other three.
        assert refusals.keys() == set(steps) - {"OnCluster", "OnNewCluster", "OnApplication"}
        assert all(f"--stand-in {name}=FILE.json" in line for name, line in refusals.items())
        assert "an ExecutionRoleArn" in refusals["AsRole"]

        recorded: dict[str, dict[str, Any]] = {name: {} for name in steps} | {
            "Notify": {"OutputParameters": {"rows": 7}},
            "Approve": {"OutputParameters": {"by": "someone"}},
            "Quality": {"CalculatedBaselineConstraints": "s3://bucket/constraints.json"},
            "OnCluster": {"Id": "s-1", "Status": {"State": "COMPLETED"}},
        }
        result = run(stand_ins=recorded)
    assert result.failure is None
    assert {step.name: (step.status, step.stood_in) for step in result.steps} == dict.fromkeys(
        steps, ("Succeeded", True)
    )
    for name in reversed(names):
        cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        cloudformation.delete_stack(StackName=name)
