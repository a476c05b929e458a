"""Split the scanned digits into training, validation and test sets.

Reads digits.csv.gz: 64 columns with the brightness (0 to 16) of 8 x 8 pixels, then the digit. Writes train, validation
and test (60, 20 and 20 % of the digits) as CSV without a header, with the digit first. Runs in the scikit-learn
container, or anywhere: see --help.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import numpy as np

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
PIXELS = 64
SEED = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--input", type=Path, default=BASE / "processing" / "input" / "data")
    parser.add_argument("--output", type=Path, default=BASE / "processing" / "output")
    options = parser.parse_args()
    path = options.input / "digits.csv.gz"
    table = np.loadtxt(path, delimiter=",", dtype=int, ndmin=2)
    if table.shape[1] != PIXELS + 1:
        sys.exit(f"{path}: has {table.shape[1]} columns instead of {PIXELS} pixels and the digit")
    table = np.random.default_rng(SEED).permutation(np.column_stack([table[:, -1], table[:, :-1]]))
    first, second = int(len(table) * 0.6), int(len(table) * 0.8)
    for name, part in (("train", table[:first]), ("validation", table[first:second]), ("test", table[second:])):
        folder = options.output / name
        folder.mkdir(parents=True, exist_ok=True)
        np.savetxt(folder / f"{name}.csv", part, fmt="%d", delimiter=",")
        print(f"{name}: {len(part)} digits")


if __name__ == "__main__":
    main()
