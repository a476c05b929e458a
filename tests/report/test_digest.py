"""summary.json holds what a program asks for, and is JSON whatever the metrics are."""

from __future__ import annotations

import json
from dataclasses import replace

from mlproject.report import summary
from tests.report import sample


def test_the_summary_has_the_keys_that_programs_read() -> None:
    found = summary(sample.GOOD)
    assert {"stacks", "resources", "pipeline", "metrics", "model_package_arn", "wall_seconds"} <= found.keys()
    assert found["stacks"][0] == {
        "name": "CDKToolkit",
        "status": "CREATE_COMPLETE",
        "seconds": 2.9,
        "resources": 7,
        "idle_usd_per_month": None,
    }
    assert [stack["idle_usd_per_month"] for stack in found["stacks"]] == [None, 97.36, 1.0, 0.0]
    assert found["resources"]["AWS::S3::Bucket"] == 4
    assert sum(found["resources"].values()) == 28
    assert found["pipeline"]["status"] == "Succeeded"
    assert found["pipeline"]["steps"]["Prepare"] == {"status": "Succeeded", "seconds": 4.62, "cached": False}
    assert found["pipeline"]["steps"]["TooWeak"] == {"status": "Skipped", "seconds": None, "cached": False}
    assert found["metrics"]["auc"] == 0.68849
    assert found["metrics"]["importance"]["waiting"] == 0.518504
    assert found["scoring"]["rows"] == 27020
    assert found["model_package_arn"].endswith(":model-package/flights-local-flight-delays/1")
    assert found["wall_seconds"] == 58.4


def test_the_summary_is_json() -> None:
    assert json.loads(json.dumps(summary(sample.GOOD), allow_nan=False)) == summary(sample.GOOD)


def test_lists_by_bin_and_by_day_stay_in_their_own_files() -> None:
    found = summary(sample.GOOD)
    assert not {"calibration", "days"} & (found["metrics"].keys() | found["scoring"].keys())


def test_numbers_that_json_lacks_become_null() -> None:
    metrics = {"auc": float("nan"), "importance": {"hour": float("inf")}, "folds": (0.5, float("-inf"))}
    found = summary(replace(sample.GOOD, metrics=metrics))
    assert found["metrics"] == {"auc": None, "importance": {"hour": None}, "folds": [0.5, None]}


def test_a_pipeline_that_failed_has_no_metrics_and_no_model() -> None:
    found = summary(sample.BROKEN)
    assert (found["metrics"], found["scoring"], found["model"], found["model_package_arn"]) == (None, None, None, None)
    assert found["pipeline"]["failure"] == "Step Train ended with exit code 1: ValueError: feature names do not match"
    assert found["pipeline"]["steps"]["Prepare"]["cached"] is True
