"""Test the model on test.csv, and write metrics.json, which the pipeline's condition reads.

Runs in the scikit-learn container, or on your machine:

    python evaluate.py --model FOLDER --test FOLDER --output FOLDER
"""

from __future__ import annotations

import argparse
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "processing"


def load_model(folder: Path) -> Any:
    """Return the model in model.tar.gz, the archive that SageMaker creates after the training."""
    with tarfile.open(folder / "model.tar.gz") as archive:
        return joblib.load(archive.extractfile("model.joblib"))


def measure(model: Any, rows: pd.DataFrame) -> dict[str, float]:
    """Return the metrics. The baseline always predicts the most frequent class."""
    target, features = rows.iloc[:, 0], rows.iloc[:, 1:]
    predicted = model.predict(features)
    accuracy = float(accuracy_score(target, predicted))
    baseline = float(target.value_counts(normalize=True).max())
    # Adapt: the metrics that matter to you. Conditions cannot subtract, so the gain is a metric of its own.
    return {
        "accuracy": round(accuracy, 6),
        "baseline_accuracy": round(baseline, 6),
        "accuracy_gain": round(accuracy - baseline, 6),
        "f1_macro": round(float(f1_score(target, predicted, average="macro")), 6),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, default=BASE / "input" / "model", help="folder with model.tar.gz")
    parser.add_argument("--test", type=Path, default=BASE / "input" / "test", help="folder with test.csv")
    parser.add_argument("--output", type=Path, default=BASE / "output" / "metrics", help="folder for metrics.json")
    options = parser.parse_args()

    metrics = measure(load_model(options.model), pd.read_csv(options.test / "test.csv"))
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "metrics.json").write_text(json.dumps(metrics, indent=2) + "\n")
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
