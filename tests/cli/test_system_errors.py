"""Errors of the operating system: one sentence with what to do, unless they are the command's own mistake."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from pathlib import Path

import pytest

from mlproject.cli.common.system_errors import explain_system_error
from tests.mlproject_command import run_mlproject


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_named_with_the_file(number: int) -> None:
    explained = explain_system_error(OSError(number, os.strerror(number), "/work/file"))
    assert str(explained) == (
        "/work/file: the disk is full, or cannot hold more files. Free space, and run the command again."
    )
    assert str(explain_system_error(OSError(number, "no file"))).startswith("the disk is full")


def test_a_full_disk_while_a_folder_is_copied_is_named_with_the_file() -> None:
    error = shutil.Error([("/product/train.py", "/work/train.py", "[Errno 28] No space left on device")])
    assert str(explain_system_error(error)).startswith("/work/train.py: the disk is full")


def test_other_errors_stay_internal_errors() -> None:
    assert explain_system_error(FileNotFoundError(errno.ENOENT, "gone", "/work/file")) is None
    assert explain_system_error(PermissionError(errno.EACCES, "no file is named")) is None


def test_a_file_in_place_of_the_folder_of_runs_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "definition.json").write_text(json.dumps({"Steps": []}))
    (tmp_path / ".mlproject").write_text("")
    done = run_mlproject("run", "--definition", "definition.json", folder=tmp_path)
    assert done.returncode == 1
    assert re.fullmatch(
        rf"error: {tmp_path}/\.mlproject/runs/\w+: cannot be used \(Not a directory\)\. Correct its permissions, or "
        r"remove what is in its place, and run the command again\.\n",
        done.stderr,
    )
