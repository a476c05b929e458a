"""AWS's sample pipeline runs from the raw data to the registered model, with its built-in XGBoost algorithm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlproject.runner import RunResult
from tests.runner import abalone
from tests.runner.conftest import Bench

pytestmark = pytest.mark.slow


@pytest.fixture
def data(bench: Bench) -> dict[str, Path]:
    """The raw data behind its address in AWS; the bench has the scripts."""
    bench.script("preprocess.py", abalone.PREPROCESS)
    bench.script("evaluate.py", abalone.EVALUATE)
    path = bench.folder / "abalone-dataset.csv"
    abalone.write_data(path)
    return {abalone.INPUT_DATA: path}


def statuses(result: RunResult) -> dict[str, str]:
    return {step.name: step.status for step in result.steps}


def test_the_sample_runs_to_the_registered_model_and_registers_none_above_the_limit(
    bench: Bench, data: dict[str, Path]
) -> None:
    result = bench.run(abalone.abalone(), data=data, parameters={"ModelApprovalStatus": "Approved"})
    assert result.status == "Succeeded", result.failure
    assert set(statuses(result).values()) == {"Succeeded"}
    mse = result.property_files["EvaluateAbaloneModel.AbaloneEvaluationReport"]["regression_metrics"]["mse"]["value"]
    rings = [float(line.rpartition(",")[2]) for line in data[abalone.INPUT_DATA].read_text().splitlines()]
    mean = sum(rings) / len(rings)
    assert mse < sum((value - mean) ** 2 for value in rings) / len(rings) / 2
    metrics = {
        each["MetricName"]: each["Value"] for each in result.step("TrainAbaloneModel").properties["FinalMetricDataList"]
    }
    assert set(metrics) == {"train:rmse", "validation:rmse"}
    package = json.loads((bench.kept / "model-packages" / "AbaloneModelPackageGroup" / "1.json").read_text())
    assert package["ModelApprovalStatus"] == "Approved"
    (container,) = package["InferenceSpecification"]["Containers"]
    assert bench.object(container["ModelDataUrl"]).is_file()
    assert bench.object(package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]).is_file()

    refused = bench.run(abalone.abalone(highest_mse=0.001), data=data)
    assert refused.status == "Succeeded", refused.failure
    assert statuses(refused)["RegisterAbaloneModel"] == "Skipped"
    assert [step.name for step in refused.steps if step.cached] == [
        *("PreprocessAbaloneData", "TrainAbaloneModel", "EvaluateAbaloneModel")
    ]
