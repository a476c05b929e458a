"""Scripts of a definition file that call AWS find an embedded AWS with their data, and what they write is read."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

import embedded_aws
from mlproject.cli.common.run_server import run_own_aws
from mlproject.runner import RunResult
from mlproject.runner.aws_calls import buckets, region
from tests.runner.conftest import Bench
from tests.runner.samples import (
    EXECUTION,
    SKLEARN,
    XGBOOST,
    definition,
    join,
    output_of,
    parameter,
    processing,
    register,
    training,
)

pytestmark = pytest.mark.slow

# Reads an object, and writes it to an output, to another key and to another bucket.
CALLER = """\
import os, pathlib, sys
import boto3
s3 = boto3.client("s3")
folder = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
s3.download_file("theirs", "raw/x.txt", str(folder / "text.txt"))
text = (folder / "text.txt").read_text()
s3.put_object(Bucket="theirs", Key="clean/y.txt", Body=f"clean {text}".encode())
print(s3.list_objects_v2(Bucket="artifacts")["KeyCount"], boto3.client("sts").get_caller_identity()["Account"])
"""

# A client that no search of the text finds.
HIDDEN = "importlib.import_module('bo' + 'to3')"


@pytest.fixture
def caller(bench: Bench) -> Bench:
    """A bench with a script that calls AWS, and its data."""
    bench.script("caller.py", CALLER)
    (bench.folder / "raw").mkdir()
    (bench.folder / "raw" / "x.txt").write_text("rows")
    return bench


def run(bench: Bench, *steps: dict[str, Any], **options: Any) -> RunResult:
    data = {"s3://theirs/raw": bench.folder / "raw"}
    return bench.run(definition(*steps), data=data, start_aws=run_own_aws, **options)


def test_a_script_reads_the_data_and_what_it_writes_is_an_input_of_a_later_step(caller: Bench) -> None:
    steps = (
        processing("A", script="caller.py"),
        processing("B", inputs={"clean": "s3://theirs/clean/", "a": output_of("A", "out")}, DependsOn=["A"]),
    )
    result = run(caller, *steps)
    assert result.failure is None
    assert caller.object(f"{result.outputs['B']['out']}/text.txt").read_text() == "rows clean rows"
    assert result.folder
    # What only a script has written is kept with the run.
    saved = sorted(path for path in (result.folder / "objects").rglob("*") if path.is_file())
    assert [path.relative_to(result.folder / "objects").as_posix() for path in saved] == ["theirs/clean/y.txt"]
    assert embedded_aws.status(result.folder / "aws") is None


def test_a_script_finds_the_outputs_of_earlier_steps_even_if_they_are_reused(caller: Bench) -> None:
    caller.script(
        "reader.py",
        textwrap.dedent(
            """\
            import os, pathlib, sys
            import boto3
            bucket, _, key = sys.argv[1].removeprefix("s3://").partition("/")
            body = boto3.client("s3").get_object(Bucket=bucket, Key=f"{key}/text.txt")["Body"]
            out = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
            out.joinpath("text.txt").write_text(body.read().decode())
            """
        ),
    )
    steps = (processing("A", arguments=["x"]), processing("B", script="reader.py", arguments=[output_of("A", "out")]))
    for reused in (False, True):
        result = run(caller, *steps)
        assert result.failure is None
        assert caller.object(f"{result.outputs['B']['out']}/text.txt").read_text() == "x"
        # What a script reads from AWS itself is unknown, so its result is not reused.
        assert [result.step(name).cached for name in "AB"] == [reused, False]


def test_no_server_starts_for_scripts_that_do_not_call_aws(bench: Bench) -> None:
    def refuse(folder: Path, region: str) -> Any:
        raise AssertionError("started")

    assert bench.run(definition(processing("A")), start_aws=refuse).status == "Succeeded"


def test_an_object_that_a_script_does_not_find_is_explained(caller: Bench) -> None:
    (caller.folder / "raw" / "x.txt").rename(caller.folder / "raw" / "other.txt")
    failure = run(caller, processing("A", script="caller.py")).failure
    assert failure
    assert failure.endswith("Add what the script reads: --data s3://bucket/key=PATH")
    arguments = ["--in", {"Get": "Parameters.In"}, "s3://theirs/raw/other.txt", "s3://theirs/"]
    step = processing("A", script="caller.py", arguments=arguments, environment={"MORE": "s3://b/more"})
    data = {"s3://theirs/raw": caller.folder / "raw"}
    document = definition(step, parameters=(parameter("In", "String", "s3://theirs/raw/x.txt"),))
    failure = caller.run(document, data=data, start_aws=run_own_aws).failure
    assert failure
    lines = failure.splitlines()
    assert lines[0].startswith("step A failed: exit code 1: botocore.exceptions.ClientError: An error occurred (404)")
    assert lines[1].endswith("caller.py, line 5, in <module>")
    assert lines[-1].endswith("reads: --data s3://theirs/raw/x.txt=PATH --data s3://b/more=PATH")


def test_a_script_that_was_not_recognized_is_explained(bench: Bench) -> None:
    bench.script("step.py", f"import importlib, os\n{HIDDEN}.client('s3', region_name='eu-west-1').list_buckets()\n")
    failure = bench.run(definition(processing("A")), start_aws=run_own_aws).failure
    assert failure
    assert "NoCredentialsError" in failure
    assert failure.endswith("Add `import boto3` to the script of the step.")


def test_a_training_archive_is_searched_for_calls(bench: Bench) -> None:
    bench.script(
        "train.py",
        "import os, pathlib\nimport boto3\n"
        "boto3.client('s3').head_bucket(Bucket='artifacts')\n"
        "pathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'model/m').write_text('m')\n",
    )
    assert bench.run(definition(training("Train", channels={})), start_aws=run_own_aws).failure is None


def test_buckets_and_region_are_those_of_the_definition() -> None:
    document = definition(
        processing("A", inputs={"a": "s3://first/x", "b": {"Get": "Parameters.Raw"}}, image=SKLEARN),
        processing("B", inputs={"c": join("s3:/", "third", EXECUTION, "x")}),
    )
    found = buckets(document, {"Raw": "s3://second/y"}, {"s3://fourth": "path"})
    assert found == {"first", "second", "third", "fourth", "code", "artifacts"}
    assert region(document, {}) == "eu-west-1"
    assert region(definition(), {}) == "us-east-1"


# Reads the registered model as a script on AWS does: its version, its artifact, its metrics and its status.
DESCRIBER = """\
import json, os, pathlib, sys
import boto3
sagemaker, s3 = boto3.client("sagemaker"), boto3.client("s3")
package = sagemaker.describe_model_package(ModelPackageName=sys.argv[1])
listed = sagemaker.list_model_packages(ModelPackageGroupName=package["ModelPackageGroupName"])
(container,) = package["InferenceSpecification"]["Containers"]
bucket, _, key = container["ModelDataUrl"].removeprefix("s3://").partition("/")
statistics = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
metrics_bucket, _, metrics_key = statistics.removeprefix("s3://").partition("/")
found = {
    "versions": [each["ModelPackageVersion"] for each in listed["ModelPackageSummaryList"]],
    "status": package["ModelApprovalStatus"],
    "image": container["Image"],
    "size": s3.head_object(Bucket=bucket, Key=key)["ContentLength"],
    "metrics": s3.get_object(Bucket=metrics_bucket, Key=metrics_key)["Body"].read().decode(),
    "model": sagemaker.describe_model(ModelName=sys.argv[2])["PrimaryContainer"]["ModelDataUrl"],
}
out = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
out.joinpath("found.json").write_text(json.dumps(found))
"""
TRAINER = "import os, pathlib\npathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'model/m').write_text('m')\n"


def test_a_script_finds_the_models_that_earlier_steps_have_registered_and_created(bench: Bench) -> None:
    bench.script("train.py", TRAINER)
    bench.script("describe.py", DESCRIBER)
    artifact = {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"}
    registered = register("Register", artifact, group="theirs")
    metrics = join(output_of("Evaluate", "out"), "text.txt")
    statistics = {"ContentType": "application/json", "S3Uri": metrics}
    registered["Arguments"]["ModelMetrics"] = {"ModelQuality": {"Statistics": statistics}}
    model = {
        "Name": "Model",
        "Type": "Model",
        "Arguments": {
            # As in the definition of another account.
            "ExecutionRoleArn": "arn:aws:iam::111122223333:role/theirs",
            "PrimaryContainer": {"Image": XGBOOST, "ModelDataUrl": artifact},
        },
    }
    names = [{"Get": "Steps.Register.ModelPackageArn"}, {"Get": "Steps.Model.ModelName"}]
    describe = processing("Describe", script="describe.py", arguments=names)
    evaluate = processing("Evaluate", arguments=["accurate"])
    document = definition(training("Train", channels={}), evaluate, registered, model, describe)
    for reused in (False, True):
        result = bench.run(document, start_aws=run_own_aws)
        assert result.failure is None
        assert result.step("Evaluate").cached is reused
        found = json.loads(bench.object(f"{result.outputs['Describe']['out']}/found.json").read_text())
        assert found.pop("size") > 0
        assert found.pop("model").startswith("s3://artifacts/models/")
        assert found == {
            "versions": [1],
            "status": "PendingManualApproval",
            "image": XGBOOST,
            "metrics": "accurate",
        }
        assert result.model_package_arn == f"arn:aws:sagemaker:eu-west-1:{embedded_aws.ACCOUNT}:model-package/theirs/1"
    # The folder keeps what every run has registered.
    assert [path.name for path in sorted(bench.kept.glob("model-packages/theirs/*"))] == ["1.json", "2.json"]
    assert len(list(bench.kept.glob("models/*"))) == 2


def test_a_registration_that_aws_does_not_accept_fails_the_step_in_words(bench: Bench) -> None:
    bench.script("describe.py", DESCRIBER)
    registered = register("Register", "s3://artifacts/model.tar.gz")
    registered["Arguments"]["Approval"] = "Approved"
    failure = bench.run(
        definition(registered, processing("Describe", script="describe.py", DependsOn=["Register"])),
        start_aws=run_own_aws,
    ).failure
    assert failure
    assert failure.startswith("step Register failed: registering the model: ")
    assert 'Unknown parameter in input: "Approval"' in failure
    assert not list(bench.kept.glob("model-packages/*/*"))
