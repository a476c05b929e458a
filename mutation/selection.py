"""A plugin of pytest: runs the tests that reach a mutant, shortest first, and writes which one notices it.

mutmut would name them on the command line, where pytest cannot find the names of some parametrized tests; mutmut
takes that error for a killed mutant.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# A mutant that a property notices is noticed by one of its first examples.
PROFILE = "mutation"
settings.register_profile(PROFILE, settings.get_profile("ci"), max_examples=20)

# Files, from worker.py: the tests to choose from (a JSON list, empty for all), and what this plugin writes.
CANDIDATES, RECORD = "MUTATION_CANDIDATES", "MUTATION_RECORD"
_MUTANT = "__mutmut_"
_PACKAGES = ("embedded_aws.", "mlproject.", "tests.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the candidates that reach the function."""
    selected = set(json.loads(Path(os.environ[CANDIDATES]).read_text("utf-8"))) or {item.nodeid for item in items}
    mutant = os.environ.get("MUTANT_UNDER_TEST", "")
    seconds: dict[str, float] = {}
    if _MUTANT in mutant:
        stats = json.loads(Path("mutmut-stats.json").read_text("utf-8"))
        seconds = stats["duration_by_test"]
        _clear_caches()
        selected &= set(stats["tests_by_mangled_function_name"].get(mutant.partition(_MUTANT)[0], ()))
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in selected])
    items[:] = sorted((item for item in items if item.nodeid in selected), key=lambda item: seconds.get(item.nodeid, 0))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Let each test call the functions that it needs: mutmut notes which tests reach which function."""
    if _MUTANT not in os.environ.get("MUTANT_UNDER_TEST", ""):
        _clear_caches()


def _clear_caches() -> None:
    """Forget what cached functions returned: in a forked process, that of the unchanged code."""
    for cached in _cached_functions():
        cached.cache_clear()


def _cached_functions() -> Iterator[Any]:
    kind = type(lru_cache(len))
    for name, module in list(sys.modules.items()):
        if name.startswith(_PACKAGES):
            yield from (each for each in vars(module).values() if isinstance(each, kind))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Record a failure under a mutant."""
    mutant = os.environ.get("MUTANT_UNDER_TEST", "")
    if report.failed and _MUTANT in mutant:
        with Path(os.environ[RECORD]).open("a", encoding="utf-8") as file:
            file.write(f"{mutant}\t{report.nodeid}\n")
