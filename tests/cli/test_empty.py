"""`mlproject empty` on the embedded AWS: everything goes, after a question; and nothing goes that should stay."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.names import Names
from tests.cli.checkout import REGION, clients, lay_out, make_bucket

pytestmark = pytest.mark.slow

Client = Callable[[str], Any]


def versions(client: Client, bucket: str) -> int:
    """Object versions and delete markers of a bucket."""
    pages = client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    return sum(len(page.get("Versions", [])) + len(page.get("DeleteMarkers", [])) for page in pages)


def deploy(client: Client, names: Names) -> list[str]:
    """What the stacks of a project make, as far as it holds data; returns the buckets."""
    client("sagemaker").create_model_package_group(ModelPackageGroupName=names.model_package_group)
    return [make_bucket(client("s3"), names.bucket(use)) for use in ("access-logs", "artifacts", "data")]


def register(client: Client, names: Names) -> None:
    client("sagemaker").create_model_package(
        ModelPackageGroupName=names.model_package_group, ModelApprovalStatus="PendingManualApproval"
    )


def test_rule_23_versions_markers_and_model_packages_are_shown_and_then_deleted(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    checkout = lay_out(tmp_path, project="full", server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    logs, artifacts, data = deploy(client, checkout.names())
    for content in (b"old", b"newer"):
        client("s3").put_object(Bucket=data, Key="raw/a b+c/ñ.csv", Body=content)
    client("s3").delete_object(Bucket=data, Key="raw/a b+c/ñ.csv")
    client("s3").put_object(Bucket=artifacts, Key="model.tar.gz", Body=b"model")
    for _ in range(2):
        register(client, checkout.names())

    done = checkout.run("empty", "full", "--environment", "local", "--yes")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        f"full-local, account {aws.ACCOUNT}, eu-south-2:\n"
        f"  bucket {data}: 3 versions, 8 bytes\n"
        f"  bucket {artifacts}: 1 version, 5 bytes\n"
        f"  bucket {logs}: 0 versions, 0 bytes\n"
        "  model package group full-local: 2 model packages\n"
        "Deleted 6. `cdk destroy 'local/full/*'` can now delete the buckets and the group.\n"
    )
    for bucket in (logs, artifacts, data):
        client("s3").delete_bucket(Bucket=bucket)
    client("sagemaker").delete_model_package_group(ModelPackageGroupName="full-local")

    again = checkout.run("empty", "full", "--environment", "local", "--yes")
    assert again.stdout.splitlines()[1] == "  not deployed: it has no buckets and no model package group."


def test_a_project_whose_folder_is_gone_is_emptied_too(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="gone", server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    buckets = deploy(client, checkout.names())
    client("s3").put_object(Bucket=buckets[2], Key="a", Body=b"b")
    shutil.rmtree(tmp_path / "projects" / "gone")
    done = checkout.run("empty", "gone", "--environment", "local", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Deleted 1. `mlproject destroy gone --environment local` can now delete" in done.stdout
    for bucket in buckets:
        client("s3").delete_bucket(Bucket=bucket)
    client("sagemaker").delete_model_package_group(ModelPackageGroupName="gone-local")
    assert "gone: no such project in projects/" in checkout.run("empty", "gone", "--environment", "local").stderr


@pytest.mark.slow
def test_more_versions_than_one_call_takes_are_all_deleted(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="many", server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    _, _, data = deploy(client, checkout.names())
    keys = [f"{number:04}" for number in range(510)]
    for key in keys:
        client("s3").put_object(Bucket=data, Key=key, Body=b"")
    client("s3").delete_objects(Bucket=data, Delete={"Objects": [{"Key": key} for key in keys]})
    assert versions(client, data) == 1020

    done = checkout.run("empty", "many", "--environment", "local", "--yes")

    assert "1,020 versions" in done.stdout
    assert versions(client, data) == 0


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [("n\n", 1, "nothing was deleted"), ("\n", 1, "nothing was deleted"), ("", 2, "run the command again with --yes")],
)
def test_without_a_yes_nothing_is_deleted(
    tmp_path: Path, embedded_aws: aws.Server, answer: str, code: int, words: str
) -> None:
    project = f"asked{code}{len(answer)}"
    checkout = lay_out(tmp_path, project=project, server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    _, _, data = deploy(client, checkout.names())
    client("s3").put_object(Bucket=data, Key="raw", Body=b"kept")

    done = checkout.run("empty", project, "--environment", "local", answer=answer)

    assert done.returncode == code
    assert words in done.stderr
    assert versions(client, data) == 1


def test_a_yes_deletes(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="agreed", server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    _, _, data = deploy(client, checkout.names())
    client("s3").put_object(Bucket=data, Key="raw", Body=b"gone")

    assert checkout.run("empty", "agreed", "--environment", "local", answer="y\n").returncode == 0

    assert versions(client, data) == 0


def test_an_environment_that_keeps_its_data_needs_one_more_word(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="kept", server=embedded_aws)
    client = clients(embedded_aws, REGION)
    _, _, data = deploy(client, checkout.names("kept"))
    client("s3").put_object(Bucket=data, Key="raw", Body=b"kept")

    refused = checkout.run("empty", "kept", "--environment", "kept", "--yes")
    assert refused.returncode == 2
    assert "retain_data: true" in refused.stderr
    assert "--i-know-this-deletes-data" in refused.stderr
    assert versions(client, data) == 1

    done = checkout.run("empty", "kept", "--environment", "kept", "--yes", "--i-know-this-deletes-data")
    assert done.returncode == 0
    assert versions(client, data) == 0


def test_what_belongs_to_others_stays(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="mine", server=embedded_aws)
    client = clients(embedded_aws, "eu-south-2")
    other = Names(project="mine-too", environment="local", account=aws.ACCOUNT, region="eu-south-2")
    for names in (checkout.names(), other):
        deploy(client, names)
        register(client, names)
        client("s3").put_object(Bucket=names.bucket("data"), Key="raw", Body=b"data")

    assert checkout.run("empty", "mine", "--environment", "local", "--yes").returncode == 0

    assert versions(client, other.bucket("data")) == 1
    packages = client("sagemaker").list_model_packages(ModelPackageGroupName=other.model_package_group)
    assert len(packages["ModelPackageSummaryList"]) == 1


def test_the_credentials_of_another_account_delete_nothing(tmp_path: Path, embedded_aws: aws.Server) -> None:
    checkout = lay_out(tmp_path, project="foreign", server=embedded_aws)
    done = checkout.run("empty", "foreign", "--environment", "dev", "--yes")
    assert done.returncode == 2
    assert "account 111111111111" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("smal", "--environment", "local"), "Did you mean small?"),
        (("small", "--environment", "locl"), "Did you mean local?"),
        (("small",), "--environment"),
    ],
)
def test_a_slip_of_the_keyboard_is_told(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    done = lay_out(tmp_path, project="small").run("empty", *arguments)
    assert done.returncode == 2
    assert words in done.stderr
