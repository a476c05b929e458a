"""Run a step: a job with its cache, a model or its registration, a condition, or a Fail step."""

from __future__ import annotations

import errno
import json
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.checks import JOBS
from mlproject.runner.container.interpreters import Interpreter, interpreter_for, own_interpreter
from mlproject.runner.container.isolation import BASE, Isolation
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.processes import LAST_LINES, Processes, read_tail
from mlproject.runner.container.script_paths import find_fixed_path, fixed_path_error, is_script
from mlproject.runner.container.staging import Listing, download, list_input, upload
from mlproject.runner.embedded.denials import format_denials
from mlproject.runner.mapped_images import image_of
from mlproject.runner.plan import Node
from mlproject.runner.references import Scope, as_text, resolve
from mlproject.runner.services import Services, StepServices
from mlproject.runner.stand_ins import StandIns
from mlproject.runner.steps.conditions import holds
from mlproject.runner.steps.failure import failure_reason, quote_log
from mlproject.runner.steps.job import Job
from mlproject.runner.steps.tuning import TrialFailedError, tune, tuning_job_name, tuning_properties
from mlproject.runner.storage.cache import Cache, Entry, cache_key
from mlproject.runner.storage.object_store import Store, UnreachableError

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
_JOB_NAME_LIMIT = 63
_NO_SPACE = "No space left on device"


class StepFailedError(Exception):
    """A step failed, for the reason in the message."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of a step that succeeded.

    Args:
        properties: the values of `Steps.<name>.*` references.
        metadata: its metadata in ListPipelineExecutionSteps.
        outputs: URI by output name.
        property_files: parsed JSON by property file name.
        branch: the decision of a condition.
        source: the ARN of the execution that created the outputs, if they come from the cache.
        empty_outputs: the names of outputs without a file.
        stood_in: whether the properties are those of a stand-in.
    """

    properties: Mapping[str, Any]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    property_files: Mapping[str, Any] = field(default_factory=dict)
    branch: bool | None = None
    source: str | None = None
    empty_outputs: tuple[str, ...] = ()
    stood_in: bool = False


