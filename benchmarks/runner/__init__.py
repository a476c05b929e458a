"""`mlproject run`: beside the same scripts run bare, unchanged, and six trivial steps beside DVC."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_turn, ratio
from benchmarks.runner.flights import Flights
from benchmarks.runner.six_steps import SixSteps


def measure() -> dict[str, Any]:
    """Median seconds of every side; each pair is measured in turn."""
    with tempfile.TemporaryDirectory(prefix="mlproject-run-") as name:
        folder = Path(name)
        with Flights.deployed(folder / "flights") as flights:
            pipeline = in_turn({"bare scripts": flights.bare, "mlproject run": flights.fresh})
            unchanged = in_turn({"mlproject run, unchanged": flights.unchanged})
        steps = SixSteps.laid_out(folder / "six")
        six = in_turn(
            {
                "bare": steps.bare,
                "mlproject run": steps.mlproject_changed,
                "DVC": steps.dvc_changed,
                "mlproject run, unchanged": steps.mlproject_unchanged,
                "DVC, unchanged": steps.dvc_unchanged,
            }
        )
    return {
        "seconds": {"flight_delays": {**pipeline, **unchanged}, "six trivial steps": six},
        "goals": {
            "flight_delays, times the bare scripts": {
                "measured": ratio(pipeline, "mlproject run", "bare scripts"),
                "goal": "at most 1.10",
            },
            "flight_delays, nothing changed, seconds": {
                "measured": unchanged["mlproject run, unchanged"]["median"],
                "goal": "at most 1.0",
            },
            "six steps, times DVC 3.67": {"measured": ratio(six, "mlproject run", "DVC"), "goal": "at most 1.0"},
            "six steps unchanged, times DVC 3.67": {
                "measured": ratio(six, "mlproject run, unchanged", "DVC, unchanged"),
                "goal": "at most 1.0",
            },
        },
    }
