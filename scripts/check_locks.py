"""Check that each lock pins the requirements of its input, contains no URLs, and agrees with the other locks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement

FOLDER = Path(__file__).parent.parent / "requirements"
SHARED = ("synth", "local", "development")


def read_requirements(path: Path) -> list[Requirement]:
    """Return the requirements of an input and of the inputs that it includes."""
    requirements = []
    for line in path.read_text().splitlines():
        text = line.split("#")[0].strip()
        if text.startswith("-r "):
            requirements += read_requirements(path.parent / text[3:])
        elif text:
            requirements.append(Requirement(text))
    return requirements


def read_pins(path: Path) -> dict[str, set[str]]:
    """Return the versions that a lock pins, by normalised name."""
    return parse_pins(path.read_text())


def parse_pins(text: str) -> dict[str, set[str]]:
    """Return the versions that the text of a lock pins, by normalised name."""
    pins: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", text, re.MULTILINE):
        pins.setdefault(normalise(name), set()).add(version)
    return pins


def normalise(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def find_errors() -> list[str]:
    """Return the errors in all locks."""
    errors = []
    locks = {path.stem: read_pins(path) for path in FOLDER.glob("*.txt")}
    for source in sorted(FOLDER.glob("*.in")):
        pins = locks.get(source.stem, {})
        for requirement in read_requirements(source):
            versions = pins.get(normalise(requirement.name), set())
            if not any(requirement.specifier.contains(version) for version in versions):
                errors.append(
                    f"{source.name} requires {requirement}, but {source.stem}.txt pins {versions or 'nothing'}"
                )
    for name in SHARED[:-1]:
        for package, versions in locks[name].items():
            if not versions <= locks["development"].get(package, set()):
                errors.append(f"{name}.txt pins {package} {sorted(versions)}, but development.txt pins another version")
    for path in sorted(FOLDER.glob("*.txt")):
        if "://" in path.read_text():
            errors.append(f"{path.name} contains a URL")
    return errors


if __name__ == "__main__":
    errors = find_errors()
    if errors:
        print(*(f"error: {error}; run make lock." for error in errors), sep="\n", file=sys.stderr)
    sys.exit(bool(errors))
