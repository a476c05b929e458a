"""`mlproject libraries push` with real uv and pip and the embedded S3: what it uploads, and what it rejects."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.libraries import read_lock
from tests.cli.checkout import Checkout
from tests.libraries.project import client, objects, project
from tests.libraries.registry import Registry, sha256

NOTEBOOK_LIST = "libraries/notebook/science/requirements.txt"
EMR_LIST = "libraries/emr/spark/requirements.txt"


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """A registry with the libraries of both lists, in several versions and for several platforms."""
    made = Registry(folder=tmp_path / "registry")
    made.add("ipykernel", "6.0")
    made.add("tiny-science", "1.0", requires=["tiny-base>=2"])
    made.add("tiny-base", "2.5", tag="cp310-cp310-manylinux_2_28_x86_64")
    made.add("tiny-base", "2.5", tag="cp39-cp39-manylinux_2_28_x86_64")
    made.add("tiny-base", "2.5", tag="cp310-cp310-manylinux_2_28_aarch64")
    made.add("tiny-spark", "3.0", requires=["tiny-base"])
    return made


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "checkout"
    folder.mkdir()
    return folder


def push(checkout: Checkout, *arguments: str) -> tuple[int, str, str]:
    done = checkout.run("libraries", "push", checkout.project, "--environment", "local", *arguments)
    return done.returncode, done.stdout, done.stderr


def test_each_list_goes_up_for_its_own_python_with_the_wheels_it_names(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="pushed-libs", server=embedded_aws, cluster=True)
    bucket = checkout.names().bucket("artifacts")

    code, out, _ = push(checkout)

    assert code == 0
    assert out == (
        f"s3://{bucket}/{NOTEBOOK_LIST}: pushed (3 libraries, 3 wheels uploaded)\n"
        f"s3://{bucket}/{EMR_LIST}: pushed (2 libraries, 2 wheels uploaded)\n"
    )
    stored = objects(embedded_aws, bucket)
    for key, tag in ((NOTEBOOK_LIST, "cp310"), (EMR_LIST, "cp39")):
        lock = read_lock(stored[key].decode())
        assert f"tiny_base-2.5-{tag}-{tag}-manylinux_2_28_x86_64.whl" in {wheel.file for wheel in lock.wheels}
        for wheel in lock.wheels:
            assert stored[wheel.key] == (registry.wheels / wheel.file).read_bytes()
    # A kernel needs ipykernel, which nobody wrote down; a node does not.
    assert read_lock(stored[NOTEBOOK_LIST].decode()).versions == {
        "ipykernel": "6.0",
        "tiny-base": "2.5",
        "tiny-science": "1.0",
    }
    assert read_lock(stored[EMR_LIST].decode()).versions == {"tiny-base": "2.5", "tiny-spark": "3.0"}
    assert b"://" not in stored[NOTEBOOK_LIST]


def compiled(registry: Registry, *pins: str) -> str:
    """Return a list in pip-compile's format, each pin with the hashes of its wheels."""
    lines = []
    for pin in pins:
        name, _, version = pin.partition("==")
        files = sorted(registry.wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl"))
        lines.append(" \\\n    ".join([pin, *(f"--hash=sha256:{sha256(file)}" for file in files)]))
    return "\n".join(lines) + "\n"


PINS = ("ipykernel==6.0", "tiny-base==2.5", "tiny-science==1.0")


def test_a_compiled_list_is_pushed_with_the_files_that_it_allows(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="compiled-libs", server=embedded_aws, science=compiled(registry, *PINS))
    registry.add("tiny-science", "2.0", requires=["tiny-base"])
    code, out, said = push(checkout)
    assert (code, "3 libraries, 3 wheels uploaded" in out) == (0, True), said
    stored = objects(embedded_aws, checkout.names().bucket("artifacts"))
    assert b"tiny-science==1.0 --hash=sha256:" in stored[NOTEBOOK_LIST]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda text: re.sub("[0-9a-f]{64}", "0" * 64, text),
            "no file of ipykernel 6.0 in the index has one of the list's hashes",
        ),
        (
            lambda text: re.sub(r"(?s)tiny-base.*?(?=tiny-science)", "", text),
            "does not list tiny-base, which its libraries require",
        ),
        (
            lambda text: re.sub(r"(?s)ipykernel.*?(?=tiny-base)", "", text),
            "does not list ipykernel, which a notebook's kernel requires",
        ),
    ],
)
def test_a_compiled_list_that_does_not_fit_is_refused_and_nothing_is_uploaded(
    root: Path, registry: Registry, embedded_aws: aws.Server, change: Callable[[str], str], sentence: str
) -> None:
    science = change(compiled(registry, *PINS))
    checkout = project(root, registry, name=f"unfit-libs{len(science)}", server=embedded_aws, science=science)
    code, out, said = push(checkout)
    assert (code, out) == (2, "")
    assert sentence in said
    assert objects(embedded_aws, checkout.names().bucket("artifacts")) == {}


