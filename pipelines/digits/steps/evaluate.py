"""Compare the best model with the nearest average digit, on digits that neither has seen.

Reads model (model.tar.gz), train and test; writes metrics.json: the accuracy of both, and the share of each digit that
the model recognizes. Runs in the scikit-learn container, or anywhere: see --help.
"""

from __future__ import annotations

import argparse
import json
import os
import tarfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.neighbors import NearestCentroid

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def read_digits(folder: Path):
    """Return the digits and the pixels of the CSV file in a folder."""
    (path,) = sorted(folder.glob("*.csv"))
    table = np.loadtxt(path, delimiter=",", ndmin=2)
    return table[:, 0].astype(int), table[:, 1:]


def read_model(folder: Path):
    """Return the model in the archive that the training job wrote."""
    with tarfile.open(folder / "model.tar.gz") as archive:
        return joblib.load(archive.extractfile("model.joblib"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=BASE / "processing" / "input")
    parser.add_argument("--output", type=Path, default=BASE / "processing" / "output" / "metrics")
    options = parser.parse_args()
    digits, pixels = read_digits(options.input / "train")
    baseline = NearestCentroid().fit(pixels, digits)
    model = read_model(options.input / "model")
    digits, pixels = read_digits(options.input / "test")
    predicted = model.predict(pixels)
    metrics = {
        "test_digits": len(digits),
        "accuracy": float(np.mean(predicted == digits)),
        "baseline_accuracy": float(baseline.score(pixels, digits)),
        "recognized": {
            str(digit): float(np.mean(predicted[digits == digit] == digit)) for digit in sorted(set(digits.tolist()))
        },
    }
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / "metrics.json").write_text(json.dumps(metrics, indent=2))
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