@dataclass(frozen=True, kw_only=True)
class StepRunner:
    """Runs the steps of an execution; thread-safe.

    Args:
        execution_arn: the source of job names and ARNs.
        role_arn: the pipeline's role, for steps without a role.
        services: objects, credentials, model registry.
        cache: results of earlier runs.
        processes: the processes of the run.
        folder: the run's folder.
        isolation: how the processes get their /opt/ml.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: the properties of steps that do not run, by step name.
    """

    execution_arn: str
    role_arn: str
    services: Services
    cache: Cache
    processes: Processes
    folder: Path
    isolation: Isolation
    interpreters: Mapping[str, Interpreter] = field(default_factory=dict)
    stand_ins: StandIns = field(default_factory=dict)

    def run(self, node: Node, scope: Scope, models: Mapping[str, Mapping[str, Any]]) -> Outcome:
        """Run a step until it ends.

        Raises:
            StepFailedError: the step failed.
            UserError: something that it refers to or reads does not exist.
            RunStopped: the run is being stopped.
        """
        if node.name in self.stand_ins:
            return Outcome(properties=self.stand_ins[node.name], stood_in=True)
        services = self.services.for_step(node.name)
        try:
            return self._run(node, scope, models, services)
        except UnreachableError:
            raise
        except (StepFailedError, UserError) as error:
            # The response of a denied HEAD request has no message, and a script may swallow other messages.
            denied = [each for each in services.denials() if each.message not in str(error)]
            if denied:
                raise StepFailedError(f"{error}\nIts role was denied:{format_denials(denied)}") from error
            hint = services.failure_hint(str(error))
            if hint:
                raise StepFailedError(f"{error}\n{hint}") from error
            raise

    def _run(
        self, node: Node, scope: Scope, models: Mapping[str, Mapping[str, Any]], services: StepServices
    ) -> Outcome:
        # References to JSON in S3 are read with the step's own session.
        scope = replace(scope, read_json=lambda uri: json.loads(services.store(self.role_arn).read(uri)))
        if node.type == "Condition":
            branch = all(holds(condition, scope) for condition in node.arguments["Conditions"])
            decision = "True" if branch else "False"
            return Outcome(
                properties={"Outcome": decision}, metadata={"Condition": {"Outcome": decision}}, branch=branch
            )
        arguments = resolve(node.arguments, scope)
        if node.type == "Fail":
            raise StepFailedError(as_text(arguments.get("ErrorMessage", "the pipeline reached its Fail step")))
        if node.type == "RegisterModel":
            self._check_permissions(services, node, arguments, name="")
            arn = services.create_model_package(self.role_arn, arguments)
            return Outcome(properties={**arguments, "ModelPackageArn": arn}, metadata={"RegisterModel": {"Arn": arn}})
        if node.type == "Model":
            model = {"ModelName": self._name(node), **arguments}
            self._check_permissions(services, node, model, name=str(model["ModelName"]))
            arn = services.create_model(self.role_arn, model)
            return Outcome(properties={**model, "ModelArn": arn}, metadata={"Model": {"Arn": arn}})
        try:
            if node.type == "Tuning":
                return self._tuning(node, arguments, services)
            return self._job(node, arguments, models, services)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StepFailedError(self._full_disk()) from error
            raise StepFailedError(f"{error.filename or node.name}: {error.strerror or error}.") from error

    def _tuning(self, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
        name = tuning_job_name(self.execution_arn, node.name)
        self._check_permissions(services, node, arguments, name=name)

        def run_training(suffix: str, training: Mapping[str, Any]) -> Mapping[str, Any]:
            step = {key: value for key, value in node.step.items() if key in ("CacheConfig",)}
            trial = replace(node, name=f"{node.name}-{suffix}", type="Training", step=step)
            try:
                return self._job(trial, training, {}, services, is_checked=True).properties
            except StepFailedError as error:
                raise TrialFailedError(f"Training job {suffix}: {error}") from error

        trials = tune(arguments, step_name=node.name, run_training=run_training)
        arn = f"{self._sagemaker}:hyper-parameter-tuning-job/{name}"
        return Outcome(
            properties=tuning_properties(arguments, trials, name=name, arn=arn),
            metadata={"TuningJob": {"Arn": arn}},
        )

    def log(self, node: Node) -> Path | None:
        """Return the log of a step's process; None for a step without a process."""
        return self._log_file(node) if node.type in JOBS else None

    def _log_file(self, node: Node) -> Path:
        return self.folder / "logs" / f"{node.name}.log"

    def _check_permissions(
        self,
        services: StepServices,
        node: Node,
        arguments: Mapping[str, Any],
        *,
        name: str,
        objects: Sequence[str] = (),
        model: Mapping[str, Any] | None = None,
    ) -> None:
        """Check the permissions for the calls that SageMaker itself makes on AWS, which nothing makes here.

        Raises:
            StepFailedError: AWS would deny one of them.
        """
        lacking = services.missing_permissions(
            node.type,
            arguments,
            name=name,
            sagemaker=self._sagemaker,
            pipeline_role=self.role_arn,
            objects=objects,
            property_files=node.step.get("PropertyFiles", ()),
            model=model,
        )
        if lacking:
            raise StepFailedError(f"AWS would deny it:{format_denials(lacking)}")

    @property
    def _sagemaker(self) -> str:
        return self.execution_arn.partition(":pipeline/")[0]

    def _job(
        self,
        node: Node,
        arguments: Mapping[str, Any],
        models: Mapping[str, Mapping[str, Any]],
        services: StepServices,
        *,
        is_checked: bool = False,
    ) -> Outcome:
        """Run a job, or take its results from the cache.

        Args:
            node: the step.
            arguments: its resolved arguments.
            models: models by name, for Transform steps.
            services: the services of the step.
            is_checked: whether the permissions for SageMaker's own calls are known, as for jobs of a tuning job.
        """
        name = self._name(node)
        kind = JOBS[node.type]
        chosen = interpreter_for(image_of(node.type, arguments), self.interpreters)
        job = kind(
            step=node.step,
            name=name,
            arn=f"{self._sagemaker}:{kind.kind}/{name}",
            arguments=arguments,
            models=models,
            interpreter=chosen or own_interpreter(),
        )
        model = models.get(str(arguments.get("ModelName")), {})
        # A transform job has no role of its own.
        role = str(arguments.get("RoleArn") or model.get("ExecutionRoleArn") or self.role_arn)
        store = services.store(role)
        try:
            listings = [list_input(store, each) for each in job.inputs()]
        except UnreachableError:
            raise
        except UserError:
            # AWS checks these permissions before it lists objects, so a missing permission is the better error.
            if not is_checked:
                self._check_permissions(services, node, arguments, name=name, model=model)
            raise
        if not is_checked:
            # One object represents its input. Permissions for the others are checked when they are read.
            objects = [listing.files[0][1].uri for listing in listings]
            self._check_permissions(services, node, arguments, name=name, objects=objects, model=model)
        # As on AWS, each pipeline has its own cache: outputs of other pipelines are in the buckets of other projects.
        pipeline = self.execution_arn.partition("/execution/")[0]
        content = [listing.content for listing in listings]
        key = cache_key(
            pipeline, self.isolation != "prefix", job.cache_inputs(), content, *(chosen.packages if chosen else ())
        )
        cacheable = services.is_cacheable and node.step.get("CacheConfig", {}).get("Enabled", True)
        entry = self.cache.find(key, store) if cacheable else None
        if entry is None:
            entry, empty = self._fresh(
                node, job, store, listings, {**services.environment(role), **job.interpreter.variables}
            )
            # An output without a file usually means that the script wrote elsewhere, so the next run repeats the step.
            if cacheable and not empty:
                self.cache.save(key, entry)
            return replace(_outcome(kind, entry, source=None), empty_outputs=empty)
        return _outcome(kind, entry, source=entry.execution_arn)

    def _fresh(
        self, node: Node, job: Job, store: Store, listings: list[Listing], environment: Mapping[str, str]
    ) -> tuple[Entry, tuple[str, ...]]:
        """Stage the inputs, run the process, upload the outputs; return the result and the names of empty outputs.

        Nothing is uploaded unless the process succeeds.
        """
        place = Place(folder=self.folder / "work" / node.name, isolation=self.isolation)
        log = self._log_file(node)
        try:
            for listing in listings:
                download(store, listing, place.local(listing.input.local_path))
            command = job.prepare(place, environment)
            if self.isolation == "prefix":
                _reject_fixed_paths(place)
            failure = self.processes.run(command, log)
            if failure:
                raise StepFailedError(self._reason(job, place, log, failure))
            property_files = _property_files(node, place, job)
            empty = job.empty_outputs(place)
            objects = upload(store, job.outputs(place), kms_key=job.kms_key)
            properties = {**job.properties(), **job.log_properties(log)}
        finally:
            shutil.rmtree(place.folder, ignore_errors=True)
        entry = Entry(
            execution_arn=self.execution_arn,
            properties=properties,
            outputs=dict(job.output_uris()),
            objects=objects,
            property_files=property_files,
        )
        return entry, empty

    def _name(self, node: Node) -> str:
        """Return a job name as the service generates it: `pipelines-<execution>-<step>-<random>`."""
        head, tail = f"pipelines-{self.execution_arn.rpartition('/')[2]}-", f"-{secrets.token_hex(5)}"
        return f"{head}{node.name.replace('_', '-')[: _JOB_NAME_LIMIT - len(head) - len(tail)]}{tail}"

    def _reason(self, job: Job, place: Place, log: Path, failure: str) -> str:
        lines = read_tail(log)
        reason = failure_reason(job, place, lines, failure)
        full = f" {self._full_disk()}" if any(_NO_SPACE in line for line in [*lines[-LAST_LINES:], reason]) else ""
        return f"{reason}{full}{quote_log(log, lines, after=reason)}"

    def _full_disk(self) -> str:
        return (
            f"The disk of {self.folder} is full. Free space and repeat the command; finished steps are not run again."
        )


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


def _property_files(node: Node, place: Place, job: Job) -> dict[str, Any]:
    """Read the declared property files of a step from its outputs."""
    folders = {
        output["OutputName"]: output["S3Output"]["LocalPath"]
        for output in job.arguments.get("ProcessingOutputConfig", {}).get("Outputs", [])
    }
    found = {}
    for declared in node.step.get("PropertyFiles", []):
        name, output, relative = (declared[key] for key in ("PropertyFileName", "OutputName", "FilePath"))
        if output not in folders:
            raise UserError(f"property file {name}: the step has no output {output!r}.", exit_code=1)
        path = place.local(folders[output]) / relative
        try:
            found[name] = json.loads(path.read_bytes())
        except FileNotFoundError:
            raise StepFailedError(
                f"property file {name}: the step did not write {relative} to output {output}."
            ) from None
        except ValueError as error:
            raise StepFailedError(f"property file {name}: {relative} is not valid JSON ({error}).") from error
    return found
