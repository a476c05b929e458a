"""Bootstrap action in a sandbox of an EMR node: what it installs, where, and what it reports."""

from __future__ import annotations

import dataclasses
import random
import sys
from pathlib import Path

import pytest

from tests.bootstrap_actions.fault_cases import CASES
from tests.bootstrap_actions.node import CLUSTER, PYTHON, USER, Node, imported, installed
from tests.libraries.registry import Registry
from tests.node_scripts.kills import KILL
from tests.node_scripts.machine import UID, Machine, wait_until

LOCKED = ("tiny-base==2.5", "tiny-spark==3.0")


def report_of(node: Node) -> str:
    """Return the only report, without its time."""
    ((key, text),) = node.reports().items()
    assert key.startswith(f"emr-logs/{CLUSTER}/libraries/")
    assert text.count("\n") == 1
    state, _, message = text.rstrip("\n").split(" ", 2)
    return f"{state} {message}"


@pytest.mark.slow
def test_the_pushed_list_is_installed_for_every_process_of_sparks_python_and_reported(node: Node) -> None:
    node.publish(*LOCKED)
    with node.started() as machine:
        # Like a library of the system, which pip cannot uninstall.
        (node.folder / "python/lib/python3.9/site-packages/tiny_base.py").write_text("VERSION = 'the system'\n")
        assert imported(machine, "tiny_base") == "the system"
        code, output = node.run_action(machine)
        assert (code, output.count("\n")) == (0, 1), output
        assert report_of(node) == "installed 2 libraries from S3, without an index"
        assert (imported(machine, "tiny_base"), imported(machine, "tiny_spark")) == ("2.5", "3.0")
        # What the user has put on the path comes first, as with any other library.
        own = machine.file("/srv")
        own.mkdir()
        (own / "tiny_base.py").write_text("VERSION = 'own'\n")
        shown = machine.run("env", "PYTHONPATH=/srv", "python3", "-c", "import tiny_base; print(tiny_base.VERSION)")
        assert shown.stdout == "own\n"
        # Nothing is left but the libraries.
        assert not list(machine.file("/tmp").glob("tmp.*"))
        assert not machine.file("/opt/mlproject/cache").exists()
        assert len(installed(machine)) == 1


@pytest.mark.slow
def test_a_second_run_changes_nothing_and_another_list_replaces_the_first(node: Node) -> None:
    node.publish(*LOCKED)
    with node.started() as machine:
        assert node.run_action(machine)[0] == 0
        first = installed(machine)
        assert node.run_action(machine)[0] == 0
        assert installed(machine) == first
        node.publish("tiny-base==1.0")
        assert node.run_action(machine)[0] == 0
        assert len(installed(machine)) == 1
        assert installed(machine) != first
        assert (imported(machine, "tiny_base"), imported(machine, "tiny_spark")) == ("1.0", "")


@pytest.mark.slow
def test_a_run_killed_at_any_point_leaves_complete_libraries_or_none_and_the_next_one_completes(node: Node) -> None:
    """Each run starts from what the one before it left, with a list that was not installed before."""
    randomly = random.Random(19)  # noqa: S311 (the same points in each run)
    python = f'#!/bin/sh\n[ "$2" != -m ] || export PYTHONPATH="/srv:$PYTHONPATH"\n{PYTHON}'
    killed = 0
    with dataclasses.replace(node, programs={"python3": python}).started() as machine:
        machine.file("/srv").mkdir()
        machine.file("/srv/sitecustomize.py").write_text(KILL)
        for number, point in enumerate(range(1, 40, 5)):
            node.registry.add("extra", str(number))
            node.publish(*LOCKED, f"extra=={number}")
            settings = (f"KILL_POINT={point}", f"KILL_MOMENT={randomly.uniform(0, 0.3)}")
            killed += machine.run("setsid", "--wait", "/usr/bin/env", *settings, *node.action()).returncode != 0
            wait_until(lambda: not machine.processes("node_libraries"))
            versions = (imported(machine, "tiny_base"), imported(machine, "tiny_spark"))
            assert versions in {("", ""), ("2.5", "3.0")}
        assert killed >= 5
        assert node.run_action(machine)[0] == 0
        assert report_of(node).startswith(CASES["killed"].shown)
        assert imported(machine, "extra") == str(number)
        assert len(installed(machine)) == 1


