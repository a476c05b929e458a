"""`mlproject libraries pack`: the archive of a cluster's libraries in S3, and the configuration that uses it."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

import embedded_aws as aws
from tests.libraries.project import objects, project
from tests.libraries.registry import Registry

pytestmark = pytest.mark.slow


def test_the_locked_libraries_are_packed_once_for_each_lock_without_an_interpreter(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    registry = Registry(folder=tmp_path / "registry")
    registry.add("ipykernel", "6.0")
    registry.add("tiny-science", "1.0")
    registry.add("tiny-base", "2.5", tag="cp39-cp39-manylinux_2_34_x86_64")
    registry.add("tiny-spark", "3.0", requires=["tiny-base"])
    (tmp_path / "checkout").mkdir()
    checkout = project(tmp_path / "checkout", registry, name="packed", server=embedded_aws, cluster=True)
    bucket = checkout.names().bucket("artifacts")
    pack = ("libraries", "pack", "packed", "--environment", "local")

    unlocked = checkout.run(*pack)
    assert (unlocked.returncode, objects(embedded_aws, bucket)) == (2, {})
    assert "mlproject libraries lock packed" in unlocked.stderr

    assert checkout.run("libraries", "lock", "packed").returncode == 0
    first = checkout.run(*pack)
    assert first.returncode == 0, first.stderr
    ((key, content),) = objects(embedded_aws, bucket).items()
    assert key.startswith("libraries/emr/spark/")
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        names = archive.getnames()
    assert {"tiny_base.py", "tiny_spark.py"} <= set(names)
    assert not [name for name in names if name.startswith(("bin/", "lib/", "."))]

    told, _, configuration = first.stdout.partition("%%configure -f\n")
    assert f"s3://{bucket}/{key}: uploaded" in told
    assert json.loads(configuration)["conf"]["spark.archives"] == f"s3://{bucket}/{key}#libraries"

    assert json.loads(checkout.run(*pack, "--json").stdout)["uploaded"] is False
    registry.add("tiny-spark", "4.0", requires=["tiny-base"])
    assert checkout.run("libraries", "lock", "packed", "--upgrade").returncode == 0
    assert json.loads(checkout.run(*pack, "--json").stdout)["uploaded"] is True
    assert len(objects(embedded_aws, bucket)) == 2
