"""Run a job: reuse the result of an earlier run, or stage its inputs, run its process and upload its outputs."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlproject.definition import job_image
from mlproject.errors import UserError
from mlproject.runner.checks import JOBS
from mlproject.runner.container.interpreters import interpreter_for, own_interpreter
from mlproject.runner.container.isolation import BASE
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import LAST_LINES, read_tail
from mlproject.runner.container.script_paths import find_fixed_path, fixed_path_error, is_script
from mlproject.runner.container.staging import Listing, download, list_input, upload
from mlproject.runner.plan import Node
from mlproject.runner.services import StepServices
from mlproject.runner.steps.failure import failure_reason, quote_log
from mlproject.runner.steps.job import Job
from mlproject.runner.steps.outcome import Outcome, StepFailedError
from mlproject.runner.steps.permissions import check_permissions
from mlproject.runner.steps.property_files import read_property_files
from mlproject.runner.steps.run_context import RunContext
from mlproject.runner.storage.cache import Entry, cache_key
from mlproject.runner.storage.object_store import Store, UnreachableError
from mlproject.translation import joined

_NO_SPACE = "No space left on device"


def run_job(
    context: RunContext,
    node: Node,
    arguments: Mapping[str, Any],
    models: Mapping[str, Mapping[str, Any]],
    services: StepServices,
    *,
    is_checked: bool = False,
) -> Outcome:
    """Run a job, or take its results from the cache.

    Args:
        context: the run.
        node: the step.
        arguments: its resolved arguments.
        models: models by name, for Transform steps.
        services: the services of the step.
        is_checked: whether the permissions for SageMaker's own calls are known, as for jobs of a tuning job.

    Raises:
        StepFailedError: the process failed, or AWS would deny a call of the job.
        UserError: an input does not exist.
    """
    name = context.generate_name(node)
    kind = JOBS[node.type]
    chosen = interpreter_for(job_image(node.type, arguments), context.interpreters)
    job = kind(
        step=node.step,
        name=name,
        arn=f"{context.sagemaker}:{kind.kind}/{name}",
        arguments=arguments,
        models=models,
        interpreter=chosen or own_interpreter(),
    )
    model = models.get(str(arguments.get("ModelName")), {})
    # A transform job has no role of its own.
    role = str(arguments.get("RoleArn") or model.get("ExecutionRoleArn") or context.role_arn)
    store = services.store(role)
    try:
        listings = [list_input(store, each) for each in job.inputs()]
    except UnreachableError:
        raise
    except UserError:
        # AWS checks these permissions before it lists objects, so a missing permission is the better error.
        if not is_checked:
            check_permissions(context, services, node, arguments, name=name, model=model)
        raise
    if not is_checked:
        # One object represents its input. Permissions for the others are checked when they are read.
        objects = [listing.files[0][1].uri for listing in listings]
        check_permissions(context, services, node, arguments, name=name, objects=objects, model=model)
    # As on AWS, each pipeline has its own cache: outputs of other pipelines are in the buckets of other projects.
    content = [listing.content for listing in listings]
    key = cache_key(
        context.pipeline_arn,
        context.isolation != "prefix",
        job.cache_inputs(),
        content,
        *(chosen.packages if chosen else ()),
    )
    cacheable = services.is_cacheable and node.step.get("CacheConfig", {}).get("Enabled", True)
    entry = context.cache.find(key, store) if cacheable else None
    if entry is None:
        environment = {**services.environment(role), **job.interpreter.variables}
        entry, empty = _run_process(context, node, job, store, listings, environment=environment)
        # An output without a file usually means that the script wrote elsewhere, so the next run repeats the step.
        if cacheable and not empty:
            context.cache.save(key, entry)
        return replace(_outcome(kind, entry, source=None), empty_outputs=empty)
    return _outcome(kind, entry, source=entry.execution_arn)


def _run_process(
    context: RunContext, node: Node, job: Job, store: Store, listings: list[Listing], *, environment: Mapping[str, str]
) -> tuple[Entry, tuple[str, ...]]:
    """Stage the inputs, run the process, upload the outputs; return the result and the names of empty outputs.

    Nothing is uploaded unless the process succeeds.
    """
    place = Place(folder=context.folder / "work" / node.name, isolation=context.isolation)
    log = context.log_file(node)
    try:
        for listing in listings:
            download(store, listing, place.local(listing.input.local_path))
        command = job.prepare(place, environment)
        if context.isolation == "prefix":
            _reject_fixed_paths(place)
        failure = context.processes.run(command, log)
        if failure:
            raise StepFailedError(_failure(context, job, place, log, failure))
        property_files = read_property_files(node, place, job)
        empty = job.empty_outputs(place)
        objects = upload(store, job.outputs(place), kms_key=job.kms_key)
        properties = {**job.properties(), **job.log_properties(log)}
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)
    entry = Entry(
        execution_arn=context.execution_arn,
        properties=properties,
        outputs=dict(job.output_uris()),
        objects=objects,
        property_files=property_files,
    )
    return entry, empty


def _failure(context: RunContext, job: Job, place: Place, log: Path, failure: str) -> str:
    """Return why a process failed, with the end of its log."""
    lines = read_tail(log)
    reason = failure_reason(job, place, lines, failure)
    is_full = any(_NO_SPACE in line for line in [*lines[-LAST_LINES:], reason])
    full = f" {context.describe_full_disk()}" if is_full else ""
    return joined("", (reason, full, quote_log(log, lines, after=reason)))


def _reject_fixed_paths(place: Place) -> None:
    """Raise for scripts that use /opt/ml directly and were not known before the run: outputs of steps, or inputs."""
    for path in sorted(place.local(BASE).rglob("*")):
        if path.is_file() and is_script(path.name) and find_fixed_path(path.name, path.read_bytes()):
            raise StepFailedError(f"{fixed_path_error(path.name)}.")


def _outcome(kind: type[Job], entry: Entry, *, source: str | None) -> Outcome:
    return Outcome(
        properties=entry.properties,
        metadata={kind.metadata_key: {"Arn": entry.properties[f"{kind.metadata_key}Arn"]}},
        outputs=entry.outputs,
        property_files=entry.property_files,
        source=source,
    )
