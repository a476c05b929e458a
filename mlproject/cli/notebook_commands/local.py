"""`mlproject notebook local`: open a project's notebooks on this machine."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.notebooks import JupyterServer


def register(group: typer.Typer) -> None:
    """Add the command `notebook local`."""
    group.command("local")(local)


def local(
    project: ProjectArgument,
    environment: Annotated[
        str,
        typer.Option(
            "--environment",
            "-e",
            help="An environment in the embedded AWS to which the project is deployed.",
            autocompletion=complete_environment,
        ),
    ] = "local",
    notebook: Annotated[str | None, typer.Option(help="Which one, if the project has several.")] = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the URL, but do not open it.")] = False,
) -> None:
    """Open the project's notebooks in JupyterLab on this machine until Ctrl-C.

    The kernel has the libraries, the variables and the permissions that it has on the notebook instance. Instead of
    AWS it uses the embedded AWS, to which the project must be deployed. The Spark kernels use local Spark, see
    `mlproject spark local`.
    """
    from mlproject.cli.common.local_kernel import open_local_kernel
    from mlproject.files import project_root
    from mlproject.notebooks import open_jupyter

    signal.signal(signal.SIGTERM, _interrupt)
    root = project_root()
    program = root / ".venv-notebooks" / "bin" / "jupyter-lab"
    if not program.exists():
        raise UserError(
            "JupyterLab is not installed in this checkout. Run `make notebooks`.", exit_code=1, topic="not-installed"
        )
    with (
        open_local_kernel(root, project, environment, notebook, report=_print_progress) as kernel,
        open_jupyter(
            program,
            folder=kernel.folder,
            notebooks=_notebooks_folder(root, project),
            kernels=[kernel.name, *kernel.spark_kernels],
            variables=kernel.variables,
        ) as server,
    ):
        _show(server, kernel.title, no_browser=no_browser)
        if server.process.wait():
            raise UserError(f"JupyterLab ended unexpectedly. See {server.log}.", exit_code=1)


def _notebooks_folder(root: Path, project: str) -> Path:
    folder = root / "projects" / project
    return folder / "notebooks" if (folder / "notebooks").is_dir() else folder


def _show(server: JupyterServer, title: str, *, no_browser: bool) -> None:
    """Print the URL alone to standard output."""
    import webbrowser

    print(server.url, flush=True)
    opened = not no_browser and webbrowser.open(server.url)
    _print_progress(
        f"JupyterLab with the kernel '{title}' is running"
        f"{' in the browser' if opened else '; open the URL above, which contains its token'}. Ctrl-C ends it."
    )


def _interrupt(number: int, frame: object) -> None:
    """End as Ctrl-C does: JupyterLab, its kernels and the server of credentials."""
    raise KeyboardInterrupt


def _print_progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
