"""Execute the example notebooks in an embedded AWS, and write their pages: `make notebook-pages`.

They run as in their tests: with the kernel of `mlproject notebook local` and the permissions of the notebook's role.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import embedded_aws as aws
from docs_site.notebooks.files import write_files
from docs_site.notebooks.pages import SOURCES, build_files, read_notebook_outputs, read_notebooks
from mlproject.cli.common.local_kernel import LocalKernel, open_local_kernel
from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION
from tests.notebooks.deployment import deploy_notebooks, lay_out_notebooks
from tests.notebooks.executed import run


def main() -> None:
    files: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="mlproject-pages-") as name:
        folder = Path(name)
        with _open_kernel(folder) as (root, kernel):
            # Those on Spark need Java.
            for source in sorted((ROOT / SOURCES / "sources").glob("[0-9]*.py")):
                _report(f"executing {source.stem}")
                notebook = root / SOURCES / f"{source.stem}.en.ipynb"
                executed = run(notebook, folder / notebook.name, kernel.variables)
                outputs = read_notebook_outputs(source.stem, executed.cells)
                files |= build_files(outputs, read_notebooks(ROOT, source.stem))
    for path in write_files(files, ROOT):
        print(path)


@contextmanager
def _open_kernel(folder: Path) -> Iterator[tuple[Path, LocalKernel]]:
    """Deploy the notebooks, and yield the checkout and the kernel until the context ends."""
    state = folder / "embedded-aws"
    state.mkdir()
    server = aws.start(state, lifetime=aws.Lifetime.OF_STARTER)
    try:
        _report("deploying")
        lay_out_notebooks(folder / "example")
        platform = deploy_notebooks(folder / "example", folder / "flights", server)
        os.environ.update(server.environment(ACCOUNT, REGION))
        with open_local_kernel(platform.root, "flights", ENVIRONMENT, None, report=_report) as kernel:
            yield platform.root, kernel
    finally:
        aws.stop(state)


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
