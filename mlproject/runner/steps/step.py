"""Run a step: a job, a model or its registration, a condition, or a Fail step."""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlproject.definition.local_steps import SPARK_STEP_TYPES
from mlproject.errors import UserError
from mlproject.runner.checks import JOBS
from mlproject.runner.embedded.denials import format_denials
from mlproject.runner.plan import Node
from mlproject.runner.references import Scope, as_text, resolve
from mlproject.runner.services import StepServices
from mlproject.runner.steps.conditions import holds
from mlproject.runner.steps.emr import run_emr_step
from mlproject.runner.steps.emr_serverless import run_emr_serverless_step
from mlproject.runner.steps.job_run import run_job
from mlproject.runner.steps.outcome import Outcome, StepFailedError
from mlproject.runner.steps.permissions import check_permissions
from mlproject.runner.steps.run_context import RunContext
from mlproject.runner.steps.tuning import TrialFailedError, tune, tuning_job_name, tuning_properties
from mlproject.runner.storage.object_store import UnreachableError


@dataclass(frozen=True, kw_only=True)
class StepRunner:
    """Runs the steps of an execution; thread-safe.

    Args:
        context: what the steps share.
    """

    context: RunContext

    def run(self, node: Node, scope: Scope, models: Mapping[str, Mapping[str, Any]]) -> Outcome:
        """Run a step until it ends.

        Raises:
            StepFailedError: the step failed.
            UserError: something that it refers to or reads does not exist.
            RunStopped: the run is being stopped.
        """
        if node.name in self.context.stand_ins:
            return Outcome(properties=self.context.stand_ins[node.name], stood_in=True)
        services = self.context.services.for_step(node.name)
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
        scope = replace(scope, read_json=lambda uri: json.loads(services.store(self.context.role_arn).read(uri)))
        if node.type == "Condition":
            return _condition(node, scope)
        arguments = resolve(node.arguments, scope)
        if node.type == "Fail":
            raise StepFailedError(as_text(arguments.get("ErrorMessage", "the pipeline reached its Fail step")))
        if node.type == "RegisterModel":
            return self._registration(node, arguments, services)
        if node.type == "Model":
            return self._model(node, arguments, services)
        try:
            if node.type == "Tuning":
                return self._tuning(node, arguments, services)
            if node.type in SPARK_STEP_TYPES:
                run_spark_step = run_emr_step if node.type == "EMR" else run_emr_serverless_step
                return run_spark_step(self.context, node, arguments, services)
            return run_job(self.context, node, arguments, models, services)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                raise StepFailedError(self.context.describe_full_disk()) from error
            raise StepFailedError(f"{error.filename or node.name}: {error.strerror or error}.") from error

    def _registration(self, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
        check_permissions(self.context, services, node, arguments, name="")
        arn = services.create_model_package(self.context.role_arn, arguments)
        return Outcome(properties={**arguments, "ModelPackageArn": arn}, metadata={"RegisterModel": {"Arn": arn}})

    def _model(self, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
        model = {"ModelName": self.context.generate_name(node), **arguments}
        check_permissions(self.context, services, node, model, name=str(model["ModelName"]))
        arn = services.create_model(self.context.role_arn, model)
        return Outcome(properties={**model, "ModelArn": arn}, metadata={"Model": {"Arn": arn}})

    def _tuning(self, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
        name = tuning_job_name(self.context.execution_arn, node.name)
        check_permissions(self.context, services, node, arguments, name=name)

        def run_training(suffix: str, training: Mapping[str, Any]) -> Mapping[str, Any]:
            step = {key: value for key, value in node.step.items() if key in ("CacheConfig",)}
            trial = replace(node, name=f"{node.name}-{suffix}", type="Training", step=step)
            try:
                return run_job(self.context, trial, training, {}, services, is_checked=True).properties
            except StepFailedError as error:
                raise TrialFailedError(f"Training job {suffix}: {error}") from error

        trials = tune(arguments, step_name=node.name, run_training=run_training)
        arn = f"{self.context.sagemaker}:hyper-parameter-tuning-job/{name}"
        return Outcome(
            properties=tuning_properties(arguments, trials, name=name, arn=arn),
            metadata={"TuningJob": {"Arn": arn}},
        )

    def log(self, node: Node) -> Path | None:
        """Return the log of a step's process; None for a step without a process."""
        return self.context.log_file(node) if node.type in JOBS or node.type in SPARK_STEP_TYPES else None


def _condition(node: Node, scope: Scope) -> Outcome:
    branch = all(holds(condition, scope) for condition in node.arguments["Conditions"])
    decision = "True" if branch else "False"
    return Outcome(properties={"Outcome": decision}, metadata={"Condition": {"Outcome": decision}}, branch=branch)
