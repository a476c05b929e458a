"""A store returns what was written, or nothing: never something damaged."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from mlproject.assembly_cache.parts import Part
from mlproject.assembly_cache.store import Store

KEY = "0123abcd"
WEEK = 7 * 24 * 3600.0


@pytest.fixture
def part(tmp_path: Path) -> Part:
    """A part with a file in `assembly`."""
    content = b'{"Resources": {}}'
    (tmp_path / "assembly" / "assembly-dev").mkdir(parents=True)
    (tmp_path / "assembly" / "assembly-dev" / "a.template.json").write_bytes(content)
    files = {"assembly-dev/a.template.json": sha256(content).hexdigest()}
    return Part(artifacts={"a": {"type": "aws:cloudformation:stack"}}, files=files, violations=[])


def write(tmp_path: Path, part: Part) -> Path:
    """Write the part and return the folder of the store."""
    Store(folder=tmp_path / "store").write(KEY, part, assembly=tmp_path / "assembly")
    return tmp_path / "store"


def test_a_part_is_read_by_another_process_with_its_files(tmp_path: Path, part: Part) -> None:
    store = Store(folder=write(tmp_path, part))
    assert store.read_part(KEY) == part
    assert store.read_part("4567") is None
    assert [store.read_file(digest) for digest in part.files.values()] == [b'{"Resources": {}}']


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-4] ^= 1
    path.write_bytes(content)


def replace_by_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("kind", ["entries", "files"])
@pytest.mark.parametrize("damage", [Path.unlink, truncate, replace_by_folder, flip_a_byte])
def test_damage_counts_as_missing(tmp_path: Path, part: Part, kind: str, damage: Callable[[Path], object]) -> None:
    folder = write(tmp_path, part)
    (path,) = (path for path in folder.glob(f"{kind}/*/*"))
    damage(path)
    assert Store(folder=folder).read_part(KEY) is None


def test_a_damaged_file_is_written_again(tmp_path: Path, part: Part) -> None:
    folder = write(tmp_path, part)
    (path,) = folder.glob("files/*/*")
    truncate(path)
    assert Store(folder=folder).read_part(KEY) is None
    write(tmp_path, part)
    assert Store(folder=folder).read_part(KEY) == part


def test_what_was_not_used_for_a_week_is_deleted(tmp_path: Path, part: Part) -> None:
    folder = write(tmp_path, part)
    used = next(folder.glob("entries/*/*")).stat().st_mtime
    Store(folder=folder).delete_unused(now=used + WEEK - 60)
    assert Store(folder=folder).read_part(KEY) == part
    Store(folder=folder).delete_unused(now=used + WEEK + 3600)
    assert not list(folder.glob("*/*/*"))
