"""Tuning steps: run training jobs with different hyperparameters, and rank them by their objective.

Sources: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateHyperParameterTuningJob.html and
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeHyperParameterTuningJob.html
"""

from __future__ import annotations

import os
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.steps.search import STRATEGIES, TRIALS_LIMIT, create_search, grid_size
from mlproject.runner.steps.search_space import CategoricalRange, Range, read_ranges
from mlproject.runner.steps.training import TrainingJob
from mlproject.runner.steps.xgboost_algorithm import is_xgboost_algorithm
from mlproject.xgboost_container.hyperparameters import TUNING_METRIC

# DescribeHyperParameterTuningJob and the references to its best jobs show 50:
# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-tuning
_SUMMARIES_LIMIT = 50
# The built-in XGBoost reports these metrics without definitions:
# https://docs.aws.amazon.com/sagemaker/latest/dg/xgboost-tuning.html
_BUILT_IN_METRIC = r"#011{channel}-{metric}:([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"
# The value of a tuned hyperparameter before the run, which no check reads.
_UNKNOWN: Mapping[str, Any] = {"Get": "TunedHyperParameters"}
_NOT_HERE = ("WarmStartConfig", "TrainingJobDefinitions", "Autotune")

Arguments = Mapping[str, Any]


class TrialFailedError(Exception):
    """A training job of a tuning job failed."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A finished training job of a tuning job.

    Args:
        number: counted from 1.
        values: the tuned hyperparameters.
        properties: the properties of the training job; empty if it failed.
        objective: the value of the objective metric; None if the job failed or did not report it.
        failure: why it failed; empty if it succeeded.
    """

    number: int
    values: Mapping[str, str]
    properties: Mapping[str, Any]
    objective: float | None
    failure: str = ""


def unsupported_tuning_reasons(arguments: Arguments, *, isolated: bool) -> Iterator[str]:
    """Yield each reason why a tuning job cannot run on this machine, or would be refused by AWS."""
    config = arguments["HyperParameterTuningJobConfig"]
    for key in _NOT_HERE:
        if key in arguments:
            yield f"{key} is not supported here"
    strategy = config["Strategy"]
    if strategy not in STRATEGIES:
        yield f"strategy {strategy} is not supported here; supported: {', '.join(STRATEGIES)}"
        return
    if (config.get("ParameterRanges") or {}).get("AutoParameters"):
        yield "AutoParameters are not supported here, because AWS chooses their ranges"
    try:
        ranges = read_ranges(config)
    except ValueError as error:
        yield f"a range has a limit that is not a number ({error})"
        return
    yield from (problem for each in ranges if (problem := each.problem()))
    if not ranges:
        yield "ParameterRanges contains no range"
    yield from _count_problems(config, ranges)
    if "TrainingJobDefinition" in arguments:
        tuned = {each.name: _UNKNOWN for each in ranges}
        yield from TrainingJob.unsupported_reasons(_training_arguments(arguments, tuned), isolated=isolated)


def _count_problems(config: Arguments, ranges: tuple[Range, ...]) -> Iterator[str]:
    limits = config["ResourceLimits"]
    count = limits.get("MaxNumberOfTrainingJobs")
    if config["Strategy"] == "Grid":
        if not all(isinstance(each, CategoricalRange) for each in ranges):
            yield "strategy Grid accepts categorical ranges only"
        elif count is not None and int(count) != grid_size(ranges):
            yield f"MaxNumberOfTrainingJobs is {count}, but the grid has {grid_size(ranges)} combinations"
    elif count is None:
        yield "ResourceLimits lacks 'MaxNumberOfTrainingJobs'"
    elif not 1 <= int(count) <= TRIALS_LIMIT:
        yield f"MaxNumberOfTrainingJobs is {count}; allowed: 1 to {TRIALS_LIMIT}"


def tuning_job_name(execution_arn: str, step_name: str) -> str:
    """Return a name of at most 32 characters, which contains the id of the execution."""
    execution = execution_arn.rpartition("/")[2][:12]
    return f"{execution}-{step_name.replace('_', '-')[:7].strip('-')}-{secrets.token_hex(5)}"


