"""evaluate.py and score.py: the figures are right, and both read the model alike."""

from __future__ import annotations

import inspect
import io
import json
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from pipelines.flight_delays.steps import evaluate, score
from tests.pipelines.conftest import Prepared


@pytest.fixture(scope="session")
def metrics(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("metrics")
    options = {"model": prepared.model, "test": prepared.parts / "test", "output": output}
    assert evaluate.main([word for name, path in options.items() for word in (f"--{name}", str(path))]) == 0
    found: dict[str, Any] = json.loads((output / "metrics.json").read_text())
    return found


@pytest.fixture(scope="session")
def scored(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("scored")
    options = {"model": prepared.model, "score": prepared.parts / "score", "output": output}
    assert score.main([word for name, path in options.items() for word in (f"--{name}", str(path))]) == 0
    return output


def test_the_property_file_has_the_keys_that_the_pipeline_and_the_report_read(metrics: dict[str, Any]) -> None:
    figures = {"auc", "brier", "average_precision"}
    assert set(metrics) == {
        *figures,
        *(f"baseline_{name}" for name in figures),
        "auc_gain",
        "rows",
        "calibration",
        "importance",
    }


def test_the_gain_is_the_difference_of_the_two(metrics: dict[str, Any]) -> None:
    assert metrics["auc_gain"] == pytest.approx(metrics["auc"] - metrics["baseline_auc"], abs=1e-6)


def test_the_baseline_of_the_test_part_is_measured_like_the_model(prepared: Prepared, metrics: dict[str, Any]) -> None:
    part = prepared.part("test")
    assert metrics["rows"] == len(part)
    assert metrics["baseline_auc"] == pytest.approx(roc_auc_score(part["late"], part["baseline"]), abs=1e-6)
    assert metrics["baseline_brier"] == pytest.approx(((part["late"] - part["baseline"]) ** 2).mean(), abs=1e-6)


def test_calibration_covers_every_flight_once(metrics: dict[str, Any]) -> None:
    assert sum(each["rows"] for each in metrics["calibration"]) == metrics["rows"]
    for each in metrics["calibration"]:
        assert each["from"] <= each["predicted"] <= each["to"]
        assert 0 <= each["observed"] <= 1


def test_a_probability_of_one_falls_into_the_last_bin() -> None:
    found = evaluate.calibration(np.array([1, 0, 1]), np.array([1.0, 0.0, 0.95]))
    assert [(each["from"], each["rows"], each["observed"]) for each in found] == [(0.0, 1, 0.0), (0.9, 2, 1.0)]


def test_importance_are_shares_of_every_feature_largest_first(prepared: Prepared, metrics: dict[str, Any]) -> None:
    shares = list(metrics["importance"].values())
    assert sum(shares) == pytest.approx(1, abs=1e-4)
    assert shares == sorted(shares, reverse=True)
    assert set(metrics["importance"]) <= set(prepared.part("test"))


def test_a_perfect_and_a_useless_model_have_the_figures_they_deserve() -> None:
    late = np.array([0, 0, 1, 1])
    found = evaluate.metrics(late, late.astype(float), np.full(4, 0.5))
    assert found == {
        "rows": 4,
        "auc": 1.0,
        "brier": 0.0,
        "average_precision": 1.0,
        "baseline_auc": 0.5,
        "baseline_brier": 0.25,
        "baseline_average_precision": 0.5,
        "auc_gain": 0.5,
    }


def test_scoring_writes_a_row_for_every_flight(prepared: Prepared, scored: Path) -> None:
    predictions, part = pd.read_csv(scored / "predictions.csv"), prepared.part("score")
    assert list(predictions) == ["departure", "carrier", "flight", "origin", "dest", "probability", "late"]
    pd.testing.assert_frame_equal(predictions[score.IDENTITY], part[score.IDENTITY])
    assert predictions["probability"].between(0, 1).all()


def test_the_labels_do_not_reach_the_predictions(prepared: Prepared, scored: Path, tmp_path: Path) -> None:
    (tmp_path / "score").mkdir()
    part = prepared.part("score")
    part.assign(late=1 - part["late"], baseline=0.5).to_csv(tmp_path / "score" / "score.csv", index=False)
    options = {"model": prepared.model, "score": tmp_path / "score", "output": tmp_path / "out"}
    assert score.main([word for name, path in options.items() for word in (f"--{name}", str(path))]) == 0
    before, after = (pd.read_csv(folder / "predictions.csv") for folder in (scored, tmp_path / "out"))
    pd.testing.assert_series_equal(before["probability"], after["probability"])


def test_the_report_tells_predicted_against_real_by_bin_and_by_day(scored: Path) -> None:
    report = json.loads((scored / "report.json").read_text())
    predictions = pd.read_csv(scored / "predictions.csv")
    assert report["rows"] == len(predictions) == sum(day["rows"] for day in report["days"])
    assert [day["day"] for day in report["days"]] == ["2013-12-12", "2013-12-13"]
    first = predictions[predictions["departure"].str.startswith("2013-12-12")]
    assert report["days"][0]["observed"] == pytest.approx(first["late"].mean(), abs=1e-6)
    assert report["days"][0]["predicted"] == pytest.approx(first["probability"].mean(), abs=1e-5)
    assert report["auc"] == pytest.approx(roc_auc_score(predictions["late"], predictions["probability"]), abs=1e-4)


@pytest.mark.parametrize("name", ["load_model", "predict", "metrics", "calibration"])
def test_both_scripts_hold_the_same_code_where_they_must_agree(name: str) -> None:
    """Each is deployed as one file, so they cannot share a module."""
    assert inspect.getsource(getattr(evaluate, name)) == inspect.getsource(getattr(score, name))


def packed(path: Path, name: str, content: bytes) -> None:
    with tarfile.open(path, "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:2000])


def without_attributes(path: Path) -> None:
    booster = evaluate.load_model(path.parent)
    booster.set_attr(features=None)
    packed(path, "xgboost-model", bytes(booster.save_raw("ubj")))


def other_features(path: Path) -> None:
    booster = evaluate.load_model(path.parent)
    booster.set_attr(features=json.dumps(["hour", "moon"]))
    packed(path, "xgboost-model", bytes(booster.save_raw("ubj")))


BAD_MODELS: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda path: path.unlink(), "model.tar.gz: not found in "),
    "no archive": (lambda path: path.write_bytes(b"x" * 100), "model.tar.gz: holds no model that can be read ("),
    "truncated": (truncate, "model.tar.gz: holds no model that can be read ("),
    "empty archive": (lambda path: packed(path, "a", b""), "model.tar.gz: holds no model that can be read ("),
    "no model": (lambda path: packed(path, "xgboost-model", b"no"), "model.tar.gz: holds no model that can be read ("),
    "no features": (without_attributes, "model.tar.gz: the model names no features; train.py writes them"),
    "other features": (other_features, "the data lacks the model's features moon"),
}


@pytest.mark.parametrize("step", [evaluate, score])
@pytest.mark.parametrize("case", BAD_MODELS)
def test_a_bad_model_ends_in_one_sentence_with_nothing_written(
    case: str, step: Any, prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(prepared.model / "model.tar.gz", tmp_path)
    spoil, sentence = BAD_MODELS[case]
    spoil(tmp_path / "model.tar.gz")
    part = "test" if step is evaluate else "score"
    options = {"model": tmp_path, part: prepared.parts / part, "output": tmp_path / "out"}
    assert step.main([word for name, path in options.items() for word in (f"--{name}", str(path))]) == 1
    written = capsys.readouterr().err
    assert written.startswith(f"error: {sentence}")
    assert written.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("step", [evaluate, score])
@pytest.mark.parametrize(
    "case", [(None, "holds 0 CSV files"), ("", "is no readable CSV"), ("a\n1\n", "lacks the columns")]
)
def test_a_bad_part_ends_in_one_sentence_with_nothing_written(
    case: tuple[str | None, str], step: Any, prepared: Prepared, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, sentence = case
    part = "test" if step is evaluate else "score"
    (tmp_path / "part").mkdir()
    if text is not None:
        (tmp_path / "part" / "part.csv").write_text(text)
    options = {"model": prepared.model, part: tmp_path / "part", "output": tmp_path / "out"}
    assert step.main([word for name, path in options.items() for word in (f"--{name}", str(path))]) == 1
    written = capsys.readouterr().err
    assert written.startswith("error: ")
    assert sentence in written
    assert written.count("\n") == 1
    assert not (tmp_path / "out").exists()