@pytest.mark.slow
def test_a_second_push_brings_only_what_is_lost_and_keeps_the_versions_until_they_are_to_be_upgraded(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="twice-libs", server=embedded_aws)
    bucket = checkout.names().bucket("artifacts")
    assert push(checkout)[0] == 0
    before = objects(embedded_aws, bucket)
    registry.add("tiny-science", "2.0", requires=["tiny-base"])
    # Another wheel of a version that was chosen already makes no new list either.
    registry.add("tiny-base", "2.5", tag="cp312-cp312-manylinux_2_28_x86_64")

    code, out, said = push(checkout)

    assert (code, out) == (0, f"s3://{bucket}/{NOTEBOOK_LIST}: already there (3 libraries)\n")
    assert "downloading" not in said
    versions = client(embedded_aws, "s3").list_object_versions(Bucket=bucket)["Versions"]
    assert len(versions) == len(before)

    lost = next(key for key in before if "tiny_base" in key)
    client(embedded_aws, "s3").delete_object(Bucket=bucket, Key=lost)

    _, out, _ = push(checkout)

    assert out == f"s3://{bucket}/{NOTEBOOK_LIST}: already there (3 libraries, 1 wheel uploaded)\n"
    assert objects(embedded_aws, bucket) == before

    code, out, _ = push(checkout, "--upgrade", "--json")

    assert code == 0
    assert json.loads(out)["lists"] == [
        {
            "target": "notebook",
            "list": "science",
            "python": "3.10",
            "platform": "x86_64-manylinux_2_34",
            "uri": f"s3://{bucket}/{NOTEBOOK_LIST}",
            "libraries": 3,
            "uploaded": ["tiny_science-2.0-py3-none-any.whl"],
            "changed": True,
        }
    ]
    assert b"tiny-science==2.0 " in objects(embedded_aws, bucket)[NOTEBOOK_LIST]


def test_a_push_that_was_killed_is_finished_by_the_next_one(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """Killed when the first wheel is up: no list names what is not there, and the next push completes it."""
    checkout = project(root, registry, name="killed-libs", server=embedded_aws)
    bucket = checkout.names().bucket("artifacts")
    # The command's own process, ended with SIGKILL inside the upload of its second wheel.
    (root / "sitecustomize.py").write_text(
        "import os, signal\n"
        "import boto3.s3.transfer as transfer\n"
        "real, count = transfer.S3Transfer.upload_file, []\n"
        "def upload(self, *arguments, **options):\n"
        "    count.append(1)\n"
        "    if len(count) > 1: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(self, *arguments, **options)\n"
        "transfer.S3Transfer.upload_file = upload\n"
    )
    variables = {**checkout.variables, "PYTHONPATH": f"{root}:{Path(__file__).parents[2]}"}
    killed = Checkout(root=root, project=checkout.project, variables=variables)

    assert push(killed)[0] == -9

    assert not [key for key in objects(embedded_aws, bucket) if key.endswith("requirements.txt")]
    assert push(checkout)[0] == 0
    stored = objects(embedded_aws, bucket)
    assert all(wheel.key in stored for wheel in read_lock(stored[NOTEBOOK_LIST].decode()).wheels)


@pytest.mark.slow
def test_two_pushes_at_once_end_with_one_whole_list(root: Path, registry: Registry, embedded_aws: aws.Server) -> None:
    checkout = project(root, registry, name="double-libs", server=embedded_aws)
    command = ["libraries", "push", checkout.project, "--environment", "local"]
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "mlproject.cli.main", *command],
            cwd=root,
            env=checkout.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [process.communicate() and process.returncode for process in both] == [0, 0]
    stored = objects(embedded_aws, checkout.names().bucket("artifacts"))
    lock = read_lock(stored[NOTEBOOK_LIST].decode())
    assert len(lock.wheels) == 3
    assert all(wheel.key in stored for wheel in lock.wheels)


