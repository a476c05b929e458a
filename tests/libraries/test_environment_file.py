"""A list in the format of conda is locked like any other, with real uv."""

from __future__ import annotations

from pathlib import Path

from mlproject.libraries import read_lock
from tests.libraries.project import project
from tests.libraries.registry import Registry

FILE = "projects/conda/libraries/science.yml"
LOCK = "projects/conda/libraries/locks/notebook/science.txt"
ENVIRONMENT = """\
channels: [conda-forge]
dependencies:
  - python=3.10
  - tiny-science=1.0
  - pip:
      - tiny-base<3
"""


def test_an_environment_file_is_locked_for_the_python_of_the_notebook(tmp_path: Path) -> None:
    registry = Registry(folder=tmp_path / "registry")
    for name, version in (("ipykernel", "6.0"), ("tiny-base", "2.5"), ("tiny-science", "1.0"), ("tiny-science", "2.0")):
        registry.add(name, version)
    checkout = project(tmp_path, registry, name="conda")
    (tmp_path / FILE).with_suffix(".txt").unlink()
    (tmp_path / FILE).write_text(ENVIRONMENT)

    locked = checkout.run("libraries", "lock", "conda")
    checked = checkout.run("libraries", "check", "conda")
    (tmp_path / FILE).write_text(ENVIRONMENT.replace("3.10", "3.12"))
    other_python = checkout.run("libraries", "check", "conda")

    note = f"{FILE}:1: channels: conda-forge ignored, since pip reads the package index."
    assert (locked.returncode, locked.stdout.splitlines()) == (0, [f"{LOCK}: written", note]), locked.stderr
    versions = read_lock((tmp_path / LOCK).read_text()).versions
    assert versions == {"ipykernel": "6.0", "tiny-base": "2.5", "tiny-science": "1.0"}
    assert (checked.returncode, checked.stdout.splitlines()) == (0, [f"{LOCK}: up to date", note])
    assert other_python.returncode == 2
    assert (
        f"{FILE}:3: requires Python ==3.12.*, but notebooks have Python 3.10. Change the line, or remove it."
    ) in other_python.stderr
