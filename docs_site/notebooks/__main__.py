"""Execute the example notebooks in an embedded AWS, and write their pages: `make notebook-pages`.

They run as in their tests: with the kernels of `mlproject notebook local` and the permissions of the notebook's role,
those on Spark with local Spark and the permissions of the cluster's nodes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import embedded_aws as aws
from docs_site.notebooks.files import write_files
from docs_site.notebooks.local_spark import open_spark
from docs_site.notebooks.pages import SOURCES, build_files, is_on_spark, read_notebook_outputs, read_notebooks
from mlproject.cli.common.local_kernel import LocalKernel, open_local_kernel
from tests.checkouts import ROOT
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform
from tests.notebooks.deployment import deploy_notebooks, lay_out_notebooks
from tests.notebooks.executed import run


def main() -> None:
    files: dict[Path, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="mlproject-pages-") as temporary:
        folder = Path(temporary)
        with _open_kernel(folder) as (platform, kernel):
            names = sorted(path.stem for path in (ROOT / SOURCES / "sources").glob("*.py"))
            for on_spark in (False, True):
                with open_spark(platform) if on_spark else nullcontext():
                    for name in (each for each in names if is_on_spark(each) is on_spark):
                        files |= _execute(name, platform.root, kernel, folder)
    for path in write_files(files, ROOT):
        print(path)


def _execute(name: str, root: Path, kernel: LocalKernel, folder: Path) -> dict[Path, bytes]:
    """Execute a notebook of a checkout, and return the pages and pictures made from it."""
    _report(f"executing {name}")
    notebook = root / SOURCES / f"{name}.en.ipynb"
    executed = run(notebook, folder / notebook.name, kernel.variables)
    return build_files(read_notebook_outputs(name, executed.cells), read_notebooks(ROOT, name))


@contextmanager
def _open_kernel(folder: Path) -> Iterator[tuple[DeployedPlatform, LocalKernel]]:
    """Deploy the notebooks, and yield the deployed checkout and the kernel until the context ends."""
    state = folder / "embedded-aws"
    state.mkdir()
    server = aws.start(state, lifetime=aws.Lifetime.OF_STARTER)
    try:
        _report("deploying")
        lay_out_notebooks(folder / "example")
        platform = deploy_notebooks(folder / "example", folder / "flights", server)
        os.environ.update(server.environment(ACCOUNT, REGION))
        with open_local_kernel(platform.root, "flights", ENVIRONMENT, None, report=_report) as kernel:
            yield platform, kernel
    finally:
        aws.stop(state)


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
