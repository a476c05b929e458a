"""Print what an upgrade changes in the locks: `python -m scripts.upgrade_summary [--markdown] COMMIT`.

A row for each package and pair of versions, with the locks that it changes in, the largest changes first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from packaging.version import InvalidVersion, Version
from rich.console import Console
from rich.table import Table

from mlproject.libraries.differences import VersionChange, version_changes
from scripts.check_locks import parse_pins

# Relative to the current folder, which is the work tree of the upgrade.
LOCKS = (
    "requirements/*.txt",
    "projects/*/libraries/locks/*/*.txt",
    "package-lock.json",
    "docs_site/browser/package-lock.json",
)
_LOG_COLUMNS = 140
_COLUMNS = ("package", "from", "to", "change", "locks")
_KINDS = ("major", "minor", "patch", "added", "removed", "other")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A changed package.

    Args:
        change: the versions.
        kind: one of `_KINDS`.
        locks: the locks in which the package changes like this.
    """

    change: VersionChange
    kind: str
    locks: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        """The texts of the columns."""
        change = self.change
        return (change.name, change.before or "", change.after or "", self.kind, ", ".join(self.locks))


def summarise(changes: Mapping[str, Iterable[VersionChange]]) -> list[Row]:
    """Return the rows of the changes by lock: the largest changes first, then by name."""
    locks: dict[VersionChange, list[str]] = {}
    for lock, found in changes.items():
        for change in found:
            locks.setdefault(change, []).append(lock)
    rows = [Row(change=change, kind=kind_of(change), locks=tuple(sorted(names))) for change, names in locks.items()]
    return sorted(rows, key=lambda row: (_KINDS.index(row.kind), row.change.name))


def kind_of(change: VersionChange) -> str:
    """Return which part of the version changes; `other` if it is lower or not a version."""
    if change.before is None:
        return "added"
    if change.after is None:
        return "removed"
    try:
        before, after = Version(change.before), Version(change.after)
    except InvalidVersion:
        return "other"
    if after < before:
        return "other"
    if after.major != before.major or after.epoch != before.epoch:
        return "major"
    return "minor" if after.minor != before.minor else "patch"


def read_versions(name: str, text: str) -> dict[str, str]:
    """Return the versions in a lock by package. Several versions of one package are joined.

    Args:
        name: path of the lock.
        text: its content; empty if there is none.
    """
    if name.endswith(".json"):
        packages = json.loads(text)["packages"] if text else {}
        return {path.removeprefix("node_modules/"): entry["version"] for path, entry in packages.items() if path}
    return {package: " ".join(sorted(versions)) for package, versions in parse_pins(text).items()}


def changes_since(commit: str) -> dict[str, list[VersionChange]]:
    """Return the changes of each lock in the current folder since a commit."""
    listed = _git("ls-tree", "-r", "--name-only", commit).splitlines()
    now = {str(path) for pattern in LOCKS for path in Path().glob(pattern)}
    before = {name for name in listed if any(Path(name).match(pattern) for pattern in LOCKS)}
    # The tests have locks of their own, and a pattern without `/` matches in every folder.
    names = sorted(name for name in now | before if not name.startswith("tests/"))
    return {
        name: list(
            version_changes(
                read_versions(name, _git("show", f"{commit}:{name}") if name in before else ""),
                read_versions(name, Path(name).read_text() if name in now else ""),
            )
        )
        for name in names
    }


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout


def print_table(rows: list[Row]) -> None:
    """Print the rows for a terminal."""
    table = Table(*_COLUMNS, title=f"{len(rows)} changes")
    for row in rows:
        table.add_row(*row.cells)
    # A log is wider than the 80 columns that rich assumes.
    Console(width=None if sys.stdout.isatty() else _LOG_COLUMNS).print(table)


def print_markdown(rows: list[Row]) -> None:
    """Print the rows for the message of a commit or of a merge request."""
    for cells in (_COLUMNS, ("---",) * len(_COLUMNS), *(row.cells for row in rows)):
        print(f"| {' | '.join(cells)} |")


def main(arguments: list[str]) -> None:
    """Print the changes since a commit."""
    rows = summarise(changes_since(arguments[-1]))
    if "--markdown" in arguments:
        print_markdown(rows)
    else:
        print_table(rows)


if __name__ == "__main__":
    main(sys.argv[1:])
