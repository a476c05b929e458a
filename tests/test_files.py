"""Files are written completely or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.files import create_atomically, project_root, temporary_folder, temporary_path, write_atomically


def test_a_written_file_replaces_the_old_one_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file.txt"
    write_atomically(path, "old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(path.parent.iterdir()) == [path]


def test_a_written_file_can_be_read_by_whom_the_users_mask_allows(tmp_path: Path) -> None:
    plain = tmp_path / "plain.txt"
    plain.touch()
    write_atomically(tmp_path / "written.txt", "text")
    assert (tmp_path / "written.txt").stat().st_mode == plain.stat().st_mode


def test_a_full_disk_keeps_the_old_file_and_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("old")
    # A limit on the size of files makes the kernel refuse the write, as a full disk does.
    script = f"""
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from pathlib import Path
from mlproject.errors import UserError
from mlproject.files import write_atomically
try:
    write_atomically(Path({str(path)!r}), "x" * 2000)
except UserError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert f"{path}: cannot be written (File too large). Free disk space or fix the permissions" in done.stdout
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "1.json"
    assert create_atomically(path, "first")
    assert not create_atomically(path, "second")
    assert path.read_text() == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_file_of_a_killed_process_is_removed_by_the_next_write(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    script = f"import sys; from mlproject.files import *; print(temporary_path(Path({str(path)!r})))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    abandoned, written_now = Path(done.stdout.strip()), temporary_path(path)
    for temporary in (abandoned, written_now):
        temporary.write_text("half")
    write_atomically(path, "whole")
    assert set(tmp_path.iterdir()) == {path, written_now}


def test_the_temporary_folder_of_a_killed_process_is_removed_by_the_next_one(tmp_path: Path) -> None:
    script = (
        "import os, signal; from mlproject.files import *\n"
        f"with temporary_folder(Path({str(tmp_path / 'new')!r})) as folder:\n"
        "    (folder / 'file.txt').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -signal.SIGKILL
    (abandoned,) = tmp_path.iterdir()
    with temporary_folder(tmp_path / "new") as folder:
        assert list(tmp_path.iterdir()) == [folder]
    assert not abandoned.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_project_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    (tmp_path / "environments.yaml").touch()
    inside = tmp_path / "projects" / "flights"
    inside.mkdir(parents=True)
    assert project_root(inside) == tmp_path.resolve()


def test_outside_a_project_one_sentence_says_where_to_go(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no environments\.yaml here or in a parent folder\. Run the command in"):
        project_root(tmp_path)
