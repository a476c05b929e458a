"""`mlproject doctor`: check that this machine meets the requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.translation import Message

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
        code = print_outcomes(_outcomes(root), title=Message("This machine, for {root}:", root=root))
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

    isolation, topic = default_isolation(), Message("steps")
    if isolation != "prefix":
        return ok(topic, Message("each step has its own /opt/ml ({isolation})", isolation=isolation))
    return warning(
        topic,
        Message(
            "steps do not have their own /opt/ml (namespace: {namespace}; bubblewrap: {bubblewrap}), so scripts that "
            "use this path are rejected",
            namespace=isolation_problem("namespace"),
            bubblewrap=isolation_problem("bubblewrap"),
        ),
        Message("allow user namespaces, or install bubblewrap (apt-get install bubblewrap)"),
    )


def _check_spark_programs() -> Iterator[Outcome]:
    from mlproject.outcome import ok, warning
    from mlproject.spark import MissingProgramError, find_java, find_maven

    found: dict[str, Callable[[], object]] = {"Java": lambda: find_java().version, "Maven": find_maven}
    for topic, find in found.items():
        try:
            yield ok(topic, str(find()))
        except MissingProgramError as error:
            also = Message("{remedy}; everything else works without it", remedy=error.remedy)
            yield warning(topic, error.problem, also)


def _check_embedded_aws(root: Path) -> Outcome:
    import embedded_aws
    from mlproject.cli.common.session import LOCAL_FOLDER
    from mlproject.outcome import ok, problem

    topic = Message("embedded AWS")
    server = embedded_aws.find(root / LOCAL_FOLDER).server
    if server is None:
        return ok(topic, Message("not running; `mlproject local up` starts it"))
    if not embedded_aws.is_responding(server):
        silent = Message("process {process} does not respond", process=server.pid)
        return problem(topic, silent, "mlproject local reset")
    return ok(topic, Message("running at {endpoint}", endpoint=server.endpoint))
