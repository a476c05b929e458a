"""Serve the registered model, at an endpoint or in a batch transform: rows of features in, one prediction per line out.

The scikit-learn container calls the four functions. A row has the columns of train.csv without the target, in the same
order, and a file has no header.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import joblib
import pandas as pd


def model_fn(model_dir: str) -> Any:
    """Return the model that train.py has saved."""
    return joblib.load(Path(model_dir) / "model.joblib")


def input_fn(body: str, content_type: str) -> pd.DataFrame:
    """Return the rows of a request."""
    if content_type.partition(";")[0] != "text/csv":
        raise ValueError(f"{content_type} is not supported; send text/csv")
    return pd.read_csv(io.StringIO(body), header=None)


def predict_fn(rows: pd.DataFrame, model: Any) -> Any:
    """Return a prediction for each row."""
    # Adapt: return model.predict_proba(rows) for probabilities.
    features = list(model.feature_names_in_)
    if rows.shape[1] != len(features):
        raise ValueError(f"a row has {rows.shape[1]} columns; the model needs {len(features)}: {', '.join(features)}")
    return model.predict(rows.set_axis(features, axis="columns"))


def output_fn(predictions: Any, accept: str) -> tuple[str, str]:
    """Return the predictions as text with its content type."""
    return "".join(f"{prediction}\n" for prediction in predictions), "text/csv"
