"""The command ends every failure in a sentence and a code, never in a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    """The command with one more command `try`, whose body is given, in a process of its own."""
    script = (
        "import sys, types\n"
        "from mlproject.cli import main\n"
        "from mlproject.errors import UserError\n"
        "import typer\n"
        "app = typer.Typer()\n"
        "@app.callback()\n"
        "def root() -> None: ...\n"
        "@app.command('try')\n"
        f"def attempt() -> None:\n    {body}\n"
        "main.build_app = lambda: app\n"
        "sys.argv = ['mlproject', 'try']\n"
        "main.main()\n"
    )
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ("raise UserError('a.yaml:3: no')", 2, "error: a.yaml:3: no\n"),
        ("raise UserError('the run failed', exit_code=1)", 1, "error: the run failed\n"),
        ("raise KeyboardInterrupt", 130, "interrupted\n"),
    ],
)
def test_an_error_is_a_sentence_and_an_exit_code(tmp_path: Path, body: str, code: int, message: str) -> None:
    done = run(tmp_path, body)
    assert (done.returncode, done.stderr, done.stdout) == (code, message, "")


def test_an_internal_error_names_the_file_with_its_traceback(tmp_path: Path) -> None:
    done = run(tmp_path, "{}['missing']")
    (log,) = (tmp_path / ".mlproject" / "crashes").iterdir()
    assert done.returncode == 70
    assert "Traceback" not in done.stderr
    assert str(log) in done.stderr
    assert "KeyError: 'missing'" in log.read_text()


def test_a_command_that_does_not_exist_is_refused_with_code_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "nothing"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "error: No such command 'nothing'. See mlproject --help.\n"
