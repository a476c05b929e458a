"""Serve the registered model, at an endpoint or in a batch transform: a flight per line in, its probability out.

A line has the model's features in their order, without a header: the columns from `hour` to `pressure` of the files
that prepare.py writes. Runs in the XGBoost container.
"""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost


def model_fn(model_dir: str) -> xgboost.Booster:
    """Return the trees that train.py has saved, with their features and codes."""
    booster = xgboost.Booster()
    booster.load_model(bytearray(Path(model_dir, "xgboost-model").read_bytes()))
    return booster


def input_fn(data: str, content_type: str) -> pd.DataFrame:
    """Return the columns by number; the model knows their names."""
    if content_type.partition(";")[0].strip() != "text/csv":
        raise ValueError(f"the content type is {content_type}; allowed: text/csv")
    return pd.read_csv(io.StringIO(data), header=None)


def predict_fn(table: pd.DataFrame, booster: xgboost.Booster) -> np.ndarray:
    """Return the probability of being late; a category that training has not seen is missing."""
    features, codes = json.loads(booster.attr("features")), json.loads(booster.attr("codes"))
    if len(table.columns) != len(features):
        raise ValueError(f"a line has {len(table.columns)} columns; the model needs {', '.join(features)}")
    table.columns = features
    columns = [table[name].map(codes[name]) if name in codes else table[name] for name in features]
    values = np.column_stack([column.to_numpy(np.float32, na_value=np.nan) for column in columns])
    return booster.predict(xgboost.DMatrix(values, feature_names=features))


def output_fn(predictions: np.ndarray, accept: str) -> str:
    """Return a probability per line."""
    return "".join(f"{value:.6f}\n" for value in predictions)
