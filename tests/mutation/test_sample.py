"""The sample of mutants: which functions are drawn, and when it changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutation import functions
from mutation.functions import Function, draw, list_functions
from mutation.packages import PACKAGES, ROOT, Package

SOURCE = """
TABLE = [1]

def plain(x):
    return x + 1

@cache
def cached(x):
    return x + 1

class Engine:
    def start(self):
        return 1

    @classmethod
    def new(cls):
        return cls()

    @property
    def ready(self):
        return True
"""


def function(name: str, lines: int) -> Function:
    return Function(file=Path("a.py"), key=f"a.x_{name}", first=1, last=lines)


SMALL = [function(f"small{number}", 3) for number in range(30)]


def test_functions_have_mutmuts_names_and_decorated_ones_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(functions, "ROOT", tmp_path)
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "__init__.py").write_text(SOURCE)
    found = list_functions([Path("core/__init__.py")])
    assert [each.key for each in found] == ["core.x_plain", "core.xǁEngineǁstart", "core.xǁEngineǁnew"]
    assert (found[0].first, found[0].last) == (4, 5)


def test_a_larger_sample_begins_with_the_smaller_one() -> None:
    assert draw(SMALL, 20)[: len(draw(SMALL, 10))] == draw(SMALL, 10)


def test_a_longer_function_is_drawn_more_often() -> None:
    long = function("long", 900)
    drawn = draw([*SMALL, long], 40)
    assert 0.8 * len(drawn) < drawn.count(long) < len(drawn)


def test_another_function_changes_the_sample_by_what_is_drawn_of_it_only() -> None:
    new = function("new", 9)
    before, after = draw(SMALL, 20), draw([*SMALL, new], 20)
    assert new in after
    kept = [each for each in after if each != new]
    assert kept == before[: len(kept)]


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_every_pattern_and_test_of_a_package_exists(package: Package) -> None:
    assert package.files()
    for pattern in (*package.modules, *package.without):
        assert list((ROOT / package.name).glob(pattern)), pattern
    for test in package.tests:
        assert (ROOT / test).exists(), test
