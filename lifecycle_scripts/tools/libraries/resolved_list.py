"""The list that `mlproject libraries push` uploads: pinned libraries, their wheels, and the wheel of uv."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Written by mlproject/libraries/lock.py with the same grammar.
_FILE = r"([0-9a-f]{64}) ([A-Za-z0-9][A-Za-z0-9._+-]*\.whl)$"
_WHEEL = re.compile("^# wheel " + _FILE, re.M)
_SIZE = re.compile(r"^# size (\d+) (\d+) (\S+\.whl)$", re.M)
_UV = re.compile("^# tool (?=[0-9a-f]{64} uv-)" + _FILE, re.M)
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s\\;]+)", re.M)


@dataclass(frozen=True)
class Wheel:
    """A wheel in S3.

    Args:
        sha256: its SHA-256 hash, which is part of its key.
        file: file name.
    """

    sha256: str
    file: str

    @property
    def key(self) -> str:
        return f"{self.sha256}/{self.file}"

    @property
    def distribution(self) -> str:
        return self.file.partition("-")[0]


@dataclass(frozen=True)
class ResolvedList:
    """A resolved list.

    Args:
        text: its text, a requirements.txt with hashes.
        versions: version of each library, by name.
        wheels: wheels of the libraries.
        sizes: bytes of each wheel and of its installed files, by file name; empty if the list does not state them.
        uv: wheel of uv, or None if the list was pushed without it.
    """

    text: str
    versions: dict[str, str]
    wheels: tuple[Wheel, ...]
    sizes: dict[str, tuple[int, int]]
    uv: Wheel | None


def parse_list(text: str) -> ResolvedList:
    """Parse the text of a resolved list."""
    tools = [Wheel(sha256, file) for sha256, file in _UV.findall(text)]
    return ResolvedList(
        text=text,
        versions=dict(_PIN.findall(text)),
        wheels=tuple(Wheel(sha256, file) for sha256, file in _WHEEL.findall(text)),
        sizes={file: (int(size), int(installed)) for size, installed, file in _SIZE.findall(text)},
        uv=tools[0] if tools else None,
    )
