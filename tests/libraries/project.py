"""A checkout whose project has notebooks and a cluster with lists of libraries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

import embedded_aws as aws
from mlproject.libraries import LibraryList, Lock, Pin, Wheel, read_library_lists
from mlproject.parameters import load_parameters
from tests.cli.checkout import Checkout, lay_out, make_bucket
from tests.libraries.registry import Registry

REGION = "eu-south-2"
NODES = """
notebooks:
  explore: {instance_type: ml.t3.medium, libraries: science}
  again: {instance_type: ml.t3.medium, libraries: science}
  bare: {instance_type: ml.t3.medium}
"""
CLUSTER = """\
emr: {release: emr-7.13.0, primary_instance_type: m5.xlarge, core_instance_type: m5.xlarge, libraries: spark}
"""


def project(
    root: Path,
    registry: Registry,
    *,
    name: str,
    server: aws.Server | None = None,
    science: str = "tiny-science>=1\n",
    cluster: bool = False,
) -> Checkout:
    """Create a checkout that uses the registry and, with a server, has a bucket there.

    Args:
        root: an empty folder.
        registry: the only package index.
        name: name of the project, unique since tests share a server.
        server: a running embedded AWS.
        science: the text of the notebooks' list.
        cluster: whether the project has a cluster, with its own list.
    """
    checkout = lay_out(root, project=name, server=server)
    folder = root / "projects" / name
    with (folder / "project.yaml").open("a") as file:
        file.write(NODES + (CLUSTER if cluster else ""))
    (folder / "libraries").mkdir()
    (folder / "libraries" / "science.txt").write_text(science)
    (folder / "libraries" / "spark.txt").write_text("tiny-spark\n")
    if server:
        make_bucket(client(server, "s3"), checkout.names().bucket("artifacts"))
    return Checkout(root=root, project=name, variables={**checkout.variables, **registry.variables()})


def client(server: aws.Server, service: str, *, region: str = REGION) -> Any:
    """Return a boto3 client of an embedded AWS, as its administrator."""
    made = server.environment(aws.ACCOUNT, region)
    session = boto3.Session(made["AWS_ACCESS_KEY_ID"], made["AWS_SECRET_ACCESS_KEY"], region_name=region)
    return session.client(service, endpoint_url=server.endpoint)


def objects(server: aws.Server, bucket: str) -> dict[str, bytes]:
    """Return the content of a bucket's objects by key."""
    s3 = client(server, "s3")
    found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
    return {each["Key"]: s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in found}


def write_lock(library_list: LibraryList, versions: Mapping[str, str], *, installed: int = 0) -> None:
    """Write a valid lock of a list, without a package index.

    Args:
        library_list: the list.
        versions: the locked versions by library.
        installed: size of each installed library in bytes.
    """
    wheels = tuple(
        Wheel(file=f"{name.replace('-', '_')}-{version}-py3-none-any.whl", sha256="a" * 64, installed=installed)
        for name, version in versions.items()
    )
    pins = tuple(Pin(name=name, version=version, hashes=frozenset({"a" * 64})) for name, version in versions.items())
    library_list.lock_path.parent.mkdir(parents=True, exist_ok=True)
    library_list.lock_path.write_text(Lock(pins=pins, wheels=wheels).text(library_list))


def lists_of(checkout: Checkout, environment: str = "dev") -> tuple[LibraryList, ...]:
    """Return the lists of a checkout's project, as its files are now."""
    deployment = load_parameters(checkout.root).deployment(checkout.project, environment)
    return read_library_lists(deployment, checkout.root)
