"""Train a classifier on train.csv, whose first column is the target, and save it as model.joblib.

Runs in the script mode of the scikit-learn container, or on your machine:

    python train.py --train FOLDER --model FOLDER
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import joblib
import pandas as pd
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder

BASE = Path(os.environ.get("SAGEMAKER_BASE_DIR", "/opt/ml"))
SEED = 1


def create_model(*, trees: int) -> Pipeline:
    """Return an untrained model, which includes the preparation of the features."""
    # Adapt: the features and the model. Numbers may be missing; text becomes one column for each value.
    features = make_column_transformer(
        (SimpleImputer(strategy="median", keep_empty_features=True), make_column_selector(dtype_include="number")),
        (OneHotEncoder(handle_unknown="ignore"), make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(features, RandomForestClassifier(n_estimators=trees, random_state=SEED))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=int, default=200, help="number of trees")
    parser.add_argument("--train", type=Path, default=BASE / "input" / "data" / "train", help="folder with train.csv")
    parser.add_argument("--model", type=Path, default=BASE / "model", help="folder for model.joblib")
    options = parser.parse_args()

    rows = pd.read_csv(options.train / "train.csv")
    target, features = rows.iloc[:, 0], rows.iloc[:, 1:]
    model = create_model(trees=options.trees).fit(features, target)
    options.model.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, options.model / "model.joblib")
    print(f"trained on {len(rows)} rows with {features.shape[1]} features")


if __name__ == "__main__":
    main()
