"""Train the classifier: gradient-boosted trees, stopped early on the validation month.

Reads the channels train and validation (CSV as prepare.py writes it); writes xgboost-model, which holds the trees and,
as attributes, the features and the encoding of the categories, so that whoever loads it encodes alike. Runs in the
script mode of the XGBoost container, or anywhere: see --help.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Threads that wait must sleep: spinning, they take the processor from each other when the machine is busy.
os.environ["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "PASSIVE")
import xgboost

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))

CATEGORIES = ["carrier", "origin", "dest"]
FEATURES = [
    "hour",
    "weekday",
    *CATEGORIES,
    "distance",
    "recent_delay",
    "recent_count",
    "waiting",
    "humid",
    "wind_speed",
    "precip",
    "visib",
    "pressure",
]
LABEL = "late"
PARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "auc",
    "tree_method": "hist",
    "max_depth": 6,
    "eta": 0.05,
    "seed": 2013,
}
PATIENCE = 30  # rounds without a better validation AUC before training stops


class InputError(Exception):
    """The data cannot be used; the message says which file and why."""


def read_part(folder: Path) -> pd.DataFrame:
    """The one CSV file of a channel."""
    files = sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise InputError(f"{folder}: holds {len(files)} CSV files, one is needed")
    try:
        table = pd.read_csv(files[0])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{files[0].name}: is no readable CSV ({error})") from error
    missing = [name for name in [*FEATURES, LABEL] if name not in table]
    if missing:
        raise InputError(f"{files[0].name}: lacks the columns {', '.join(missing)}")
    for name in [*FEATURES, LABEL]:
        if name not in CATEGORIES and not pd.api.types.is_numeric_dtype(table[name]):
            raise InputError(f"{files[0].name}: column {name} is not all numbers")
    if table[LABEL].nunique() < 2:
        raise InputError(f"{files[0].name}: has {len(table)} flights; both late and punctual ones are needed")
    return table


def category_codes(train: pd.DataFrame) -> dict[str, dict[str, int]]:
    """A number for every category, in the order of its share of late flights: trees split an order well."""
    return {
        name: {
            value: code for code, value in enumerate(train.groupby(name)[LABEL].mean().sort_values(kind="stable").index)
        }
        for name in CATEGORIES
    }


def matrix(table: pd.DataFrame, codes: dict[str, dict[str, int]]) -> xgboost.DMatrix:
    """The features as numbers; a category that training has not seen is missing."""
    columns = [table[name].map(codes[name]) if name in codes else table[name] for name in FEATURES]
    values = np.column_stack([column.to_numpy(np.float32, na_value=np.nan) for column in columns])
    return xgboost.DMatrix(values, table[LABEL].to_numpy(), feature_names=FEATURES)


def train(parts: dict[str, pd.DataFrame], *, rounds: int, threads: int) -> xgboost.Booster:
    """The trees up to the best round on the validation part."""
    codes = category_codes(parts["train"])
    booster = xgboost.train(
        {**PARAMETERS, "nthread": threads},
        matrix(parts["train"], codes),
        num_boost_round=rounds,
        evals=[(matrix(parts["validation"], codes), "validation")],
        early_stopping_rounds=PATIENCE,
        verbose_eval=25,
    )
    best: Any = booster[: booster.best_iteration + 1]
    best.set_attr(features=json.dumps(FEATURES), codes=json.dumps(codes))
    print(f"best round {booster.best_iteration + 1} of at most {rounds}: validation AUC {booster.best_score:.4f}")
    trained: xgboost.Booster = best
    return trained


def run(folders: dict[str, Path], model: Path, *, rounds: int, threads: int) -> None:
    """Train and save; the file is whole or not there."""
    if rounds < 1:
        raise InputError(f"--rounds {rounds}: at least one round is needed")
    parts = {name: read_part(folder) for name, folder in folders.items()}
    booster = train(parts, rounds=rounds, threads=threads)
    model.mkdir(parents=True, exist_ok=True)
    half = model / ".xgboost-model.half"
    half.write_bytes(booster.save_raw("ubj"))
    half.replace(model / "xgboost-model")


def channel(name: str) -> Path:
    return Path(os.environ.get(f"SM_CHANNEL_{name.upper()}", BASE / "input" / "data" / name))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=400, help="trees at most (400)")
    parser.add_argument("--train", type=Path, default=channel("train"), help="folder with the training months")
    parser.add_argument("--validation", type=Path, default=channel("validation"), help="folder with the next month")
    parser.add_argument("--model", type=Path, default=Path(os.environ.get("SM_MODEL_DIR", BASE / "model")))
    parser.add_argument("--threads", type=int, default=int(os.environ.get("SM_NUM_CPUS", os.cpu_count() or 1)))
    options = parser.parse_args(arguments)
    folders = {"train": options.train, "validation": options.validation}
    try:
        run(folders, options.model, rounds=options.rounds, threads=options.threads)
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