def tune(
    arguments: Arguments, *, step_name: str, run_training: Callable[[str, Arguments], Mapping[str, Any]]
) -> tuple[Trial, ...]:
    """Run the training jobs of a tuning job, and return them with the best one first.

    Args:
        arguments: the resolved arguments of the step.
        step_name: name of the step; without a RandomSeed, equal steps try the same values in every run.
        run_training: runs a training job by its suffix and arguments, and returns its properties, with
            FinalMetricDataList.

    Raises:
        UserError: no training job succeeded and reported the objective.
        Exception: what `run_training` raises, except TrialFailedError.
    """
    config = arguments["HyperParameterTuningJobConfig"]
    ranges = read_ranges(config)
    limits = config["ResourceLimits"]
    count = int(limits.get("MaxNumberOfTrainingJobs") or grid_size(ranges))
    parallel = max(1, min(int(limits["MaxParallelTrainingJobs"]), os.cpu_count() or 1))
    sign = -1 if config["HyperParameterTuningJobObjective"]["Type"] == "Minimize" else 1
    search = create_search(config["Strategy"], ranges, seed=_seed(config, step_name))
    trials: list[Trial] = []
    with ThreadPoolExecutor(parallel) as pool:
        while len(trials) < count and (batch := search.suggest(min(parallel, count - len(trials)))):
            numbers = range(len(trials) + 1, len(trials) + len(batch) + 1)
            run = partial(_run_trial, arguments=arguments, run_training=run_training)
            done = list(pool.map(run, numbers, batch))
            for trial in done:
                if trial.objective is not None:
                    search.report(trial.values, sign * trial.objective)
            trials += done
    ranked = sorted(
        (trial for trial in trials if trial.objective is not None),
        key=lambda trial: (-sign * (trial.objective or 0.0), trial.number),
    )
    if not ranked:
        raise UserError(f"none of its {len(trials)} training jobs succeeded. {trials[0].failure}", exit_code=1)
    return (*ranked, *(trial for trial in trials if trial.objective is None))


def tuning_properties(arguments: Arguments, trials: tuple[Trial, ...], *, name: str, arn: str) -> dict[str, Any]:
    """Return the values of references to a tuning job."""
    metric = arguments["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"]
    summaries = [_summary(trial, metric) for trial in trials if trial.objective is not None]
    failed = len(trials) - len(summaries)
    return {
        **arguments,
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobArn": arn,
        "HyperParameterTuningJobStatus": "Completed",
        "BestTrainingJob": summaries[0],
        "TrainingJobSummaries": summaries[:_SUMMARIES_LIMIT],
        "TrainingJobStatusCounters": {"Completed": len(summaries), "NonRetryableError": failed},
        "ObjectiveStatusCounters": {"Succeeded": len(summaries), "Pending": 0, "Failed": failed},
    }


def _run_trial(
    number: int,
    values: Mapping[str, str],
    *,
    arguments: Arguments,
    run_training: Callable[[str, Arguments], Mapping[str, Any]],
) -> Trial:
    metric = arguments["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"]
    try:
        properties = run_training(f"{number:03d}", _training_arguments(arguments, values))
    except TrialFailedError as error:
        return Trial(number=number, values=values, properties={}, objective=None, failure=str(error))
    reported = {each["MetricName"]: each["Value"] for each in properties.get("FinalMetricDataList", [])}
    if metric in reported:
        return Trial(number=number, values=values, properties=properties, objective=float(reported[metric]))
    failure = f"Training job {number:03d} did not report the objective {metric}; check the Regex in MetricDefinitions."
    return Trial(number=number, values=values, properties=properties, objective=None, failure=failure)


def _training_arguments(arguments: Arguments, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a training job, as CreateTrainingJob takes them."""
    definition = arguments["TrainingJobDefinition"]
    algorithm = dict(definition["AlgorithmSpecification"])
    metric = arguments["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"]
    channel, _, name = str(metric).partition(":")
    defined = list(algorithm.get("MetricDefinitions") or [])
    if name and channel in ("train", "validation") and metric not in {each["Name"] for each in defined}:
        regex = _BUILT_IN_METRIC.format(channel=channel, metric=name.replace("@", "[@]"))
        algorithm["MetricDefinitions"] = [*defined, {"Name": metric, "Regex": regex}]
    kept = {key: value for key, value in definition.items() if key not in ("StaticHyperParameters", "DefinitionName")}
    training = {
        **kept,
        "AlgorithmSpecification": algorithm,
        "HyperParameters": {**(definition.get("StaticHyperParameters") or {}), **values},
    }
    if is_xgboost_algorithm(training):
        training["HyperParameters"][TUNING_METRIC] = metric
    return training


def _summary(trial: Trial, metric: str) -> dict[str, Any]:
    names = ("TrainingJobName", "TrainingJobArn", "TrainingJobStatus")
    return {
        **{key: trial.properties[key] for key in names},
        "TunedHyperParameters": dict(trial.values),
        "FinalHyperParameterTuningJobObjectiveMetric": {"MetricName": metric, "Value": trial.objective},
        "ObjectiveStatus": "Succeeded",
    }


def _seed(config: Arguments, step_name: str) -> int:
    return int(config["RandomSeed"]) if "RandomSeed" in config else zlib.crc32(step_name.encode())
