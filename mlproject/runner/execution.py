"""Run a definition on this machine: check it, then run its steps."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mlproject.definition.local_steps import SPARK_STEP_TYPES
from mlproject.runner.checks import Models, check_scripts
from mlproject.runner.container.interpreters import Interpreter
from mlproject.runner.container.isolation import Isolation, default_isolation
from mlproject.runner.container.processes import Processes
from mlproject.runner.parameters import Scalar
from mlproject.runner.plan import Node
from mlproject.runner.preparation import prepare_run
from mlproject.runner.references import Scope
from mlproject.runner.results import Observer, RunResult
from mlproject.runner.scheduler import StepScheduler
from mlproject.runner.services import Services
from mlproject.runner.spark import NoSpark, StartSpark
from mlproject.runner.stand_ins import StandIns
from mlproject.runner.steps.run_context import RunContext
from mlproject.runner.steps.step import StepRunner
from mlproject.runner.storage.cache import Cache

# Receives the steps and the value of every pipeline parameter, and returns the services of the steps.
Prepare = Callable[[tuple[Node, ...], Mapping[str, Scalar]], Services]


def run_pipeline(
    *,
    definition: Mapping[str, Any],
    parameters: Mapping[str, Scalar],
    services: Services,
    execution_arn: str,
    role_arn: str,
    folder: Path,
    cache: Cache,
    observer: Observer = lambda _: None,
    isolation: Isolation | None = None,
    parallel: int | None = None,
    prepare: Prepare | None = None,
    interpreters: Mapping[str, Interpreter] = MappingProxyType({}),
    stand_ins: StandIns = MappingProxyType({}),
    models: Models = MappingProxyType({}),
    start_spark: StartSpark = NoSpark,
) -> RunResult:
    """Run a definition's steps on this machine.

    After a step fails, no new step starts, but running steps finish so that their results are kept. RetryPolicies are
    ignored because they are for errors of the service: a failing script fails its step.

    Args:
        definition: the parsed definition, with every placeholder replaced.
        parameters: values of pipeline parameters; the others use their defaults.
        services: objects, credentials, model registry and execution record (`EmbeddedAws` or `FolderServices`).
        execution_arn: the ARN of this run; its last part is Execution.PipelineExecutionId.
        role_arn: the pipeline's role.
        folder: a new folder for this run; its logs and property files remain.
        cache: results of earlier runs.
        observer: called on the caller's thread when a step starts or ends.
        isolation: how the processes get their /opt/ml; None for the best isolation that works on this machine.
        parallel: maximum number of parallel steps; None for the number of processors.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: the properties of steps that do not run, by step name.
        models: the deployed models that Transform steps name.
        prepare: called before the first step, after the checks of every run; returns the services of the steps if
            they are not `services`, and raises UserError for further problems.
        start_spark: returns the Spark for EMR and EMRServerless steps; called before the first step if there are any.

    Raises:
        UserError: the definition or a parameter is invalid; no step has run.
        UnreachableError: the embedded AWS stopped responding during the run.
    """
    isolation = isolation or default_isolation()
    prepared = prepare_run(
        definition, parameters, isolation=isolation, interpreters=interpreters, stand_ins=stand_ins, models=models
    )
    nodes, values = prepared.nodes, prepared.values
    if isolation == "prefix":
        check_scripts(nodes, values, services=services, role_arn=role_arn)
    if prepare:
        services = prepare(nodes, values)
    uses_spark = any(node.type in SPARK_STEP_TYPES and node.name not in stand_ins for node in nodes)
    spark = start_spark() if uses_spark else NoSpark()
    folder.joinpath("logs").mkdir(parents=True, exist_ok=True)
    context = RunContext(
        execution_arn=execution_arn,
        role_arn=role_arn,
        services=services,
        cache=cache,
        processes=Processes(),
        folder=folder,
        isolation=isolation,
        interpreters=interpreters,
        stand_ins=stand_ins,
        models=models,
        spark=spark,
    )
    scheduler = StepScheduler(
        nodes=nodes,
        runner=StepRunner(context=context),
        scope=_scope(execution_arn, values),
        observer=observer,
        parallel=parallel or os.cpu_count() or 1,
    )
    return scheduler.run()


def _scope(arn: str, values: Mapping[str, Any]) -> Scope:
    pipeline_arn, _, execution_id = arn.rpartition("/execution/")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Scope(
        parameters=values,
        execution={
            "PipelineExecutionId": execution_id,
            "PipelineExecutionArn": arn,
            "PipelineArn": pipeline_arn,
            "PipelineName": pipeline_arn.rpartition("/")[2],
            "StartDateTime": now,
            "CurrentDateTime": now,
        },
        steps={},
        property_files={},
        read_json=_read_outside_step,
    )


def _read_outside_step(uri: str) -> Any:
    raise AssertionError(f"{uri} is read by a step, with its own session")
