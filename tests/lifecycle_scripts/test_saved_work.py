"""Saves and restores of work with the real aws CLI: lost volumes, two instances, interruptions, failures of S3."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.node_scripts.settings import work_uri
from mlproject.parameters import load_parameters
from tests.checkouts import EXAMPLE
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import VOLUME
from tests.lifecycle_scripts.saving import Volume, new_volume
from tests.node_scripts.machine import UID, wait_until
from tests.upgrades.release import recorded_releases

pytestmark = pytest.mark.slow

PREFIX = "notebooks/explore/"
LONGEST = "ñ" * 118 + ".csv"
ODD_NAMES = {
    "models/two words.ipynb": "{}",
    "año/niño.py": "ñ = 1\n",
    "two\nlines\n/\n.py": "1",
    # Composed and decomposed accents are two names, as on macOS and on Linux.
    "n\u00fa.py": "composed",
    "nu\u0301.py": "decomposed",
    "\u6570\u636e \U0001f600.csv": "a,b\n",
    "--delete": "no option",
    LONGEST: "240 bytes",
    "pattern [1]*?.txt": "matches others",
    "-dash 'quote' \"double\" $(id).md": "#",
    "%41+&=.csv": "a,b",
}


@pytest.fixture
def s3(embedded_aws: aws.Server) -> Any:
    return client(embedded_aws, "s3")


@pytest.fixture
def bucket(s3: Any, request: pytest.FixtureRequest) -> str:
    return make_bucket(s3, f"work-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:20]}")


@pytest.fixture
def volume(tmp_path: Path, bucket: str, embedded_aws: aws.Server) -> Callable[..., Volume]:
    """Creates volumes of the notebook `explore`, by name."""
    return lambda name, **options: new_volume(
        tmp_path / name, work=f"s3://{bucket}/{PREFIX}", server=embedded_aws, **options
    )


def saved(s3: Any, bucket: str) -> dict[str, str]:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=PREFIX).get("Contents", [])
    return {
        each["Key"].removeprefix(PREFIX): s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode()
        for each in found
    }


def test_after_the_loss_of_a_volume_everything_comes_back_and_a_save_without_changes_calls_nothing(
    s3: Any, bucket: str, volume: Callable[..., Volume], tmp_path: Path
) -> None:
    first = volume("first")
    outside = tmp_path / "outside.txt"
    outside.write_text("another disk")
    for path, text in ODD_NAMES.items():
        first.write(path, text)
    (first.folder / "models" / "link.txt").symlink_to(outside)
    (first.folder / "linked folder").symlink_to(tmp_path)
    first.write("huge.bin", "x" * 1_000_001)
    long, deep = "ñ" * 119 + ".py", "/".join(["y" * 230] * 4)
    for path in (long, deep):
        first.write(path, "too long")
    first.write("models/.~one.ipynb", "half")
    first.write("models/__pycache__/x.pyc", "created again when needed")
    os.mkfifo(first.folder / "pipe")
    writing = first.write("writing.csv", "a,b\n")
    with first.mounted():
        assert first.machine
        first.machine.spawn("/bin/sh", "-c", f"while :; do echo 1,2 >>{VOLUME}/writing.csv; sleep 0.2; done")
        wait_until(lambda: writing.stat().st_size > 4)
        done = first.save()
        assert (done.returncode, done.stderr) == (0, "")
        assert saved(s3, bucket) == ODD_NAMES
        assert first.report["failed"] is None
        assert first.report["left_out"] == [
            {"file": "huge.bin", "bytes": 1_000_001, "reason": "larger than 1 MB"},
            {"file": long, "bytes": 8, "reason": "its name is longer than 240 bytes"},
            {"file": deep, "bytes": 8, "reason": "its name is too long for S3"},
        ]
        for process in first.machine.processes("writing.csv"):
            process.kill()
        # The last save waits until the file is complete.
        assert first.save("last").returncode == 0
        complete = {**ODD_NAMES, "writing.csv": writing.read_text()}
        assert saved(s3, bucket) == complete
        before = first.server.log.read_text()
        assert first.save("last").returncode == 0
        assert first.server.log.read_text() == before

    # What was deleted in the notebook is in S3, and comes back too.
    (first.folder / "models" / "two words.ipynb").unlink()
    second = volume("second", is_new=True)
    second.write("%41+&=.csv", "written before the restore")
    with second.mounted():
        done = second.save()
        assert (done.returncode, done.stderr) == (0, "")
        files = second.files()
        (beside,) = [path for path in files if path.startswith("restored/")]
        assert files.pop(beside) == "a,b"
        assert files == {**complete, "%41+&=.csv": "written before the restore"}
        assert not (second.folder / ".mlproject" / "new").exists()
        # Later saves restore nothing that was deleted since then.
        (second.folder / "año" / "niño.py").unlink()
        assert second.save().returncode == 0
        assert "año/niño.py" not in second.files()


def test_notebooks_of_one_name_in_two_environments_do_not_mix_their_work(
    s3: Any, tmp_path: Path, embedded_aws: aws.Server
) -> None:
    platform = load_parameters(EXAMPLE)
    own: dict[str, Volume] = {}
    for environment in ("pre", "prod"):
        given = platform.deployment("flights", environment)
        uri = work_uri(given, given.notebooks[0])
        assert uri
        make_bucket(s3, given.names.bucket("data"))
        own[environment] = new_volume(tmp_path / environment, work=uri, server=embedded_aws)
        own[environment].write("explore.ipynb", environment)
        own[environment].write(f"{environment}.py", "1")
    assert {each.work.rpartition("/notebooks/")[2] for each in own.values()} == {"explore/"}
    for environment, each in own.items():
        with each.mounted():
            assert each.save().returncode == 0
        recreated = new_volume(tmp_path / f"new {environment}", work=each.work, server=embedded_aws, is_new=True)
        with recreated.mounted():
            assert recreated.save().returncode == 0
        assert recreated.files() == {"explore.ipynb": environment, f"{environment}.py": "1"}


def test_two_instances_of_one_name_keep_the_work_of_both(s3: Any, bucket: str, volume: Callable[..., Volume]) -> None:
    old, recreated = volume("old"), volume("recreated", is_new=True)
    old.write("shared.ipynb", "first")
    with old.mounted(), recreated.mounted():
        old.save()
        recreated.save()
        assert recreated.files() == {"shared.ipynb": "first"}
        recreated.write("shared.ipynb", "newer", age=10)
        recreated.save()
        old.write("shared.ipynb", "of the old instance", age=20)
        old.write("new.py", "of the old instance", age=20)
        old.write(LONGEST, "of the old instance", age=20)
        recreated.write(LONGEST, "newer", age=30)
        recreated.write("new.py", "newer", age=30)
        for each in (recreated, old):
            assert each.save().returncode == 0
        found = saved(s3, bucket)
        copies = {path: text for path, text in found.items() if " (copy " in path}
        assert {path: text for path, text in found.items() if path not in copies} == {
            "shared.ipynb": "newer",
            "new.py": "newer",
            LONGEST: "newer",
        }
        assert list(copies.values()) == ["of the old instance"] * 3
        # Each instance continues with its own copy.
        old.write("shared.ipynb", "last of the old instance", age=40)
        old.save()
        recreated.write("shared.ipynb", "last", age=50)
        recreated.save()
        last = saved(s3, bucket)
    assert last.keys() == found.keys()
    assert last["shared.ipynb"] == "last"
    assert {last[path] for path in copies} == {"last of the old instance", "of the old instance"}


def test_a_volume_saved_by_an_earlier_version_is_not_saved_again_and_gets_no_copies(
    s3: Any, bucket: str, volume: Callable[..., Volume]
) -> None:
    for path in ("same.py", "edited.py"):
        s3.put_object(Bucket=bucket, Key=PREFIX + path, Body=b"1")
    own = volume("own")
    own.write("same.py", "1")
    edited = own.write("edited.py", "12")
    future = edited.stat().st_mtime + 10_000_000_000
    os.utime(edited, (future, future))
    with own.mounted():
        assert own.save().returncode == 0
    assert saved(s3, bucket) == {"same.py": "1", "edited.py": "12"}
    assert len(versions(s3, bucket, "same.py")) == 1
    assert len(versions(s3, bucket, "edited.py")) == 2


def versions(s3: Any, bucket: str, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = s3.list_object_versions(Bucket=bucket, Prefix=PREFIX + path)["Versions"]
    return found


def test_a_save_killed_in_the_middle_is_completed_by_the_next_one_without_copies(
    s3: Any, bucket: str, volume: Callable[..., Volume]
) -> None:
    own = volume("own")
    expected = {f"{number}.py": str(number) for number in range(300)}
    for path, text in expected.items():
        own.write(path, text)
    own.write("0.py", "another size than before")
    with own.mounted():
        assert own.machine
        running = subprocess.Popen(own.machine._inside(*own.command(), user="ec2-user"))
        wait_until(lambda: bool(s3.list_objects_v2(Bucket=bucket)["KeyCount"]))
    # The machine was powered off.
    running.wait()
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] < len(expected)
    with own.mounted():
        own.write("1.py", "changed after the interruption", age=5)
        done = own.save()
        assert (done.returncode, done.stderr) == (0, "")
    assert saved(s3, bucket) == {
        **expected, "0.py": "another size than before", "1.py": "changed after the interruption"
    }  # fmt: skip


# An aws CLI whose calls fail in one way while a file exists, and then work.
_FAULT = """#!/bin/sh
if [ -e /tmp/fault ]; then
    case "$1 $2" in "{command}") echo "{error}" >&2; exit 254;; esac
