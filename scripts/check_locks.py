"""Every requirement of requirements/*.in is pinned in its lock with a hash, without addresses, and the sets agree."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

FOLDER = Path(__file__).parent.parent / "requirements"
SHARED = ("synth", "local", "development")


def wanted(path: Path) -> list[Requirement]:
    """The requirements that an input names itself, those of the inputs it includes too."""
    found = []
    for line in path.read_text().splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("-r "):
            found += wanted(path.parent / text[3:])
        elif text:
            found.append(Requirement(text))
    return found


def pinned(path: Path) -> dict[str, set[str]]:
    """The versions that a lock pins, by normalised name."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", path.read_text(), re.MULTILINE):
        pins.setdefault(normalised(name), set()).add(version)
    return pins


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def findings() -> list[str]:
    found = []
    locks = {path.stem: pinned(path) for path in FOLDER.glob("*.txt")}
    for source in sorted(FOLDER.glob("*.in")):
        pins = locks.get(source.stem, {})
        for requirement in wanted(source):
            versions = pins.get(normalised(requirement.name), set())
            if not any(requirement.specifier.contains(version) for version in versions):
                found.append(f"{source.name} asks for {requirement}, {source.stem}.txt pins {versions or 'nothing'}")
    for name in SHARED[:-1]:
        for package, versions in locks[name].items():
            if not versions <= locks["development"].get(package, set()):
                found.append(f"{name}.txt pins {package} {sorted(versions)}, development.txt another version")
    for path in sorted(FOLDER.glob("*.txt")):
        if "://" in path.read_text():
            found.append(f"{path.name} holds an address")
    return found


if __name__ == "__main__":
    problems = findings()
    if problems:
        print(*(f"error: {problem}; run make lock." for problem in problems), sep="\n", file=sys.stderr)
    sys.exit(bool(problems))
