"""The state of the EMR Serverless application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mlproject.emr_serverless import describe_application
from mlproject.names import Names
from mlproject.outcome import Outcome, ok, problem


def check_application(names: Names, client: Callable[[str], Any]) -> Iterator[Outcome]:
    """Check that the application exists. A job starts it, so that it may be stopped."""
    status = describe_application(names, client)
    if status is not None and not status.is_deleted:
        yield ok("application", f"{status.application_id} is {status.state}")
        return
    message = f"{status.application_id} is deleted" if status else f"{names.stack('emr-serverless')} has no application"
    yield problem("application", message, f"run `mlproject deploy {names.project} --environment {names.environment}`")
