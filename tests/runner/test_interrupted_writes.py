"""Files that a run was writing when it was killed, and files that something has damaged since."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.runner.local_file import read_definition
from tests.runner.conftest import Bench
from tests.runner.samples import definition, output_of, processing, register, write

ROOT = Path(__file__).parents[2]
# Runs a definition, and kills itself when the file of its second argument has just been opened for writing.
KILLED = """
import os, signal, sys
from pathlib import Path
from mlproject.runner import run_definition_file
folder, name = Path(sys.argv[1]), sys.argv[2]
def profile(frame, event, argument):
    os.kill(os.getpid(), signal.SIGKILL)
def hook(event, arguments):
    if event == "open" and name in str(arguments[0]) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        sys.setprofile(profile)
sys.addaudithook(hook)
file, code, kept = folder / "definition.json", folder / "code", folder / "kept"
run_definition_file(file=file, code=code, data={}, parameters={}, folder=kept)
"""
DOCUMENT = definition(processing("Before"), register("Register", output_of("Before", "out")))


@pytest.mark.parametrize("name", ["running.json", "objects/artifacts", "/cache/", "model-packages/tests"])
def test_a_run_that_is_killed_while_it_writes_a_file_leaves_nothing_that_the_next_one_keeps(
    bench: Bench, name: str
) -> None:
    write(bench.folder, DOCUMENT)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(bench.folder), name], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(bench.kept.glob("model-packages/tests/[0-9]*")) == []

    result = bench.run(DOCUMENT)

    assert result.status == "Succeeded", result.failure
    assert [path.name for path in bench.kept.glob("model-packages/tests/*")] == ["1.json"]
    assert [path for path in bench.kept.rglob("*") if path.name == "running.json" or path.name.startswith(".")] == []


def change_a_result(path: Path) -> None:
    """The entry stays valid JSON."""
    path.write_text(re.sub("Completed", "Complated", path.read_text()))


@pytest.mark.parametrize(
    "damage",
    [
        change_a_result,
        lambda path: path.write_text("7"),
        lambda path: path.write_text('"text"'),
        lambda path: path.write_bytes(b"\xfb\x00"),
    ],
)
def test_a_damaged_cache_entry_is_not_used(bench: Bench, damage: Callable[[Path], None]) -> None:
    document = definition(processing("Before"))
    bench.run(document)
    assert bench.run(document).step("Before").cached
    (entry,) = bench.kept.glob("cache/*.json")
    damage(entry)
    result = bench.run(document)
    assert (result.status, result.step("Before").cached) == ("Succeeded", False)
    assert bench.run(document).step("Before").cached


def test_a_folder_in_place_of_a_cache_entry_is_named(bench: Bench) -> None:
    document = definition(processing("Before"))
    bench.run(document)
    (entry,) = bench.kept.glob("cache/*.json")
    entry.unlink()
    entry.mkdir()
    result = bench.run(document)
    assert result.failure
    assert f"{entry}: cannot be written (Is a directory)" in result.failure


def test_the_definition_of_another_encoding_is_refused_in_one_sentence(bench: Bench) -> None:
    file = write(bench.folder, DOCUMENT)
    file.write_bytes(json.dumps({"Steps": "año"}, ensure_ascii=False).encode("latin-1"))
    with pytest.raises(UserError, match=r"definition\.json: is not text in UTF-8"):
        read_definition(file, None)
