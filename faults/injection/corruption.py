"""Files that are not what their writer left: damaged by a disk, by another program, or by another version."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from faults.case import Case
from faults.injection.privileges import drop_file_privileges
from faults.model import Broken, Fault, Injection, Measurement
from faults.processes import Ended, run

Damage = Callable[[Path, random.Random], None]


def _empty(path: Path, _: random.Random) -> None:
    path.write_bytes(b"")


def _truncate(path: Path, randomly: random.Random) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: randomly.randrange(max(1, len(content)))])


def _flip(path: Path, randomly: random.Random) -> None:
    content = bytearray(path.read_bytes())
    if content:
        content[randomly.randrange(len(content))] ^= 1 << randomly.randrange(8)
    path.write_bytes(bytes(content))


def _other_type(path: Path, randomly: random.Random) -> None:
    path.write_text(json.dumps(randomly.choice([[], "text", 7, None, {"other": {}}])))


def _binary(path: Path, randomly: random.Random) -> None:
    path.write_bytes(randomly.randbytes(200))


def _folder(path: Path, _: random.Random) -> None:
    path.unlink()
    path.mkdir()


def _remove(path: Path, _: random.Random) -> None:
    path.unlink()


def _forbid(path: Path, _: random.Random) -> None:
    path.chmod(0)


_FLIPPED = "one bit flipped"
DAMAGES: Mapping[str, Damage] = {
    "emptied": _empty,
    "truncated": _truncate,
    _FLIPPED: _flip,
    "another JSON type": _other_type,
    "other bytes": _binary,
    "a folder in its place": _folder,
    "removed": _remove,
    "no permission": _forbid,
}


def _newer(path: Path, _: random.Random) -> None:
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "key_of_a_newer_version": {"format": 99}}))


def _older(path: Path, randomly: random.Random) -> None:
    document = json.loads(path.read_text())
    del document[randomly.choice(sorted(document))]
    path.write_text(json.dumps(document))


# What another version writes of a JSON object.
VERSIONS: Mapping[str, Damage] = {"has a key of a newer version": _newer, "lacks a key, as of an older version": _older}


@dataclass(kw_only=True)
class Corruption(Injection):
    """A file of the state is damaged after a command that succeeded.

    Args:
        damages: the ways, by name.
        suffix: of the names of the files.
    """

    used = True
    damages: Mapping[str, Damage] = field(default_factory=lambda: DAMAGES)
    suffix: str = ""
    _original: Path | None = None
    _path: Path | None = None

    def apply(self, case: Case, fault: Fault, measured: Measurement, output: Path) -> Broken:
        choices = [
            *((path, name) for path in case.state() for name in self.damages),
            # One changed letter of what a person has written may be what that person meant.
            *((path, name) for path in case.sources() for name in self.damages if name != _FLIPPED),
        ]
        fitting = [each for each in choices if each[0].name.endswith(self.suffix)]
        self._path, name = fitting[int(fault.position() * len(fitting))]
        self._original = case.folder.with_name("original")
        shutil.copy2(self._path, self._original)
        self.damages[name](self._path, fault.random())
        expected = frozenset(case.problems())
        ended = run(case.command(), output=output, inject=drop_file_privileges)
        words = f"{self._path.relative_to(case.folder)}: {name}"
        return Broken(words=words, ended=[ended], expected=expected)

    def next_command(self, case: Case, output: Path) -> Ended:
        return run(case.command(), output=output, inject=drop_file_privileges)

    def missing_advice(self, case: Case, said: str) -> str | None:
        assert self._path
        # A command that repairs the state is as good as the name of the file.
        return None if self._path.name in said or "`mlproject " in said else f"{self._path.name} or a command"

    def follow_advice(self, case: Case) -> None:
        """Restore the file."""
        assert self._path
        assert self._original
        if self._path.is_dir():
            shutil.rmtree(self._path)
        shutil.copy2(self._original, self._path)
