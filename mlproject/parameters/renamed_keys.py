"""Keys of project.yaml and environments.yaml that a release renamed, so that the error names the successor."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

# The overrides of an environment have the same keys as the whole file.
_OVERRIDES = "environments"
# An item of a list, which a pattern leaves out.
_ITEM = re.compile(r"\[\d+\]")


@dataclass(frozen=True, kw_only=True)
class RenamedKey:
    """A renamed key.

    Args:
        file: name of the file.
        old: its path in earlier releases, such as `notebooks.*.volume`; `*` is any name.
        new: its path since then, in the same file.
        release: the first release with the new name.
    """

    file: Literal["project.yaml", "environments.yaml"]
    old: str
    new: str
    release: str


# No key has been renamed so far. tests/upgrades compares the keys of each earlier release with this table.
RENAMED_KEYS: tuple[RenamedKey, ...] = ()


def find_renamed_key(file: str, key: str) -> RenamedKey | None:
    """Return the entry for an unknown key; None if no release had it.

    Args:
        file: path of the file.
        key: path of the key in that file, such as `environments.dev.notebooks.explore.volume`.
    """
    parts = _ITEM.sub("", key).split(".")
    if parts[0] == _OVERRIDES:
        parts = parts[2:]
    for entry in RENAMED_KEYS:
        if PurePosixPath(file).name == entry.file and _matches(entry.old.split("."), parts):
            return entry
    return None


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        expected in ("*", part) for expected, part in zip(pattern, parts, strict=True)
    )
