"""`mlproject check` reports the errors in a pipeline's report.json."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_check import check, pipeline_checkout


def report_without_translations(root: Path) -> Path:
    folder = pipeline_checkout(root) / "pipelines" / "flight_delays"
    (folder / "report.es.json").unlink()
    return folder / "report.json"


def test_a_report_that_refers_to_what_the_pipeline_lacks_is_refused_with_the_closest_name(tmp_path: Path) -> None:
    report = report_without_translations(tmp_path)
    metric = {"label": "AUC", "step": "Evalute", "output": "metrics", "file": "m.json", "path": "auc"}
    report.write_text(json.dumps({"metrics": [{**metric, "direction": "higher"}]}))
    done = check(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: pipelines/flight_delays/report.json:1: metrics[0].step: the pipeline has no step Evalute. "
        "Did you mean Evaluate? Allowed: Evaluate, Prepare, Score.\n"
    )


def test_a_report_with_an_unknown_key_is_refused(tmp_path: Path) -> None:
    report = report_without_translations(tmp_path)
    report.write_text('{"metric": []}')
    done = check(tmp_path)
    assert done.returncode == 2
    assert "report.json:1: metric: unknown key. Did you mean metrics?" in done.stderr
