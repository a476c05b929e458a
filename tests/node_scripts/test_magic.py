"""START HERE and `%mlproject` in a real kernel, with a home directory of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlproject.node_scripts import notebook_files
from tests.stacks.examples import EXPLORE, OWNED, deployment

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / ".venv-notebooks" / "bin"
PACKAGE = ROOT / "lifecycle_scripts" / "tools" / "person"
# The configuration of a person, which the kernel of the project must not replace.
PROFILE = "c.InteractiveShellApp.extensions = ['autoreload']\n"


class Home:
    """Home directory of a notebook instance.

    Args:
        folder: an empty folder.
        files: what the deployment adds to the tools.
        instance: name of the instance.
        title: title of its kernel.
    """

    def __init__(self, folder: Path, files: dict[str, bytes], *, instance: str, title: str) -> None:
        self.volume = folder / "SageMaker"
        (self.volume / ".mlproject").mkdir(parents=True)
        profile = folder / ".ipython" / "profile_default" / "ipython_config.py"
        profile.parent.mkdir(parents=True)
        profile.write_text(PROFILE)
        self._tools = folder / "tools"
        self.deploy(files)
        description = self._tools / "notebooks" / instance / "description.json"
        self._variables = {
            "HOME": str(folder),
            "PATH": f"{NOTEBOOKS}:{os.defpath}",
            "PYTHONPATH": str(PACKAGE),
            "MLPROJECT_DESCRIPTION": str(description),
            "KERNEL": "mlproject-notebook",
            "KERNEL_TITLE": title,
        }

    def deploy(self, files: dict[str, bytes]) -> None:
        """Replace what a deployment adds to the tools, as a start does."""
        shutil.rmtree(self._tools, ignore_errors=True)
        for name, content in files.items():
            path = self._tools / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def copy_examples(self) -> None:
        """Copy the examples with the system's Python, as the background process does."""
        code = (
            "from mlproject_notebook import examples, instance\n"
            "examples.Examples(instance.read_json(instance.description_path())).copy()"
        )
        self.run(sys.executable, "-c", code)

    def examples(self) -> dict[str, str]:
        """Return the source of the last cell of each example by its file name."""
        paths = sorted((self.volume / "examples").glob("*"))
        return {path.name: "".join(json.loads(path.read_text())["cells"][-1]["source"]) for path in paths}

    def run(self, *command: str) -> None:
        done = subprocess.run(command, env=self._variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def refresh(self) -> None:
        """Write START HERE with the system's Python, as the background process does."""
        code = (
            "from mlproject_notebook import start_here, instance\n"
            "start_here.refresh(instance.read_json(instance.description_path()))"
        )
        self.run(sys.executable, "-c", code)

    def execute(self, path: Path) -> list[dict[str, Any]]:
        """Run a notebook with its own kernel, and return the outputs of its cells of code."""
        self.run(str(NOTEBOOKS / "jupyter"), "execute", "--inplace", str(path))
        cells = json.loads(path.read_text())["cells"]
        return [output for cell in cells if cell["cell_type"] == "code" for output in cell["outputs"]]

    def record(self, **libraries: Any) -> None:
        (self.volume / ".mlproject" / "libraries.json").write_text(json.dumps(libraries))


def shown(output: dict[str, Any]) -> str:
    found = output["text"] if output["output_type"] == "stream" else output["data"]["text/markdown"]
    return "".join(found)


@pytest.mark.notebooks
def test_start_here_runs_and_the_magic_shows_the_status_beside_the_persons_own_extensions(tmp_path: Path) -> None:
    given = deployment("alpha", OWNED, notebooks=(EXPLORE,))
    home = Home(tmp_path, notebook_files(given), instance="alpha-owned-explore", title="Python (alpha)")
    register = "import sys\nfrom mlproject_notebook.kernel import register\nregister(sys.argv[1])\n"
    home.run(sys.executable, "-c", register, str(NOTEBOOKS / "python"))
    home.record(state="failed", message="failed: pandas has no wheel", since="2026-11-01", previous_in_use=True)
    home.refresh()
    start_here = home.volume / "START HERE.ipynb"
    document = json.loads(start_here.read_text())
    assert document["metadata"]["kernelspec"]["display_name"] == "Python (alpha)"
    (status,) = home.execute(start_here)
    for expected in ("failed: pandas has no wheel", "an earlier list", "mlproject libraries push alpha", "after 30"):
        assert expected in shown(status)

    # Its outputs are no edit, so that the next status replaces it.
    home.record(state="installed", message="installed: 7 libraries", since="2026-11-02", source="S3")
    home.refresh()
    assert "installed: 7 libraries" in start_here.read_text()
    assert not (home.volume / "START HERE 2.ipynb").exists()

    cells = ["%mlproject", "%mlproject variables", "%mlproject statis", "%autoreload 2"]
    empty: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    code = [{**empty, "id": str(number), "source": cell} for number, cell in enumerate(cells)]
    own = home.volume / "own.ipynb"
    own.write_text(json.dumps({**document, "cells": code}))
    commands, variables, unknown = home.execute(own)
    assert "%mlproject status" in shown(commands)
    assert "| **MLPROJECT_ENVIRONMENT** | `owned` |" in shown(variables)
    assert "arn:aws:kms:us-east-1:444444444444:alias/alpha-owned" in shown(variables)
    assert shown(unknown).startswith("%mlproject statis: there is no such command.")


@pytest.mark.notebooks
def test_a_changed_start_here_stays_and_so_does_a_notebook_of_the_same_name(tmp_path: Path) -> None:
    spanish = EXPLORE.model_copy(update={"language": "es"})
    home = Home(
        tmp_path,
        notebook_files(deployment("beta", OWNED, notebooks=(spanish,))),
        instance="beta-owned-explore",
        title="Python (beta)",
    )
    own, beside = home.volume / "EMPIECE AQUÍ.ipynb", home.volume / "EMPIECE AQUÍ 2.ipynb"
    own.write_text('{"cells": [], "metadata": {}}')
    home.refresh()
    assert own.read_text() == '{"cells": [], "metadata": {}}'
    assert "aún sin empezar" in beside.read_text()
    assert "0,23 USD por hora de ml.m5.xlarge" in beside.read_text()
    # A start that changes nothing does not write, so that Jupyter does not report a changed file.
    before = beside.stat().st_mtime_ns
    home.refresh()
    assert beside.stat().st_mtime_ns == before


def example(title: str, text: str, *, kernel: str = "mlproject-notebook") -> str:
    """Return an example notebook as a team commits it."""
    heading = {"cell_type": "markdown", "metadata": {}, "source": [f"# {title}\n", "\n", "About it."]}
    code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    metadata = {"kernelspec": {"name": kernel, "display_name": kernel, "language": "python"}}
    cells = [heading, {**code, "source": [text]}]
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def test_examples_are_copied_and_a_newer_version_never_replaces_what_a_person_changed(tmp_path: Path) -> None:
    given = deployment("alpha", OWNED, notebooks=(EXPLORE,))
    name = "alpha-owned-explore"

    def files(version: int) -> dict[str, bytes]:
        texts = {
            f"{each}.en.ipynb": example(f"About {each}", f"{version}") for each in ("changed", "left alone", "ran")
        }
        others = {
            "changed.es.ipynb": example("Otro", "0"),
            "spark.ipynb": example("Spark", "0", kernel="pysparkkernel"),
        }
        return notebook_files(given.model_copy(update={"example_notebooks": {**texts, **others}}))

    home = Home(tmp_path, files(1), instance=name, title="Python (alpha)")
    # The saved work of an earlier instance is restored first, and may contain examples.
    new = home.volume / ".mlproject" / "new"
    new.touch()
    home.copy_examples()
    assert not home.examples()
    new.unlink()
    home.copy_examples()
    first = {"changed.en.ipynb": "1", "left alone.en.ipynb": "1", "ran.en.ipynb": "1", "spark.ipynb": "0"}
    assert home.examples() == first
    folder = home.volume / "examples"
    kernels = {each.name: json.loads(each.read_text())["metadata"]["kernelspec"] for each in folder.iterdir()}
    assert kernels["ran.en.ipynb"] == {
        "name": f"mlproject-{EXPLORE.libraries}", "display_name": "Python (alpha)", "language": "python"
    }  # fmt: skip
    assert kernels["spark.ipynb"]["name"] == "pysparkkernel"
    home.refresh()
    start_here = (home.volume / "START HERE.ipynb").read_text()
    assert "| **Examples** | [About changed](examples/changed.en.ipynb) |" in start_here
    assert "|  | [About left alone](examples/left%20alone.en.ipynb) |" in start_here

    changed = json.loads((folder / "changed.en.ipynb").read_text())
    changed["cells"][1]["source"] = "mine"
    (folder / "changed.en.ipynb").write_text(json.dumps(changed))
    ran = json.loads((folder / "ran.en.ipynb").read_text())
    ran["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["1"]}]
    (folder / "ran.en.ipynb").write_text(json.dumps(ran))
    (folder / "spark.ipynb").unlink()
    for version in (2, 3):
        home.deploy(files(version))
        home.copy_examples()
        # What a person deleted does not come back at each start.
        assert home.examples() == {
            "changed.en.ipynb": "mine",
            "changed.en 2.ipynb": str(version),
            "left alone.en.ipynb": str(version),
            "ran.en.ipynb": "1",
            "ran.en 2.ipynb": str(version),
        }
    home.refresh()
    start_here = (home.volume / "START HERE.ipynb").read_text()
    assert "[About changed](examples/changed.en%202.ipynb)" in start_here
    assert "About Spark" not in start_here
