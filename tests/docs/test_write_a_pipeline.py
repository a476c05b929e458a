"""The page on writing a pipeline, followed as it is written: its files, its commands, and the output that it shows."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.checkouts import copy_checkout, inherited_variables
from tests.docs.pages import ROOT, page

NAME = "write-a-pipeline.md"
# `make test-pipelines` has installed it already.
INSTALLED = "make pipelines"
_BLOCK = re.compile(
    r"(?:^`(?P<path>[^`\n]+)`:\n\n)?^```(?P<language>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def blocks() -> list[tuple[str | None, str, str]]:
    """Return each block of code: the path of the file that it is, its language, and its text."""
    return [(each["path"], each["language"], each["text"]) for each in _BLOCK.finditer(page("en", NAME))]


def script() -> str:
    """Return the page as a shell script."""
    lines = ["set -euo pipefail", "trap 'mlproject local down' EXIT"]
    for path, language, text in blocks():
        if path:
            lines += [f"cat > {path} <<'END_OF_FILE'", f"{text}END_OF_FILE"]
        elif language == "console":
            lines += [line.removeprefix("$ ") for line in text.splitlines() if line.removeprefix("$ ") != INSTALLED]
    return "\n".join(lines) + "\n"


@pytest.mark.pipelines
def test_an_empty_folder_becomes_a_registered_model(tmp_path: Path) -> None:
    checkout = copy_checkout(tmp_path / "checkout")
    (checkout / ".venv-pipelines").symlink_to(ROOT / ".venv-pipelines", target_is_directory=True)
    programs = f"{ROOT / '.venv' / 'bin'}:{ROOT / 'node_modules' / '.bin'}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=checkout,
        env={**inherited_variables(), "PATH": programs, "PYTHONPATH": str(checkout)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    shown = [text for path, language, text in blocks() if path is None and language == "text"]
    assert len(shown) == 2
    output = iter(done.stdout.splitlines())
    for line in "".join(shown).splitlines():
        assert any(line in each for each in output), f"the output does not show {line!r}:\n{done.stdout}"
