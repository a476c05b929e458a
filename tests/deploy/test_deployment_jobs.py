"""What deployment jobs rely on: a failure is explained, a commit can be rolled back, and a job can be cancelled."""

from __future__ import annotations

import json
import signal
import subprocess
from typing import Any

import psutil
import pytest

from embedded_aws import ACCOUNT
from mlproject.deployment import read_deployed_commit
from tests.deploy.conftest import REGION, client_of
from tests.deploy.scratch_checkout import Checkout, Client, statuses

pytestmark = pytest.mark.deploy
DEPLOY = ("deploy", "aurora", "-e", "scratch", "--yes")
KINDS = ("storage", "pipeline", "notebooks")


def git(checkout: Checkout, *arguments: str) -> str:
    identity = ("-c", "user.name=team", "-c", "user.email=team@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=checkout.root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(checkout: Checkout) -> str:
    git(checkout, "add", "projects", "environments.yaml")
    git(checkout, "commit", "--quiet", "--message", "change")
    return git(checkout, "rev-parse", "HEAD")


def templates(client: Client) -> dict[str, Any]:
    cloudformation = client("cloudformation")
    return {kind: cloudformation.get_template(StackName=f"aurora-scratch-{kind}")["TemplateBody"] for kind in KINDS}


def deployed_commit(client: Client) -> str | None:
    return read_deployed_commit(client, project="aurora", environment="scratch")


def test_an_earlier_commit_is_deployed_again_and_a_failing_one_changes_nothing(checkout: Checkout) -> None:
    client = client_of(checkout.server)
    project = checkout.add("aurora")
    git(checkout, "init", "--quiet")
    first = commit(checkout)
    checkout.mlproject(*DEPLOY)
    before = templates(client)
    assert deployed_commit(client) == first
    bucket = f"aurora-scratch-data-{ACCOUNT}-{REGION}"
    client("s3").put_object(Bucket=bucket, Key="raw/a", Body=b"b", ServerSideEncryption="aws:kms")

    text = project.read_text().replace("noncurrent_days: 7", "noncurrent_days: 9")
    project.write_text(text.replace("ml.t3.medium}}", "ml.t3.medium}, second: {instance_type: ml.t3.large}}"))
    second = commit(checkout)

    # Somebody else has the name of the second notebook: the stack of the notebooks fails after that of the storage.
    sagemaker = client("sagemaker")
    taken = "aurora-scratch-second"
    sagemaker.create_notebook_instance(
        NotebookInstanceName=taken, InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{ACCOUNT}:role/somebodys"
    )
    said = checkout.mlproject(*DEPLOY, code=1)
    paragraph = said.splitlines()[-1]
    assert paragraph.startswith("The stack aurora-scratch-notebooks failed at ")
    assert f"{taken}" in paragraph
    assert paragraph.endswith(
        "The stack is now UPDATE_ROLLBACK_COMPLETE. The previous version is intact. Fix the cause and run "
        "`mlproject deploy aurora --environment scratch` again."
    )
    assert templates(client)["notebooks"] == before["notebooks"]
    assert deployed_commit(client) == first
    smoke = json.loads(checkout.mlproject("smoke", "aurora", "-e", "scratch", "--json", code=1))
    (problem,) = (each["message"] for each in smoke["outcomes"] if each["state"] == "problem")
    assert problem == "aurora-scratch-notebooks is UPDATE_ROLLBACK_COMPLETE, so it does not contain the last deployment"

    sagemaker.stop_notebook_instance(NotebookInstanceName=taken)
    sagemaker.delete_notebook_instance(NotebookInstanceName=taken)
    checkout.mlproject(*DEPLOY)
    assert deployed_commit(client) == second
    assert templates(client)["storage"] != before["storage"]
    assert "no problem" not in checkout.mlproject("smoke", "aurora", "-e", "scratch")

    git(checkout, "checkout", "--quiet", first)
    said = checkout.mlproject("drift", "aurora", "-e", "scratch", code=1)
    assert f"Deployed is the commit {second}, and this checkout is {first}." in said
    # The notebook that the second commit added contains work.
    checkout.mlproject(*DEPLOY, "--override", "the notebook is new and empty")
    assert templates(client) == before
    assert deployed_commit(client) == first
    assert taken not in [
        each["NotebookInstanceName"] for each in sagemaker.list_notebook_instances()["NotebookInstances"]
    ]
    # Data is not rolled back.
    assert client("s3").get_object(Bucket=bucket, Key="raw/a")["Body"].read() == b"b"
    checkout.mlproject("drift", "aurora", "-e", "scratch")


def test_a_cancelled_job_ends_the_cdk_command_line_and_the_next_job_continues(checkout: Checkout) -> None:
    checkout.add("aurora")
    with checkout.deploying("aurora-scratch-storage", *DEPLOY) as (process, children):
        assert process.stdout
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait() == 130, rest
    assert "To continue, run the command again." in rest
    _, running = psutil.wait_procs(children, timeout=10)
    assert running == []

    checkout.mlproject(*DEPLOY)
    checkout.mlproject("smoke", "aurora", "-e", "scratch")


def test_a_stop_job_removes_an_environment_of_a_branch_and_can_be_repeated(checkout: Checkout) -> None:
    client = client_of(checkout.server)
    checkout.add("aurora")
    checkout.mlproject(*DEPLOY)
    bucket = f"aurora-scratch-data-{ACCOUNT}-{REGION}"
    client("s3").put_object(Bucket=bucket, Key="raw/a", Body=b"b", ServerSideEncryption="aws:kms")
    stop = ("destroy", "aurora", "-e", "scratch", "--yes", "--if-exists")
    assert "aurora-scratch-storage" in checkout.mlproject(*stop)
    assert set(statuses(client)) == {"scratch-network"}
    assert deployed_commit(client) is None
    assert bucket not in [each["Name"] for each in client("s3").list_buckets()["Buckets"]]
    assert "aurora is not deployed in scratch, so there is nothing to delete." in checkout.mlproject(*stop)
    # Without the option, a misspelled name is an error.
    assert "is not deployed in scratch" in checkout.mlproject("destroy", "aurora", "-e", "scratch", "--yes", code=2)
