"""The report of pipelines other than the example, from their definitions and the results of their runs."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from mlproject.demo.execution import build_pipeline_report, read_model, read_outputs
from mlproject.demo.show import show_report
from mlproject.report import OutputFile, Outputs, Report, ReportSettings, render_html
from mlproject.runner import RunResult, StepResult

ARN = "arn:aws:sagemaker:eu-west-1:123456789012"
FILE = OutputFile(step="Measure", output="report", file="evaluation/report.json")


def processing(name: str, *outputs: str, needs: str | None = None) -> dict[str, Any]:
    inputs = [{"S3Input": {"S3Uri": {"Get": f"Steps.{needs}.ProcessingOutputConfig.Outputs['x'].S3Output.S3Uri"}}}]
    return {
        "Name": name,
        "Type": "Processing",
        "Arguments": {
            "ProcessingInputs": inputs if needs else [],
            "ProcessingOutputConfig": {"Outputs": [{"OutputName": output} for output in outputs]},
        },
    }


REGRESSION = {"Steps": [processing("Fetch", "x"), processing("Measure", "report", needs="Fetch")]}
REGISTERING = {
    "Steps": [
        *REGRESSION["Steps"],
        {"Name": "Save", "Type": "RegisterModel", "DependsOn": ["Measure"], "Arguments": {}},
    ]
}


def run_of(definition: dict[str, Any], *, package: str | None = None, failed: str | None = None) -> RunResult:
    """A run in which every step succeeded, or all before one that failed."""
    steps: list[StepResult] = []
    for step in definition["Steps"]:
        over = any(before.status == "Failed" for before in steps)
        steps.append(
            StepResult(
                name=step["Name"],
                type=step["Type"],
                status="Skipped" if over else "Failed" if step["Name"] == failed else "Succeeded",
                started=None if over else datetime(2026, 1, 1, tzinfo=UTC),
                seconds=1.0,
            )
        )
    outputs = {"Measure": {"report": "s3://artifacts/houses/records/abc/Measure/report"}}
    return RunResult(
        execution_arn=f"{ARN}:pipeline/houses-local/execution/abc",
        status="Failed" if failed else "Succeeded",
        failure=f"step {failed} failed" if failed else None,
        seconds=3.0,
        steps=tuple(steps),
        outputs={} if failed else outputs,
        property_files={},
        model_package_arn=package,
        folder=None,
    )


class Bucket:
    """S3 with the given objects."""

    class exceptions:  # noqa: N801  (the name in boto3)
        class NoSuchKey(Exception):  # noqa: N818
            pass

    def __init__(self, **objects: str) -> None:
        self.objects = {
            f"houses/records/abc/Measure/report/evaluation/{name}.json": text for name, text in objects.items()
        }

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == "artifacts"
        if Key not in self.objects:
            raise self.exceptions.NoSuchKey
        return {"Body": io.BytesIO(self.objects[Key].encode())}


class Registry:
    """SageMaker with one model package."""

    def __init__(self, **package: Any) -> None:
        self.package = package

    def describe_model_package(self, *, ModelPackageName: str) -> dict[str, Any]:  # noqa: N803
        return {"ModelPackageArn": ModelPackageName, **self.package}


def report_of(definition: dict[str, Any], result: RunResult, **parts: Any) -> Report:
    return Report(
        project="houses",
        environment="local",
        region="eu-west-1",
        account="123456789012",
        endpoint=None,
        started="2026-01-01T00:00:00+00:00",
        wall_seconds=3.0,
        phases=(),
        stacks=(),
        pipeline=build_pipeline_report("houses-local", definition, result),
        **parts,
    )


def printed(report: Report) -> str:
    output = io.StringIO()
    show_report(report, Console(file=output, width=80))
    return output.getvalue()


SETTINGS = ReportSettings.model_validate(
    {
        "metrics": (
            {
                "step": "Measure",
                "output": "report",
                "file": FILE.file,
                "path": "regression_metrics.rmse.value",
                "label": "RMSE",
                "direction": "lower",
            },
        )
    }
)


def test_a_regression_that_declares_nothing_shows_its_steps() -> None:
    report = report_of(REGRESSION, run_of(REGRESSION))
    shown = printed(report)
    assert "● Fetch    Processing  1.0 s  succeeded" in shown
    assert "Metric" not in shown
    assert "registered model" not in shown
    assert "Fetch" in render_html(report)


def test_a_regression_without_a_baseline_shows_its_error() -> None:
    text = json.dumps({"regression_metrics": {"rmse": {"value": 3.25, "standard_deviation": 0.1}}})
    result = run_of(REGRESSION)
    outputs = read_outputs(Bucket(report=text), result, SETTINGS.sources)
    shown = printed(report_of(REGRESSION, result, settings=SETTINGS, outputs=outputs))
    assert "RMSE    3.250  (lower is better)" in shown
    assert "aseline" not in shown


def test_a_file_that_a_completed_step_did_not_write_is_reported() -> None:
    outputs = read_outputs(Bucket(other="{}"), run_of(REGRESSION), SETTINGS.sources)
    assert outputs == Outputs(problems=("The step Measure did not write evaluation/report.json to its output report.",))
    assert outputs.problems[0] in " ".join(
        printed(report_of(REGRESSION, run_of(REGRESSION), settings=SETTINGS, outputs=outputs)).split()
    )


def test_a_file_that_is_no_json_is_reported() -> None:
    outputs = read_outputs(Bucket(report="rmse: 3"), run_of(REGRESSION), SETTINGS.sources)
    assert outputs.contents == {}
    assert outputs.problems[0].startswith("Measure/report/evaluation/report.json is not valid JSON: Expecting value")


def test_the_files_of_a_step_that_failed_are_not_missed() -> None:
    result = run_of(REGRESSION, failed="Measure")
    assert read_outputs(Bucket(), result, SETTINGS.sources) == Outputs()
    assert "the step Measure failed before they were written" in render_html(
        report_of(REGRESSION, result, settings=SETTINGS)
    )


def test_a_registration_without_metrics_and_metadata_is_shown() -> None:
    arn = f"{ARN}:model-package/houses-local/1"
    result = run_of(REGISTERING, package=arn)
    registry = Registry(ModelPackageVersion=1, ModelApprovalStatus="Approved")
    model = read_model(registry, result.model_package_arn)
    assert model
    assert (model.version, model.approval_status, model.metrics_uri, model.commit, model.metadata) == (
        1,
        "Approved",
        None,
        None,
        {},
    )
    report = report_of(REGISTERING, result, model=model)
    assert "The model is registered." in render_html(report)
    assert f"{arn}\n  Approved" in printed(report)


def test_a_registration_outside_a_group_has_neither_version_nor_approval() -> None:
    arn = f"{ARN}:model-package/houses"
    model = read_model(Registry(), arn)
    assert model
    assert (model.version, model.approval_status) == (None, None)
    assert printed(report_of(REGISTERING, run_of(REGISTERING, package=arn), model=model)).count(arn) == 1


@pytest.mark.parametrize("metadata", [{"Team": "pricing", "Seed": "7"}, {}])
def test_whatever_metadata_the_registration_contains_is_shown(metadata: dict[str, str]) -> None:
    model = read_model(Registry(CustomerMetadataProperties=metadata), f"{ARN}:model-package/houses")
    page = render_html(report_of(REGISTERING, run_of(REGISTERING), model=model))
    for name, value in metadata.items():
        assert f"<dt>{name}</dt><dd><code>{value}</code></dd>" in page
    assert "DataVersion" not in page


def test_no_registration_is_no_model() -> None:
    assert read_model(Registry(), None) is None


def test_a_project_without_a_pipeline_says_that_there_is_nothing_to_run() -> None:
    report = Report(
        project="notes",
        environment="local",
        region="eu-west-1",
        account="123456789012",
        endpoint=None,
        started="2026-01-01T00:00:00+00:00",
        wall_seconds=3.0,
        phases=(),
        stacks=(),
    )
    assert "notes has no pipeline in local, so there is nothing to run." in printed(report)
