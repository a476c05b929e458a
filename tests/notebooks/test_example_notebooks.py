"""The example notebooks run from top to bottom, and say what they show."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from docs_site.notebooks.files import without_volatile
from docs_site.notebooks.pages import build_files, read_notebook_outputs, read_notebooks
from docs_site.plotly_bundle import BUNDLE
from mlproject.cli.common.local_kernel import LocalKernel
from tests.checkouts import ROOT
from tests.deployed_projects.platform import DeployedPlatform
from tests.notebooks.executed import JUPYTER, ExecutedNotebook, findings, numbers, run

pytestmark = pytest.mark.notebooks

FOLDER = ROOT / "projects" / "flights" / "notebooks"
# Those on Spark are run in tests/spark.
NAMES = sorted(path.stem for path in FOLDER.glob("sources/[0-9]*.py"))
# One shows which errors the policies cause.
PARAMETERS = [pytest.param(name, marks=[pytest.mark.provokes_denials] if name == "3_s3" else []) for name in NAMES]


@pytest.fixture(scope="session")
def execute(
    platform: DeployedPlatform, kernel: LocalKernel, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], ExecutedNotebook]:
    """Run a notebook of the project, once."""
    folder = tmp_path_factory.mktemp("executed")
    done: dict[str, ExecutedNotebook] = {}

    def execute(name: str) -> ExecutedNotebook:
        if name not in done:
            source = platform.root / "projects" / "flights" / "notebooks" / f"{name}.en.ipynb"
            done[name] = run(source, folder / source.name, kernel.variables)
        return done[name]

    return execute


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_notebook_runs_with_the_permissions_of_the_role_and_its_text_and_its_pages_say_what_it_shows(
    name: str, execute: Callable[[str], ExecutedNotebook]
) -> None:
    executed = execute(name)
    for language in ("en", "es"):
        for number in findings(FOLDER / f"{name}.{language}.ipynb"):
            assert number in numbers(executed.text), (language, number)
    files = build_files(read_notebook_outputs(name, executed.cells), read_notebooks(ROOT, name))
    assert {path: content_of(path, content) for path, content in files.items()} == {
        path: content_of(path, (ROOT / path).read_bytes()) for path in files
    }, "run `make notebook-pages`"


def content_of(path: Path, content: bytes) -> object:
    """What is the same in two executions, also on processors that round differently."""
    if path.suffix == ".md":
        return without_volatile(content.decode())
    if path.suffix == ".json":
        figure = json.loads(content)
        return figure["layout"], [(trace["type"], trace["name"], len(trace["x"])) for trace in figure["data"]]
    # The header of a PNG file contains its width and height.
    return content[:24]


def test_the_findings_of_the_exploration_are_checked_in_both_languages() -> None:
    english, spanish = (findings(FOLDER / f"1_exploration.{language}.ipynb") for language in ("en", "es"))
    assert english == spanish
    assert len(english) >= 9


def test_the_problems_of_plots_are_provoked_and_solved(execute: Callable[[str], ExecutedNotebook]) -> None:
    executed = execute("2_plots")
    assert "ModuleNotFoundError: No module named 'bokeh'" in executed.text
    assert "backend: agg" in executed.text
    assert executed.images('plt.switch_backend("agg")') == 0
    assert executed.images("%matplotlib inline") == 1
    assert "TypeError: scatterplot() takes from 0 to 1 positional arguments but 2" in executed.text
    sizes = {name: float(size) for name, size in re.findall(r"^(.+): \S+ s, (\S+) MB$", executed.text, re.MULTILINE)}
    assert sizes["plotly, scatter"] > 10 * sizes["plotly, counted"]
    assert "notebook_connected: text/html; loads JavaScript from the internet: True" in executed.text
    assert "\nnotebook: text/html; loads JavaScript from the internet: False" in executed.text
    assert executed.images('strftime("%Y-%m-%d")') == 1
    package = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    assert f"\n* plotly.js v{package[BUNDLE.parent.name]}\n" in executed.text


@pytest.mark.provokes_denials
def test_the_s3_notebook_meets_the_errors_that_the_policies_cause(
    execute: Callable[[str], ExecutedNotebook], platform: DeployedPlatform
) -> None:
    text = execute("3_s3").text
    names = platform.deployment("flights").names
    role = f"assumed-role/{names.role('notebooks')}/"
    assert role in text
    assert "NoSuchKey: The specified key does not exist." in text
    for action in ("s3:DeleteObject", "s3:PutObject", "s3:ListBucket"):
        assert re.search(rf"AccessDenied: User: \S+{role}\S+ is not authorized to perform: {action} ", text), action
    assert "before: the good version\nnow: the good version" in text
    assert "aws:kms with the project's key: True" in text
    assert "read without credentials: True" in text


def test_the_script_of_the_last_notebook_returns_what_its_cell_returned(
    execute: Callable[[str], ExecutedNotebook],
) -> None:
    text = execute("4_from_notebook_to_pipeline").text
    assert "NameError: name 'flights' is not defined" in text
    assert "exit code 0 - same result as the cell: True" in text
    assert "exit code 1 - error: flights.csv.zip lacks the columns arr_delay" in text
    assert "flights-dev - Prepare (Processing)" in text


def test_both_languages_of_each_notebook_are_up_to_date_and_have_no_outputs() -> None:
    program = [str(JUPYTER / "bin" / "python"), "scripts/write_notebooks.py", "--check"]
    checked = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stdout + checked.stderr
