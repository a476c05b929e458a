"""`make demo` with everything installed, and `make test`."""

from __future__ import annotations

from typing import Any

from benchmarks.measurement import measure_in_turn, measure_seconds


def measure() -> dict[str, Any]:
    """Measure three demos and one run of the tests."""
    demo = measure_in_turn({"make demo": lambda: measure_seconds(["make", "demo"])}, runs=3)
    test = round(measure_seconds(["make", "test"]), 1)
    return {
        "seconds": {**demo, "make test": {"runs": [test]}},
        "goals": {
            "make demo after installing, seconds": {"measured": demo["make demo"]["median"], "goal": "at most 90"},
            "make test, seconds": {"measured": test, "goal": "at most 240"},
        },
    }