@pytest.mark.slow
def test_a_library_that_needs_spark_is_not_imported_before_emr_has_installed_it(node: Node) -> None:
    node.registry.add("tiny-delta", "1.0", modules={"tiny_delta/__init__.py": "import pyspark.sql\n"})
    wanted = "raise RuntimeError('SPARK_VERSION environment variable is required')\n"
    node.registry.add("tiny-quality", "1.0", modules={"tiny_quality/__init__.py": wanted})
    node.publish(*LOCKED, "tiny-delta==1.0", "tiny-quality==1.0")
    with node.started() as machine:
        code, output = node.run_action(machine)
        assert code == 0
        for library in ("tiny-delta", "tiny-quality"):
            assert f"{library} was not imported: it needs Spark, which EMR installs later" in output
        assert imported(machine, "tiny_spark") == "3.0"


@pytest.mark.slow
def test_the_code_of_a_library_does_not_run_as_root(node: Node) -> None:
    code = "import os, pathlib\npathlib.Path('/tmp/imported').write_text(f'{os.getuid()} {pathlib.Path.home()}')\n"
    node.registry.add("tiny-curious", "1.0", modules={"tiny_curious.py": code})
    node.publish(*LOCKED, "tiny-curious==1.0")
    with node.started() as machine:
        assert node.run_action(machine)[0] == 0
        assert machine.file("/tmp/imported").read_text() == f"{UID} /home/{USER}"


@pytest.mark.slow
def test_a_conflict_of_the_systems_packages_is_printed_and_does_not_stop_the_node(node: Node) -> None:
    node.publish(*LOCKED)
    with node.started() as machine:
        info = node.folder / "python/lib/python3.9/site-packages/system_tool-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: system-tool\nVersion: 1.0\nRequires-Dist: lost\n")
        code, output = node.run_action(machine)
        assert code == 0
        assert "pip check: system-tool 1.0 requires lost, which is not installed" in output


@pytest.mark.slow
def test_a_list_without_the_wheel_of_uv_is_installed_by_pip(node: Node) -> None:
    node.publish(*LOCKED, uv=None)
    with node.started() as machine:
        assert node.run_action(machine)[0] == 0
        assert imported(machine, "tiny_spark") == "3.0"


@pytest.mark.slow
def test_a_list_written_by_hand_is_installed_from_the_index_and_the_report_says_what_was_not_verified(
    node: Node, tmp_path: Path
) -> None:
    node.write_list(b"# by hand\ntiny-spark\n")
    served = dataclasses.replace(node, binds={index_of(node.registry, tmp_path / "simple"): "/srv/simple"})
    with served.started() as machine:
        start_index(machine)
        code, output = node.run_action(machine, index="http://localhost:8000/")
        assert code == 0, output
        assert report_of(node) == (
            "installed 2 libraries from the index of this environment. "
            "The list has no hashes, so the files of the index were not verified"
        )
        assert imported(machine, "tiny_base") == "2.5"
        # With hashes, the index can serve nothing else.
        node.publish(*LOCKED)
        assert node.run_action(machine, index="http://localhost:8000/")[0] == 0
        assert report_of(node) == "installed 2 libraries from the index of this environment"


def test_without_the_program_of_this_version_nothing_is_run(node: Node) -> None:
    with node.started() as machine:
        code, output = node.run_action(machine, sha256="0" * 64)
        assert code == 1
        assert output.endswith("does not have the sha256 of this version, so no library was installed\n")
        code, output = node.run_action(machine, archive=f"s3://{node.bucket}/none")
        assert code == 1
        assert output.endswith(f"cannot read s3://{node.bucket}/none, so no library was installed\n")
        assert not installed(machine)


def index_of(registry: Registry, folder: Path) -> Path:
    """Return a folder with the pages of a package index and its wheels (https://peps.python.org/pep-0503/)."""
    for path in registry.wheels.glob("*.whl"):
        own = folder / path.name.partition("-")[0].replace("_", "-")
        own.mkdir(parents=True, exist_ok=True)
        (own / path.name).write_bytes(path.read_bytes())
    for own in folder.iterdir():
        links = [f'<a href="{path.name}">{path.name}</a>' for path in sorted(own.glob("*.whl"))]
        (own / "index.html").write_text(f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>")
    return folder


def start_index(machine: Machine) -> None:
    """Serve the index on port 8000 of the node, and wait until it answers."""
    machine.spawn("sh", "-c", f"cd /srv/simple && exec {sys.executable} -m http.server 8000")
    wait_until(lambda: machine.run("bash", "-c", ": </dev/tcp/127.0.0.1/8000").returncode == 0)
