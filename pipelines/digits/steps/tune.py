"""Train a support vector classifier with one pair of hyperparameters, and print its validation accuracy.

Reads the channels train and validation; writes model.joblib. Runs in the script mode of the scikit-learn container, or
anywhere: see --help.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import joblib
import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))


def read_digits(folder: Path):
    """Return the digits and the pixels of the CSV file in a folder."""
    (path,) = sorted(folder.glob("*.csv"))
    table = np.loadtxt(path, delimiter=",", ndmin=2)
    return table[:, 0].astype(int), table[:, 1:]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--penalty", type=float, default=1.0, help="penalty of errors")
    parser.add_argument("--gamma", type=float, default=0.01, help="reach of one example: small is far")
    parser.add_argument("--train", type=Path, default=BASE / "input" / "data" / "train")
    parser.add_argument("--validation", type=Path, default=BASE / "input" / "data" / "validation")
    parser.add_argument("--model", type=Path, default=BASE / "model")
    options = parser.parse_args()
    digits, pixels = read_digits(options.train)
    model = make_pipeline(StandardScaler(), SVC(C=options.penalty, gamma=options.gamma))
    model.fit(pixels, digits)
    digits, pixels = read_digits(options.validation)
    options.model.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, options.model / "model.joblib")
    # The tuning job reads the accuracy from this line.
    print(f"validation accuracy {model.score(pixels, digits):.4f}")


if __name__ == "__main__":
    main()
