"""`mlproject run` compared with running the scripts of two pipelines directly, and six trivial steps with DVC."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measurement import compute_ratio, measure_in_turn
from benchmarks.runner.abalone import Abalone
from benchmarks.runner.flights import Flights
from benchmarks.runner.six_steps import SixSteps


def measure() -> dict[str, Any]:
    """Measure every candidate; the candidates of a pair run in turn."""
    with tempfile.TemporaryDirectory(prefix="mlproject-run-") as name:
        folder = Path(name)
        with Flights.deployed(folder / "flights") as flights:
            pipeline = measure_in_turn({"bare scripts": flights.bare, "mlproject run": flights.fresh})
            unchanged = measure_in_turn({"mlproject run, unchanged": flights.unchanged})
        sample = Abalone.create(folder / "abalone")
        abalone = measure_in_turn({"bare scripts": sample.bare, "mlproject run": sample.fresh})
        steps = SixSteps.create(folder / "six")
        six = measure_in_turn(
            {
                "bare": steps.bare,
                "mlproject run": steps.mlproject_changed,
                "DVC": steps.dvc_changed,
                "mlproject run, unchanged": steps.mlproject_unchanged,
                "DVC, unchanged": steps.dvc_unchanged,
            }
        )
    return {
        "seconds": {"flight_delays": {**pipeline, **unchanged}, "abalone": abalone, "six trivial steps": six},
        "goals": {
            "flight_delays, times the bare scripts": {
                "measured": compute_ratio(pipeline, "mlproject run", "bare scripts"),
                "goal": "at most 1.05",
            },
            "flight_delays, nothing changed, seconds": {
                "measured": unchanged["mlproject run, unchanged"]["median"],
                "goal": "at most 1.0",
            },
            "abalone, times the bare scripts": {
                "measured": compute_ratio(abalone, "mlproject run", "bare scripts"),
                "goal": "at most 1.05",
            },
            "six steps, times DVC 3.67": {
                "measured": compute_ratio(six, "mlproject run", "DVC"),
                "goal": "at most 0.35",
            },
            "six steps unchanged, times DVC 3.67": {
                "measured": compute_ratio(six, "mlproject run, unchanged", "DVC, unchanged"),
                "goal": "at most 1.0",
            },
        },
    }
