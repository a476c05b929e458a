"""Bootstrap action in a sandbox of an EMR node: offline installation, or failure with a reason."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.libraries import read_lock
from mlproject.node_scripts import BOOTSTRAP_ACTION
from tests.cli.checkout import Checkout
from tests.libraries.project import REGION, client, project
from tests.libraries.registry import Registry
from tests.node_scripts.machine import Machine, python_like, running, sandbox_problem, wait_until

LIST = "libraries/emr/spark/requirements.txt"
# The user of EMR can become root. The sandbox already runs as root.
SUDO = '#!/bin/sh\nexec "$@"\n'


@pytest.fixture(scope="module")
def pushed(tmp_path_factory: pytest.TempPathFactory, embedded_aws: aws.Server) -> tuple[Checkout, aws.Server]:
    """A project with a pushed list of cluster libraries."""
    problem = sandbox_problem()
    if problem:
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    folder = tmp_path_factory.mktemp("emr")
    registry = Registry(folder=folder / "registry")
    registry.add("ipykernel", "6.0")
    registry.add("tiny-science", "1.0")
    registry.add("tiny-base", "2.5")
    registry.add("tiny-spark", "3.0", requires=["tiny-base"])
    (folder / "checkout").mkdir()
    name = f"nodes-{hashlib.sha256(str(folder).encode()).hexdigest()[:6]}"
    checkout = project(folder / "checkout", registry, name=name, server=embedded_aws, cluster=True)
    assert checkout.run("libraries", "lock", name).returncode == 0
    assert checkout.run("libraries", "push", name, "--environment", "local").returncode == 0
    return checkout, embedded_aws


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """Python of the node, a copy without the libraries of this machine."""
    base, _ = python_like("3.9")
    copy = tmp_path / "python"
    copy.mkdir()
    (copy / "bin").mkdir()
    library = next((base / "lib").glob("python3.*"))
    target = copy / "lib" / library.name
    target.mkdir(parents=True)
    for path in library.iterdir():
        if path.name != "site-packages":
            (target / path.name).symlink_to(path)
    (target / "site-packages").mkdir()
    for path in (library / "site-packages").glob("pip*"):
        (target / "site-packages" / path.name).symlink_to(path)
    shutil.copy((base / "bin" / "python3").resolve(), copy / "bin" / "python3")
    return copy


def node(pushed: tuple[Checkout, aws.Server], python: Path) -> dict[str, object]:
    base, _ = python_like("3.9")
    started = '#!/bin/sh\nexport LD_LIBRARY_PATH=%s/lib\nexec /opt/python/bin/python3 "$@"\n' % base  # noqa: UP031
    return {
        "server": pushed[1],
        "binds": {python: "/opt/python", BOOTSTRAP_ACTION.parent: "/opt/actions"},
        "same": [base],
        "programs": {"sudo": SUDO, "python3": started},
    }


def run_action(machine: Machine, bucket: str, *, index: str = "") -> tuple[int, str]:
    """Run the action like EMR, and return its exit code and output."""
    done = machine.run(
        f"/opt/actions/{BOOTSTRAP_ACTION.name}", REGION, f"s3://{bucket}/libraries", "spark", index, folder="/tmp"
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_pushed_list_is_installed_for_the_nodes_python_and_nothing_is_left(
    pushed: tuple[Checkout, aws.Server], python: Path
) -> None:
    bucket = pushed[0].names().bucket("artifacts")
    with running(**node(pushed, python)) as machine:  # type: ignore[arg-type]
        code, output = run_action(machine, bucket)
        assert code == 0
        # pip warns about running as root, which EMR documents for bootstrap actions.
        assert [line for line in output.splitlines() if "WARNING" not in line] == [
            "mlproject: installing from S3, without an index",
            "mlproject: installed 2 libraries",
        ]
        shown = machine.run("python3", "-c", "import tiny_spark, tiny_base; print(tiny_spark.VERSION)")
        assert shown.stdout == "3.0\n"
        assert not list(machine.file("/tmp").glob("tmp.*"))
        # The action is idempotent.
        assert run_action(machine, bucket)[0] == 0


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("changed", "tiny_spark-3.0-py3-none-any.whl does not match the sha256 in the list"),
        pytest.param("lost", "tiny_spark-3.0-py3-none-any.whl cannot be read", marks=pytest.mark.slow),
        pytest.param("unlisted", "pip failed, see its message above", marks=pytest.mark.slow),
        pytest.param("missing", f"{LIST}. Run: mlproject libraries push", marks=pytest.mark.slow),
    ],
)
def test_a_node_whose_libraries_are_not_the_lists_fails_with_the_reason(
    pushed: tuple[Checkout, aws.Server], python: Path, damage: str, words: str
) -> None:
    bucket = f"damaged-{damage}-{pushed[0].project}"
    s3 = client(pushed[1], "s3")
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    source = pushed[0].names().bucket("artifacts")
    text = s3.get_object(Bucket=source, Key=LIST)["Body"].read().decode()
    for wheel in read_lock(text).wheels:
        body = s3.get_object(Bucket=source, Key=wheel.key)["Body"].read()
        if wheel.distribution == "tiny-spark":
            if damage == "lost":
                continue
            if damage == "changed":
                body = b"another"
            if damage == "unlisted":
                text = text.replace(f"# wheel {wheel.sha256}", "# lost")
        s3.put_object(Bucket=bucket, Key=wheel.key, Body=body)
    if damage != "missing":
        s3.put_object(Bucket=bucket, Key=LIST, Body=text.encode())
    with running(**node(pushed, python)) as machine:  # type: ignore[arg-type]
        code, output = run_action(machine, bucket)
        assert code == 1
        assert words in output
        assert "mlproject: cannot install the libraries: " in output.splitlines()[-1]
        assert machine.run("python3", "-c", "import tiny_base").returncode == 1


@pytest.mark.slow
def test_an_index_of_the_network_is_used_where_there_is_one(
    pushed: tuple[Checkout, aws.Server], python: Path, tmp_path: Path
) -> None:
    """Installs from the index instead of S3, and only wheels with the hashes in the list."""
    checkout = pushed[0]
    wheels = checkout.root.parent / "registry" / "wheels"
    for name in ("tiny-spark", "tiny-base"):
        folder = tmp_path / "simple" / name
        folder.mkdir(parents=True)
        for path in wheels.glob(f"{name.replace('-', '_')}-*"):
            (folder / path.name).write_bytes(path.read_bytes())
            (folder / "index.html").write_text(f'<a href="{path.name}">{path.name}</a>')
    options = node(pushed, python)
    options["binds"] = {**options["binds"], tmp_path / "simple": "/srv/simple"}  # type: ignore[dict-item]
    bucket = checkout.names().bucket("artifacts")
    with running(**options) as machine:  # type: ignore[arg-type]
        machine.spawn("sh", "-c", f"cd /srv/simple && exec {sys.executable} -m http.server 8000")
        wait_until(lambda: machine.run("bash", "-c", ": </dev/tcp/127.0.0.1/8000").returncode == 0)
        code, output = run_action(machine, bucket, index="http://localhost:8000/")
        assert (code, output.splitlines()[0]) == (0, "mlproject: installing from the index of this environment")
        assert machine.run("python3", "-c", "import tiny_spark; print(tiny_spark.VERSION)").stdout == "3.0\n"
