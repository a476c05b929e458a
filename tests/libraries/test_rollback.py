"""Return to the list before the current one, from the versions of the bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.errors import UserError
from mlproject.libraries import LibraryList, Lock, Pin, Wheel, roll_back
from tests.cli.checkout import make_bucket
from tests.libraries.project import client, project
from tests.libraries.registry import Registry

LIST = LibraryList(target="notebook", stem="science", path=Path("science.txt"), requirements=("tiny-science",))


@pytest.fixture
def s3(embedded_aws: aws.Server) -> Any:
    return client(embedded_aws, "s3")


def upload(s3: Any, bucket: str, version: str) -> str:
    """Upload a list with one wheel, and return its text."""
    wheel = Wheel(file=f"tiny_science-{version}-py3-none-any.whl", sha256=version[0] * 64)
    s3.put_object(Bucket=bucket, Key=wheel.key, Body=b"")
    pin = Pin(name="tiny-science", version=version, hashes=frozenset({wheel.sha256}))
    text = Lock(pins=(pin,), wheels=(wheel,)).text(LIST)
    s3.put_object(Bucket=bucket, Key=LIST.key, Body=text.encode())
    return text


def current_text(s3: Any, bucket: str) -> str:
    return str(s3.get_object(Bucket=bucket, Key=LIST.key)["Body"].read().decode())


def test_a_rollback_returns_to_the_last_different_list_and_a_second_one_undoes_it(s3: Any) -> None:
    bucket = make_bucket(s3, "rollback-twice")
    texts = [upload(s3, bucket, version) for version in ("1.0", "2.0", "3.0", "3.0")]
    # A list whose key starts with the same text is not a version of this one.
    s3.put_object(Bucket=bucket, Key=f"{LIST.key}.other", Body=b"other")
    first = roll_back(LIST, s3=s3, bucket=bucket)
    assert (first.before.versions, first.after.versions) == ({"tiny-science": "3.0"}, {"tiny-science": "2.0"})
    assert current_text(s3, bucket) == texts[1]
    roll_back(LIST, s3=s3, bucket=bucket)
    assert current_text(s3, bucket) == texts[2]


def test_a_rollback_that_could_not_be_installed_changes_nothing(s3: Any) -> None:
    bucket = make_bucket(s3, "rollback-refused")
    with pytest.raises(UserError, match=r"does not exist\. Run `mlproject libraries push` first"):
        roll_back(LIST, s3=s3, bucket=bucket)
    upload(s3, bucket, "1.0")
    with pytest.raises(UserError, match="has no earlier version to return to"):
        roll_back(LIST, s3=s3, bucket=bucket)
    text = upload(s3, bucket, "2.0")
    s3.delete_object(Bucket=bucket, Key=Wheel(file="tiny_science-1.0-py3-none-any.whl", sha256="1" * 64).key)
    with pytest.raises(UserError, match="which the bucket no longer contains"):
        roll_back(LIST, s3=s3, bucket=bucket)
    assert current_text(s3, bucket) == text


def test_the_command_asks_for_the_list_of_a_project_with_several(tmp_path: Path, embedded_aws: aws.Server) -> None:
    registry = Registry(folder=tmp_path / "registry")
    (tmp_path / "checkout").mkdir()
    checkout = project(tmp_path / "checkout", registry, name="several", server=embedded_aws, cluster=True)
    rollback = ("libraries", "rollback", "several", "--environment", "local")
    done = checkout.run(*rollback)
    assert done.returncode == 2
    assert "several in local uses several lists. Select one with --list: science, spark." in done.stderr
    done = checkout.run(*rollback, "--list", "sience")
    assert done.returncode == 2
    assert "--list sience: is not a list of several in local. Use one of: science, spark." in done.stderr
    done = checkout.run(*rollback, "--list", "spark")
    assert done.returncode == 1
    assert "libraries/emr/spark/requirements.txt: does not exist. Run `mlproject libraries push` first." in done.stderr
