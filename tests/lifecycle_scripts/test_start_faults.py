"""Faults during a start: Jupyter starts, the status explains, nothing is lost, and the next start recovers."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.libraries import read_lock
from mlproject.node_scripts import lifecycle_script
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.libraries.registry import Registry
from tests.lifecycle_scripts.fault_cases import CASES
from tests.lifecycle_scripts.faulty_s3 import faulty, refuse, refuse_clock, stall, truncate
from tests.lifecycle_scripts.instance import KERNEL, Instance, Sandbox, run_in_kernel, upload_tools
from tests.lifecycle_scripts.test_person import project
from tests.node_scripts.machine import UID, Machine, wait_until

pytestmark = pytest.mark.slow

VERSION = "import tiny_science; print(tiny_science.VERSION)"
LIST = "libraries/notebook/science/requirements.txt"
GIVEN = project("faults", start_script="start.sh", start_script_text="echo 1 >>started\n")
# With the pip of the list, the one of the base Python need not be compiled.
FIRST, SECOND = (("ipykernel==6.0", "pip==99.0", f"tiny-science=={version}") for version in ("1.0", "2.0"))
WORK = {"models/one.ipynb": "{}", "année.py": "é = 1\n"}
# What `%mlproject status` prints.
STATUS = "from mlproject_notebook.magic import mlproject; print(repr(mlproject('status')))"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Start:
    """How a start with a fault differs from another.

    Args:
        server: embedded AWS that the machine reaches.
        programs: programs that replace those of the machine.
    """

    server: aws.Server
    programs: Mapping[str, str] = dataclasses.field(default_factory=dict)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, embedded_aws: aws.Server, uv_wheel: Path) -> Sandbox:
    """The wheels and the bucket of this module."""
    folder = tmp_path_factory.mktemp("faults")
    registry = Registry(folder=folder / "registry")
    registry.wheels.mkdir(parents=True)
    (registry.wheels / uv_wheel.name).hardlink_to(uv_wheel)
    registry.add("ipykernel", "6.0", modules=KERNEL)
    registry.add("pip", "99.0")
    for version in ("1.0", "2.0"):
        registry.add("tiny-science", version)
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:20]
    bucket = make_bucket(client(embedded_aws, "s3"), f"faults-{name}")
    return Sandbox(folder=folder, registry=registry, server=embedded_aws, bucket=bucket)


@pytest.fixture(scope="module")
def installed(shared: Sandbox) -> Path:
    """A volume with the first list."""
    shared.publish(*FIRST)
    instance = made_instance(shared)
    with instance.started() as machine:
        instance.wait_installed()
        wait_until(lambda: not machine.processes("-m libraries"))
        wait_until(lambda: "`start.sh` succeeded" in shown(machine))
    for path, text in WORK.items():
        file = instance.volume / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return instance.volume


@pytest.fixture
def instance(shared: Sandbox, installed: Path, tmp_path: Path) -> Instance:
    """An instance with a copy of that volume, when the second list is the current one."""
    shared.publish(*SECOND)
    made = made_instance(dataclasses.replace(shared, folder=tmp_path))
    made.volume.rmdir()
    subprocess.run(["cp", "-a", str(installed), str(made.volume)], check=True)
    made.is_new = False
    return made


def made_instance(sandbox: Sandbox) -> Instance:
    made = sandbox.instance(notebook="faults-local-explore", kernel_title="Python (faults)")
    made.with_settings(tools=upload_tools(sandbox.server, sandbox.bucket, deployment=GIVEN, refresh_seconds=3600))
    return made


def shown(machine: Machine) -> str:
    """Return what `%mlproject status` shows."""
    variables = ("HOME=/home/ec2-user", "NOTEBOOK=faults-local-explore", "PYTHONPATH=/opt/mlproject/tools/person")
    return machine.run("/usr/bin/env", *variables, "/usr/bin/python3", "-B", "-c", STATUS, user="ec2-user").stdout


def work(instance: Instance) -> dict[str, str]:
    return {path: (instance.volume / path).read_text() for path in WORK}


Fault = Callable[[Sandbox, Instance], contextlib.AbstractContextManager[Start]]


@contextlib.contextmanager
def s3_denied(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    s3 = client(sandbox.server, "s3")
    resource = f"arn:aws:s3:::{sandbox.bucket}/libraries/*"
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", '
        f'"Action": "s3:GetObject", "Resource": "{resource}"}}]}}'
    )
    s3.put_bucket_policy(Bucket=sandbox.bucket, Policy=policy)
    try:
        yield Start(server=sandbox.server)
    finally:
        s3.delete_bucket_policy(Bucket=sandbox.bucket)


@contextlib.contextmanager
def s3_missing(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    client(sandbox.server, "s3").delete_object(Bucket=sandbox.bucket, Key=LIST)
    yield Start(server=sandbox.server)
    sandbox.publish(*SECOND)


@contextlib.contextmanager
def s3_slow(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    # An hour has two seconds.
    timeout = '#!/bin/sh\n[ "$3" = 3600 ] || exec /usr/bin/timeout "$@"\nshift 3\nexec /usr/bin/timeout 2 "$@"\n'
    with faulty(sandbox.server, stall) as server:
        yield Start(server=server, programs={"timeout": timeout})


@contextlib.contextmanager
def s3_truncated(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    with faulty(sandbox.server, truncate) as server:
        yield Start(server=server)


@contextlib.contextmanager
def s3_throttled(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    with faulty(sandbox.server, refuse(503, "SlowDown", "Please reduce your request rate.")) as server:
        yield Start(server=server)


@contextlib.contextmanager
def wrong_clock(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    """The clock of this machine cannot be set, but that of AWS, for all requests: a day is between them anyway."""
    with faulty(sandbox.server, refuse_clock(ahead=datetime.timedelta(days=1)), everything=True) as server:
        yield Start(server=server)


@contextlib.contextmanager
def corrupt_wheel(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    s3 = client(sandbox.server, "s3")
    text = s3.get_object(Bucket=sandbox.bucket, Key=LIST)["Body"].read().decode()
    (wheel,) = (each for each in read_lock(text).wheels if each.distribution == "tiny-science")
    s3.put_object(Bucket=sandbox.bucket, Key=wheel.key, Body=b"PK\3\4 half a wheel")
    yield Start(server=sandbox.server)
    sandbox.publish(*SECOND)


@contextlib.contextmanager
def no_inodes(sandbox: Sandbox, instance: Instance) -> Iterator[Start]:
    kept = instance.volume.with_name("kept")
    instance.volume.rename(kept)
    instance.volume.mkdir()
    options = f"nr_inodes=100k,uid={UID},gid={UID},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(instance.volume)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{kept}/.", str(instance.volume)], check=True)
        used = os.statvfs(instance.volume)
        remount(instance.volume, f"nr_inodes={used.f_files - used.f_ffree}")
        yield Start(server=sandbox.server)
        remount(instance.volume, "nr_inodes=100k")
        shutil.rmtree(kept)
        subprocess.run(["cp", "-a", str(instance.volume), str(kept)], check=True)
    finally:
        subprocess.run(["umount", str(instance.volume)], check=True)
        instance.volume.rmdir()
        kept.rename(instance.volume)


def remount(folder: Path, option: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{option}", str(folder)], check=True)


@contextlib.contextmanager
def out_of_memory(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    limited = '#!/bin/sh\n[ "$2" != libraries ] || ulimit -v 60000\nexec /usr/bin/python3 "$@"\n'
    yield Start(server=sandbox.server, programs={"python3": limited})


@contextlib.contextmanager
def ended_by_the_system(sandbox: Sandbox, _: Instance) -> Iterator[Start]:
    killed = '#!/bin/sh\n[ "$2" != libraries ] || kill -9 $$\nexec /usr/bin/python3 "$@"\n'
    yield Start(server=sandbox.server, programs={"python3": killed})


@contextlib.contextmanager
def state_replaced(sandbox: Sandbox, instance: Instance) -> Iterator[Start]:
    state = instance.volume / ".mlproject"
    shutil.rmtree(state)
    state.write_text("a file of the user")
    yield Start(server=sandbox.server)
    state.unlink()


FAULTS: dict[str, Fault] = {
    "S3 denied": s3_denied,
    "S3 missing": s3_missing,
    "S3 slow": s3_slow,
    "S3 truncated": s3_truncated,
    "S3 throttled": s3_throttled,
    "corrupt wheel": corrupt_wheel,
    "clock": wrong_clock,
    "no inodes": no_inodes,
    "out of memory": out_of_memory,
    "ended by the system": ended_by_the_system,
    "state replaced": state_replaced,
}


@pytest.mark.parametrize("key", FAULTS)
def test_a_start_with_a_fault_explains_it_keeps_everything_and_the_next_start_recovers(
    shared: Sandbox, instance: Instance, key: str
) -> None:
    with FAULTS[key](shared, instance) as start:
        instance.server = start.server
        with instance.started(programs=start.programs) as machine:
            wait_until(lambda: instance.status.startswith("failed: "))
            assert CASES[key].shown in instance.status
            if key != "state replaced":
                assert CASES[key].shown in shown(machine)
                wait_until(lambda: bool(instance.kernel(machine)) or key == "ended by the system")
            if instance.kernel(machine):
                assert run_in_kernel_of(instance, machine) == "1.0\n"
        assert work(instance) == WORK
    instance.server = shared.server
    with instance.started() as machine:
        instance.wait_installed()
        assert run_in_kernel_of(instance, machine) == "2.0\n"
        status = shown(machine)
        assert 'the kernel "Python (faults)" has 3 libraries' in status
        assert CASES[key].shown not in status
    assert work(instance) == WORK


def run_in_kernel_of(instance: Instance, machine: Machine) -> str:
    return run_in_kernel(machine, VERSION).stdout if instance.kernel(machine) else ""


def test_two_starts_at_once_install_once_and_run_everything_once(shared: Sandbox, instance: Instance) -> None:
    before = instance.log.count("installing: from S3")
    (instance.volume / "started").unlink()
    with instance.started() as machine:
        done = machine.script(lifecycle_script("on_start", instance.settings))
        assert (done.returncode, done.stderr) == (0, "")
        wait_until(lambda: instance.log.count(" installed: ") == before + 2)
        assert CASES["two starts"].shown in instance.status
        assert instance.log.count("installing: from S3") == before + 1
        assert run_in_kernel_of(instance, machine) == "2.0\n"
        wait_until(lambda: "`start.sh` succeeded" in shown(machine))
        running = [each for each in machine.processes("-m mlproject_notebook") if "python3" in each.name()]
        assert len(running) == 1
        assert not machine.file("/var/log/mlproject.log").read_text().count("could not")
    assert (instance.volume / "started").read_text() == "1\n"
    assert work(instance) == WORK


def test_saved_work_comes_back_into_a_home_directory_whose_content_was_replaced(
    shared: Sandbox, instance: Instance
) -> None:
    instance.with_settings(work=f"s3://{shared.bucket}/notebooks/replaced/", work_seconds=0.2)
    saved, report = WORK, instance.volume / ".mlproject" / "work.json"
    with instance.started():
        wait_until(lambda: report.exists() and bool(json.loads(report.read_text())["saved"]))
    shutil.rmtree(instance.volume)
    (instance.volume / "models").mkdir(parents=True)
    (instance.volume / "models" / "one.ipynb").write_text("of another machine")
    subprocess.run(["chown", "-R", f"{UID}:{UID}", str(instance.volume)], check=True)
    with instance.started() as machine:
        wait_until(lambda: instance.status.startswith("installed: "))
        assert CASES["home replaced"].shown in instance.status
        assert run_in_kernel_of(instance, machine) == "2.0\n"
        wait_until(lambda: report.exists() and bool(json.loads(report.read_text())["saved"]))
    (beside,) = instance.volume.glob("restored/*/models/one.ipynb")
    assert beside.read_text() == saved["models/one.ipynb"]
    assert work(instance) == {**saved, "models/one.ipynb": "of another machine"}


def _has_grown(path: Path, *, beyond: int) -> bool:
    return path.exists() and path.stat().st_size > beyond


def test_a_start_script_with_windows_line_endings_runs_without_them(shared: Sandbox, tmp_path: Path) -> None:
    given = project("faults", start_script="start.sh", start_script_text="echo 1 >>started\r\nexit 0\r\n")
    made = made_instance(dataclasses.replace(shared, folder=tmp_path))
    made.with_settings(tools=upload_tools(shared.server, shared.bucket, deployment=given), libraries=None)
    started = made.volume / "started"
    for expected in ("", "1\n"):
        with made.started() as machine:
            # The result of the start before this one is still shown until the script runs.
            wait_until(functools.partial(_has_grown, started, beyond=len(expected)))
            wait_until(lambda: "`start.sh` is running" not in shown(machine))
            wait_until(lambda: CASES["CRLF on the instance"].shown in shown(machine))
    assert started.read_text() == "1\n1\n"
    log = (made.volume / ".mlproject" / "start-script.log").read_text()
    assert log.count("The script had Windows line endings (CRLF)") == 2
