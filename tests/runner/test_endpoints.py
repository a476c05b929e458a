"""An endpoint of the embedded AWS answers with the registered model: its script, its role, its errors, its metrics."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import embedded_aws as servers
from mlproject.runner.serving import inference_command
from tests.runner.samples import SKLEARN, XGBOOST
from tests.runner.test_embedded import Account, session

pytestmark = pytest.mark.slow

# Adds the number in the model's file to every number of a request.
SCRIPT = """
import pathlib

def model_fn(folder):
    return int(pathlib.Path(folder, "number").read_text())

def input_fn(text, content_type):
    return [int(line) for line in text.split()]

def predict_fn(numbers, model):
    return [number + model for number in numbers]

def output_fn(numbers, accept):
    return "".join(f"{number}\\n" for number in numbers)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """An embedded AWS whose endpoints answer."""
    folder = tmp_path_factory.mktemp("endpoints")
    yield servers.start(folder, lifetime=servers.Lifetime.OF_STARTER, inference_command=inference_command())
    servers.stop(folder)


@pytest.fixture(scope="module")
def account(server: servers.Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with Account(
        session=session(server), endpoint=server.endpoint, name="adder", folder=tmp_path_factory.mktemp("account")
    ) as made:
        made.prepare()
        yield made


def packed(**files: str) -> bytes:
    """A tar.gz with these files; `_` in a name stands for a dot."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name.replace("_", "."))
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return buffer.getvalue()


def registered(account: Account, number: str, *, script: str = SCRIPT, approved: bool = True) -> str:
    """A version of the model with this number."""
    s3, bucket = account.client("s3"), account.name
    s3.put_object(Bucket=bucket, Key=f"models/{number}/model.tar.gz", Body=packed(number=number))
    s3.put_object(Bucket=bucket, Key=f"code/{number}.tar.gz", Body=packed(inference_py=script))
    container = {
        "Image": SKLEARN,
        "ModelDataUrl": f"s3://{bucket}/models/{number}/model.tar.gz",
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": f"s3://{bucket}/code/{number}.tar.gz",
        },
    }
    arn: str = account.client("sagemaker").create_model_package(
        ModelPackageGroupName=account.name,
        ModelApprovalStatus="Approved" if approved else "PendingManualApproval",
        InferenceSpecification={
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    return arn


def configured(account: Account, name: str, package: str) -> str:
    """An endpoint configuration with this version."""
    sagemaker = account.client("sagemaker")
    sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=account.role, PrimaryContainer={"ModelPackageName": package}
    )
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[on_instance(name)])
    return name


def on_instance(model: str) -> dict[str, Any]:
    return {"VariantName": "AllTraffic", "ModelName": model, "InitialInstanceCount": 1, "InstanceType": "ml.m5.large"}


def answer(account: Account, endpoint: str, body: str) -> str:
    reply = account.client("sagemaker-runtime").invoke_endpoint(
        EndpointName=endpoint, Body=body.encode(), ContentType="text/csv"
    )
    text: str = reply["Body"].read().decode()
    return text


def total(account: Account, endpoint: str, metric: str) -> float:
    now = datetime.now(UTC)
    points = account.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName=metric,
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": "AllTraffic"}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=10),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(point["Sum"] for point in points))


@pytest.fixture(scope="module")
def endpoint(account: Account) -> str:
    """An endpoint with the version that adds 10."""
    configured(account, "ten", registered(account, "10"))
    account.client("sagemaker").create_endpoint(EndpointName="adds", EndpointConfigName="ten")
    return "adds"


def test_an_endpoint_answers_with_the_script_of_the_registered_model(account: Account, endpoint: str) -> None:
    assert answer(account, endpoint, "1\n2\n") == "11\n12\n"
    assert total(account, endpoint, "Invocations") >= 1
    assert total(account, endpoint, "ModelLatency") > 0


def test_a_request_that_the_script_cannot_read_is_a_model_error_and_the_next_is_answered(
    account: Account, endpoint: str
) -> None:
    before = total(account, endpoint, "Invocation5XXErrors")
    with pytest.raises(ClientError) as raised:
        answer(account, endpoint, "no number")
    error = raised.value.response
    assert error["Error"]["Code"] == "ModelError"
    assert error["OriginalStatusCode"] == 500
    assert "invalid literal for int()" in error["OriginalMessage"]
    assert total(account, endpoint, "Invocation5XXErrors") == before + 1
    assert answer(account, endpoint, "5") == "15\n"


def test_an_unknown_endpoint_is_refused_in_the_words_of_aws(account: Account) -> None:
    with pytest.raises(ClientError) as raised:
        answer(account, "none", "1")
    assert raised.value.response["Error"] == {
        "Code": "ValidationError",
        "Message": "Endpoint none of account 123456789012 not found.",
    }


def test_an_update_serves_the_new_version_and_a_broken_one_leaves_the_old(account: Account, endpoint: str) -> None:
    sagemaker = account.client("sagemaker")
    sagemaker.update_endpoint(
        EndpointName=endpoint, EndpointConfigName=configured(account, "twenty", registered(account, "20"))
    )
    assert answer(account, endpoint, "1") == "21\n"
    broken = configured(account, "broken", registered(account, "30", script="raise RuntimeError('no weights')"))
    sagemaker.update_endpoint(EndpointName=endpoint, EndpointConfigName=broken)
    described = sagemaker.describe_endpoint(EndpointName=endpoint)
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "twenty")
    assert "did not pass the ping health check" in described["FailureReason"]
    assert "no weights" in described["FailureReason"]
    assert answer(account, endpoint, "1") == "21\n"


def test_a_version_that_is_not_approved_cannot_be_deployed(account: Account) -> None:
    package = registered(account, "40", approved=False)
    with pytest.raises(ClientError, match=r"approval status is PendingManualApproval, not Approved"):
        configured(account, "forty", package)
    with pytest.raises(ClientError, match=r"adder/999 not found"):
        configured(account, "missing", package.rpartition("/")[0] + "/999")


def test_a_role_that_may_not_read_the_model_leaves_the_endpoint_failed(account: Account) -> None:
    account.client("iam").create_role(
        RoleName="reads-nothing",
        AssumeRolePolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
                ],
            }
        ),
    )
    sagemaker = account.client("sagemaker")
    sagemaker.create_model(
        ModelName="unread",
        ExecutionRoleArn="arn:aws:iam::123456789012:role/reads-nothing",
        PrimaryContainer={"ModelPackageName": registered(account, "50")},
    )
    variant: dict[str, Any] = {
        "VariantName": "AllTraffic",
        "ModelName": "unread",
        "ServerlessConfig": {"MemorySizeInMB": 2048, "MaxConcurrency": 5},
    }
    sagemaker.create_endpoint_config(EndpointConfigName="unread", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="unread", EndpointConfigName="unread")
    described = sagemaker.describe_endpoint(EndpointName="unread")
    assert described["EndpointStatus"] == "Failed"
    assert "reads-nothing" in described["FailureReason"]


def test_a_deleted_endpoint_leaves_no_process(account: Account, server: servers.Server) -> None:
    sagemaker = account.client("sagemaker")
    sagemaker.create_endpoint(
        EndpointName="short-lived", EndpointConfigName=configured(account, "short", registered(account, "60"))
    )
    folder = next((server.folder / "endpoints").glob("*-short-lived-*"))
    assert running_in(folder)
    sagemaker.delete_endpoint(EndpointName="short-lived")
    assert not running_in(folder)


def running_in(folder: Path) -> list[str]:
    """The ids of the processes whose environment names the folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder).encode() in process.joinpath("environ").read_bytes():
                found.append(process.name)
        except OSError:
            continue
    return found


