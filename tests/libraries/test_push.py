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

pytestmark = pytest.mark.slow

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


def lock(checkout: Checkout, *arguments: str) -> tuple[int, str, str]:
    done = checkout.run("libraries", "lock", checkout.project, *arguments)
    return done.returncode, done.stdout, done.stderr


def push(checkout: Checkout, *arguments: str) -> tuple[int, str, str]:
    done = checkout.run("libraries", "push", checkout.project, "--environment", "local", *arguments)
    return done.returncode, done.stdout, done.stderr


def test_each_list_goes_up_for_its_own_python_with_the_wheels_it_names(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="pushed-libs", server=embedded_aws, cluster=True)
    bucket = checkout.names().bucket("artifacts")
    assert lock(checkout)[0] == 0
    # A push resolves nothing: newer versions are in the index, but not in the locks.
    registry.add("tiny-science", "2.0", requires=["tiny-base"])

    code, out, _ = push(checkout)

    assert code == 0
    assert out == (
        f"s3://{bucket}/{NOTEBOOK_LIST}: pushed (3 libraries, 3 wheels uploaded)\n"
        f"s3://{bucket}/{EMR_LIST}: pushed (2 libraries, 2 wheels uploaded)\n"
    )
    stored = objects(embedded_aws, bucket)
    for key, tag in ((NOTEBOOK_LIST, "cp310"), (EMR_LIST, "cp39")):
        locked = read_lock(stored[key].decode())
        assert f"tiny_base-2.5-{tag}-{tag}-manylinux_2_28_x86_64.whl" in {wheel.file for wheel in locked.wheels}
        for wheel in locked.wheels:
            assert stored[wheel.key] == (registry.wheels / wheel.file).read_bytes()
    # A kernel needs ipykernel, which nobody wrote down; a node does not.
    assert read_lock(stored[NOTEBOOK_LIST].decode()).versions == {
        "ipykernel": "6.0",
        "tiny-base": "2.5",
        "tiny-science": "1.0",
    }
    assert read_lock(stored[EMR_LIST].decode()).versions == {"tiny-base": "2.5", "tiny-spark": "3.0"}
    assert b"://" not in stored[NOTEBOOK_LIST]
    locks = root / "projects" / checkout.project / "libraries" / "locks"
    assert stored[NOTEBOOK_LIST] == (locks / "notebook" / "science.txt").read_bytes()
    assert stored[EMR_LIST] == (locks / "emr" / "spark.txt").read_bytes()


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
    assert lock(checkout)[0] == 0
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
def test_a_compiled_list_that_does_not_fit_is_refused_and_nothing_is_locked(
    root: Path, registry: Registry, change: Callable[[str], str], sentence: str
) -> None:
    checkout = project(root, registry, name="unfit-libs", science=change(compiled(registry, *PINS)))
    code, out, said = lock(checkout)
    assert (code, out) == (2, "")
    assert sentence in said
    assert not (root / "projects" / "unfit-libs" / "libraries" / "locks").exists()


@pytest.mark.slow
def test_a_second_lock_keeps_the_versions_and_a_second_push_brings_only_what_is_lost(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="twice-libs", server=embedded_aws)
    bucket = checkout.names().bucket("artifacts")
    assert lock(checkout)[0] == push(checkout)[0] == 0
    before = objects(embedded_aws, bucket)
    registry.add("tiny-science", "2.0", requires=["tiny-base"])
    # Another wheel of a locked version makes no new lock either.
    registry.add("tiny-base", "2.5", tag="cp312-cp312-manylinux_2_28_x86_64")

    code, out, said = lock(checkout)
    assert (code, out) == (0, "projects/twice-libs/libraries/locks/notebook/science.txt: unchanged\n")
    assert "downloading" not in said
    lost = next(key for key in before if "tiny_base" in key)
    client(embedded_aws, "s3").delete_object(Bucket=bucket, Key=lost)
    _, out, _ = push(checkout)
    assert out == f"s3://{bucket}/{NOTEBOOK_LIST}: already there (3 libraries, 1 wheel uploaded)\n"
    assert objects(embedded_aws, bucket) == before

    assert lock(checkout, "--upgrade")[0] == 0
    done = checkout.run("libraries", "diff", "twice-libs", "-e", "local")
    assert done.stdout.splitlines()[1:] == ["  ~ tiny-science 1.0 -> 2.0"]
    code, out, _ = push(checkout, "--json")
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
    done = checkout.run("libraries", "diff", "twice-libs", "-e", "local")
    assert done.stdout == "projects/twice-libs/libraries/locks/notebook/science.txt: no changed versions\n"


def test_a_push_that_was_killed_is_finished_by_the_next_one(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """Killed when the first wheel is up: no list names what is not there, and the next push completes it."""
    checkout = project(root, registry, name="killed-libs", server=embedded_aws)
    bucket = checkout.names().bucket("artifacts")
    assert lock(checkout)[0] == 0
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
    assert lock(checkout)[0] == 0
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
    locked = read_lock(stored[NOTEBOOK_LIST].decode())
    assert len(locked.wheels) == 3
    assert all(wheel.key in stored for wheel in locked.wheels)


def test_a_wheel_that_is_not_what_the_index_promised_is_refused(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    """The lock is made from one copy of the folder, pip fetches from another, where a wheel was changed."""
    checkout = project(root, registry, name="forged-libs", server=embedded_aws)
    assert lock(checkout)[0] == 0
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
    assert "the wheels cannot be downloaded" in said
    assert objects(embedded_aws, checkout.names().bucket("artifacts")) == {}


def test_before_the_first_deploy_the_command_that_deploys_is_named(
    root: Path, registry: Registry, embedded_aws: aws.Server
) -> None:
    checkout = project(root, registry, name="early-libs", server=embedded_aws)
    assert lock(checkout)[0] == 0
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
