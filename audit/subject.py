"""What is judged: templates, code, scripts and locks."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# Name of the stack with planted faults, and of the folder with planted files.
PLANTED = "planted"
# Tests contain asserts and made-up keys on purpose; a team's scripts are its own.
_OTHER_CODE = ("tests/", "pipelines/", "projects/")


@dataclass(frozen=True, kw_only=True)
class Template:
    """A template of CloudFormation.

    Args:
        stack: name of its stack, such as `dev/flights/storage`.
        file: where it is.
        account, region: where it would be deployed.
    """

    stack: str
    file: Path
    account: str
    region: str

    @cached_property
    def body(self) -> Mapping[str, Any]:
        body: Mapping[str, Any] = json.loads(self.file.read_text())
        return body

    @property
    def resources(self) -> Mapping[str, Any]:
        resources: Mapping[str, Any] = self.body["Resources"]
        return resources


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Everything that is judged. Paths of files are absolute.

    Args:
        templates: one in each stack, that with planted faults among them.
        nag_report: the report of cdk-nag on the same stacks.
        python: files of Python.
        scripts: shell scripts.
        requirements: locks of Python.
        package_locks: locks of npm.
        planted: folder with planted faults (audit/planted.py).
    """

    templates: tuple[Template, ...]
    nag_report: Path
    python: tuple[Path, ...]
    scripts: tuple[Path, ...]
    requirements: tuple[Path, ...]
    package_locks: tuple[Path, ...]
    planted: Path

    def name_of(self, file: Path | str) -> str:
        """Return the path of a file in the repository, or in the folder of planted faults."""
        path = Path(file).resolve()
        if path.is_relative_to(self.planted):
            return f"{PLANTED}/{path.relative_to(self.planted)}"
        return str(path.relative_to(ROOT))

    @cached_property
    def stack_of(self) -> Mapping[str, str]:
        """Names of stacks by the path of their template."""
        return {str(each.file): each.stack for each in self.templates}


def tracked_files() -> tuple[Path, ...]:
    """Return the files that git tracks, without links."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    files = (ROOT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in files if path.is_file() and not path.is_symlink())


def select_python(files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the product's Python files, without tests and without the scripts of teams."""
    return tuple(
        path for path in files if path.suffix == ".py" and not path.relative_to(ROOT).as_posix().startswith(_OTHER_CODE)
    )


def select_scripts(files: Sequence[Path]) -> tuple[Path, ...]:
    """Return the shell scripts: by their suffix, or by their first line."""
    return tuple(path for path in files if path.suffix == ".sh" or (not path.suffix and _is_shell(path)))


def _is_shell(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(80)
    return first.startswith(b"#!") and first.split()[-1].removeprefix(b"/bin/") in (b"bash", b"sh")
