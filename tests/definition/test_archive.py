"""The archive of the training code is reproducible and contains only the script."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from mlproject.definition import training_archive
from mlproject.errors import UserError
from tests.definition.folders import FLIGHT_DELAYS, copied


def test_the_archive_does_not_depend_on_the_files_times_or_modes(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    script = folder / "steps" / "train.py"
    os.utime(script, (1, 1))
    script.chmod(0o600)
    assert training_archive(folder) == training_archive(FLIGHT_DELAYS)


def test_the_archive_holds_the_script_as_a_container_unpacks_it() -> None:
    with tarfile.open(fileobj=io.BytesIO(training_archive(FLIGHT_DELAYS)), mode="r:gz") as archive:
        (entry,) = archive.getmembers()
        assert (entry.name, entry.mode, entry.mtime, entry.uid, entry.uname) == ("train.py", 0o644, 0, 0, "")
        content = archive.extractfile(entry)
        assert content is not None
        assert content.read() == (FLIGHT_DELAYS / "steps" / "train.py").read_bytes()


def test_the_archive_holds_no_time_and_no_trace_of_the_system_that_packed_it() -> None:
    """The gzip header: magic, method, no flags, no time, no level, unknown system (RFC 1952)."""
    assert training_archive(FLIGHT_DELAYS)[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])


def test_changed_code_is_another_archive(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    with (folder / "steps" / "train.py").open("a") as script:
        script.write("\n")
    assert training_archive(folder) != training_archive(FLIGHT_DELAYS)


def test_a_missing_script_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"steps/train.py: cannot be read \(No such file"):
        training_archive(tmp_path)
