"""`mlproject data lock`, and `data push` from each kind of source, on the embedded AWS."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject import data
from mlproject.data.upload import MINIMUM_PART_BYTES
from tests.cli.checkout import FILES, Checkout, clients, lay_out, make_bucket
from tests.node_scripts.machine import wait_until

pytestmark = pytest.mark.slow

Client = Callable[[str], Any]
REGION = "eu-south-2"


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws, REGION)


def run(checkout: Checkout, *arguments: str) -> tuple[int, str, str]:
    done = checkout.run("data", *arguments)
    return done.returncode, done.stdout, done.stderr


def stored(client: Client, bucket: str) -> dict[str, bytes]:
    found = client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: client("s3").get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found}


def written(checkout: Checkout) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((checkout.root / "pipelines" / "tiny" / "data.json").read_text())
    return found


def test_a_folder_of_the_repository_needs_no_from(tmp_path: Path, embedded_aws: aws.Server, client: Client) -> None:
    checkout = lay_out(tmp_path, project="owned", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    code, out, said = run(checkout, "lock", "tiny", "--from", "files", "--version", "v2")
    assert (code, said) == (0, "")
    assert out == "pipelines/tiny/data.json: changed (2 files, 12 bytes, version v2)\n"
    assert written(checkout)["source"] == {"folder": "files"}
    assert run(checkout, "lock", "tiny", "--from", "files")[1] == (
        "pipelines/tiny/data.json: unchanged (2 files, 12 bytes, version v2)\n"
    )
    assert run(checkout, "push", "owned", "-e", "local")[0] == 0
    assert stored(client, bucket) == {f"raw/v2/{name}": content for name, content in FILES.items()}


def test_uploaded_objects_are_never_replaced_by_other_content(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="kept-data", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    for version in ("v2", "v3"):
        assert run(checkout, "lock", "tiny", "--from", "files", "--version", version)[0] == 0
        assert run(checkout, "push", "kept-data", "-e", "local")[0] == 0
    before = stored(client, bucket)
    (checkout.root / "files" / sorted(FILES)[0]).write_bytes(b"other")
    assert run(checkout, "lock", "tiny", "--from", "files", "--version", "v2")[0] == 0
    code, out, said = run(checkout, "push", "kept-data", "-e", "local")
    assert (code, out) == (2, "")
    assert f"s3://{bucket}/raw/v2/{sorted(FILES)[0]}: was uploaded with other content." in said
    assert "Lock the data with another version" in said
    assert stored(client, bucket) == before


def test_lock_says_what_a_pipeline_that_reads_another_version_needs(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    parameter = {"Name": "DataVersion", "Type": "String", "DefaultValue": "v1"}
    definition = {"Version": "2020-12-01", "Parameters": [parameter], "Steps": []}
    (checkout.root / "pipelines" / "tiny" / "definition.json").write_text(json.dumps(definition))
    out = run(checkout, "lock", "tiny", "--from", "files", "--version", "v2")[1]
    assert (
        "The pipeline still reads version v1. Set the default of DataVersion in pipelines/tiny/pipeline.py to 'v2'"
        in out
    )
    assert "still reads" not in run(checkout, "lock", "tiny", "--from", "files", "--version", "v1")[1]


def test_a_folder_outside_the_repository_is_given_again_when_it_is_pushed(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    (tmp_path / "checkout").mkdir()
    (tmp_path / "elsewhere" / "2024").mkdir(parents=True)
    (tmp_path / "elsewhere" / "2024" / "a.csv").write_bytes(b"1\n")
    checkout = lay_out(tmp_path / "checkout", project="outside", server=embedded_aws)
    (checkout.root / "pipelines" / "tiny" / "data.json").unlink()
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    code, out, _ = run(checkout, "lock", "tiny", "--from", "../elsewhere", "--version", "v1")
    assert (code, out.splitlines()) == (
        0,
        [
            "pipelines/tiny/data.json: new (1 file, 2 bytes, version v1)",
            "The folder is outside the repository, so `mlproject data push` needs --from.",
        ],
    )
    code, _, said = run(checkout, "push", "outside", "-e", "local")
    assert (code, said) == (
        2,
        "error: the files are in a folder outside the repository. Set --from to a folder with 2024/a.csv.\n",
    )
    assert run(checkout, "push", "outside", "-e", "local", "--from", "../elsewhere")[0] == 0
    assert stored(client, bucket) == {"raw/v1/2024/a.csv": b"1\n"}


def test_existing_objects_are_copied_within_s3_while_they_are_what_was_locked(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="copied", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    lake = make_bucket(client("s3"), "company-lake")
    for name, content in FILES.items():
        client("s3").put_object(Bucket=lake, Key=f"wine/{name}", Body=content)
    client("s3").put_object(Bucket=lake, Key="wine/", Body=b"")
    client("s3").put_object(Bucket=lake, Key="winery/other.csv", Body=b"x")

    code, out, said = run(
        checkout, "lock", "tiny", "--from", f"s3://{lake}/wine/", "-e", "local", "--version", "v3", "--json"
    )
    assert (code, said) == (0, "")
    assert json.loads(out) == {
        "file": "pipelines/tiny/data.json", "changed": True, "version": "v3", "files": 2, "bytes": 12, "hidden": []
    }  # fmt: skip
    assert written(checkout)["source"] == {"s3": f"s3://{lake}/wine/"}

    code, out, said = run(checkout, "push", "copied", "-e", "local")
    assert (code, said) == (0, "")
    assert out.splitlines()[0] == f"s3://{bucket}/raw/v3/first.csv: copied (8 bytes)"
    assert stored(client, bucket) == {f"raw/v3/{name}": content for name, content in FILES.items()}
    assert "already there" in run(checkout, "push", "copied", "-e", "local")[1]

    client("s3").put_object(Bucket=lake, Key="wine/second.csv", Body=b"other\n")
    client("s3").delete_object(Bucket=lake, Key="wine/first.csv")
    code, out, said = run(checkout, "push", "copied", "-e", "local")
    assert (code, out) == (2, "")
    for name in FILES:
        assert f"s3://{lake}/wine/{name}: is missing or changed since data.json was locked." in said
    assert "Nothing was copied. Lock the data again with `mlproject data lock`." in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("tinny", "--from", "files"), "pipelines/tinny: no such folder. Did you mean tiny? Allowed: tiny."),
        (("tiny", "--from", "nowhere"), "nowhere: no such folder or file."),
        (("tiny", "--from", "s3://lake/wine/"), "Add --environment."),
        (("tiny", "--from", "files", "-e", "lcoal"), "Did you mean local?"),
        (("tiny", "--from", "files", "--version", "a/b"), "version"),
    ],
)
def test_bad_input_is_refused_and_nothing_is_written(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    checkout = lay_out(tmp_path)
    before = written(checkout)
    code, out, said = run(checkout, "lock", *arguments)
    assert (code, out) == (2, "")
    assert words in said
    assert "unexpected" not in said
    assert said.count("\n") == 1
    assert written(checkout) == before


def test_an_upload_that_was_killed_continues_with_the_missing_parts(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="killed", server=embedded_aws)
    s3, bucket = client("s3"), make_bucket(client("s3"), checkout.names().bucket("data"))
    (checkout.root / "files" / "first.csv").write_bytes(os.urandom(8 * MINIMUM_PART_BYTES + 5))
    assert run(checkout, "lock", "tiny", "--from", "files", "--version", "v9")[0] == 0

    def parts() -> list[Any]:
        return [
            part
            for upload in s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
            for part in s3.list_parts(Bucket=bucket, Key=upload["Key"], UploadId=upload["UploadId"]).get("Parts", [])
        ]

    process = subprocess.Popen(
        [sys.executable, "-m", "mlproject.cli.main", "data", "push", "killed", "-e", "local"],
        cwd=checkout.root,
        env=checkout.environment(),
    )
    wait_until(lambda: bool(parts()))
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert stored(client, bucket) == {}
    sent_before = len(parts())
    assert 0 < sent_before < 9

    sent: list[int] = []
    s3.meta.events.register(
        "provide-client-params.s3.UploadPart", lambda params, **_: sent.append(params["PartNumber"])
    )
    dataset = data.read(checkout.root / "pipelines" / "tiny")
    progress: list[int] = []
    data.prepare_push(dataset, root=checkout.root).run(
        s3=s3,
        bucket=bucket,
        state=checkout.root / ".mlproject" / "uploads",
        progress=lambda _file, count: progress.append(count),
    )
    # Parts that were on their way when the process was killed may have arrived since.
    assert 0 < len(sent) <= 9 - sent_before
    assert sum(progress) == sum(file.bytes for file in dataset.files)
    assert stored(client, bucket)["raw/v9/first.csv"] == (checkout.root / "files" / "first.csv").read_bytes()
    assert s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []
    assert list((checkout.root / ".mlproject" / "uploads").iterdir()) == []
