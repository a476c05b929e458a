"""Batch transform predicts with the model that the run trained, as the XGBoost container does."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from mlproject.errors import UserError
from tests.runner.conftest import Bench
from tests.runner.samples import ROLE, XGBOOST, definition, training

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


def test_a_model_with_its_own_script_is_refused_by_name(bench: Bench) -> None:
    refused = document()
    refused["Steps"][1]["Arguments"]["PrimaryContainer"]["Environment"] = {"SAGEMAKER_PROGRAM": "inference.py"}
    with pytest.raises(
        UserError, match=r"step Model \(Model\): a Transform step here does not support the model's own"
    ):
        bench.run(refused)
