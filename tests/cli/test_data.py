"""`mlproject data push` on the embedded AWS: verified files go up once; others not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from tests.cli.checkout import FILES, Checkout, clients, lay_out, make_bucket

Client = Callable[[str], Any]
REGION = "eu-south-2"


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws, REGION)


def push(checkout: Checkout, *arguments: str) -> tuple[int, str, str]:
    done = checkout.run("data", "push", checkout.project, "--environment", "local", *arguments)
    return done.returncode, done.stdout, done.stderr


def stored(client: Client, bucket: str) -> dict[str, bytes]:
    """Key to content of a bucket's objects."""
    found = client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: client("s3").get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found}


def versions(client: Client, bucket: str) -> int:
    return len(client("s3").list_object_versions(Bucket=bucket).get("Versions", []))


def test_the_files_go_where_the_pipeline_reads_them_and_only_once(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="pushed", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))

    assert push(checkout, "--from", "files") == (
        0,
        f"s3://{bucket}/raw/v1/first.csv: uploaded (8 bytes)\ns3://{bucket}/raw/v1/second.csv: uploaded (4 bytes)\n",
        "",
    )
    assert stored(client, bucket) == {f"raw/v1/{name}": content for name, content in FILES.items()}

    assert push(checkout, "--from", "files") == (
        0,
        f"s3://{bucket}/raw/v1/first.csv: already there (8 bytes)\n"
        f"s3://{bucket}/raw/v1/second.csv: already there (4 bytes)\n",
        "",
    )
    assert versions(client, bucket) == 2


def test_what_is_missing_or_other_than_it_should_be_is_uploaded_again(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="resumed", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    # The same size and another content, as after somebody's hand.
    client("s3").put_object(Bucket=bucket, Key="raw/v1/first.csv", Body=b"x" * len(FILES["first.csv"]))

    assert push(checkout, "--from", "files")[0] == 0

    assert stored(client, bucket) == {f"raw/v1/{name}": content for name, content in FILES.items()}


def test_the_buckets_own_key_encrypts_what_is_uploaded(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = lay_out(tmp_path, project="sealed", server=embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})

    assert push(checkout, "--from", "files")[0] == 0

    head = client("s3").head_object(Bucket=bucket, Key="raw/v1/first.csv")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def damage(path: Path) -> None:
    path.write_bytes(b"z" * path.stat().st_size)


@pytest.mark.parametrize(
    ("project", "break_it", "words"),
    [
        ("missing", Path.unlink, "second.csv: is missing. Expected 4 bytes with SHA-256"),
        ("damaged", damage, "second.csv: has SHA-256 "),
        ("emptied", lambda path: path.write_bytes(b""), "second.csv: has 0 bytes instead of 4"),
        ("folder", lambda path: (path.unlink(), path.mkdir()), "second.csv: has "),
    ],
)
def test_one_bad_file_keeps_all_from_being_uploaded(
    tmp_path: Path, embedded_aws: aws.Server, project: str, break_it: Callable[[Path], object], words: str
) -> None:
    checkout = lay_out(tmp_path, project=project, server=embedded_aws)
    client = clients(embedded_aws, REGION)
    bucket = make_bucket(client("s3"), checkout.names().bucket("data"))
    break_it(tmp_path / "files" / "second.csv")

    code, out, said = push(checkout, "--from", "files")

    assert (code, out) == (2, "")
    assert words in said
    assert "Nothing was uploaded." in said
    assert "make install" in said
    assert stored(client, bucket) == {}


def test_all_bad_files_are_named_at_once(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    for name in FILES:
        (tmp_path / "files" / name).unlink()
    said = push(checkout, "--from", "files")[2]
    assert "first.csv: is missing" in said
    assert "second.csv: is missing" in said


def test_a_folder_that_does_not_exist_is_told_with_what_it_should_hold(tmp_path: Path) -> None:
    code, _, said = push(lay_out(tmp_path), "--from", "nowhere")
    assert code == 2
    expected = "nowhere: no such folder. It must contain first.csv and second.csv; --from names another folder."
    assert said == f"error: {expected}\n"


def test_a_distribution_that_is_not_installed_is_told_with_what_to_do(tmp_path: Path) -> None:
    code, _, said = push(lay_out(tmp_path))
    assert code == 2
    assert "comes with tiny-tables-of-nobody 1.0, which is not installed. Run `make install`" in said


def test_a_distribution_of_another_version_is_told(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    path = tmp_path / "pipelines" / "tiny" / "data.json"
    dataset = json.loads(path.read_text())
    dataset["source"]["package"] = {"name": "pytest", "version": "0.0.1", "folder": "pytest"}
    path.write_text(json.dumps(dataset))

    code, _, said = push(checkout)

    assert code == 2
    assert f"comes with pytest 0.0.1, but {pytest.__version__} is installed" in said


def test_before_the_first_deploy_the_command_that_deploys_is_named(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="early", server=embedded_aws)
    code, out, said = push(checkout, "--from", "files")
    assert (code, out) == (1, "")
    assert f"bucket {checkout.names().bucket('data')} does not exist yet" in said
    assert "cdk deploy 'local/early/*'" in said


def test_without_an_embedded_aws_the_command_that_starts_it_is_named(tmp_path: Path) -> None:
    code, _, said = push(lay_out(tmp_path), "--from", "files")
    assert code == 1
    assert "`mlproject local up`" in said


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dataset: dataset.pop("version"), "data.json:1: version: required key is missing"),
        (
            lambda dataset: dataset["files"][0].update(sha256="abc"),
            'data.json:1: files[0].sha256: "abc" is not allowed. Allowed: 64 hexadecimal digits',
        ),
        (lambda dataset: dataset["files"][0].update(name="../../secret"), "data.json:1: files[0].name: "),
        (lambda dataset: dataset.update(files=[]), "data.json:1: files: the list has 0 items"),
        (lambda dataset: dataset.update(colour="red"), "data.json:1: colour: unknown key"),
    ],
)
def test_a_wrong_description_is_told_with_the_place(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    checkout = lay_out(tmp_path)
    path = tmp_path / "pipelines" / "tiny" / "data.json"
    dataset = json.loads(path.read_text())
    change(dataset)
    path.write_text(json.dumps(dataset))

    code, _, said = push(checkout, "--from", "files")

    assert code == 2
    assert words in said


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_description_that_is_no_json_object_is_told(tmp_path: Path, content: str) -> None:
    checkout = lay_out(tmp_path)
    (tmp_path / "pipelines" / "tiny" / "data.json").write_text(content)
    code, _, said = push(checkout, "--from", "files")
    assert code == 2
    assert "data.json:1: " in said
    assert "Traceback" not in said


def test_a_pipeline_without_a_description_is_told(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    (tmp_path / "pipelines" / "tiny" / "data.json").unlink()
    code, _, said = push(checkout)
    assert code == 2
    assert "so this pipeline has no data set to upload" in said
