"""The keys of serving: each error is one sentence, and what is valid becomes frozen values."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import load_parameters
from mlproject.parameters.tables import generate_serving_types, serving_types
from tests.parameters.sample_files import PROJECT, error_lines, replaced, write_files

SERVERLESS = "endpoint: {kind: serverless}"


def with_serving(values: str) -> str:
    return f"{PROJECT}\nserving: {{{values}}}\n"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("model_version: approved, " + SERVERLESS, "so it cannot be 'approved' or 'latest'"),
        ("model_version: 0, " + SERVERLESS, "serving.model_version: 0 is not allowed"),
        (SERVERLESS, "serving.model_version: required key is missing"),
        ("model_version: 1", "nothing serves the model"),
        (f"model_version: 2, previous_version: 2, {SERVERLESS}", "is also the model_version"),
        (
            "model_version: 2, previous_version: 1, batch: {input_prefix: a/, instance_type: ml.m5.large}",
            "only an endpoint returns to a previous version",
        ),
        ("model_version: 1, endpoint: {kind: lambda}", "serving.endpoint.kind: lambda is not allowed"),
        ("model_version: 1, endpoint: {kind: real_time}", "a real_time endpoint requires instance_type"),
        (
            "model_version: 1, endpoint: {kind: serverless, data_capture_percent: 5}",
            "a serverless endpoint has no data_capture_percent",
        ),
        (
            "model_version: 1, endpoint: {kind: real_time, instance_type: ml.m5.large, memory_mb: 1024}",
            "a real_time endpoint has no memory_mb",
        ),
        ("model_version: 1, endpoint: {kind: serverless, memory_mb: 1500}", "1024, 2048, 3072"),
        (
            "model_version: 1, endpoint: {kind: real_time, instance_type: ml.m5.lage}",
            "ml.m5.lage is not an instance type of real-time endpoints",
        ),
        (
            "model_version: 1, batch: {input_prefix: scoring, instance_type: ml.m5.large}",
            "a prefix that ends with a slash",
        ),
        (
            "model_version: 1, batch: {input_prefix: a/, instance_type: ml.t2.medium}",
            "ml.t2.medium is not an instance type of batch transform jobs",
        ),
    ],
)
def test_a_mistake_in_serving_is_told(tmp_path: Path, values: str, expected: str) -> None:
    write_files(tmp_path, projects={"flights": with_serving(values)})
    lines = error_lines(tmp_path)
    assert lines
    assert all(expected in line for line in lines), lines


def test_serving_without_a_pipeline_is_refused(tmp_path: Path) -> None:
    pipeline = "pipeline:\n  folder: flight_delays\n  parameters:\n    Margin: 0.02\n"
    notebooks = "notebooks: {explore: {instance_type: ml.t3.medium}}\n"
    text = replaced(with_serving(f"model_version: 1, {SERVERLESS}"), pipeline, notebooks)
    write_files(tmp_path, projects={"flights": text})
    lines = error_lines(tmp_path)
    assert [
        f"no pipeline in {name} that registers a model to serve" in line
        for name, line in zip(("dev", "prod"), lines, strict=True)
    ] == [True, True]


def test_the_versions_are_the_current_one_and_then_the_previous_one(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": with_serving(f"model_version: 4, previous_version: 2, {SERVERLESS}")})
    (deployment, *_) = load_parameters(tmp_path).projects["flights"]
    assert deployment.require_serving().versions == (4, 2)


def test_the_table_of_instance_types_is_fresh() -> None:
    again = "run `python -m mlproject.parameters.tables.generate_serving_types`"
    assert serving_types.TABLE.read_text() == generate_serving_types.render(), again


def test_types_with_local_storage_take_no_key() -> None:
    assert [
        each
        for each in ("ml.m5.large", "ml.m5d.large", "ml.g4dn.xlarge", "ml.c5.xlarge", "ml.p4d.24xlarge")
        if serving_types.has_local_storage(each)
    ] == ["ml.m5d.large", "ml.g4dn.xlarge", "ml.p4d.24xlarge"]
