"""train.py: really trains, repeatably, and puts into the model all that prediction needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xgboost

from pipelines.flight_delays.steps import prepare, train
from tests.pipelines.conftest import Prepared


def arguments(parts: Path, model: Path, **more: str) -> list[str]:
    options = {"train": str(parts / "train"), "validation": str(parts / "validation"), "model": str(model), **more}
    return [word for name, value in options.items() for word in (f"--{name}", value)]


@pytest.mark.parametrize("threads", ["1", "2"])
def test_the_model_is_the_same_for_any_number_of_threads(prepared: Prepared, tmp_path: Path, threads: str) -> None:
    assert train.main(arguments(prepared.parts, tmp_path, rounds="20", threads=threads)) == 0
    assert (tmp_path / "xgboost-model").read_bytes() == (prepared.model / "xgboost-model").read_bytes()


def test_the_folder_holds_one_file_since_the_container_takes_the_first_for_the_model(
    prepared: Prepared, tmp_path: Path
) -> None:
    assert train.main(arguments(prepared.parts, tmp_path, rounds="2")) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["xgboost-model"]


def test_the_model_carries_its_features_and_encoding(prepared: Prepared) -> None:
    booster = xgboost.Booster()
    booster.load_model(bytearray((prepared.model / "xgboost-model").read_bytes()))
    assert json.loads(booster.attr("features")) == train.FEATURES
    codes = json.loads(booster.attr("codes"))
    assert set(codes) == set(train.CATEGORIES)
    assert set(codes["origin"].values()) == {0, 1, 2}


def test_training_takes_the_features_that_prepare_writes() -> None:
    assert train.FEATURES == prepare.FEATURES


def test_the_label_the_baseline_and_the_identity_are_no_features() -> None:
    assert not {"late", "baseline", "departure", "flight", "arr_delay", "dep_delay"} & set(train.FEATURES)


def test_the_trees_beat_chance_on_a_month_they_have_not_seen(prepared: Prepared) -> None:
    booster = xgboost.Booster()
    booster.load_model(bytearray((prepared.model / "xgboost-model").read_bytes()))
    table = prepared.part("validation")
    found = booster.predict(train.matrix(table, json.loads(booster.attr("codes"))))
    late = table["late"].to_numpy() == 1
    assert found[late].mean() > found[~late].mean() + 0.02


def test_training_stops_when_validation_gets_no_better(prepared: Prepared, tmp_path: Path) -> None:
    assert train.main(arguments(prepared.parts, tmp_path, rounds="400")) == 0
    booster = xgboost.Booster()
    booster.load_model(bytearray((tmp_path / "xgboost-model").read_bytes()))
    assert booster.num_boosted_rounds() < 400


def test_categories_are_numbered_by_their_share_of_late_flights_in_training() -> None:
    table = pd.DataFrame({name: ["a", "a", "b", "c"] for name in train.CATEGORIES} | {"late": [1, 0, 1, 0]})
    assert train.category_codes(table)["carrier"] == {"c": 0, "a": 1, "b": 2}


def test_a_category_that_training_has_not_seen_is_missing(prepared: Prepared) -> None:
    table = prepared.part("test")[:3].assign(carrier=["UA", "??", "AA"])
    codes = train.category_codes(prepared.part("train"))
    column = train.matrix(table, codes).get_data().toarray()[:, train.FEATURES.index("carrier")]
    assert column[0] == codes["carrier"]["UA"]
    # The sparse form holds no entry for what is missing; it reads as zero there, and AA is its own number.
    assert (
        train.matrix(table, codes).num_nonmissing()
        == np.isfinite(table[train.FEATURES].drop(columns=train.CATEGORIES).to_numpy(float)).sum()
        + 3 * len(train.CATEGORIES)
        - 1
    )


BAD: dict[str, tuple[Callable[[Path], object], str]] = {
    "no file": (lambda folder: (folder / "train.csv").unlink(), "/train: holds 0 CSV files, one is needed"),
    "two files": (lambda folder: (folder / "b.csv").write_text("a"), "/train: holds 2 CSV files, one is needed"),
    "empty": (lambda folder: (folder / "train.csv").write_text(""), "train.csv: is no readable CSV ("),
    "columns": (lambda folder: (folder / "train.csv").write_text("late\n1\n0\n"), "train.csv: lacks the columns hour"),
    "no number": (
        lambda folder: (folder / "train.csv").write_text(
            ",".join([*train.FEATURES, "late"]) + "\n" + "x," * len(train.FEATURES) + "1\n"
        ),
        "train.csv: column hour is not all numbers",
    ),
    "no rows": (
        lambda folder: (folder / "train.csv").write_text(",".join([*train.FEATURES, "late"]) + "\n"),
        "train.csv: ",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data_end_in_one_sentence_without_a_model(
    case: str, prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = tmp_path / "parts"
    for name in ("train", "validation"):
        (parts / name).mkdir(parents=True)
        prepared.part(name)[:50].to_csv(parts / name / f"{name}.csv", index=False)
    spoil, sentence = BAD[case]
    spoil(parts / "train")
    assert train.main(arguments(parts, tmp_path / "model")) == 1
    written = capsys.readouterr().err
    assert written.startswith("error: ")
    assert sentence in written
    assert written.count("\n") == 1
    assert not (tmp_path / "model").exists()


def test_no_rounds_are_refused(prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train.main(arguments(prepared.parts, tmp_path, rounds="0")) == 1
    assert capsys.readouterr().err == "error: --rounds 0: at least one round is needed\n"
