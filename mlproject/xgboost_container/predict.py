"""Make a prediction for every line of CSV files: `python -m mlproject.xgboost_container.predict MODEL INPUT OUTPUT`.

Runs as the process of a step; the arguments are folders. Inputs have no header, and their columns are in the model's
order. An output has the name of its input with `.out`, and one prediction per line: a number, or a list for an
objective with a value per class.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import xgboost

from mlproject.xgboost_container.data_files import DataFileError, read_csv


def main(model_folder: Path, input_folder: Path, output_folder: Path) -> None:
    """Write the predictions of every input file."""
    booster = load_booster(single_model(model_folder))
    for path in sorted(path for path in input_folder.rglob("*") if path.is_file()):
        target = output_folder / f"{path.relative_to(input_folder)}.out"
        target.parent.mkdir(parents=True, exist_ok=True)
        text = predict_csv(booster, path)
        target.write_text(text)
        print(f"{path.relative_to(input_folder)}: {text.count(chr(10))} rows")


def single_model(folder: Path) -> Path:
    """Return the one file of an unpacked model archive."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    if len(files) != 1:
        names = ", ".join(path.name for path in files) or "nothing"
        sys.exit(f"the model archive must contain exactly one file, an XGBoost model, but contains {names}")
    return files[0]


def predict_csv(booster: xgboost.Booster, path: Path) -> str:
    """Return the predictions for a CSV file, one per line."""
    columns = booster.num_features()
    try:
        rows = read_csv([path], has_label=False)
    except DataFileError as error:
        sys.exit(f"{error}")
    if rows.shape[1] != columns:
        sys.exit(f"{path.name}: {rows.shape[1]} columns, but the model has {columns}")
    predictions = booster.predict(xgboost.DMatrix(rows), validate_features=False)
    return "".join(f"{value}\n" for value in predictions.tolist())


def load_booster(path: Path) -> xgboost.Booster:
    """Load a model as the container does: a pickled Booster, or a file in one of xgboost's formats."""
    content = path.read_bytes()
    try:
        booster = pickle.loads(content)  # noqa: S301  # as in the container, and with the step's permissions only
    except Exception as error:  # any content that is not a pickle
        try:
            return xgboost.Booster(model_file=bytearray(content))
        except xgboost.core.XGBoostError:
            sys.exit(f"{path.name}: is neither a pickled xgboost.Booster ({error}) nor a file that xgboost can load")
    if not isinstance(booster, xgboost.Booster):
        sys.exit(f"{path.name}: contains a pickled {type(booster).__name__}, but the container expects xgboost.Booster")
    return booster


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