def test_versions_that_do_not_go_together_are_told_in_one_sentence(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    science = "tiny-science\ntiny-base<2\n"
    checkout = project(root, registry, name="torn-libs", server=embedded_aws, science=science)

    code, out, said = push(checkout)

    assert (code, out) == (2, "")
    told = said.splitlines()[-1]
    assert told.startswith(f"error: {root / 'projects/torn-libs/libraries/science.txt'}: cannot be resolved")
    assert "tiny-base" in told
    assert "unsatisfiable" in told
    assert objects(embedded_aws, checkout.names().bucket("artifacts")) == {}


@pytest.mark.slow
def test_a_library_without_a_wheel_for_the_target_is_told(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    registry.add("tiny-odd", "1.0", tag="cp312-cp312-manylinux_2_28_x86_64")
    science = "tiny-odd\n"
    checkout = project(root, registry, name="odd-libs", server=embedded_aws, science=science)
    code, _, said = push(checkout)
    assert code == 2
    assert "science.txt: cannot be resolved, so nothing was uploaded: " in said
    assert "tiny-odd" in said
    assert "Traceback" not in said


def test_without_a_network_nothing_is_pushed_and_no_host_is_named(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="offline-libs", server=embedded_aws)
    (registry.folder / "uv.toml").write_text('index-url = "http://localhost:9/simple"\n')
    variables = {**checkout.variables, "UV_HTTP_RETRIES": "0"}
    code, out, said = push(Checkout(root=root, project=checkout.project, variables=variables))
    assert (code, out) == (1, "")
    assert said.splitlines()[-1].endswith(
        "science.txt: the package index cannot be reached, so nothing was uploaded. "
        "Check the network and the index in uv's configuration, and run the command again."
    )
    assert "localhost:9" not in said


def test_a_wheel_that_is_not_what_the_index_promised_is_refused(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """uv reads the promise from one copy of the folder, pip fetches from another, where a wheel was changed."""
    checkout = project(root, registry, name="forged-libs", server=embedded_aws)
    forged = Registry(folder=registry.folder / "forged")
    for wheel in registry.wheels.iterdir():
        forged.wheels.mkdir(parents=True, exist_ok=True)
        (forged.wheels / wheel.name).write_bytes(wheel.read_bytes())
    forged.add("tiny-science", "1.0", requires=["tiny-base>=2"], modules={"tiny_science.py": "import evil\n"})
    assert sha256(forged.wheels / "tiny_science-1.0-py3-none-any.whl") != sha256(
        registry.wheels / "tiny_science-1.0-py3-none-any.whl"
    )
    variables = {**checkout.variables, "PIP_FIND_LINKS": str(forged.wheels)}

    code, out, said = push(Checkout(root=root, project=checkout.project, variables=variables))

    assert (code, out) == (1, "")
    assert "the wheels cannot be downloaded, so nothing was uploaded" in said
    assert objects(embedded_aws, checkout.names().bucket("artifacts")) == {}


def test_before_the_first_deploy_the_command_that_deploys_is_named(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="early-libs", server=embedded_aws)
    client(embedded_aws, "s3").delete_bucket(Bucket=checkout.names().bucket("artifacts"))
    code, out, said = push(checkout)
    assert (code, out) == (1, "")
    assert "does not exist. Deploy it" in said
    assert "cdk deploy 'local/early-libs/storage'" in said


def test_a_project_without_lists_is_told_where_to_name_one(root: Path, registry: Registry) -> None:
    checkout = project(root, registry, name="none-libs")
    path = root / "projects" / "none-libs" / "project.yaml"
    path.write_text(path.read_text().replace(", libraries: science", ""))
    code, _, said = push(checkout)
    assert code == 2
    assert "does not use a library list in local" in said
