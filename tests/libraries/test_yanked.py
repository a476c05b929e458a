"""Versions that their authors have yanked, with real uv and an index over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.checkout import Checkout
from tests.libraries.index_server import serve_index
from tests.libraries.project import project
from tests.libraries.registry import Registry

LIST = "projects/withdrawn/libraries/science.txt"
LOCK = "projects/withdrawn/libraries/locks/notebook/science.txt"
REMEDY = "Require another version, or run `mlproject libraries lock withdrawn --upgrade`."
# uv would keep the pages of the index for some minutes.
FRESH = {"UV_NO_CACHE": "1"}
SCIENCE = f'{LIST}:2: tiny-science 1.0 was yanked by its author ("wrong results, see (a URL)"). {REMEDY}'
BASE = f"{LOCK}: tiny-base 2.5 was yanked by its author. {REMEDY}"


@pytest.mark.slow
def test_yanked_versions_are_reported_by_lock_and_by_check_without_a_network(tmp_path: Path) -> None:
    registry = Registry(folder=tmp_path / "registry")
    registry.add("ipykernel", "6.0")
    registry.add("tiny-base", "2.4")
    registry.add("tiny-base", "2.5")
    registry.add("tiny-science", "1.0", requires=["tiny-base"])
    root = tmp_path / "checkout"
    root.mkdir()
    checkout = project(root, registry, name="withdrawn", science="# Exactly this one.\ntiny-science==1.0\n")
    yanked: dict[str, str] = {}
    with serve_index(registry, yanked) as variables:
        online = Checkout(root=root, project="withdrawn", variables={**checkout.variables, **variables, **FRESH})
        first = online.run("libraries", "lock", "withdrawn")
        yanked["tiny_science-1.0-py3-none-any.whl"] = "wrong results, see https://example.com/issues/1"
        yanked["tiny_base-2.5-py3-none-any.whl"] = ""
        second = online.run("libraries", "lock", "withdrawn")
    checked = checkout.run("libraries", "check", "withdrawn")
    with serve_index(registry, yanked) as variables:
        online = Checkout(root=root, project="withdrawn", variables={**checkout.variables, **variables, **FRESH})
        upgraded = online.run("libraries", "lock", "withdrawn", "--upgrade")

    assert (first.returncode, first.stdout) == (0, f"{LOCK}: written\n"), first.stderr
    assert (second.returncode, second.stdout.splitlines()) == (0, [f"{LOCK}: written", BASE, SCIENCE]), second.stderr
    assert (checked.returncode, checked.stdout.splitlines()) == (0, [f"{LOCK}: up to date", BASE, SCIENCE])
    # The author's version that is not withdrawn replaces the one that nobody requires by name.
    assert upgraded.stdout.splitlines() == [f"{LOCK}: written", SCIENCE], upgraded.stderr
    assert "tiny-base==2.4 " in (root / LOCK).read_text()
