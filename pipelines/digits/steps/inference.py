"""Serve the registered model, at an endpoint or in a batch transform: 64 pixels in a row, one digit per line out.

The scikit-learn container calls model_fn. Its own functions read the CSV, predict and write the digits.
"""

from __future__ import annotations

from pathlib import Path

import joblib


def model_fn(model_dir: str):
    """Return the model that tune.py has saved."""
    return joblib.load(Path(model_dir) / "model.joblib")
