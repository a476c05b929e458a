"""Score the month that neither training nor the metrics have seen, and hold it against what really happened.

Reads the model's archive and the part to score; writes predictions.csv (a row per flight) and report.json (the
metrics, and predicted against real by bin and by day). Runs in the XGBoost container, or anywhere: see --help.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

# Threads that wait must sleep: spinning, they take the processor from each other when the machine is busy.
os.environ["OMP_WAIT_POLICY"] = os.environ.get("OMP_WAIT_POLICY", "PASSIVE")
import xgboost
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
BINS = 10
IDENTITY = ["departure", "carrier", "flight", "origin", "dest"]


class InputError(Exception):
    """The data cannot be used; the message says which file and why."""


def read_part(folder: Path) -> pd.DataFrame:
    """The one CSV file of an input."""
    files = sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise InputError(f"{folder}: holds {len(files)} CSV files, one is needed")
    try:
        table = pd.read_csv(files[0])
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{files[0].name}: is no readable CSV ({error})") from error
    missing = [name for name in (*IDENTITY, "baseline", "late") if name not in table]
    if missing:
        raise InputError(f"{files[0].name}: lacks the columns {', '.join(missing)}")
    if table["late"].nunique() < 2:
        raise InputError(f"{files[0].name}: has {len(table)} flights; both late and punctual ones are needed")
    return table


def load_model(folder: Path) -> xgboost.Booster:
    """The trees out of model.tar.gz."""
    path = folder / "model.tar.gz"
    try:
        with tarfile.open(path) as archive:
            packed: Any = archive.extractfile("xgboost-model")
            booster = xgboost.Booster()
            booster.load_model(bytearray(packed.read()))
    except FileNotFoundError as error:
        raise InputError(f"{path.name}: not found in {folder}") from error
    except (tarfile.TarError, EOFError, KeyError, OSError, xgboost.core.XGBoostError) as error:
        raise InputError(f"{path.name}: holds no model that can be read ({str(error).splitlines()[0]})") from error
    if not booster.attr("features") or not booster.attr("codes"):
        raise InputError(f"{path.name}: the model names no features; train.py writes them")
    return booster


def predict(booster: xgboost.Booster, table: pd.DataFrame) -> np.ndarray[Any, Any]:
    """The probability of being late, with the features and the encoding that the model carries."""
    features: list[str] = json.loads(booster.attr("features"))
    codes: dict[str, dict[str, int]] = json.loads(booster.attr("codes"))
    missing = [name for name in features if name not in table]
    if missing:
        raise InputError(f"the data lacks the model's features {', '.join(missing)}")
    columns = [table[name].map(codes[name]) if name in codes else table[name] for name in features]
    values = np.column_stack([column.to_numpy(np.float32, na_value=np.nan) for column in columns])
    result: np.ndarray[Any, Any] = booster.predict(xgboost.DMatrix(values, feature_names=features)).astype(float)
    return result


def metrics(late: np.ndarray[Any, Any], model: np.ndarray[Any, Any], baseline: np.ndarray[Any, Any]) -> dict[str, Any]:
    """How well the model and the baseline rank (AUC, average precision) and how far off they are (Brier)."""
    found: dict[str, Any] = {"rows": len(late)}
    for prefix, probability in (("", model), ("baseline_", baseline)):
        found[f"{prefix}auc"] = round(float(roc_auc_score(late, probability)), 6)
        found[f"{prefix}brier"] = round(float(brier_score_loss(late, probability)), 6)
        found[f"{prefix}average_precision"] = round(float(average_precision_score(late, probability)), 6)
    found["auc_gain"] = round(found["auc"] - found["baseline_auc"], 6)
    return found


def calibration(late: np.ndarray[Any, Any], model: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """For each tenth of probability that occurs: how many flights, the mean prediction, the share that was late."""
    bins = np.minimum((model * BINS).astype(int), BINS - 1)
    return [
        {
            "from": number / BINS,
            "to": (number + 1) / BINS,
            "rows": int((bins == number).sum()),
            "predicted": round(float(model[bins == number].mean()), 6),
            "observed": round(float(late[bins == number].mean()), 6),
        }
        for number in np.unique(bins).tolist()
    ]


def by_day(table: pd.DataFrame, probability: np.ndarray[Any, Any]) -> list[dict[str, Any]]:
    """For each day of departure: how many flights, the mean prediction, the share that was late."""
    days = table.assign(day=table["departure"].str[:10], predicted=probability).groupby("day")
    return [
        {
            "day": day,
            "rows": len(flights),
            "predicted": round(float(flights["predicted"].mean()), 6),
            "observed": round(float(flights["late"].mean()), 6),
        }
        for day, flights in days
    ]


def write(path: Path, text: str) -> None:
    """Write under another name first, so that the file is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.half")
    half.write_text(text)
    half.replace(path)


def run(model: Path, score: Path, output: Path) -> None:
    """Score; write both files once both are made."""
    booster, table = load_model(model), read_part(score)
    probability = predict(booster, table)
    late, baseline = table["late"].to_numpy(), table["baseline"].to_numpy()
    report = {
        **metrics(late, probability, baseline),
        "calibration": calibration(late, probability),
        "days": by_day(table, probability),
    }
    predictions = table[IDENTITY].assign(probability=probability.round(6), late=late)
    write(output / "predictions.csv", predictions.to_csv(index=False, lineterminator="\n"))
    write(output / "report.json", json.dumps(report, indent=2, allow_nan=False) + "\n")
    print(f"scored {report['rows']} flights: AUC {report['auc']:.4f}, baseline {report['baseline_auc']:.4f}")


def main(arguments: list[str] | None = None) -> int:
    inputs, outputs = BASE / "processing" / "input", BASE / "processing" / "output"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=inputs / "model", help="folder with model.tar.gz")
    parser.add_argument("--score", type=Path, default=inputs / "score", help="folder with the part to score")
    parser.add_argument("--output", type=Path, default=outputs / "predictions", help="folder that gets both files")
    options = parser.parse_args(arguments)
    try:
        run(options.model, options.score, options.output)
    except (InputError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
