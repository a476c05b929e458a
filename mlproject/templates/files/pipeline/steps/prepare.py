"""Split the rows of the CSV files into a training part and a test part.

Writes train.csv and test.csv, with the column to predict first. Runs in the scikit-learn container, or on your machine:

    python prepare.py --target COLUMN --data FOLDER --output FOLDER
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import pandas as pd
from sklearn.model_selection import train_test_split

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml")) / "processing"
TEST_SHARE = 0.25
SEED = 1  # the same split in each run
MAX_CLASSES = 50  # more different values are numbers to estimate, for which a classifier is the wrong model


def read_rows(folder: Path, *, target: str) -> pd.DataFrame:
    """Return the rows of all CSV files in a folder, with the target as the first column."""
    files = sorted(folder.glob("**/*.csv"))
    if not files:
        sys.exit(f"error: {folder} contains no CSV file")
    rows = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
    if target not in rows:
        sys.exit(f"error: there is no column {target}; columns: {', '.join(map(str, rows.columns))}")
    # Adapt: clean the data and compute features here.
    rows = rows.dropna(subset=[target])
    classes = rows[target].nunique()
    if not 2 <= classes <= MAX_CLASSES:
        sys.exit(f"error: {target} has {classes} different values; a classifier needs 2 to {MAX_CLASSES}")
    return rows[[target, *rows.columns.drop(target)]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--target", required=True, help="the column to predict")
    parser.add_argument("--data", type=Path, default=BASE / "input" / "data", help="folder with the CSV files")
    parser.add_argument("--output", type=Path, default=BASE / "output", help="folder for the parts")
    options = parser.parse_args()

    rows = read_rows(options.data, target=options.target)
    # Adapt: if rows follow each other in time, split by date, so that the test part is later than the training part.
    train, test = train_test_split(rows, test_size=TEST_SHARE, random_state=SEED)
    for name, part in (("train", train), ("test", test)):
        folder = options.output / name
        folder.mkdir(parents=True, exist_ok=True)
        part.to_csv(folder / f"{name}.csv", index=False)
    print(f"{len(train)} rows to train, {len(test)} to test")


if __name__ == "__main__":
    main()
