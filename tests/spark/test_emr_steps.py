"""EMR steps of pipelines on local Spark: the pipeline flight_delays with `engine: spark`, and other definitions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, REGION, DeployedPlatform
from tests.spark.preparation import PIPELINE, assert_same_rows, upload_code

# Before Spark writes into a folder, it asks whether the folders above are objects, and takes a denial for no.
pytestmark = [pytest.mark.spark, pytest.mark.timeout(900), pytest.mark.provokes_denials]


def test_the_script_explains_itself(tmp_path: Path) -> None:
    script = PIPELINE / "steps" / "prepare_spark.py"
    command = [str(ROOT / ".venv-spark" / "bin" / "python"), "-I", str(script), "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "usage: prepare_spark.py" in done.stdout
    assert "see --help" in done.stdout


@pytest.fixture(scope="module")
def run(platform: DeployedPlatform, flights_data: None) -> Mapping[str, Any]:
    """A run of the deployed pipeline, whose step Prepare runs on an EMR cluster of its own."""
    upload_code(platform, "flights")
    done = platform.mlproject("run", "flights", "-e", "dev", "--parameter", "Rounds=20", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def test_spark_prepares_the_same_rows_in_the_same_order_and_types_as_pandas(
    platform: DeployedPlatform, run: Mapping[str, Any], prepared: Path
) -> None:
    artifacts = platform.deployment("flights").names.bucket("artifacts")
    execution = run["execution_arn"].rpartition("/")[2]
    assert_same_rows(platform, f"s3://{artifacts}/flight_delays/runs/{execution}/Prepare", prepared)
    prefix = f"flight_delays/runs/{execution}/Prepare/counts/"
    (counts,) = (
        each["Key"]
        for each in platform.client("s3").list_objects_v2(Bucket=artifacts, Prefix=prefix)["Contents"]
        if each["Key"].endswith(".txt")
    )
    text = platform.client("s3").get_object(Bucket=artifacts, Key=counts)["Body"].read()
    assert json.loads(text) == json.loads((prepared / "counts" / "counts.json").read_text())


def test_the_other_steps_use_the_outputs_of_spark_and_register_a_model(run: Mapping[str, Any]) -> None:
    steps = {each["name"]: each["status"] for each in run["steps"]}
    assert {steps[name] for name in ("Prepare", "Train", "Evaluate", "Better", "Register", "Score")} == {"Succeeded"}
    assert run["model_package_arn"]


def test_the_step_had_a_cluster_of_its_own_which_has_ended(platform: DeployedPlatform, run: Mapping[str, Any]) -> None:
    (step,) = (
        each
        for each in platform.client("sagemaker").list_pipeline_execution_steps(
            PipelineExecutionArn=run["execution_arn"]
        )["PipelineExecutionSteps"]
        if each["StepName"] == "Prepare"
    )
    cluster = platform.client("emr").describe_cluster(ClusterId=step["Metadata"]["EMR"]["ClusterId"])["Cluster"]
    assert cluster["Status"]["State"] == "TERMINATED"
    assert cluster["Ec2InstanceAttributes"]["IamInstanceProfile"] == "flights-dev-emr-nodes"
    assert cluster["SecurityConfiguration"]
    (own,) = platform.physical_ids("flights-dev-emr", "AWS::EMR::Cluster")
    assert cluster["Id"] != own


def test_smoke_finds_the_committed_definition_with_its_engine_and_the_libraries_of_the_cluster(
    platform: DeployedPlatform,
) -> None:
    checked = json.loads(platform.mlproject("smoke", "flights", "-e", "dev", "--json").stdout)
    (pipeline,) = (each for each in checked["outcomes"] if each["topic"] == "pipeline")
    assert pipeline["state"] == "ok", pipeline


SCRIPT = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
source, target = sys.argv[1:]
rows = spark.read.csv(source, header=True)
if target == "-":
    raise ValueError(f"nothing to do with {rows.count()} rows")
rows.write.csv(target, header=True)
"""


def emr_definition(cluster: str, script: str, *arguments: str) -> dict[str, Any]:
    words = ["spark-submit", "--deploy-mode", "cluster", "--master", "yarn", script, *arguments]
    config = {"HadoopJarStep": {"Jar": "command-runner.jar", "Args": words}}
    step = {"Name": "Copy", "Type": "EMR", "Arguments": {"ClusterId": cluster, "StepConfig": config}}
    return {"Version": "2020-12-01", "Parameters": [], "Steps": [step]}


def test_a_definition_from_a_file_runs_its_emr_step_and_shows_the_end_of_its_log(
    platform: DeployedPlatform, tmp_path: Path
) -> None:
    (tmp_path / "copy_rows.py").write_text(SCRIPT)
    (tmp_path / "delays.csv").write_text("carrier,delay\nAA,10\nUA,-5\n")
    definition = tmp_path / "definition.json"

    def run_file(target: str) -> subprocess.CompletedProcess[str]:
        document = emr_definition("j-OTHERTEAM", "s3://team/code/copy_rows.py", "s3://team/in/", target)
        definition.write_text(json.dumps(document))
        data = f"s3://team/in={tmp_path}/delays.csv"
        return platform.mlproject(
            "run", "--definition", str(definition), "--code", str(tmp_path), "--data", data, "--json"
        )

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


def role_of_a_pipeline(platform: DeployedPlatform, cluster: str) -> str:
    """Create a role that may only run steps on a cluster."""
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    actions = [f"elasticmapreduce:{name}" for name in ("AddJobFlowSteps", "DescribeCluster", "DescribeStep")]
    arn = f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/{cluster}"
    allow = {"Effect": "Allow", "Action": actions, "Resource": arn}
    iam = platform.client("iam")
    role = iam.create_role(RoleName="of-another-app", AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName="of-another-app", PolicyName="steps", PolicyDocument=policy(allow))
    return str(role)


def policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.mark.provokes_denials
def test_an_emr_step_on_the_projects_cluster_has_only_the_permissions_of_its_nodes(
    platform: DeployedPlatform, tmp_path: Path
) -> None:
    names = platform.deployment("flights").names
    artifacts, other = names.bucket("artifacts"), platform.deployment("digits").names.bucket("data")
    (cluster,) = platform.physical_ids("flights-dev-emr", "AWS::EMR::Cluster")
    s3 = platform.client("s3")
    s3.put_object(Bucket=artifacts, Key="spark/copy_rows.py", Body=SCRIPT.encode())
    document = emr_definition(
        cluster, f"s3://{artifacts}/spark/copy_rows.py", f"s3://{other}/raw/", f"s3://{artifacts}/spark/out/"
    )
    role = role_of_a_pipeline(platform, cluster)
    platform.client("sagemaker").create_pipeline(
        PipelineName="of-another-app",
        PipelineDefinition=json.dumps(document),
        RoleArn=role,
        ClientRequestToken="x" * 32,
    )
    done = platform.mlproject("run", "--pipeline", "of-another-app", "-e", "dev")
    assert done.returncode == 1
    assert "its role was denied" in (done.stdout + done.stderr).lower()
    assert f"s3:::{other}" in done.stdout + done.stderr
