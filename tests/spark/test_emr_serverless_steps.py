"""EMRServerless steps on local Spark: the pipeline flight_delays without a cluster, and a definition from a file."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.deployed_projects.platform import ACCOUNT, DeployedPlatform
from tests.spark.preparation import assert_same_rows, upload_code
from tests.spark.test_emr_steps import SCRIPT

# Before Spark writes into a folder, it asks whether the folders above are objects, and takes a denial for no.
pytestmark = [pytest.mark.spark, pytest.mark.timeout(900), pytest.mark.provokes_denials]


@pytest.fixture(scope="module")
def run(platform: DeployedPlatform) -> Mapping[str, Any]:
    """A run of the pipeline of rides, whose step Prepare runs on the project's application."""
    pushed = platform.mlproject("data", "push", "rides", "-e", "dev")
    assert pushed.returncode == 0, pushed.stderr
    upload_code(platform, "rides")
    done = platform.mlproject("run", "rides", "-e", "dev", "--parameter", "Rounds=20", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def test_a_job_on_the_application_prepares_the_same_rows_as_pandas(
    platform: DeployedPlatform, run: Mapping[str, Any], prepared: Path
) -> None:
    artifacts = platform.deployment("rides").names.bucket("artifacts")
    execution = run["execution_arn"].rpartition("/")[2]
    assert_same_rows(platform, f"s3://{artifacts}/flight_delays/runs/{execution}/Prepare", prepared)


def test_the_other_steps_use_the_outputs_of_the_job_and_register_a_model(run: Mapping[str, Any]) -> None:
    steps = {each["name"]: each["status"] for each in run["steps"]}
    assert {steps[name] for name in ("Prepare", "Train", "Evaluate", "Better", "Register", "Score")} == {"Succeeded"}
    assert run["model_package_arn"]


def test_the_job_ran_on_the_projects_application_with_the_role_of_its_jobs(
    platform: DeployedPlatform, run: Mapping[str, Any]
) -> None:
    (step,) = (
        each
        for each in platform.client("sagemaker").list_pipeline_execution_steps(
            PipelineExecutionArn=run["execution_arn"]
        )["PipelineExecutionSteps"]
        if each["StepName"] == "Prepare"
    )
    (application,) = platform.physical_ids("rides-dev-emr-serverless", "AWS::EMRServerless::Application")
    named = step["Metadata"]["EMRServerless"]
    assert named["ApplicationId"] == application
    job = platform.client("emr-serverless").get_job_run(applicationId=application, jobRunId=named["JobRunId"])["jobRun"]
    assert (job["state"], job["name"]) == ("SUCCESS", "Prepare")
    assert job["executionRole"] == f"arn:aws:iam::{ACCOUNT}:role/rides-dev-emr-serverless"
    assert job["tags"]["project"] == "rides"
    status = platform.mlproject("application", "status", "rides", "-e", "dev")
    assert f"{named['JobRunId']} Prepare: SUCCESS" in status.stdout


def test_smoke_finds_the_committed_definition_with_its_engine_and_the_application(platform: DeployedPlatform) -> None:
    checked = json.loads(platform.mlproject("smoke", "rides", "-e", "dev", "--json").stdout)
    found = {each["topic"]: each for each in checked["outcomes"]}
    assert {found[topic]["state"] for topic in ("pipeline", "pipeline role", "application")} == {"ok"}, found


def test_a_definition_from_a_file_runs_its_job_and_shows_the_end_of_its_log(
    platform: DeployedPlatform, tmp_path: Path
) -> None:
    (tmp_path / "copy_rows.py").write_text(SCRIPT)
    (tmp_path / "delays.csv").write_text("carrier,delay\nAA,10\nUA,-5\n")
    role = "arn:aws:iam::222222222222:role/jobs-of-another-team"

    def run_file(target: str) -> subprocess.CompletedProcess[str]:
        job = {
            "entryPoint": "s3://team/code/copy_rows.py",
            "entryPointArguments": ["s3://team/in/", target],
            "sparkSubmitParameters": "--conf spark.executor.cores=4 --conf spark.executor.memory=14g",
        }
        config = {"executionRoleArn": role, "jobDriver": {"sparkSubmit": job}, "applicationId": "00otherteam"}
        arguments = {"ExecutionRoleArn": role, "ApplicationId": "00otherteam", "JobConfig": config}
        step = {"Name": "Copy", "Type": "EMRServerless", "Arguments": arguments}
        document = {"Version": "2020-12-01", "Parameters": [], "Steps": [step]}
        (tmp_path / "definition.json").write_text(json.dumps(document))
        definition, data = str(tmp_path / "definition.json"), f"s3://team/in={tmp_path}/delays.csv"
        return platform.mlproject("run", "--definition", definition, "--code", str(tmp_path), "--data", data, "--json")

    done = run_file("s3://team/out/")
    assert done.returncode == 0, done.stdout + done.stderr
    execution = json.loads(done.stdout)["execution_arn"].rpartition("/")[2]
    written = platform.root / ".mlproject" / "runs" / execution / "objects" / "team" / "out"
    (file,) = written.glob("part-*.csv")
    assert file.read_text() == "carrier,delay\nAA,10\nUA,-5\n"
    failed = run_file("-")
    assert failed.returncode == 1
    assert "ValueError: nothing to do with 2 rows" in failed.stdout + failed.stderr
    assert "The last lines of" in failed.stdout + failed.stderr
