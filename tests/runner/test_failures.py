"""A failed step says first what went wrong in the script of the user, and what to do about it."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from mlproject.errors import UserError
from mlproject.runner import Interpreter, read_interpreter
from mlproject.runner.container.interpreters import image_names, interpreter_for
from mlproject.runner.container.tracebacks import ScriptError, find_script_error
from tests.runner.conftest import STEP, Bench
from tests.runner.samples import definition, processing, training

MINE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/mine:2"
LOG = """\
reading
Traceback (most recent call last):
  File "/opt/ml/processing/input/code/step.py", line 9, in <module>
    main()
  File "/opt/ml/processing/input/code/step.py", line 5, in main
    frame = read(path)
            ^^^^^^^^^^
  File "/venv/lib/python3.11/site-packages/tables/api.py", line 100, in read
    raise ValueError("no rows\\nat all")
ValueError: no rows
at all
"""


def failure(bench: Bench, script: str, **options: Any) -> list[str]:
    """The lines of the failure of a step with this script."""
    bench.script("step.py", textwrap.dedent(script))
    result = bench.run(definition(processing("A")), **options)
    assert result.failure
    return result.failure.splitlines()


def test_the_last_line_of_the_scripts_own_code_comes_before_the_frames_of_libraries(bench: Bench) -> None:
    lines = failure(bench, "import json\n\ndef load():\n    json.loads('{')\n\nload()\n")
    assert lines[0].startswith("step A failed: exit code 1: json.decoder.JSONDecodeError: Expecting property name")
    assert lines[1:3] == ["  /opt/ml/processing/input/code/step.py, line 4, in load", "    json.loads('{')"]
    assert lines[3].startswith("The last lines of ")
    assert any("json/decoder.py" in line for line in lines[4:])


@pytest.mark.parametrize("isolation", ["namespace", "prefix"])
def test_paths_are_those_of_the_container_in_every_isolation(bench: Bench, isolation: Any) -> None:
    lines = failure(bench, "# SAGEMAKER_BASE_DIR\nraise KeyError('x')\n", isolation=isolation)
    assert lines[0] == "step A failed: exit code 1: KeyError: 'x'."
    assert lines[1] == "  /opt/ml/processing/input/code/step.py, line 2, in <module>"


def test_a_missing_package_is_named_with_the_command_that_installs_it(bench: Bench) -> None:
    lines = failure(bench, "import bs4_or_so\n")
    assert lines[0] == "step A failed: exit code 1: ModuleNotFoundError: No module named 'bs4_or_so'."
    python = sys.executable
    assert lines[3].startswith(f"{python} has no module 'bs4_or_so'. If it belongs to a package, install it: ")
    assert lines[3].endswith(" install bs4_or_so") or lines[3].endswith(f"--python {python} bs4_or_so")


def test_the_command_installs_the_distribution_of_a_module_with_the_installer_that_is_there() -> None:
    python = Path("/venv/bin/python")
    assert (
        Interpreter(path=python, has_pip=True)
        .missing_module("sklearn")
        .endswith("install it: /venv/bin/python -m pip install scikit-learn")
    )
    assert (
        Interpreter(path=python)
        .missing_module("yaml")
        .endswith("install it: uv pip install --python /venv/bin/python pyyaml")
    )


def test_the_error_of_a_log_is_its_last_traceback() -> None:
    first = "Traceback (most recent call last):\n  File \"/a.py\", line 1, in f\n    x\nKeyError: 'a'\n\nDuring it:\n\n"
    expected = ScriptError(
        message="ValueError: no rows",
        location="/opt/ml/processing/input/code/step.py, line 5, in main",
        source="frame = read(path)",
    )
    assert find_script_error((first + LOG).splitlines()) == expected


def test_a_traceback_that_the_script_logged_and_survived_is_not_its_error() -> None:
    assert find_script_error([*LOG.splitlines(), *["and on"] * 20]) is None
    assert find_script_error(["no rows in the table"]) is None


def test_a_script_that_cannot_be_parsed_is_shown_with_its_line(bench: Bench) -> None:
    lines = failure(bench, "x = = 1\n")
    assert lines[:3] == [
        "step A failed: exit code 1: SyntaxError: invalid syntax.",
        "  /opt/ml/processing/input/code/step.py, line 1",
        "    x = = 1",
    ]


def test_a_missing_submodule_is_no_missing_package() -> None:
    assert ScriptError(message="ModuleNotFoundError: No module named 'json.x'").missing_module is None
    assert ScriptError(message="ModuleNotFoundError: No module named 'x'").missing_module == "x"


def wrapper(folder: Path) -> Path:
    """A Python that announces itself, so that a test sees which one ran."""
    path = folder / "python"
    path.write_text(f'#!/bin/sh\nexport WHO="the mapped one"\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return path


def test_an_unknown_image_runs_with_the_python_that_the_user_names(bench: Bench, tmp_path: Path) -> None:
    bench.script("step.py", f"{STEP}\nprint(os.environ['WHO'])\n")
    document = definition(processing("A", image=MINE))
    with pytest.raises(UserError, match=r"add --image team/mine=PYTHON"):
        bench.run(document)
    interpreters = {"mine": read_interpreter("mine", str(wrapper(tmp_path)))}
    result = bench.run(document, interpreters=interpreters)
    assert result.status == "Succeeded"
    log = result.step("A").log
    assert log
    assert log.read_text().endswith("the mapped one\n")
    assert bench.run(document, interpreters=interpreters).step("A").cached


def test_a_training_image_and_the_python_of_a_shell_script_are_replaced_too(bench: Bench, tmp_path: Path) -> None:
    bench.script("train.sh", "python -c 'import os; print(os.environ[\"WHO\"])'\n")
    document = definition(training("Train", channels={}, program="train.sh", image=MINE))
    result = bench.run(document, interpreters={"team/mine": read_interpreter("x", str(wrapper(tmp_path)))})
    log = result.step("Train").log
    assert log
    assert log.read_text() == "the mapped one\n"


def test_other_packages_of_the_named_python_are_another_result(bench: Bench, tmp_path: Path) -> None:
    document = definition(processing("A", image=MINE))
    python = wrapper(tmp_path)
    for packages, cached in ((("a",), False), (("a",), True), (("b",), False)):
        interpreter = Interpreter(path=python, packages=packages)
        assert bench.run(document, interpreters={"mine": interpreter}).step("A").cached is cached


def test_an_image_that_no_step_uses_is_refused_with_the_nearest_name(bench: Bench) -> None:
    interpreters = {"mnie": Interpreter(path=Path(sys.executable)), "mine": Interpreter(path=Path(sys.executable))}
    with pytest.raises(UserError, match=r"^--image mnie: no step uses this image\. Did you mean mine\?$"):
        bench.run(definition(processing("A", image=MINE)), interpreters=interpreters)


def test_an_image_has_a_name_with_and_without_registry_folder_and_tag() -> None:
    registry = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    assert image_names(MINE) == (MINE, "team/mine:2", "mine:2", f"{registry}/team/mine", "team/mine", "mine")
    assert image_names("mine@sha256:0") == ("mine@sha256:0", "mine")
    python = Interpreter(path=Path("/a"))
    assert interpreter_for(MINE, {"mine": Interpreter(path=Path("/b")), "mine:2": python}) == python
    assert interpreter_for({"Get": "Parameters.Image"}, {"mine": python}) is None


def test_what_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--image mine=none: .*/none cannot be run \(No such file or directory\)"):
        read_interpreter("mine", "none")
    with pytest.raises(UserError, match=r"/bin/echo is not a Python 3 interpreter"):
        read_interpreter("mine", "/bin/echo")


def test_the_python_of_a_virtual_environment_is_not_resolved(tmp_path: Path) -> None:
    link = tmp_path / "python"
    link.symlink_to(sys.executable)
    assert read_interpreter("mine", str(link)).path == link
