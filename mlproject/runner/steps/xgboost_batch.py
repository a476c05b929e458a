"""Make a prediction for every line of CSV files with an XGBoost model: MODEL_FOLDER INPUT_FOLDER OUTPUT_FOLDER.

Runs as the process of a step. Inputs have no header, and their columns are in the model's order. An output has the
name of its input with `.out`, and one prediction per line.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy
import numpy.typing
import xgboost


def main(model_folder: Path, input_folder: Path, output_folder: Path) -> None:
    """Write the predictions of every input file."""
    files = sorted(path for path in model_folder.rglob("*") if path.is_file())
    if len(files) != 1:
        names = ", ".join(path.name for path in files) or "nothing"
        sys.exit(f"the model archive must contain exactly one file, an XGBoost model, but contains {names}")
    booster = xgboost.Booster(model_file=str(files[0]))
    for path in sorted(path for path in input_folder.rglob("*") if path.is_file()):
        target = output_folder / f"{path.relative_to(input_folder)}.out"
        target.parent.mkdir(parents=True, exist_ok=True)
        rows = _read(path, columns=booster.num_features())
        predictions = booster.predict(xgboost.DMatrix(rows), validate_features=False)
        target.write_text("".join(f"{value}\n" for value in predictions.tolist()))
        print(f"{path.relative_to(input_folder)}: {len(rows)} rows")


def _read(path: Path, *, columns: int) -> numpy.typing.NDArray[numpy.float32]:
    """Return the rows of a CSV file without a header; an empty field is a missing value."""
    rows: numpy.typing.NDArray[numpy.float32] = numpy.genfromtxt(path, delimiter=",", dtype=numpy.float32, ndmin=2)
    if rows.shape[1] != columns:
        sys.exit(f"{path.name}: {rows.shape[1]} columns, but the model has {columns}")
    return rows


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
