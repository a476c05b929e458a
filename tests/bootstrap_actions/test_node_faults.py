"""Faults of a node's libraries: one line in S3 says why, and Spark's Python sees no library."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlproject.libraries import Lock
from tests.bootstrap_actions.conftest import NewNode
from tests.bootstrap_actions.fault_cases import CASES
from tests.bootstrap_actions.node import LIST, Node, imported, installed
from tests.bootstrap_actions.test_install_libraries import index_of, report_of, start_index
from tests.libraries.project import client
from tests.lifecycle_scripts.faulty_s3 import Answer, faulty, once_per_object, refuse
from tests.node_scripts.machine import Machine

LOCKED = ("tiny-base==2.5", "tiny-spark==3.0")
THROTTLED = refuse(503, "SlowDown", "Please reduce your request rate.")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, new_node: NewNode) -> Iterator[tuple[Node, Machine]]:
    """A node that never gets a library, so that the faults can share it."""
    node = new_node(tmp_path_factory.mktemp("faults"))
    node.registry.add("tiny-abi", "1.0", tag="cp310-cp310-manylinux_2_17_x86_64")
    node.registry.add("tiny-arm", "1.0", tag="cp39-cp39-manylinux_2_17_aarch64")
    node.registry.add("tiny-old", "1.0", requires=["tiny-base<2"])
    # As a library says that needs a library of the system, and as one that crashes.
    error = "ImportError('libGL.so.1: cannot open shared object file: No such file or directory')"
    node.registry.add("tiny-vision", "1.0", modules={"tiny_vision/__init__.py": f"raise {error}\n"})
    node.registry.add("tiny-crash", "1.0", modules={"tiny_crash.py": "import os\nos.abort()\n"})
    with node.started() as machine:
        yield node, machine


@contextlib.contextmanager
def published(node: Node, *libraries: str) -> Iterator[None]:
    node.publish(*libraries)
    yield


@contextlib.contextmanager
def written(node: Node, *, content: bytes) -> Iterator[None]:
    node.write_list(content)
    yield


@contextlib.contextmanager
def missing(node: Node) -> Iterator[None]:
    client(node.server, "s3").delete_object(Bucket=node.bucket, Key=LIST)
    yield


@contextlib.contextmanager
def denied(node: Node) -> Iterator[None]:
    node.publish(*LOCKED)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{node.bucket}/libraries/*",
    }
    s3 = client(node.server, "s3")
    s3.put_bucket_policy(Bucket=node.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    yield
    s3.delete_bucket_policy(Bucket=node.bucket)


@contextlib.contextmanager
def wheel_missing(node: Node) -> Iterator[None]:
    client(node.server, "s3").delete_object(Bucket=node.bucket, Key=_wheel_key(node.publish(*LOCKED)))
    yield


@contextlib.contextmanager
def wheel_changed(node: Node) -> Iterator[None]:
    client(node.server, "s3").put_object(Bucket=node.bucket, Key=_wheel_key(node.publish(*LOCKED)), Body=b"another")
    yield


@contextlib.contextmanager
def disk_full(node: Node) -> Iterator[None]:
    node.publish(*LOCKED)
    text = client(node.server, "s3").get_object(Bucket=node.bucket, Key=LIST)["Body"].read()
    node.write_list(text + f"# size 1000 {2**60} tiny_spark-3.0-py3-none-any.whl\n".encode())
    yield


@contextlib.contextmanager
def through(node: Node, answer: Answer) -> Iterator[Machine]:
    """Start the node behind an S3 with a fault."""
    with faulty(node.server, answer) as server, dataclasses.replace(node, server=server).started() as machine:
        yield machine


def new(running: tuple[Node, Machine]) -> tuple[Node, Machine]:
    """Return the shared node without the wheels that it downloaded for another fault."""
    shutil.rmtree(running[1].file("/opt/mlproject"), ignore_errors=True)
    return running


def _wheel_key(lock: Lock) -> str:
    return lock.wheels[-1].key


Fault = Callable[[Node], contextlib.AbstractContextManager[None]]
FAULTS: dict[str, Fault] = {
    "requirements.txt missing": missing,
    "empty": functools.partial(written, content=b"# nothing\n\n"),
    "S3 denied": denied,
    "unreadable": functools.partial(written, content="tiny-spark\n".encode("utf-16")),
    "URL": functools.partial(written, content=b"tiny @ https://example.com/tiny-1.0-py3-none-any.whl\n"),
    "editable": functools.partial(written, content=b"-e ./src\n"),
    "path": functools.partial(written, content=b"./tiny-1.0-py3-none-any.whl\n"),
    "option": functools.partial(written, content=b"--extra-index-url https://example.com\n"),
    "by hand, no index": functools.partial(written, content=b"tiny-spark\n"),
    "locked conflict": lambda node: published(node, *LOCKED, "tiny-old==1.0"),
    "no wheel for Python 3.9": lambda node: published(node, *LOCKED, "tiny-abi==1.0"),
    "no wheel for the processor": lambda node: published(node, *LOCKED, "tiny-arm==1.0"),
    "wheel missing": wheel_missing,
    "hash": wheel_changed,
    "import": lambda node: published(node, *LOCKED, "tiny-vision==1.0"),
    "import ends Python": lambda node: published(node, *LOCKED, "tiny-crash==1.0"),
    "disk full": disk_full,
}


@pytest.mark.slow
@pytest.mark.parametrize("key", FAULTS)
def test_a_fault_is_reported_in_one_line_and_leaves_no_library(running: tuple[Node, Machine], key: str) -> None:
    node, machine = new(running)
    with FAULTS[key](node):
        code, output = node.run_action(machine)
    assert code == 1, output
    report = report_of(node)
    assert report.startswith("failed ")
    assert CASES[key].shown in report
    assert output.splitlines()[-1].endswith(report.removeprefix("failed "))
    assert imported(machine, "tiny_base") == ""
    assert not [name for name in installed(machine) if not name.startswith(".")]


@pytest.mark.slow
def test_an_installed_library_without_what_it_requires_fails_pip_check(running: tuple[Node, Machine]) -> None:
    """pip installs it if asked not to resolve; uv with hashes and this list refuses it before."""
    node, machine = new(running)
    node.publish("tiny-spark==3.0", uv=None)
    pip = machine.file("/sbin/python3")
    text = pip.read_text()
    pip.write_text(text.replace('"$@"', '"$@" $([ "$5" != install ] || echo --no-deps)'))
    try:
        assert node.run_action(machine)[0] == 1
    finally:
        pip.write_text(text)
    assert CASES["pip check"].shown in report_of(node)


@pytest.mark.slow
@pytest.mark.parametrize("key", ["CRLF", "BOM"])
def test_a_list_of_a_windows_editor_is_installed(node: Node, key: str) -> None:
    node.publish(*LOCKED)
    text = client(node.server, "s3").get_object(Bucket=node.bucket, Key=LIST)["Body"].read()
    node.write_list(text.replace(b"\n", b"\r\n") if key == "CRLF" else b"\xef\xbb\xbf" + text)
    with node.started() as machine:
        assert node.run_action(machine)[0] == 0
        assert report_of(node).startswith(CASES[key].shown)
        assert imported(machine, "tiny_spark") == "3.0"


@pytest.mark.slow
def test_a_fault_of_a_list_for_the_index_is_reported(node: Node, tmp_path: Path) -> None:
    node.registry.add("tiny-old", "1.0", requires=["tiny-base<2"])
    served = dataclasses.replace(node, binds={index_of(node.registry, tmp_path / "simple"): "/srv/simple"})
    with served.started() as machine:
        start_index(machine)
        for key, content in {"unknown library": b"tiny-sprak\n", "conflict": b"tiny-spark\ntiny-old\n"}.items():
            node.write_list(content)
            assert node.run_action(machine, index="http://localhost:8000/")[0] == 1
            assert CASES[key].shown in report_of(node)
            assert "tiny-" in report_of(node)


@pytest.mark.slow
def test_throttled_requests_are_repeated_and_reported_if_that_does_not_end(node: Node) -> None:
    node.publish(*LOCKED)
    with through(node, once_per_object(THROTTLED)) as machine:
        # The machine does not repeat requests, unless this is removed.
        machine.program("aws", machine.file("/sbin/aws").read_text().replace("export AWS_MAX_ATTEMPTS='1'\n", ""))
        assert node.run_action(machine)[0] == 0
        assert report_of(node).startswith("installed ")
    with through(node, THROTTLED) as machine:
        assert node.run_action(machine)[0] == 1
        assert CASES["S3 throttled"].shown in report_of(node)
