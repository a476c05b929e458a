"""Start JupyterLab on this machine, and end it with everything that it started."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mlproject.cdk_cli import end_group
from mlproject.errors import UserError

START_SECONDS = 120.0
_POLL_SECONDS = 0.1
_LAST_LINES = 10


@dataclass(frozen=True, kw_only=True)
class JupyterServer:
    """A running JupyterLab.

    Args:
        url: opens JupyterLab, with the token. It is excluded from the repr, since the token gives access.
        log: the server's log.
        process: the server.
    """

    url: str = field(repr=False)
    log: Path
    process: subprocess.Popen[bytes]


@contextmanager
def open_jupyter(
    program: Path, *, folder: Path, notebooks: Path, kernels: Sequence[str], variables: Mapping[str, str]
) -> Iterator[JupyterServer]:
    """Start JupyterLab, and end it and its kernels when the context ends.

    Args:
        program: `jupyter-lab`.
        folder: for its log and runtime files, which are deleted first.
        notebooks: the folder that it opens.
        kernels: names of all kernels. The first is that of new notebooks.
        variables: all environment variables of the server.

    Raises:
        UserError: JupyterLab is not installed, or does not start.
    """
    if not program.exists():
        raise UserError(f"{program}: JupyterLab is not installed. Run `make notebooks`.", topic="not-installed")
    runtime = Path(variables["JUPYTER_RUNTIME_DIR"])
    shutil.rmtree(runtime, ignore_errors=True)
    runtime.mkdir(parents=True)
    log = folder / "jupyter.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(program), *_options(notebooks, kernels)],
            cwd=notebooks,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield JupyterServer(url=_wait_for_url(process, runtime, log), log=log, process=process)
    finally:
        # SIGTERM first: the server then ends its kernels, which are in process groups of their own.
        end_group(process)


def _options(notebooks: Path, kernels: Sequence[str]) -> list[str]:
    return [
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.root_dir={notebooks}",
        "--KernelSpecManager.ensure_native_kernel=False",
        *(f"--KernelSpecManager.allowed_kernelspecs={kernel}" for kernel in kernels),
        f"--MultiKernelManager.default_kernel_name={kernels[0]}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        *(["--allow-root"] if os.geteuid() == 0 else []),
    ]


def _wait_for_url(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Return the URL with the token, from the file that Jupyter writes for `jupyter server list`."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server = json.loads((runtime / f"jpserver-{process.pid}.json").read_text())
        except (OSError, ValueError):  # not there yet, or not complete
            time.sleep(_POLL_SECONDS)
        else:
            return f"{server['url']}lab?token={server['token']}"
    reason = "ended" if process.poll() is not None else f"is not ready after {START_SECONDS:.0f} s"
    last = "\n".join(log.read_text(errors="replace").splitlines()[-_LAST_LINES:])
    raise UserError(f"JupyterLab {reason}. The last lines of {log}:\n{last}", exit_code=1)