def test_the_built_in_xgboost_algorithm_answers_without_a_script(account: Account, tmp_path: Path) -> None:
    import numpy
    import xgboost

    rows = numpy.arange(20.0).reshape(10, 2)
    booster = xgboost.train({"nthread": 1, "seed": 1}, xgboost.DMatrix(rows, rows[:, 0]), 3)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        content = bytes(booster.save_raw("ubj"))
        entry = tarfile.TarInfo("xgboost-model")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    account.client("s3").put_object(Bucket=account.name, Key="trees/model.tar.gz", Body=buffer.getvalue())
    sagemaker = account.client("sagemaker")
    container = {"Image": XGBOOST, "ModelDataUrl": f"s3://{account.name}/trees/model.tar.gz"}
    sagemaker.create_model(ModelName="trees", ExecutionRoleArn=account.role, PrimaryContainer=container)
    sagemaker.create_endpoint_config(EndpointConfigName="trees", ProductionVariants=[on_instance("trees")])
    sagemaker.create_endpoint(EndpointName="trees", EndpointConfigName="trees")
    assert sagemaker.describe_endpoint(EndpointName="trees").get("FailureReason") is None
    expected = booster.predict(xgboost.DMatrix(rows[:1])).tolist()[0]
    assert float(answer(account, "trees", "0,1\n")) == pytest.approx(expected, abs=1e-6)


def test_an_endpoint_keeps_answering_when_whoever_created_it_has_gone(account: Account, server: servers.Server) -> None:
    configured(account, "outlives", registered(account, "70"))
    creator = session(server).client("sagemaker", endpoint_url=server.endpoint)
    creator.create_endpoint(EndpointName="outlives", EndpointConfigName="outlives")
    creator.close()
    folder = next((server.folder / "endpoints").glob("*-outlives-*"))
    # Each answer takes longer than the end of the connection's thread.
    assert [answer(account, "outlives", "1") for _ in range(20)] == ["71\n"] * 20
    assert running_in(folder)
