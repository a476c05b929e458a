"""Run a pipeline that is deployed in the embedded AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mlproject.definition import steps_of
from mlproject.errors import UserError
from mlproject.runner.container.interpreters import Interpreter
from mlproject.runner.container.isolation import Isolation
from mlproject.runner.embedded.services import EmbeddedAws
from mlproject.runner.execution import run_pipeline
from mlproject.runner.parameters import Scalar, parameter_values
from mlproject.runner.results import Observer, RunResult
from mlproject.runner.spark import NoSpark, StartSpark
from mlproject.runner.stand_ins import StandIns
from mlproject.runner.storage.cache import Cache
from mlproject.runner.storage.object_store import UnreachableError
from mlproject.runner.storage.run_folders import CACHE, RUNS, clean_up_killed_runs, marked_as_running


def run_deployed_pipeline(
    *,
    aws: EmbeddedAws,
    name: str,
    parameters: Mapping[str, Scalar],
    defaults: Mapping[str, Scalar],
    folder: Path,
    reuse: bool = True,
    observer: Observer = lambda _: None,
    isolation: Isolation | None = None,
    interpreters: Mapping[str, Interpreter] = MappingProxyType({}),
    stand_ins: StandIns = MappingProxyType({}),
    start_spark: StartSpark = NoSpark,
) -> RunResult:
    """Start an execution of a deployed pipeline, run its steps here, and record it.

    If the embedded AWS reports missing permissions instead of enforcing them, every step runs, without the cache.

    Args:
        aws: the embedded AWS.
        name: the pipeline's name in AWS.
        parameters: values of pipeline parameters.
        defaults: values for parameters that `parameters` omits, used if the definition declares them, such as Commit.
        folder: contains `runs/` (a folder per execution) and `cache/`.
        reuse: whether to reuse results of earlier runs.
        observer: called when a step starts or ends.
        isolation: how the processes get their /opt/ml; None for the best isolation that works on this machine.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: the properties of steps that do not run, by step name.
        start_spark: returns the Spark for EMR and EMRServerless steps; called before the first step if there are any.

    Raises:
        UserError: the pipeline is not deployed, a parameter or the definition is invalid, or the role cannot be used.
    """
    pipeline = aws.describe_pipeline(name)
    declared = {parameter["Name"] for parameter in pipeline.definition.get("Parameters", [])}
    given = {**{key: value for key, value in defaults.items() if key in declared}, **parameters}
    values = parameter_values(pipeline.definition, given)
    aws.check_role(pipeline.role_arn)
    clean_up_killed_runs(folder, lambda arn: _record_killed(aws, arn))
    models = {name: aws.describe_model(name) for name in _named_models(pipeline.definition)}
    arn = aws.start_execution(name, {key: values[key] for key in given})
    run_folder = folder / RUNS / arn.rpartition("/")[2]
    # A report covers every step, so all steps run. Results of calls that AWS would deny are not saved.
    reports = aws.permissions == "report"
    with marked_as_running(run_folder, arn):
        aws.record(arn, "Executing", None, ())  # from here on, the pipeline cannot be deleted during the run
        try:
            result = run_pipeline(
                definition=pipeline.definition,
                parameters=given,
                services=aws,
                execution_arn=arn,
                role_arn=pipeline.role_arn,
                folder=run_folder,
                cache=Cache(folder / CACHE, reuse=reuse and not reports, save=not reports),
                observer=observer,
                isolation=isolation,
                interpreters=interpreters,
                stand_ins=stand_ins,
                start_spark=start_spark,
                parallel=pipeline.parallel,
                models=models,
            )
        except UnreachableError:
            raise
        except UserError as error:
            aws.record(arn, "Failed", str(error), ())
            raise
    return replace(result, missing=aws.missing()) if reports else result


def _named_models(definition: Mapping[str, Any]) -> list[str]:
    """Return the names of deployed models in the Transform steps of a definition."""
    names = [step["Arguments"].get("ModelName") for step in steps_of(definition) if step["Type"] == "Transform"]
    return sorted({name for name in names if isinstance(name, str)})


def _record_killed(aws: EmbeddedAws, arn: str) -> None:
    """Record that the execution of a killed run has stopped. Ignore executions that a new server does not have."""
    try:
        aws.record(arn, "Stopped", "the process that ran it was killed, or lost its connection", ())
    except UnreachableError:
        raise
    except UserError:
        return