fi
exec /sbin/real-aws "$@"
"""


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("s3api list-objects-v2", "An error occurred (AccessDenied) when calling the ListObjectsV2 operation: no"),
        ("s3 cp", "upload failed: one.py An error occurred (SlowDown) when calling the PutObject operation: slow down"),
    ],
)
def test_a_failure_of_s3_is_reported_and_the_next_save_recovers(
    s3: Any, bucket: str, volume: Callable[..., Volume], command: str, error: str
) -> None:
    own = volume("own")
    own.write("one.py", "1")
    with own.mounted():
        machine = own.machine
        assert machine
        machine.program("real-aws", machine.file("/sbin/aws").read_text())
        machine.program("aws", _FAULT.format(command=command, error=error))
        machine.file("/tmp/fault").touch()
        assert own.save().returncode == 1
        assert error in own.report["failed"]
        assert own.report["saved"] is None
        machine.file("/tmp/fault").unlink()
        assert own.save().returncode == 0
    assert own.report["failed"] is None
    assert own.report["saved"]
    assert saved(s3, bucket) == {"one.py": "1"}


def test_a_missing_bucket_is_reported(volume: Callable[..., Volume]) -> None:
    own = volume("own")
    own.work = "s3://no-such-bucket-of-anyone/notebooks/explore/"
    own.write("one.py", "1")
    with own.mounted():
        assert own.save().returncode == 1
    assert "NoSuchBucket" in own.report["failed"]


def test_a_full_disk_is_reported_and_nothing_is_restored_in_part(
    s3: Any, bucket: str, volume: Callable[..., Volume]
) -> None:
    s3.put_object(Bucket=bucket, Key=f"{PREFIX}large.bin", Body=b"x" * 30_000_000)
    s3.put_object(Bucket=bucket, Key=f"{PREFIX}small.py", Body=b"1")
    own = volume("own")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", own.folder], check=True)
    try:
        (own.folder / ".mlproject").mkdir()
        (own.folder / ".mlproject" / "new").touch()
        subprocess.run(["chown", "-R", "1000:1000", own.folder], check=True)
        with own.mounted():
            own.write("written meanwhile.py", "2")
            assert own.save().returncode == 1
            assert "30 MB are saved, but the volume has only 6" in own.report["failed"]
            assert "increase volume_gb" in own.report["failed"]
            assert own.files() == {"written meanwhile.py": "2"}
            assert "written meanwhile.py" in {
                each["Key"].removeprefix(PREFIX) for each in s3.list_objects_v2(Bucket=bucket)["Contents"]
            }
            subprocess.run(["mount", "-o", "remount,size=128m", own.folder], check=True)
            assert own.save().returncode == 0
            assert set(own.files()) == {"large.bin", "small.py", "written meanwhile.py"}
    finally:
        subprocess.run(["umount", own.folder], check=True)


def test_the_manifest_of_an_earlier_release_is_continued_and_one_of_a_newer_version_is_left_alone(
    s3: Any, bucket: str, volume: Callable[..., Volume]
) -> None:
    (earlier, *_) = recorded_releases()
    first = volume("first")
    folder = first.folder / ".mlproject" / "work"
    shutil.copytree(earlier.folder / "notebook" / "work", folder)
    for path in (folder, folder / "manifest.json"):
        os.chown(path, UID, UID)
    first.write("notes.ipynb", "changed")
    with first.mounted():
        assert first.save().returncode == 0
        manifest = json.loads((folder / "manifest.json").read_text())
        assert manifest["volume"] == "a1b2c3"
        assert saved(s3, bucket) == {"notes.ipynb": "changed"}

        newer = json.dumps({**manifest, "format": 2})
        (folder / "manifest.json").write_text(newer)
        first.write("notes.ipynb", "changed again", age=9)
        done = first.save()
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith("the work cannot be saved: manifest.json has format 2, but these scripts read format 1.")
    assert first.report["failed"] == sentence
    assert (folder / "manifest.json").read_text() == newer
    assert saved(s3, bucket) == {"notes.ipynb": "changed"}


@pytest.mark.parametrize("name", ["work/manifest.json", "work.json"])
def test_a_folder_in_place_of_a_file_is_named_with_what_to_do(volume: Callable[..., Volume], name: str) -> None:
    own = volume("own")
    own.write("one.py", "1")
    path = own.folder / ".mlproject" / name
    path.mkdir(parents=True)
    for each in (path, path.parent):
        os.chown(each, UID, UID)
    with own.mounted():
        done = own.save()
        reason = f"{VOLUME}/.mlproject/{name}: Is a directory. Correct its permissions, or remove what is in its place"
        assert (done.returncode, done.stderr) == (1, f"the work cannot be saved: {reason}\n")
        path.rmdir()
        assert own.save().returncode == 0


def test_a_volume_without_space_for_the_report_is_told_in_one_sentence(volume: Callable[..., Volume]) -> None:
    full = volume("full")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k,nr_inodes=2", "tmpfs", str(full.folder)], check=True)
    try:
        (full.folder / ".mlproject").mkdir()
        os.chown(full.folder / ".mlproject", UID, UID)
        with full.mounted():
            done = full.save()
    finally:
        subprocess.run(["umount", "--lazy", str(full.folder)], check=True)
    assert (done.returncode, done.stderr) == (1, "the work cannot be saved: No space left on device\n")
