"""Environments and projects in addition to tests/example: imported networks and all options of a platform."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mlproject.parameters import (
    ApprovalPipeline,
    Athena,
    Deployment,
    Emr,
    EmrServerless,
    Environment,
    ExistingBucket,
    ExistingData,
    Hours,
    ImportedNetwork,
    NewNetwork,
    Notebook,
    Operations,
    Pipeline,
    Platform,
    Repository,
    Schedule,
    Serving,
    Storage,
)

ROOT = Path(__file__).parents[2]

OWNED = Environment(
    name="owned",
    account="444444444444",
    region="us-east-1",
    network=NewNetwork(cidr="10.40.0.0/16", zones=("us-east-1a", "us-east-1b")),
    bootstrap_qualifier="mlplat",
    permissions_boundary="mlproject-boundary",
    role_path="/machine-learning/",
    tags={"managed-by": "platform", "data-class": "internal"},
    retain_data=True,
)
# The network exists, its endpoints do not.
JOINED = Environment(
    name="joined",
    account="555555555555",
    region="eu-central-1",
    network=ImportedNetwork(
        vpc_id="vpc-0123456789abcdef0",
        subnet_ids=("subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb", "subnet-0cccccccccccccccc"),
        zones=("eu-central-1a", "eu-central-1b", "eu-central-1c"),
        endpoints="create",
    ),
    bootstrap_qualifier="hnb659fds",
    permissions_boundary="arn:aws:iam::555555555555:policy/central/boundary",
    role_path="/",
    tags={},
    retain_data=True,
)
# The network and its endpoints exist.
LENT = Environment(
    name="lent",
    account="666666666666",
    region="eu-west-1",
    network=ImportedNetwork(
        vpc_id="vpc-0fedcba9876543210",
        subnet_ids=("subnet-0dddddddddddddddd",),
        zones=("eu-west-1a",),
        endpoints="exist",
    ),
    bootstrap_qualifier="hnb659fds",
    permissions_boundary=None,
    role_path="/",
    tags={},
    retain_data=False,
)


# Everything that a notebook may have; and one with nothing.
EXPLORE = Notebook(
    name="explore",
    instance_type="ml.m5.xlarge",
    volume_gb=50,
    idle_minutes=30,
    users=("ana@example.com", "bo"),
    open_from_vpc_only=True,
    libraries="notebook",
)
REVIEW = Notebook(
    name="review",
    instance_type="ml.t3.medium",
    users=("cris@example.com",),
    repository=Repository(
        url="https://git.example.com/alpha/notebooks.git",
        branch="main",
        secret_arn="arn:aws:secretsmanager:us-east-1:444444444444:secret:sagemaker-git-a1B2c3",
    ),
)
SCRATCH = Notebook(
    name="scratch",
    instance_type="ml.t3.medium",
    repository=Repository(url="https://git.example.com/public/examples.git"),
)

# Notebooks with hours: on weekdays, at night from Saturday to Monday, and one without.
OFFICE = Notebook(
    name="office",
    instance_type="ml.t3.medium",
    hours=Hours(start="08:30", stop="20:00", timezone="Europe/Madrid"),
    repository=REVIEW.repository,
)
NIGHT = Notebook(
    name="night", instance_type="ml.t3.large", hours=Hours(start="22:00", stop="06:05", days=("SUN", "SAT"))
)
BY_HAND = Notebook(name="by-hand", instance_type="ml.t3.medium")

# A cluster with everything that one may have; and one with nothing more than it must have.
LARGE = Emr(
    release="emr-7.12.0",
    primary_instance_type="m5.xlarge",
    core_instance_type="r5.2xlarge",
    core_count=2,
    maximum_count=10,
    volume_gb=200,
    idle_minutes=30,
    libraries="emr",
    generation=3,
    certificate_s3="s3://platform-certificates/emr/nodes.zip",
    step_concurrency=10,
    termination_protection=False,
)
PLAIN = Emr(primary_instance_type="m5.xlarge", core_instance_type="m5.xlarge")
# An application with everything that one may have.
APPLICATION = EmrServerless(
    release="emr-7.12.0",
    architecture="arm64",
    maximum_vcpus=64,
    maximum_memory_gb=256,
    maximum_disk_gb=800,
    idle_minutes=30,
)

WATCHED = Operations(
    emails=("ml-team@example.com", "on-call+ml@example.com"),
    monthly_budget_usd=1200,
    schedule=Schedule(expression="cron(30 5 ? * MON-FRI *)", timezone="Europe/Madrid"),
)
PROMOTING = ApprovalPipeline(
    endpoint="https://gitlab.example.com/api/v4/projects/4711/pipeline",
    branch="release",
    secret="mlproject/owned/gitlab-token-2",  # pragma: allowlist secret
    targets=("joined", "lent"),
)
BUDGETED = Operations(emails=("costs@example.com",), monthly_budget_usd=50)
# Two buckets, one of them with a key, a database, a workgroup.
EXISTING = ExistingData(
    buckets=(
        ExistingBucket(
            name="company-lake",
            prefixes=("flights/", "weather/"),
            key_arn="arn:aws:kms:eu-central-1:555555555555:key/11111111-2222-3333-4444-555555555555",
        ),
        ExistingBucket(name="company-public"),
    ),
    glue_databases=("airports",),
    athena=Athena(
        workgroup="analysts",
        results="s3://company-athena/results/",
        key_arn="arn:aws:kms:eu-central-1:555555555555:key/66666666-7777-8888-9999-000000000000",
    ),
)


def deployment(
    project: str,
    environment: Environment,
    *,
    notebooks: tuple[Notebook, ...] = (),
    emr: Emr | None = None,
    emr_serverless: EmrServerless | None = None,
    operations: Operations | None = None,
    serving: Serving | None = None,
    existing_data: ExistingData | None = None,
    approval_pipeline: ApprovalPipeline | None = None,
    **parameters: Any,
) -> Deployment:
    """Return a project in an environment, with these components and pipeline parameters."""
    return Deployment(
        project=project,
        owner=f"{project}@example.com",
        cost_centre="CC-7",
        environment=environment,
        storage=Storage(
            archive_after_days=60, noncurrent_days=14, artifacts_expire_days=90, access_logs_expire_days=400
        ),
        pipeline=Pipeline(folder="flight_delays", parallel_steps=3, parameters=parameters),
        notebooks=notebooks,
        emr=emr,
        emr_serverless=emr_serverless,
        operations=operations,
        serving=serving,
        existing_data=existing_data or ExistingData(),
        approval_pipeline=approval_pipeline,
    )


PLATFORM = Platform(
    environments={"owned": OWNED, "joined": JOINED, "lent": LENT},
    projects={
        "alpha": (
            deployment(
                "alpha",
                OWNED,
                notebooks=(EXPLORE, REVIEW),
                emr=LARGE,
                operations=WATCHED,
                approval_pipeline=PROMOTING,
            ),
            deployment(
                "alpha",
                JOINED,
                emr=PLAIN,
                emr_serverless=APPLICATION,
                existing_data=EXISTING,
                operations=BUDGETED,
                Margin=0.05,
            ),
            deployment("alpha", LENT, notebooks=(EXPLORE, SCRATCH)),
        ),
        "beta": (
            deployment("beta", OWNED, notebooks=(BY_HAND, NIGHT, OFFICE), Rounds=50),
            deployment("beta", LENT, operations=BUDGETED),
        ),
    },
)


def synthesize(folder: Path) -> None:
    """Synthesize these examples."""
    # Importing CDK starts Node: only where it is used, not in each worker that collects tests.
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()
