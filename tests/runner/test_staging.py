"""Objects are staged where SageMaker puts them, and archives are the same bytes every time."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.runner.container.opt_ml import Place
from mlproject.runner.container.staging import Input, Listing, download, files_for, list_input, relative_path, upload
from mlproject.runner.storage import archive
from mlproject.runner.storage.folder_store import FolderStore


def stored(folder: Path, *keys: str) -> FolderStore:
    for key in keys:
        path = folder / "b" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(key)
    return FolderStore(folder)


def listed(store: FolderStore, uri: str, *, manifest: bool = False) -> Listing:
    return list_input(store, Input(name="data", uri=uri, local_path="/opt/ml/input", manifest=manifest))


@pytest.mark.parametrize(
    ("prefix", "paths"),
    [
        ("s3://b/raw/a.csv", ["a.csv"]),
        ("s3://b/raw", ["a.csv", "deep/b.csv", "raw2/c.csv"]),
        ("s3://b/raw/", ["a.csv", "deep/b.csv"]),
        ("s3://b/raw/de", ["deep/b.csv"]),
        ("s3://b/ra", ["raw/a.csv", "raw/deep/b.csv", "raw2/c.csv"]),
        ("s3://b", ["other.csv", "raw/a.csv", "raw/deep/b.csv", "raw2/c.csv"]),
    ],
)
def test_a_prefix_takes_every_key_that_starts_with_it(tmp_path: Path, prefix: str, paths: list[str]) -> None:
    store = stored(tmp_path, "raw/a.csv", "raw/deep/b.csv", "raw2/c.csv", "other.csv")
    assert [path for path, _ in listed(store, prefix).files] == paths


def test_a_manifest_lists_its_objects(tmp_path: Path) -> None:
    store = stored(tmp_path, "raw/a.csv", "raw/deep/b.csv", "raw/c.csv")
    (tmp_path / "b" / "list.manifest").write_text('[{"prefix": "s3://b/raw/"}, "c.csv", "deep/b.csv"]')
    assert [path for path, _ in listed(store, "s3://b/list.manifest", manifest=True).files] == ["c.csv", "deep/b.csv"]


def test_downloaded_files_hold_their_objects(tmp_path: Path) -> None:
    store = stored(tmp_path, "raw/a.csv", "raw/deep/b.csv")
    download(store, listed(store, "s3://b/raw"), tmp_path / "staged")
    assert (tmp_path / "staged" / "deep" / "b.csv").read_text() == "raw/deep/b.csv"


def test_an_empty_input_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"input 'data': no object key starts with s3://b/none. Upload the input first"):
        listed(FolderStore(tmp_path), "s3://b/none")


def test_two_objects_for_one_file_are_refused(tmp_path: Path) -> None:
    store = stored(tmp_path, "raw/raw2/c.csv", "raw2/c.csv")
    with pytest.raises(UserError, match=r"two objects below s3://b/raw would be staged as raw2/c\.csv"):
        listed(store, "s3://b/raw")


def test_a_key_that_leaves_its_folder_is_refused() -> None:
    with pytest.raises(UserError, match=r"the key contains '\.\.'"):
        relative_path("s3://b/raw/../../etc/passwd", "s3://b/raw")


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="It must have the form s3://bucket/key"):
        listed(FolderStore(tmp_path), "/data/raw")


def test_output_files_go_below_their_prefix(tmp_path: Path) -> None:
    (tmp_path / "out" / "deep").mkdir(parents=True)
    (tmp_path / "out" / "deep" / "x.txt").write_text("x")
    store = FolderStore(tmp_path / "store")
    upload(store, files_for(tmp_path / "out", "s3://b/run/"), kms_key=None)
    assert store.read("s3://b/run/deep/x.txt") == b"x"


def test_local_data_stands_behind_an_address(tmp_path: Path) -> None:
    (tmp_path / "here" / "deep").mkdir(parents=True)
    (tmp_path / "here" / "deep" / "x.txt").write_text("x")
    store = FolderStore(tmp_path / "store", data={"s3://b/raw/": tmp_path / "here"})
    assert [path for path, _ in listed(store, "s3://b/raw").files] == ["deep/x.txt"]
    assert store.read("s3://b/raw/deep/x.txt") == b"x"


def test_code_is_found_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "clean.py").write_text("1")
    store = FolderStore(tmp_path / "store", code=tmp_path / "code")
    assert store.read("s3://any/where/clean.py") == b"1"


def test_an_archive_has_the_same_bytes_whatever_the_times_and_the_order(tmp_path: Path) -> None:
    packed: list[bytes] = []
    for name, files in (("one", ("a", "b")), ("two", ("b", "a"))):
        (tmp_path / name).mkdir()
        for file in files:
            (tmp_path / name / file).write_text(file)
            os.utime(tmp_path / name / file, (len(packed), len(packed)))
        packed.append(archive.packed_bytes(tmp_path / name))
    assert packed[0] == packed[1]
    assert packed[0][4:8] == bytes(4)  # gzip's own time


def test_an_archive_is_recognised_by_content(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "train.py").write_text("print(1)")
    named = tmp_path / "0123abcd.gz"
    named.write_bytes(archive.packed_bytes(tmp_path / "code"))
    archive.unpack(named, tmp_path / "unpacked")
    assert (tmp_path / "unpacked" / "train.py").read_text() == "print(1)"


def test_an_archive_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bad.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.addfile(tarfile.TarInfo("../outside"), io.BytesIO())
    with pytest.raises(UserError, match=r"bad.tar.gz: is not a readable tar.gz"):
        archive.unpack(path, tmp_path / "unpacked")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_said(tmp_path: Path) -> None:
    path = tmp_path / "code.gz"
    path.write_text("print(1)")
    with pytest.raises(UserError, match=r"code.gz: is not a readable tar.gz"):
        archive.unpack(path, tmp_path / "unpacked")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("/opt/ml", "{base}"),
        ("/opt/ml/input/x.py", "{base}/input/x.py"),
        ("--out=/opt/ml/output,/opt/ml/model", "--out={base}/output,{base}/model"),
        ("s3://bucket/opt/ml/x", "s3://bucket/opt/ml/x"),
        ("/opt/mlx", "/opt/mlx"),
        ("/opt/ml-data", "/opt/ml-data"),
    ],
)
def test_paths_of_the_container_become_those_of_the_prefix(tmp_path: Path, text: str, seen: str) -> None:
    place = Place(folder=tmp_path, isolation="prefix")
    assert place.seen(text) == seen.format(base=tmp_path / "opt" / "ml")


@pytest.mark.parametrize("path", ["/tmp/data", "/opt/ml/../../etc", "/opt/mlx"])
def test_files_outside_the_containers_folder_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(UserError, match="must be below /opt/ml"):
        Place(folder=tmp_path, isolation="prefix").local(path)
