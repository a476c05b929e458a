"""Tuning steps: search, ranking, references to the best job, and what is refused."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner.container.interpreters import read_interpreter
from mlproject.runner.steps.search import create_search
from mlproject.runner.steps.search_space import CategoricalRange, NumericRange, Range
from tests.runner.conftest import Bench
from tests.runner.samples import definition, join, processing, training

# The best eta is 0.3, and depth 5; failing values fail the job.
TRAIN = """
import argparse, os, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--eta", type=float, default=0.1)
parser.add_argument("--depth", type=int, default=5)
parser.add_argument("--kind", default="a")
parser.add_argument("--fixed", default="")
found = parser.parse_args()
if found.kind == "broken":
    raise SystemExit("this kind is broken")
loss = (found.eta - 0.3) ** 2 + (found.depth - 5) ** 2
model = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "model", "eta")
model.write_text(f"{found.eta} {found.depth} {found.kind} {found.fixed}")
print(f"loss={loss};" if found.kind != "silent" else "no metric")
"""
# Unpacks the model, whose file it shows.
USE = """
import os, pathlib, tarfile
base = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing")
with tarfile.open(base / "input" / "model" / "model.tar.gz") as archive:
    text = archive.extractfile("eta").read()
(base / "output" / "out" / "text.txt").write_bytes(text)
"""
NUMBERS = {
    "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.01", "MaxValue": "1.0", "ScalingType": "Logarithmic"}],
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "9"}],
}


def tuning(
    *,
    strategy: str = "Random",
    ranges: dict[str, Any] | None = None,
    count: int | None = 6,
    config: dict[str, Any] | None = None,
    **arguments: Any,
) -> dict[str, Any]:
    job = training("x", channels={"train": "s3://data/train"})["Arguments"]
    static = {**job.pop("HyperParameters"), "fixed": "yes"}
    job["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "loss", "Regex": "loss=([^;]+);"}]
    limits = {"MaxParallelTrainingJobs": 2} | ({"MaxNumberOfTrainingJobs": count} if count else {})
    return {
        "Name": "Tune",
        "Type": "Tuning",
        "Arguments": {
            "HyperParameterTuningJobConfig": {
                "Strategy": strategy,
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
                "ResourceLimits": limits,
                "ParameterRanges": NUMBERS if ranges is None else ranges,
                **(config or {}),
            },
            "TrainingJobDefinition": {**job, "StaticHyperParameters": static},
            **arguments,
        },
    }


def best_model(step: str = "Tune") -> dict[str, Any]:
    """The URI that TuningStep.get_top_model_s3_uri of the SDK returns."""
    return join(
        "s3:/",
        "artifacts/models",
        {"Get": f"Steps.{step}.TrainingJobSummaries[0].TrainingJobName"},
        "output/model.tar.gz",
    )


@pytest.fixture
def trained(bench: Bench) -> Bench:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as file:
        member = tarfile.TarInfo("train.py")
        member.size = len(TRAIN.encode())
        file.addfile(member, io.BytesIO(TRAIN.encode()))
    bench.code.mkdir(exist_ok=True)
    bench.code.joinpath("train.tar.gz").write_bytes(archive.getvalue())
    return bench


@pytest.fixture
def data(tmp_path: Path) -> dict[str, Path]:
    folder = tmp_path / "train"
    folder.mkdir()
    (folder / "a.csv").write_text("1\n")
    return {"s3://data/train": folder}


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_the_best_job_is_ranked_first_and_its_model_can_be_used(
    trained: Bench, data: dict[str, Path], strategy: str
) -> None:
    trained.script("use.py", USE)
    follow = processing("Use", script="use.py", inputs={"model": best_model()})
    result = trained.run(definition(tuning(strategy=strategy), follow), data=data)
    assert result.status == "Succeeded", result.failure
    properties = result.steps[0].properties
    summaries = properties["TrainingJobSummaries"]
    objectives = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in summaries]
    assert len(summaries) == 6
    assert objectives == sorted(objectives)
    best = properties["BestTrainingJob"]
    assert best == summaries[0]
    tuned = best["TunedHyperParameters"]
    expected = (float(tuned["eta"]) - 0.3) ** 2 + (int(tuned["depth"]) - 5) ** 2
    assert objectives[0] == pytest.approx(expected)
    assert properties["TrainingJobStatusCounters"] == {"Completed": 6, "NonRetryableError": 0}
    used = trained.object(f"s3://artifacts/{result.execution_arn.rpartition('/')[2]}/Use/out/text.txt").read_text()
    assert used == f"{float(tuned['eta'])} {tuned['depth']} a yes"


def test_a_second_run_takes_every_job_from_the_cache(trained: Bench, data: dict[str, Path]) -> None:
    first = trained.run(definition(tuning()), data=data).steps[0].properties
    second = trained.run(definition(tuning()), data=data).steps[0].properties
    assert second["TrainingJobSummaries"] == first["TrainingJobSummaries"]


def test_a_grid_tries_every_combination_once(trained: Bench, data: dict[str, Path]) -> None:
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "kind", "Values": ["a", "b"]},
            {"Name": "depth", "Values": ["4", "5", "6"]},
        ]
    }
    result = trained.run(definition(tuning(strategy="Grid", ranges=ranges, count=None)), data=data)
    assert result.status == "Succeeded", result.failure
    tried = [
        tuple(each["TunedHyperParameters"].values()) for each in result.steps[0].properties["TrainingJobSummaries"]
    ]
    assert sorted(tried) == [(kind, depth) for kind in "ab" for depth in "456"]
    assert {depth for _, depth in tried[:2]} == {"5"}


def test_jobs_that_fail_or_report_nothing_are_left_out(trained: Bench, data: dict[str, Path]) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "kind", "Values": ["broken", "silent", "a"]}]}
    result = trained.run(definition(tuning(strategy="Grid", ranges=ranges, count=3)), data=data)
    assert result.status == "Succeeded", result.failure
    properties = result.steps[0].properties
    assert [each["TunedHyperParameters"] for each in properties["TrainingJobSummaries"]] == [{"kind": "a"}]
    assert properties["ObjectiveStatusCounters"] == {"Succeeded": 1, "Pending": 0, "Failed": 2}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("broken", "this kind is broken"), ("silent", "did not report the objective loss")],
)
def test_the_step_fails_with_the_reason_if_no_job_succeeds(
    trained: Bench, data: dict[str, Path], kind: str, reason: str
) -> None:
    ranges = {"CategoricalParameterRanges": [{"Name": "kind", "Values": [kind]}]}
    result = trained.run(definition(tuning(strategy="Grid", ranges=ranges, count=None)), data=data)
    assert result.status == "Failed"
    assert result.failure is not None
    assert "none of its 1 training jobs succeeded" in result.failure
    assert reason in result.failure


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (tuning(strategy="Hyperband"), "strategy Hyperband is not supported here; supported: Bayesian, Grid, Random"),
        (tuning(strategy="Grid"), "strategy Grid accepts categorical ranges only"),
        (tuning(ranges={}), "ParameterRanges contains no range"),
        (tuning(count=None), "ResourceLimits lacks 'MaxNumberOfTrainingJobs'"),
        (tuning(count=20_000), "MaxNumberOfTrainingJobs is 20000; allowed: 1 to 10000"),
        (
            tuning(ranges={"IntegerParameterRanges": [{"Name": "depth", "MinValue": "9", "MaxValue": "2"}]}),
            "range depth is inverted: MinValue 9 exceeds MaxValue 2",
        ),
        (
            tuning(ranges={"IntegerParameterRanges": [{"Name": "depth", "MinValue": "two", "MaxValue": "9"}]}),
            "a range has a limit that is not a number",
        ),
        (
            tuning(
                ranges={
                    "ContinuousParameterRanges": [
                        {"Name": "eta", "MinValue": "0", "MaxValue": "1", "ScalingType": "Logarithmic"}
                    ]
                }
            ),
            "range eta has a logarithmic scaling, which requires a MinValue above 0",
        ),
        (
            tuning(
                strategy="Grid", ranges={"CategoricalParameterRanges": [{"Name": "k", "Values": ["a", "b"]}]}, count=3
            ),
            "MaxNumberOfTrainingJobs is 3, but the grid has 2 combinations",
        ),
        (tuning(WarmStartConfig={}), "WarmStartConfig is not supported here"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_tuned_is_refused_before_anything_runs(
    trained: Bench, data: dict[str, Path], step: dict[str, Any], reason: str
) -> None:
    with pytest.raises(UserError) as refused:
        trained.run(definition(step), data=data)
    assert f"step Tune (Tuning): {reason}" in str(refused.value)
    assert trained.events == []


def test_missing_scripts_and_data_of_its_jobs_are_found_before_anything_runs(bench: Bench) -> None:
    with pytest.raises(UserError) as refused:
        bench.run(definition(tuning()))
    assert str(refused.value).splitlines() == [
        "step Tune (Tuning): its input 'train' has no local data for s3://data/train.",
        "step Tune (Tuning): its script train.py (s3://code/train.tar.gz) was not found.",
        "Add to the command: --code FOLDER (a folder with train.py) --data s3://data/train=PATH",
    ]
    assert bench.events == []


def test_its_jobs_run_with_the_interpreter_that_replaces_their_image(trained: Bench, data: dict[str, Path]) -> None:
    step = tuning(count=2)
    step["Arguments"]["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] = "x/mine:1"
    with pytest.raises(UserError, match=r"step Tune \(Tuning\): image 'x/mine:1' is not supported"):
        trained.run(definition(step), data=data)
    result = trained.run(definition(step), data=data, interpreters={"mine": read_interpreter("mine", sys.executable)})
    assert result.status == "Succeeded", result.failure


def number(scaling: str, low: float, high: float, *, is_integer: bool = False) -> NumericRange:
    return NumericRange(name="x", low=low, high=high, scaling=scaling, is_integer=is_integer)


@pytest.mark.parametrize(
    ("given", "position", "value"),
    [
        (number("Linear", 2, 4), 0.5, 3.0),
        (number("Logarithmic", 0.01, 100), 0.5, 1.0),
        (number("ReverseLogarithmic", 0.9, 0.999), 0.5, 0.99),
        (number("Auto", 0, 10, is_integer=True), 0.26, 3),
        (number("Linear", 1, 5, is_integer=True), 1.0, 5),
    ],
)
def test_a_position_is_a_value_on_the_scale_of_its_range(given: NumericRange, position: float, value: float) -> None:
    assert json.loads(given.value(position)) == pytest.approx(value)


def test_the_end_of_a_categorical_range_is_its_last_value() -> None:
    given = CategoricalRange(name="k", values=("a", "b", "c"))
    assert [given.value(position) for position in (0.0, 0.34, 0.99, 1.0)] == ["a", "b", "c", "c"]


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_the_same_seed_and_results_give_the_same_suggestions(strategy: str) -> None:
    def suggestions() -> list[dict[str, str]]:
        search = create_search(strategy, RANGES, seed=7)
        made = []
        for _ in range(6):
            (values,) = search.suggest(1)
            search.report(values, -((float(values["x"]) - 0.4) ** 2))
            made.append(values)
        return made

    assert suggestions() == suggestions()


RANGES: tuple[Range, ...] = (number("Linear", 0, 1), CategoricalRange(name="k", values=("a", "b")))


def test_a_bayesian_search_suggests_different_values_before_any_result_and_prints_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    search = create_search("Bayesian", [number("Linear", 0, 1)], seed=3)
    suggested = search.suggest(4)
    assert len({each["x"] for each in suggested}) == 4
    few = create_search("Bayesian", [CategoricalRange(name="k", values=("a", "b"))], seed=3)
    for _ in range(6):
        for values in few.suggest(2):
            few.report(values, 1.0)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_a_bayesian_search_comes_closer_than_its_first_guesses() -> None:
    search = create_search("Bayesian", [number("Linear", 0, 1)], seed=3)
    errors = []
    for _ in range(15):
        (values,) = search.suggest(1)
        errors.append(abs(float(values["x"]) - 0.4))
        search.report(values, -errors[-1])
    assert min(errors[5:]) < min(errors[:5])
    assert min(errors) < 0.05
