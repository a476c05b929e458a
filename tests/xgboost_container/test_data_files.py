"""Data files are read as the XGBoost container reads them, and a malformed one is reported with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.xgboost_container.data_files import DataFileError, data_files, data_format, read_csv
from mlproject.xgboost_container.libsvm import read_libsvm


def written(folder: Path, text: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_rows_of_all_files_are_joined_and_empty_fields_are_missing_values(tmp_path: Path, delimiter: str) -> None:
    texts = ["1,2,\n\n3,4,5\n", "6,7,8"]
    paths = [written(tmp_path, text.replace(",", delimiter), f"{n}.csv") for n, text in enumerate(texts)]
    rows = read_csv(paths, has_label=True)
    assert [[str(value) for value in row] for row in rows.tolist()] == [
        ["1.0", "2.0", "nan"],
        ["3.0", "4.0", "5.0"],
        ["6.0", "7.0", "8.0"],
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,2,3\n4,five,6\n", "a.csv, line 2: 'five' is not a number"),
        ("rings,length\n1,2\n", "a.csv, line 1: 'rings' is not a number. The file must not have a header"),
        ("1,2,3\n4,5\n", "a.csv, line 2: has 2 columns, but the lines before it have 3"),
        ("1,2\n,3\n", "a.csv, line 2: the label, its first column, is missing"),
        ("1\n2\n", "a.csv, line 1: has one column; required: the label and at least one feature"),
        ("\n", "its files contain no rows"),
    ],
)
def test_a_malformed_csv_is_reported_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DataFileError) as found:
        read_csv([written(tmp_path, text)], has_label=True)
    assert str(found.value) == sentence


def test_two_files_with_different_columns_are_reported(tmp_path: Path) -> None:
    paths = [written(tmp_path, "1,2\n"), written(tmp_path, "1,2,3\n", "b.csv")]
    with pytest.raises(DataFileError, match=r"b\.csv: has 3 columns, but the files before it have 2"):
        read_csv(paths, has_label=True)


def test_libsvm_rows_have_labels_weights_groups_and_sparse_values(tmp_path: Path) -> None:
    rows = read_libsvm([written(tmp_path, "1:0.5 qid:1 0:2 3:4 # comment\n\n0:2 qid:2\n")])
    assert (rows.labels, rows.weights, rows.groups) == ([1, 0], [0.5, 2], [1, 2])
    assert (rows.values, rows.columns, rows.starts, rows.width) == ([2, 4], [0, 3], [0, 2, 2], 4)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1 0:1\n1 0:x\n", "a.csv, line 2: '0:x' is not a libsvm feature; required: index:value"),
        ("1 0:1 2\n", "a.csv, line 1: '2' is not a libsvm feature; required: index:value"),
        ("1,2,3\n", "a.csv, line 1: '1,2,3' is not a libsvm label; required: a number, or label:weight"),
        ("1 -1:3\n", "a.csv, line 1: '-1:3' has a negative index"),
        ("1:2 0:1\n1 0:1\n", "a.csv, line 2: only some of the rows have a weight"),
        ("1 0:1\n1 qid:1 0:1\n", "a.csv, line 2: only some of the rows have a qid"),
        ("", "its files contain no rows"),
    ],
)
def test_malformed_libsvm_is_reported_with_its_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(DataFileError) as found:
        read_libsvm([written(tmp_path, text)])
    assert str(found.value) == sentence


def test_hidden_files_and_markers_of_spark_are_ignored(tmp_path: Path) -> None:
    folder = tmp_path / "part=1"
    folder.mkdir()
    kept = written(folder, "1,2\n")
    for name in ("_SUCCESS", ".part.crc"):
        written(folder, "", name)
    assert data_files(tmp_path) == [kept]


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        (None, "libsvm"),
        ("text/x-libsvm", "libsvm"),
        ("csv", "csv"),
        ("text/csv; label_size=1", "csv"),
        ("text/csv;label_size=0", None),
        ("application/x-parquet", None),
    ],
)
def test_a_content_type_decides_how_files_are_read(content_type: str | None, expected: str | None) -> None:
    assert data_format(content_type) == expected
