"""`make demo` when everything is installed, and `make test`: what a newcomer waits for."""

from __future__ import annotations

from typing import Any

from benchmarks.measuring import in_turn, seconds


def measure() -> dict[str, Any]:
    """Median seconds of three demos, and of one run of the tests."""
    demo = in_turn({"make demo": lambda: seconds(["make", "demo"])}, runs=3)
    test = round(seconds(["make", "test"]), 1)
    return {
        "seconds": {**demo, "make test": {"runs": [test]}},
        "goals": {
            "make demo after installing, seconds": {"measured": demo["make demo"]["median"], "goal": "at most 90"},
            "make test, seconds": {"measured": test, "goal": "at most 360"},
        },
    }
