"""Run all benchmarks, or the given ones: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.measurement import save_result


def list_benchmarks() -> list[str]:
    """Return the names of the modules in this package that have a function `measure`."""
    return sorted(
        module.name
        for module in pkgutil.iter_modules(benchmarks.__path__)
        if hasattr(importlib.import_module(f"benchmarks.{module.name}"), "measure")
    )


def main(requested: list[str]) -> int:
    known = list_benchmarks()
    unknown = sorted(set(requested) - set(known))
    if unknown:
        print(f"error: unknown benchmark {', '.join(unknown)}. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in requested or known:
        print(f"{name} ...", flush=True)
        result = importlib.import_module(f"benchmarks.{name}").measure()
        for goal, outcome in result.get("goals", {}).items():
            print(f"  {goal}: {outcome['measured']} (goal {outcome['goal']})")
        print(f"  {save_result(name, result)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
