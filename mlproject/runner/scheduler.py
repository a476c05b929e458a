"""Start each step as soon as its dependencies have succeeded, several in parallel, and collect their results."""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.runner.container.processes import GRACE, RunStopped
from mlproject.runner.plan import Node
from mlproject.runner.references import Scope
from mlproject.runner.results import Observer, RunResult, RunStatus, StepResult
from mlproject.runner.steps.outcome import Outcome, StepFailedError
from mlproject.runner.steps.step import StepRunner
from mlproject.runner.storage.object_store import UnreachableError
from mlproject.translation import Message


@dataclass(frozen=True, kw_only=True)
class _StepEnd:
    """The end of a step, reported by its thread: an outcome or an error."""

    node: Node
    outcome: Outcome | None = None
    error: BaseException | None = None


@dataclass(kw_only=True)
class StepScheduler:
    """Runs the steps of a run as their dependencies allow. Only the caller's thread changes its state.

    Args:
        nodes: the steps.
        runner: runs one step.
        scope: the values of references, which every step that succeeds extends.
        observer: called when a step starts or ends.
        parallel: maximum number of parallel steps.
    """

    nodes: tuple[Node, ...]
    runner: StepRunner
    scope: Scope
    observer: Observer
    parallel: int
    results: dict[str, StepResult] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    clocks: dict[str, float] = field(default_factory=dict)
    ended: queue.SimpleQueue[_StepEnd] = field(default_factory=queue.SimpleQueue)
    failure: str | None = None
    status: RunStatus = "Succeeded"

    def run(self) -> RunResult:
        """Run all steps. The record is up to date while this waits for steps, and final when it returns."""
        start = time.perf_counter()
        try:
            self._launch()
            while self._running():
                self._record("Executing")
                self._handle_end(self.ended.get())
                self._launch()
        except KeyboardInterrupt:
            self._stop()
        except BaseException:
            self._abort()
            raise
        self._skip_rest()
        self._record(self.status)
        return self._result(time.perf_counter() - start)

    def _running(self) -> list[str]:
        return [name for name, result in self.results.items() if result.status == "Executing"]

    def _launch(self) -> None:
        """Start every step that is ready, and skip those in branches that are not taken."""
        if self.failure:
            return
        for node in self.nodes:
            if node.name in self.results or len(self._running()) >= self.parallel:
                continue
            if self._is_excluded(node):
                self.results[node.name] = StepResult(name=node.name, type=node.type, status="Skipped")
            elif all(self._status(name) == "Succeeded" for name in node.needs):
                self._start(node)

    def _is_excluded(self, node: Node) -> bool:
        """Whether the parent condition chose the other branch. Steps that need an excluded step never start."""
        decided = self.outcomes.get(node.parent or "")
        return decided is not None and decided.branch is not node.branch

    def _status(self, name: str) -> str | None:
        return self.results[name].status if name in self.results else None

    def _start(self, node: Node) -> None:
        result = StepResult(
            name=node.name,
            type=node.type,
            status="Executing",
            started=datetime.now(UTC),
            log=self.runner.log(node),
        )
        self.results[node.name] = result
        self.clocks[node.name] = time.perf_counter()
        self.observer(result)
        # The thread gets a copy, because the state changes while it runs.
        scope = replace(self.scope, steps=dict(self.scope.steps), property_files=dict(self.scope.property_files))
        models = dict(self.runner.context.models) | {
            outcome.properties["ModelName"]: outcome.properties
            for outcome in self.outcomes.values()
            if "ModelArn" in outcome.properties
        }
        threading.Thread(target=self._work, args=(node, scope, models), daemon=True, name=node.name).start()

    def _work(self, node: Node, scope: Scope, models: Mapping[str, Mapping[str, Any]]) -> None:
        try:
            self.ended.put(_StepEnd(node=node, outcome=self.runner.run(node, scope, models)))
        except BaseException as error:  # handled in the caller's thread
            self.ended.put(_StepEnd(node=node, error=error))

    def _handle_end(self, ended: _StepEnd) -> None:
        """Store the result of a step that has ended.

        Raises:
            UnreachableError: the embedded AWS did not respond.
            BaseException: a bug in the runner.
        """
        node, outcome = ended.node, ended.outcome
        seconds = time.perf_counter() - self.clocks[node.name]
        result = replace(self.results[node.name], seconds=seconds)
        if outcome:
            result = replace(
                result,
                status="Succeeded",
                cached=outcome.source is not None,
                source=outcome.source,
                properties=outcome.properties,
                metadata=outcome.metadata,
                empty_outputs=outcome.empty_outputs,
                stood_in=outcome.stood_in,
            )
            self._store_outcome(node, outcome)
        elif isinstance(ended.error, RunStopped):
            result = replace(result, status="Stopped")
        elif isinstance(ended.error, StepFailedError | UserError) and not isinstance(ended.error, UnreachableError):
            result = replace(result, status="Failed", failure=str(ended.error), metadata=_fail_metadata(node, ended))
            self.status = "Failed"
            self.failure = self.failure or Message(
                "step {step} failed: {error}", step=node.name, error=str(ended.error)
            )
        elif ended.error:
            raise ended.error
        self.results[node.name] = result
        self.observer(result)

    def _store_outcome(self, node: Node, outcome: Outcome) -> None:
        self.outcomes[node.name] = outcome
        self.scope.steps = {**self.scope.steps, node.name: outcome.properties}
        for name, content in outcome.property_files.items():
            self.scope.property_files = {**self.scope.property_files, (node.name, name): content}
            path = self.runner.context.folder / "property-files" / f"{node.name}.{name}.json"
            write_atomically(path, json.dumps(content, indent=2))

    def _stop(self) -> None:
        """Stop the running steps, and mark the run as stopped by the user."""
        self.runner.context.processes.stop()
        self.status, self.failure = "Stopped", "stopped by the user"
        while self._running():
            self._handle_end(self.ended.get())

    def _abort(self) -> None:
        """Stop the running steps after an unexpected error, and wait for them without recording anything."""
        self.runner.context.processes.stop()
        waiting = len(self._running()) - 1  # the step that reported the error has ended
        with suppress(queue.Empty):
            for _ in range(waiting):
                self.ended.get(timeout=2 * GRACE)

    def _skip_rest(self) -> None:
        for node in self.nodes:
            if node.name not in self.results:
                self.results[node.name] = StepResult(name=node.name, type=node.type, status="Skipped")

    def _record(self, status: str) -> None:
        # In the order of their start, as AWS lists them.
        started = tuple(result for result in self.results.values() if result.started)
        self.runner.context.services.record(self.runner.context.execution_arn, status, self.failure, started)

    def _result(self, seconds: float) -> RunResult:
        packages = [
            outcome.properties["ModelPackageArn"]
            for outcome in self.outcomes.values()
            if "ModelPackageArn" in outcome.properties
        ]
        return RunResult(
            execution_arn=self.runner.context.execution_arn,
            status=self.status,
            failure=self.failure,
            seconds=seconds,
            steps=tuple(self.results[node.name] for node in self.nodes),
            outputs={name: outcome.outputs for name, outcome in self.outcomes.items() if outcome.outputs},
            property_files={f"{step}.{name}": content for (step, name), content in self.scope.property_files.items()},
            model_package_arn=packages[-1] if packages else None,
            folder=self.runner.context.folder,
        )


def _fail_metadata(node: Node, ended: _StepEnd) -> dict[str, Any]:
    return {"Fail": {"ErrorMessage": str(ended.error)}} if node.type == "Fail" else {}
