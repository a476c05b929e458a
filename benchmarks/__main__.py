"""Run every benchmark, or those that are named: `python -m benchmarks [NAME ...]`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import benchmarks
from benchmarks.measuring import save


def names() -> list[str]:
    """The modules that have a function `measure`: a new benchmark is one more file."""
    return sorted(
        found.name
        for found in pkgutil.iter_modules(benchmarks.__path__)
        if hasattr(importlib.import_module(f"benchmarks.{found.name}"), "measure")
    )


def main(wanted: list[str]) -> int:
    known = names()
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        print(f"error: no benchmark {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in wanted or known:
        print(f"{name} ...", flush=True)
        result = importlib.import_module(f"benchmarks.{name}").measure()
        for goal, found in result.get("goals", {}).items():
            print(f"  {goal}: {found['measured']} (goal {found['goal']})")
        print(f"  {save(name, result)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
