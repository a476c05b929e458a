"""Batch transform predicts with the model that the run trained, as the XGBoost container does."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import numpy
import pytest

from mlproject.errors import UserError
from tests.runner.conftest import Bench
from tests.runner.samples import ROLE, SKLEARN, XGBOOST, definition, training

pytestmark = pytest.mark.slow

TRAIN = """
import os, pathlib, numpy, xgboost
data = numpy.loadtxt(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv"), delimiter=",")
booster = xgboost.train({"nthread": 1, "seed": 1}, xgboost.DMatrix(data[:, 1:], data[:, 0]), 5)
booster.save_model(pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json"))
"""


def document(**transform: Any) -> dict[str, Any]:
    model = {
        "Name": "Model",
        "Type": "Model",
        "Arguments": {
            "ExecutionRoleArn": ROLE,
            "PrimaryContainer": {
                "Image": XGBOOST,
                "ModelDataUrl": {"Get": "Steps.Train.ModelArtifacts.S3ModelArtifacts"},
                "Environment": {},
            },
        },
    }
    source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://raw/score"}}
    score = {
        "Name": "Score",
        "Type": "Transform",
        "Arguments": {
            "ModelName": {"Get": "Steps.Model.ModelName"},
            "BatchStrategy": "MultiRecord",
            "TransformInput": {"ContentType": "text/csv", "DataSource": source, "SplitType": "Line"},
            "TransformOutput": {
                "Accept": "text/csv",
                "AssembleWith": "Line",
                "S3OutputPath": "s3://artifacts/scores",
            },
            "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
            **transform,
        },
    }
    return definition(training("Train", channels={"train": "s3://raw/train"}), model, score)


@pytest.fixture
def scored(bench: Bench) -> Bench:
    """A bench with training data and two files to score, one of them deeper."""
    bench.script("train.py", TRAIN)
    rows = numpy.random.default_rng(1).normal(size=(200, 3))
    rows[:, 0] = rows[:, 1] > 0
    for name, part in (("train/train.csv", rows), ("score/a.csv", rows[:5, 1:]), ("score/deep/b.csv", rows[5:8, 1:])):
        path = bench.object(f"s3://raw/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        numpy.savetxt(path, part, delimiter=",")
    return bench


def test_every_line_is_predicted_and_a_second_run_takes_the_predictions(scored: Bench) -> None:
    result = scored.run(document())
    assert result.status == "Succeeded", result.failure
    predictions = scored.object("s3://artifacts/scores/a.csv.out").read_text().split("\n")
    assert [round(float(value)) for value in predictions[:-1]] == [
        int(float(line.split(",")[0]) > 0) for line in scored.object("s3://raw/score/a.csv").read_text().splitlines()
    ]
    assert len(scored.object("s3://artifacts/scores/deep/b.csv.out").read_text().splitlines()) == 3
    again = scored.run(document())
    assert {step.name: step.cached for step in again.steps} == {"Train": True, "Model": False, "Score": True}


def test_columns_that_the_model_does_not_have_fail_the_step(scored: Bench) -> None:
    scored.object("s3://raw/score/a.csv").write_text("1,2,3,4\n")
    failure = scored.run(document()).failure
    assert failure
    assert failure.endswith("a.csv: 4 columns, but the model has 2")


@pytest.mark.parametrize(
    ("change", "clause"),
    [
        ({"DataProcessing": {"JoinSource": "Input"}}, "DataProcessing .* is not supported here"),
        ({"ModelName": "mine"}, "ModelName 'mine' is a fixed name"),
        (
            {"TransformOutput": {"Accept": "application/json", "S3OutputPath": "s3://a/b"}},
            "Accept application/json is not supported here; supported: text/csv",
        ),
    ],
)
def test_what_the_predictor_cannot_do_is_refused_by_name(bench: Bench, change: dict[str, Any], clause: str) -> None:
    with pytest.raises(UserError, match=rf"step Score \(Transform\): {clause}"):
        bench.run(document(**change))


SKLEARN_TRAIN = """
import os, pathlib, joblib, numpy, sklearn.linear_model
data = numpy.loadtxt(pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "train.csv"), delimiter=",")
model = sklearn.linear_model.LogisticRegression().fit(data[:, 1:], data[:, 0])
joblib.dump(model, pathlib.Path(os.environ["SM_MODEL_DIR"], "model.joblib"))
"""
MODEL_FN = """
import os, joblib

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))
"""
OTHER_FUNCTIONS = """
def input_fn(body, content_type):
    assert content_type == "text/csv"
    return [[float(cell) for cell in line.split(",")] for line in body.splitlines()]

def predict_fn(rows, model):
    return model.predict_proba(rows)[:, 1]

def output_fn(prediction, accept):
    return "".join(f"{len(prediction)},{value > 0.5}\\n" for value in prediction), accept
"""


def with_script(bench: Bench, script: str, **transform: Any) -> dict[str, Any]:
    """Return the definition with a scikit-learn model that `script` serves."""
    bench.script("train.py", SKLEARN_TRAIN)
    archive = bench.object("s3://code/inference.tar.gz")
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("inference.py")
        member.size = len(script.encode())
        tar.addfile(member, io.BytesIO(script.encode()))
    changed = document(**transform)
    changed["Steps"][1]["Arguments"]["PrimaryContainer"] |= {
        "Image": SKLEARN,
        "Environment": {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": "s3://code/inference.tar.gz",
        },
    }
    return changed


def test_a_scikit_learn_model_is_served_by_its_script_and_the_containers_defaults(scored: Bench) -> None:
    result = scored.run(with_script(scored, MODEL_FN))
    assert result.status == "Succeeded", result.failure
    rows = scored.object("s3://raw/score/a.csv").read_text().splitlines()
    predictions = scored.object("s3://artifacts/scores/a.csv.out").read_text().splitlines()
    assert [float(value) for value in predictions] == [float(row.split(",")[0]) > 0 for row in rows]


@pytest.mark.parametrize(("strategy", "size"), [("MultiRecord", 5), ("SingleRecord", 1)])
def test_the_scripts_own_functions_get_requests_of_the_strategys_size(scored: Bench, strategy: str, size: int) -> None:
    definition = with_script(scored, MODEL_FN + OTHER_FUNCTIONS, BatchStrategy=strategy)
    result = scored.run(definition)
    assert result.status == "Succeeded", result.failure
    lines = scored.object("s3://artifacts/scores/a.csv.out").read_text().splitlines()
    assert {line.split(",")[0] for line in lines} == {str(size)}
    assert len(lines) == 5


@pytest.mark.slow
def test_a_changed_script_transforms_again(scored: Bench) -> None:
    scored.run(with_script(scored, MODEL_FN))
    again = scored.run(with_script(scored, MODEL_FN + OTHER_FUNCTIONS))
    assert {step.name: step.cached for step in again.steps} == {"Train": True, "Model": False, "Score": False}


def test_a_script_without_model_fn_fails_the_step_by_name(scored: Bench) -> None:
    failure = scored.run(with_script(scored, OTHER_FUNCTIONS)).failure
    assert failure
    assert failure.endswith("inference.py must define model_fn")


def test_a_scikit_learn_model_without_a_script_is_refused_by_name(bench: Bench) -> None:
    refused = document()
    refused["Steps"][1]["Arguments"]["PrimaryContainer"]["Image"] = SKLEARN
    clause = r"without an inference script \(SAGEMAKER_PROGRAM\), .* only image 'sagemaker-xgboost'"
    with pytest.raises(UserError, match=rf"step Model \(Model\): {clause}"):
        bench.run(refused)
