"""The scripts of the template one after the other, as a newcomer's own data needs them."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from mlproject.templates.definition import FOLDER

pytestmark = pytest.mark.slow

ROWS = "rooms,garden,price,empty,sold\n" + "".join(
    f"{number % 7 or ''},{('yes', 'no', '')[number % 3]},{number},,{'late' if number % 3 else 'soon'}\n"
    for number in range(90)
)


def run(script: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / "steps" / f"{script}.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_text_and_missing_values_are_learned_from(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "houses.csv").write_text(ROWS)
    done = run("prepare", "--target", "sold", "--data", tmp_path / "data", "--output", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "test" / "test.csv").read_text().startswith("sold,rooms,garden,price,empty\n")
    done = run("train", "--trees", "20", "--train", tmp_path / "train", "--model", tmp_path / "model")
    assert (done.returncode, done.stderr) == (0, "")
    with tarfile.open(tmp_path / "model" / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "model" / "model.joblib", "model.joblib")
    done = run("evaluate", "--model", tmp_path / "model", "--test", tmp_path / "test", "--output", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    metrics = json.loads((tmp_path / "metrics.json").read_text())
    assert metrics["accuracy"] == 1.0
    assert metrics["accuracy_gain"] == pytest.approx(1 - metrics["baseline_accuracy"])


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("sould", "error: there is no column sould; columns: rooms, garden, price, empty, sold\n"),
        ("price", "error: price has 90 different values; a classifier needs 2 to 50\n"),
        ("empty", "error: empty has 0 different values; a classifier needs 2 to 50\n"),
    ],
)
@pytest.mark.slow
def test_a_column_that_cannot_be_predicted_is_refused_in_one_sentence(
    tmp_path: Path, target: str, message: str
) -> None:
    (tmp_path / "houses.csv").write_text(ROWS)
    done = run("prepare", "--target", target, "--data", tmp_path, "--output", tmp_path)
    assert (done.returncode, done.stderr) == (1, message)
