"""report.json: every error with file, line, key and what is allowed, and references to what the pipeline lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlproject.parameters import ParametersError
from mlproject.report import ReportSettings, read_settings, settings_findings
from mlproject.report.settings import REPORT_FILE
from tests.definition.folders import FLIGHT_DELAYS, committed

METRIC = {
    "step": "Evaluate",
    "output": "metrics",
    "file": "metrics.json",
    "path": "auc",
    "label": "AUC",
    "direction": "higher",
}


def write(root: Path, text: str) -> Path:
    """A pipeline's folder with a report.json."""
    folder = root / "pipelines" / "wines"
    folder.mkdir(parents=True)
    (folder / REPORT_FILE).write_text(text)
    return folder


def errors(root: Path, content: object) -> list[str]:
    with pytest.raises(ParametersError) as caught:
        read_settings(write(root, json.dumps(content, indent=1)))
    return [str(finding) for finding in caught.value.findings]


def test_without_the_file_every_setting_has_its_default(tmp_path: Path) -> None:
    (tmp_path / "pipelines" / "wines").mkdir(parents=True)
    settings = read_settings(tmp_path / "pipelines" / "wines")
    assert settings == ReportSettings()
    assert (settings.metrics, settings.sources, settings.target.items) == ((), (), "rows")


def test_every_key_is_optional(tmp_path: Path) -> None:
    assert read_settings(write(tmp_path, "{}")) == ReportSettings()


def test_the_example_reads_each_of_its_files_once() -> None:
    assert list(map(str, read_settings(FLIGHT_DELAYS).sources)) == [
        "Evaluate/metrics/metrics.json",
        "Score/predictions/report.json",
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"questoin": "Why?"}, "pipelines/wines/report.json:2: questoin: unknown key. Did you mean question?"),
        ({"metrics": [{**METRIC, "direction": "highest"}]}, "Did you mean higher? Allowed: higher or lower."),
        (
            {"metrics": [{**METRIC, "path": "a..b"}]},
            'report.json:7: metrics[0].path: "a..b" is not allowed. Allowed: names joined by dots',
        ),
        ({"metrics": [{**METRIC, "file": "/tmp/a.json"}]}, "Allowed: a relative path, such as metrics.json."),
        ({"metrics": [{**METRIC, "decimals": 9}]}, "metrics[0].decimals: 9 is not allowed. Allowed: 0 to 6."),
        ({"metrics": [METRIC, METRIC]}, "metrics: two metrics have the label AUC"),
        (
            {"metrics": [{**METRIC, "perfect": 1}]},
            "AUC has only one end of its bar. Allowed: both guessing and perfect.",
        ),
        ({"metrics": [{**METRIC, "perfect": 0, "guessing": 1}]}, "do not match its direction, higher"),
        ({"target": {"event": "late", "value": "delay"}}, "target: event and value exclude each other"),
        ({"importance": {"path": "importance"}}, "importance.step: required key is missing"),
    ],
)
def test_an_error_has_its_line_its_key_and_what_is_allowed(
    tmp_path: Path, content: dict[str, Any], expected: str
) -> None:
    assert expected in "\n".join(errors(tmp_path, content))


def test_what_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match=r"pipelines/wines/report.json:2: is not valid JSON"):
        read_settings(write(tmp_path, "{\n1}"))


def unknown(root: Path, **content: object) -> list[str]:
    folder = write(root, json.dumps(content, indent=1))
    return [str(finding) for finding in settings_findings(folder, committed().document)]


def test_a_step_that_the_pipeline_does_not_have_is_reported_with_the_closest_one(tmp_path: Path) -> None:
    assert unknown(tmp_path, metrics=[{**METRIC, "step": "Evalute"}]) == [
        "pipelines/wines/report.json:4: metrics[0].step: the pipeline has no step Evalute. Did you mean Evaluate? "
        "Allowed: Evaluate, Prepare, Score."
    ]


def test_an_output_that_the_step_does_not_have_is_reported(tmp_path: Path) -> None:
    test = {"data": "x", "step": "Prepare", "output": "traim", "file": "counts.json"}
    assert unknown(tmp_path, test=test) == [
        "pipelines/wines/report.json:5: test.output: the step Prepare has no output traim. Did you mean train? "
        "Allowed: counts, score, test, train, validation."
    ]


def test_a_step_without_files_is_reported(tmp_path: Path) -> None:
    importance = {"step": "Train", "output": "model", "file": "model.json", "path": "gain"}
    (finding,) = unknown(tmp_path, importance=importance)
    assert "importance.step: the step Train writes no output that a report can read" in finding


def test_a_step_in_a_branch_is_known(tmp_path: Path) -> None:
    predictions = {"data": "x", "step": "Score", "output": "predictions", "file": "report.json"}
    assert unknown(tmp_path, predictions=predictions) == []


def test_references_are_not_checked_without_a_valid_definition(tmp_path: Path) -> None:
    folder = write(tmp_path, json.dumps({"metrics": [{**METRIC, "step": "Other"}]}))
    assert settings_findings(folder, None) == ()
