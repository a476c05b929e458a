"""Run an EMR step: its `spark-submit` on Spark of this machine, with the role of the cluster's nodes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from mlproject.runner.container.processes import Command, read_tail
from mlproject.runner.container.tracebacks import find_script_error
from mlproject.runner.plan import Node
from mlproject.runner.services import StepServices
from mlproject.runner.steps.emr_arguments import submit_arguments
from mlproject.runner.steps.failure import quote_log
from mlproject.runner.steps.outcome import Outcome, StepFailedError
from mlproject.runner.steps.run_context import RunContext

# The last cause of an exception of Java is the first one.
_JAVA_ERROR = re.compile(r'(?:Exception in thread "[^"]*" |Caused by: )(\S.*)')


def run_emr_step(context: RunContext, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
    """Run an EMR step until it ends. Its result is never reused, since what Spark reads is not known.

    Raises:
        StepFailedError: `spark-submit` failed.
        UserError: the cluster does not exist or cannot be created, or the pipeline's role may not use it.
    """
    folder = context.folder / "work" / node.name
    log = context.log_file(node)
    with services.cluster_step(context.role_arn, node.name, arguments) as step:
        try:
            argv, environment = context.spark.command(
                submit_arguments(arguments), folder=folder, variables=step.variables
            )
            failure = context.processes.run(Command(argv=tuple(argv), environment=environment, folder=folder), log)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if failure:
            lines = read_tail(log)
            error = find_script_error(lines)
            message = error.message if error else _java_error(lines)
            reason = f"{failure}: {message}." if message else f"{failure}."
            raise StepFailedError(f"{reason}{quote_log(log, lines, after=reason)}")
    config = arguments["StepConfig"]["HadoopJarStep"]
    return Outcome(
        properties={
            "Id": step.step_id,
            "Name": node.name,
            "Config": config,
            "ActionOnFailure": "CONTINUE",
            "Status": {"State": "COMPLETED"},
            "ClusterId": step.cluster_id,
        },
        metadata={"EMR": {"ClusterId": step.cluster_id, "StepId": step.step_id, "StepName": node.name}},
    )


def _java_error(lines: Sequence[str]) -> str | None:
    found = [match[1] for match in map(_JAVA_ERROR.match, lines) if match]
    return found[-1] if found else None
