"""`mlproject doctor`: does this machine have what the rest needs?"""

from __future__ import annotations

from collections.abc import Iterator
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
    """Look at this machine: Python, Node, CDK CLI, git, disk, memory, ports, variables, steps, the embedded AWS.

    Each finding comes with the command that mends it. Exit code 0 if nothing stands in the way, 1 if something does.
    """
    from mlproject.cli._outcomes import as_json as in_json
    from mlproject.cli._outcomes import show
    from mlproject.files import project_root

    root = project_root()
    if as_json:
        text, code = in_json(_outcomes(root))
        print(text)
    else:
        code = show(_outcomes(root), title=f"This machine, for {root}:")
    raise typer.Exit(code)


def _outcomes(root: Path) -> Iterator[Outcome]:
    import os

    import embedded_aws
    from mlproject.machine import examine

    yield from examine(root, variables=os.environ, misleading=embedded_aws.MISLEADING)
    yield _isolation()
    yield _embedded_aws(root)


def _isolation() -> Outcome:
    from mlproject.outcome import ok, warning
    from mlproject.runner import default_isolation, isolation_problem

    found = default_isolation()
    if found != "prefix":
        return ok("steps", f"each has a /opt/ml of its own ({found})")
    return warning(
        "steps",
        f"they have no /opt/ml of their own (namespace: {isolation_problem('namespace')}; "
        f"bubblewrap: {isolation_problem('bubblewrap')}), so scripts that name it are refused",
        "allow user namespaces, or install bubblewrap (apt-get install bubblewrap)",
    )


def _embedded_aws(root: Path) -> Outcome:
    import embedded_aws
    from mlproject.cli._session import LOCAL_FOLDER
    from mlproject.outcome import ok, problem

    server = embedded_aws.find(root / LOCAL_FOLDER).server
    if server is None:
        return ok("embedded AWS", "it does not run; `mlproject local up` starts it")
    if not embedded_aws.is_responding(server):
        return problem("embedded AWS", f"process {server.pid} does not answer", "mlproject local reset")
    return ok("embedded AWS", f"it runs at {server.endpoint}")
