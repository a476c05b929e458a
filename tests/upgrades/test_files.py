"""The files of an earlier release are read, or refused in one sentence; those of a newer version are refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
import mlproject
from embedded_aws.errors import EmbeddedAwsError
from mlproject.definition import read_definition
from mlproject.deployment.approvals import Approval, read_approval
from mlproject.errors import UserError
from mlproject.libraries import LibraryList, read_library_lists
from mlproject.libraries.lock import is_edited, read_lock
from mlproject.libraries.lock_files import lock_problem
from mlproject.parameters import load_parameters
from mlproject.parameters.network_lock import FILE, changed_networks
from mlproject.spark.state import StateFolder
from tests.mlproject_command import run_mlproject
from tests.upgrades.release import ENVIRONMENT, PIPELINE, PROJECT, Release
from tests.upgrades.run_sample import CODE, DEFINITION

NEWER = f"has format 2, but mlproject {mlproject.__version__} reads format 1"
USE_ANOTHER = "Use the version of mlproject that wrote it, or a newer one."


@pytest.fixture
def ended_process() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def checkout(release: Release, tmp_path: Path) -> Path:
    """The release's parameters, and what its commands left in .mlproject."""
    folder = tmp_path / "checkout"
    shutil.copytree(release.parameters, folder)
    shutil.copytree(release.folder / "mlproject", folder / ".mlproject")
    return folder


def contents(folder: Path) -> Mapping[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def change(path: Path, **values: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))


def test_a_run_beside_runs_and_caches_of_the_release_changes_none_and_cleans_up_a_killed_one(
    checkout: Path, ended_process: int
) -> None:
    state = checkout / ".mlproject"
    change(state / "runs" / "killedkilled" / "running.json", pid=ended_process)
    before = contents(state)
    (checkout / "code").mkdir()
    (checkout / "code" / "step.py").write_text(CODE)
    (checkout / "definition.json").write_text(json.dumps(DEFINITION))
    done = run_mlproject("run", "--definition", "definition.json", "--code", "code", "--json", folder=checkout)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "Succeeded"
    after = contents(state)
    killed = {name for name in before if name.startswith("runs/killedkilled/")}
    assert len(killed) == 2
    assert before.keys() - after.keys() == killed
    assert {name: after[name] for name in before.keys() - killed} == {
        name: before[name] for name in before.keys() - killed
    }


def test_a_server_of_the_release_that_has_ended_is_known_to_be_lost(checkout: Path, ended_process: int) -> None:
    folder = checkout / ".mlproject" / "aws"
    change(folder / "server.json", pid=ended_process)
    found = aws.find(folder)
    assert found.server is None
    assert found.lost is not None
    assert found.lost.pid == ended_process


def test_the_lock_of_deployed_networks_still_protects_them(release: Release, checkout: Path) -> None:
    shutil.copy2(release.folder / FILE, checkout / FILE)
    environments = load_parameters(checkout).environments
    assert changed_networks(checkout, environments) == {}
    path = checkout / "environments.yaml"
    path.write_text(path.read_text().replace("10.21.0.0/16", "10.99.0.0/16"))
    assert list(changed_networks(checkout, load_parameters(checkout).environments)) == [ENVIRONMENT]


def library_lists(checkout: Path) -> tuple[LibraryList, ...]:
    return tuple(read_library_lists(load_parameters(checkout).deployment(PROJECT, ENVIRONMENT), checkout))


def test_the_locks_of_libraries_are_valid(checkout: Path) -> None:
    lists = library_lists(checkout)
    assert len(lists) == 2
    assert [lock_problem(each) for each in lists] == [None, None]
    for each in lists:
        lock = read_lock(each.lock_path.read_text())
        assert len(lock.wheels) == len(lock.pins) > 0


def test_a_lock_of_libraries_of_a_newer_version_is_refused(checkout: Path) -> None:
    library_list = library_lists(checkout)[0]
    text = library_list.lock_path.read_text()
    assert not is_edited(text)
    first, _, rest = text.partition("\n")
    library_list.lock_path.write_text(f"{first}\n# format 2\n{rest}")
    problem = lock_problem(library_list)
    assert problem is not None
    assert NEWER in problem.message
    assert str(problem).endswith(USE_ANOTHER)


def test_an_approval_of_the_release_is_read(release: Release) -> None:
    approval = read_approval(release.folder / "approval.json")
    assert approval.target["environment"] == ENVIRONMENT


def test_the_definition_of_the_release_is_read_or_the_command_that_builds_it_is_named(checkout: Path) -> None:
    folder = checkout / "pipelines" / PIPELINE
    definition = read_definition(folder)
    assert definition.document["Steps"]
    # The team has its sources, of which only those of pipeline_builder have changed.
    (folder / "pipeline.py").write_text("from pipeline_builder import steps\n")
    (checkout / "requirements").mkdir()
    versions = "".join(f"{name}=={version}\n" for name, version in definition.lock["sdk"].items())
    (checkout / "requirements" / "pipelines.txt").write_text(versions)
    message = str(read_definition(folder).staleness())
    assert message.endswith(f"changed. Run `mlproject pipeline build {PIPELINE}`.")


def newer_approval(folder: Path) -> Callable[[], object]:
    path = folder / "approval.json"
    path.write_text(Approval(target={}, stacks={}).to_json())
    change(path, format=2)
    return lambda: read_approval(path)


def newer_spark(folder: Path) -> Callable[[], object]:
    (folder / "server.json").write_text(json.dumps({"format": 2, "livy": {"pid": 1}}))
    return StateFolder(path=folder).running


@pytest.mark.parametrize("write", [newer_approval, newer_spark])
def test_a_file_of_a_newer_version_is_refused_in_one_sentence_and_stays(
    tmp_path: Path, write: Callable[[Path], Callable[[], object]]
) -> None:
    read = write(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(UserError) as error:
        read()
    assert NEWER in error.value.message
    assert error.value.message.endswith(USE_ANOTHER)
    assert contents(tmp_path) == before


def test_a_server_that_a_newer_version_started_is_neither_replaced_nor_forgotten(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(json.dumps({"format": 2, "process": {"id": 1}}))
    before = contents(tmp_path)
    for call in (aws.find, aws.start, aws.stop):
        with pytest.raises(EmbeddedAwsError, match=r"has format 2, but this version reads format 1\. Stop the"):
            call(tmp_path)
    assert contents(tmp_path).items() >= before.items()


def test_a_lock_of_networks_with_a_new_key_is_refused(release: Release, checkout: Path) -> None:
    content = json.loads((release.folder / FILE).read_text())
    content[ENVIRONMENT]["ipv6"] = True
    (checkout / FILE).write_text(json.dumps(content))
    with pytest.raises(
        UserError, match=rf"{ENVIRONMENT}\.ipv6: unknown to mlproject {mlproject.__version__}\. Use the"
    ):
        changed_networks(checkout, load_parameters(checkout).environments)
