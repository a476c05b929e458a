"""`mlproject doctor`: check that this machine meets the requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from mlproject.outcome import Outcome


def register(app: typer.Typer) -> None:
    """Add the command `doctor`."""
    app.command("doctor")(doctor)


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: ok, outcomes.")] = False,
) -> None:
    """Check this machine: Python, Node, CDK CLI, git, disk, memory, ports, variables, steps, Java, Maven, embedded AWS.

    Each problem comes with the command that fixes it. Exit code 0 if there is no problem, 1 if there is one.
    """
    from mlproject.cli.common.outcomes import outcomes_as_json, print_outcomes
    from mlproject.files import project_root

    root = project_root()
    if as_json:
        text, code = outcomes_as_json(_outcomes(root))
        print(text)
    else:
        code = print_outcomes(_outcomes(root), title=f"This machine, for {root}:")
    raise typer.Exit(code)


def _outcomes(root: Path) -> Iterator[Outcome]:
    import os

    import embedded_aws
    from mlproject.machine import check_machine

    yield from check_machine(root, variables=os.environ, misleading=embedded_aws.MISLEADING)
    yield _check_isolation()
    yield from _check_spark_programs()
    yield _check_embedded_aws(root)


def _check_isolation() -> Outcome:
    from mlproject.outcome import ok, warning
    from mlproject.runner import default_isolation, isolation_problem

    isolation = default_isolation()
    if isolation != "prefix":
        return ok("steps", f"each step has its own /opt/ml ({isolation})")
    return warning(
        "steps",
        f"steps do not have their own /opt/ml (namespace: {isolation_problem('namespace')}; "
        f"bubblewrap: {isolation_problem('bubblewrap')}), so scripts that use this path are rejected",
        "allow user namespaces, or install bubblewrap (apt-get install bubblewrap)",
    )


def _check_spark_programs() -> Iterator[Outcome]:
    from mlproject.errors import UserError
    from mlproject.outcome import ok, warning
    from mlproject.spark import find_java, find_maven

    found: dict[str, Callable[[], object]] = {"Java": lambda: find_java().version, "Maven": find_maven}
    for topic, find in found.items():
        try:
            yield ok(topic, str(find()))
        except UserError as error:
            problem, _, remedy = str(error).partition(". ")
            yield warning(topic, problem, f"{remedy.rstrip('.')}; everything else works without it")


def _check_embedded_aws(root: Path) -> Outcome:
    import embedded_aws
    from mlproject.cli.common.session import LOCAL_FOLDER
    from mlproject.outcome import ok, problem

    server = embedded_aws.find(root / LOCAL_FOLDER).server
    if server is None:
        return ok("embedded AWS", "not running; `mlproject local up` starts it")
    if not embedded_aws.is_responding(server):
        return problem("embedded AWS", f"process {server.pid} does not respond", "mlproject local reset")
    return ok("embedded AWS", f"running at {server.endpoint}")
