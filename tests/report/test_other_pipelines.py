"""The page and the summary adapt to what a pipeline has and declares."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlproject.report import Outputs, Report, StepReport, build_summary, render_html
from tests.report import other_pipelines as others
from tests.report.test_page import Page, images

FLIGHT_WORDS = ("flight", " late ", "Evaluate", "Score", "AUC")


def text_of(report: Report) -> str:
    """The words of a page without the parts that only depend on the deployed stacks."""
    page = render_html(replace(report, stacks=(), plan=None, next_steps=(), phases=()))
    return Page(page.partition("</head>")[2].removesuffix("</html>\n")).text.replace("\N{NO-BREAK SPACE}", " ")


def headings(report: Report) -> list[str]:
    parts = render_html(report).split("<h2 ")[1:]
    return [part.partition(">")[2].partition("<")[0] for part in parts]


@pytest.mark.parametrize("report", [others.NOTHING_DECLARED, others.NO_PIPELINE, others.HOUSES, others.WINES])
def test_a_page_of_another_pipeline_is_well_formed_and_mentions_nothing_of_the_example(report: Report) -> None:
    assert Page(render_html(report)).open == []
    assert [word for word in FLIGHT_WORDS if word in text_of(report)] == []


def test_without_a_report_json_the_page_shows_steps_resources_and_times() -> None:
    assert headings(others.NOTHING_DECLARED) == ["The pipeline", "Deployed resources", "Duration", "Next steps"]
    text = text_of(others.NOTHING_DECLARED)
    assert "The pipeline succeeded." in text
    assert "Its pipeline ran 3 of 3 steps in 8.0 s" in text
    assert "diamond" not in text


def test_a_project_without_a_pipeline_shows_what_is_deployed() -> None:
    assert headings(others.NO_PIPELINE) == ["Deployed resources", "Duration", "Next steps"]
    text = text_of(others.NO_PIPELINE)
    assert "The project is deployed. It has no pipeline." in text
    assert "It has no pipeline to run." in text
    assert "that the pipeline runs" not in text
    assert build_summary(others.NO_PIPELINE)["pipeline"] is None


def test_a_regression_without_a_baseline_has_a_value_for_each_metric_and_no_comparison() -> None:
    text = text_of(others.HOUSES)
    assert "For how much will this house sell?" in text
    assert "The model's RMSE is 41,235 (lower is better)." in text
    assert "Metric Model RMSE lower is better 41,235 R2 higher is better 0.81" in text
    assert "aseline" not in text
    assert "guessing" not in text
    assert "The pipeline succeeded." in text


def test_the_predictions_of_a_regression_are_numbers() -> None:
    text = text_of(others.HOUSES)
    assert "The mean predicted price of the 40 houses of January 2026 is 225,000; the observed mean is 220,000." in text
    assert "Mean price of houses by day, January 2026" in text
    assert "2026-01-01 10 210,000 205,000" in text
    assert "%" not in text


def test_negative_values_are_in_the_table_and_not_in_a_chart() -> None:
    days = [{"day": "1", "rows": 2, "predicted": -3.5, "observed": 1.0}]
    report = replace(others.HOUSES, outputs=Outputs(contents={others.EVALUATION: {"days": days}}))
    assert len(images(render_html(report))) == len(images(render_html(others.HOUSES))) - 2
    assert "1 2 -3.500 1.000" in text_of(report)


def test_a_registration_without_metrics_and_lineage_shows_what_it_has() -> None:
    text = text_of(others.WINES)
    assert "The model beats the baseline and is registered." in text
    assert "Accuracy higher is better 0.9722 0.4000 +0.5722 better" in text
    assert text.count("model-package/wines") == 1
    assert "Version" not in text
    assert "Approval" not in text
    assert "lineage" not in text
    assert "None" not in text
    assert build_summary(others.WINES)["model"] == {
        "version": None,
        "approval_status": None,
        "metrics_uri": None,
        "commit": None,
        "metadata": {},
    }


def test_a_registration_that_was_skipped_is_explained() -> None:
    assert others.WINES.pipeline
    *before, save = others.WINES.pipeline.steps
    steps = (*before, replace(save, status="Skipped", seconds=None))
    report = replace(others.WINES, model=None, pipeline=replace(others.PIPELINE, steps=steps))
    assert "No model was registered: Save did not run." in text_of(report)


def test_a_fail_step_of_a_pipeline_that_trains_nothing_rejects_no_model() -> None:
    fail = StepReport(name="NoNewData", type="Fail", status="Failed", seconds=0.1, depends_on=("Fetch",))
    pipeline = replace(others.PIPELINE, status="Failed", steps=(others.STEPS[0], fail))
    assert "The pipeline ended at its Fail step NoNewData." in text_of(replace(others.HOUSES, pipeline=pipeline))


def test_a_file_that_could_not_be_read_is_reported() -> None:
    problem = "The step Measure did not write evaluation/report.json to its output report."
    report = replace(others.HOUSES, outputs=Outputs(problems=(problem,)))
    text = text_of(report)
    assert problem in text
    assert "There are no metrics" not in text
