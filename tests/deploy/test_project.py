"""The real project by the ordinary CDK CLI, from the first deploy to destroy; boto3 looks at what exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import ACCOUNT, Server
from tests.checkouts import EXAMPLE
from tests.deploy.checkout import synthesize
from tests.deploy.conftest import REGION, Cli, client_of
from tests.deploy.listing import BUCKETS, PATH, STACKS, STAGE, exists
from tests.mlproject_command import run_mlproject

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]
SELECTION = ("local/**",)


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cloud assembly of everything in the environment `local`, synthesized once per worker."""
    return synthesize(tmp_path_factory.mktemp("assembly") / "checkout", scheduled)


def scheduled(project: dict[str, Any]) -> None:
    """The schedule of prod, so that nothing that can be deployed is left out."""
    project["operations"]["schedule"] = project["environments"]["prod"]["operations"]["schedule"]


def mlproject(server: Server, *arguments: str, code: int = 0) -> str:
    """The command `mlproject` for the example platform, pointed at a server; what it printed."""
    done = run_mlproject(*arguments, folder=EXAMPLE, variables=server.environment(ACCOUNT, REGION))
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def deployed(cdk: Cli, assembly: Path, bootstrapped: Server) -> Iterator[Client]:
    """Everything deployed; afterwards nothing of it exists any more."""
    client = client_of(bootstrapped)
    assert exists(client) == {}
    cdk.deploy(assembly, *SELECTION)
    yield client
    mlproject(bootstrapped, "empty", "flights", "--environment", "local", "--yes")
    cdk("destroy", "--app", str(assembly), *SELECTION, "--force")
    assert exists(client) == {}


def test_everything_is_deployed_once_and_a_second_deploy_changes_nothing(
    cdk: Cli, assembly: Path, bootstrapped: Server, deployed: Client
) -> None:
    before = exists(deployed)
    assert before["stack"] == sorted(("local-network", *STACKS))
    assert set(before["bucket"]) == BUCKETS
    assert before["pipeline"] == before["model package group"] == before["dashboard"] == [STAGE]
    assert before["notebook"] == [f"{STAGE}-explore ml.t3.medium"]
    assert {kind: len(before[kind]) for kind in ("VpcId", "SubnetId", "cluster", "topic", "budget", "schedule")} == {
        "VpcId": 1,
        "SubnetId": 2,
        "cluster": 1,
        "topic": 1,
        "budget": 1,
        "schedule": 1,
    }
    _assert_storage_is_private(deployed)

    output = cdk.deploy(assembly, *SELECTION)
    assert output.count("(no changes)") == len(STACKS) + 1
    assert "There were no differences" in cdk("diff", "--app", str(assembly), f"{PATH}/*")
    assert exists(deployed) == before

    deployed("s3").put_object(Bucket=f"{STAGE}-data-{ACCOUNT}-{REGION}", Key="raw/kept", Body=b"data")
    refused = cdk("destroy", "--app", str(assembly), f"{PATH}/storage", "--force", fails=True)
    assert "not empty" in refused


def _assert_storage_is_private(client: Client) -> None:
    s3 = client("s3")
    for bucket in BUCKETS:
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
        (rule,) = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        algorithm = rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
        # S3 cannot deliver access logs into a bucket that is encrypted with a KMS key.
        assert algorithm == ("AES256" if "access-logs" in bucket else "aws:kms")


def _changed(project: dict[str, Any]) -> None:
    """What a team changes: a larger notebook, one more, a wider cluster, another budget, no schedule."""
    project["notebooks"]["explore"]["instance_type"] = "ml.t3.large"
    project["notebooks"]["second"] = {"instance_type": "ml.t3.medium"}
    project["emr"]["maximum_count"] = 5
    project["operations"]["monthly_budget_usd"] = 450


def test_a_change_is_shown_deployed_and_a_failing_one_is_taken_back(cdk: Cli, tmp_path: Path, deployed: Client) -> None:
    before = exists(deployed)
    changed = synthesize(tmp_path / "changed", _changed)
    shown = cdk("diff", "--app", str(changed), f"{PATH}/*")
    assert "ml.t3.large" in shown
    assert "AWS::Scheduler::Schedule" in shown

    # Somebody else has the second notebook's name: the stack cannot make it, and takes the rest back.
    taken = f"{STAGE}-second"
    sagemaker = deployed("sagemaker")
    sagemaker.create_notebook_instance(
        NotebookInstanceName=taken, InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/somebodys"
    )
    output = cdk.deploy(changed, f"{PATH}/notebooks", fails=True)
    assert taken in output
    sagemaker.stop_notebook_instance(NotebookInstanceName=taken)
    sagemaker.delete_notebook_instance(NotebookInstanceName=taken)
    assert exists(deployed) == before

    cdk.deploy(changed, *SELECTION)
    after = exists(deployed)
    assert after["notebook"] == [f"{STAGE}-explore ml.t3.large", f"{STAGE}-second ml.t3.medium"]
    assert (after["cluster"], after["cluster's limit"]) == (before["cluster"], ["5"])
    assert [budget.split()[1:] for budget in after["budget"]] == [["450", "USD"]]
    assert "schedule" not in after
    assert all(after[kind] == before[kind] for kind in ("bucket", "key", "VpcId", "SubnetId", "topic", "pipeline"))


def test_a_cluster_that_ended_by_itself_comes_back_and_the_next_deploy_works(
    cdk: Cli, tmp_path: Path, bootstrapped: Server, assembly: Path, deployed: Client
) -> None:
    (ended,) = exists(deployed)["cluster"]
    deployed("emr").terminate_job_flows(JobFlowIds=[ended])  # as auto-termination does
    assert "cluster" not in exists(deployed)
    # CloudFormation takes it for complete, so a deploy without a change brings nothing back.
    assert "(no changes)" in cdk.deploy(assembly, f"{PATH}/emr")
    assert "mlproject cluster up" in mlproject(bootstrapped, "cluster", "status", "flights", "--environment", "local")

    mlproject(bootstrapped, "cluster", "up", "flights", "--environment", "local")
    (back,) = exists(deployed)["cluster"]
    assert back != ended
    address = deployed("ssm").get_parameter(Name="/mlproject/local/flights/livy-address")["Parameter"]["Value"]
    assert deployed("emr").describe_cluster(ClusterId=back)["Cluster"]["MasterPublicDnsName"] in address

    # The next deploy of a change keeps the cluster that is there.
    cdk.deploy(synthesize(tmp_path / "changed", _changed), f"{PATH}/emr")
    assert (exists(deployed)["cluster"], exists(deployed)["cluster's limit"]) == ([back], ["5"])


def test_a_first_deploy_that_fails_leaves_no_bucket_behind_and_can_be_repeated(
    cdk: Cli, assembly: Path, bootstrapped: Server
) -> None:
    client = client_of(bootstrapped)
    taken = f"{STAGE}-artifacts-{ACCOUNT}-{REGION}"
    client("s3").create_bucket(Bucket=taken, CreateBucketConfiguration={"LocationConstraint": REGION})

    output = cdk.deploy(assembly, f"{PATH}/storage", fails=True)
    assert f"{taken} already exists" in output
    assert exists(client)["bucket"] == [taken]

    client("s3").delete_bucket(Bucket=taken)
    cdk.deploy(assembly, f"{PATH}/storage")
    assert set(exists(client)["bucket"]) == BUCKETS
    mlproject(bootstrapped, "empty", "flights", "--environment", "local", "--yes")
    cdk("destroy", "--app", str(assembly), f"{PATH}/storage", "--force")
    assert exists(client) == {}
