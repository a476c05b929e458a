"""Run a `spark-submit` on Spark of this machine, and explain its failure."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence

from mlproject.runner.container.processes import Command, read_tail
from mlproject.runner.container.tracebacks import find_script_error
from mlproject.runner.plan import Node
from mlproject.runner.steps.failure import quote_log
from mlproject.runner.steps.outcome import StepFailedError
from mlproject.runner.steps.run_context import RunContext
from mlproject.translation import joined

# The last cause of an exception of Java is the first one.
_JAVA_ERROR = re.compile(r'(?:Exception in thread "[^"]*" |Caused by: )(\S.*)')


def run_spark_submit(
    context: RunContext, node: Node, arguments: Sequence[str], *, variables: Mapping[str, str]
) -> None:
    """Run a step's `spark-submit` until it ends.

    Args:
        context: what the steps share.
        node: the step.
        arguments: those of `spark-submit`.
        variables: the AWS endpoint, region and credentials.

    Raises:
        StepFailedError: `spark-submit` failed.
    """
    folder = context.folder / "work" / node.name
    log = context.log_file(node)
    try:
        argv, environment = context.spark.command(arguments, folder=folder, variables=variables)
        failure = context.processes.run(Command(argv=tuple(argv), environment=environment, folder=folder), log)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if failure:
        lines = read_tail(log)
        error = find_script_error(lines)
        message = error.message if error else _java_error(lines)
        reason = f"{failure}: {message}." if message else f"{failure}."
        raise StepFailedError(joined("", (reason, quote_log(log, lines, after=reason))))


def _java_error(lines: Sequence[str]) -> str | None:
    found = [match[1] for match in map(_JAVA_ERROR.match, lines) if match]
    return found[-1] if found else None
