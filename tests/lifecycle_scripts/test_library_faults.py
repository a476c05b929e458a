"""Faults during the installation of libraries: what the user sees, and how the next run recovers."""

from __future__ import annotations

import contextlib
import hashlib
import random
import re
import subprocess
from collections.abc import Iterator

import psutil
import pytest

from tests.libraries.project import client
from tests.lifecycle_scripts.fault_cases import CASES
from tests.lifecycle_scripts.instance import Instance, Sandbox, kernel, run_in_kernel
from tests.node_scripts.kills import KILL
from tests.node_scripts.machine import Machine, wait_until

VERSION = "import tiny_science; print(tiny_science.VERSION)"
INSTALL = ("bash", "/opt/mlproject/tools/libraries.sh")
POINTS = 50


def install(machine: Machine) -> subprocess.CompletedProcess[str]:
    return machine.run(*INSTALL, user="ec2-user")


@pytest.mark.slow
def test_an_installation_killed_at_50_points_never_leaves_a_broken_kernel(sandbox: Sandbox) -> None:
    """Each run starts from what the one before it left, so that each is also a recovery."""
    sandbox.registry.add("pip", "99.0")
    randomly = random.Random(18)  # noqa: S311 (the same points in each run)
    sandbox.publish("ipykernel==6.0", "pip==99.0", "tiny-science==1.0")
    instance = sandbox.instance()
    python = {"python3": '#!/bin/sh\nexport PYTHONPATH="/srv:$PYTHONPATH"\nexec /usr/bin/python3 "$@"\n'}
    completed = 0
    with instance.started(programs=python) as machine:
        machine.file("/srv").mkdir()
        machine.file("/srv/sitecustomize.py").write_text(KILL)
        instance.wait_installed()
        wait_until(lambda: not machine.processes("-m libraries"))
        for number, point in enumerate(randomly.sample(range(1, POINTS + 1), POINTS)):
            # A new list each time, so that each run installs.
            version = f"{number % 2 + 1}.0"
            sandbox.registry.add("extra", str(number))
            sandbox.publish("ipykernel==6.0", "pip==99.0", f"tiny-science=={version}", f"extra=={number}")
            settings = (f"KILL_POINT={point}", f"KILL_MOMENT={randomly.uniform(0, 0.3)}")
            done = machine.run("setsid", "--wait", "/usr/bin/env", *settings, *INSTALL, user="ec2-user")
            completed += done.returncode == 0
            wait_until(lambda: not machine.processes("-m libraries"))
            assert run_in_kernel(machine, VERSION).stdout in {"1.0\n", "2.0\n"}
        # The last points may be behind the end of a run that finds most of its work done.
        assert completed <= POINTS // 5
        assert install(machine).returncode == 0
        assert run_in_kernel(machine, f"{VERSION}; import extra").stdout == f"{version}\n"
        assert CASES["killed"].shown in instance.status
        assert len(instance.environments) <= 2


@pytest.mark.slow
def test_two_runs_at_once_install_a_list_once(sandbox: Sandbox) -> None:
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    instance = sandbox.instance()
    with instance.started() as machine:
        instance.wait_installed()
        sandbox.publish("ipykernel==6.0", "tiny-science==2.0")
        machine.spawn("/usr/sbin/runuser", "-u", "ec2-user", "--", *INSTALL)
        assert install(machine).returncode == 0
        wait_until(lambda: not machine.processes("-m libraries"))
        assert instance.log.count(" installed: ") == 3
        assert instance.log.count("installing: from S3") == 2
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"


@pytest.mark.slow
def test_a_full_volume_is_explained_and_keeps_the_previous_libraries(sandbox: Sandbox) -> None:
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    sandbox.registry.add("large", "1.0", modules={"large.txt": "x" * 60_000_000})
    instance = sandbox.instance()
    with _volume_of(instance, megabytes=240), instance.started() as machine:
        instance.wait_installed()
        sandbox.publish("ipykernel==6.0", "tiny-science==2.0", "large==1.0")
        _state_size(sandbox, "large-1.0-py3-none-any.whl", installed=300_000_000)
        assert install(machine).returncode == 1
        assert "failed: the volume has " in instance.status
        assert not _was_downloaded(sandbox, "large-1.0")
        # Without sizes in the list, the wheels are downloaded first.
        sandbox.publish("ipykernel==6.0", "tiny-science==2.0", "large==1.0")
        assert install(machine).returncode == 1
        assert _was_downloaded(sandbox, "large-1.0")
        assert "failed: the volume has " in instance.status
        assert "MB free, but the libraries need" in instance.status
        assert instance.status.endswith("volume_gb of the notebook in project.yaml. The previous libraries stay in use")
        assert instance.outcome["previous_in_use"]
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        # The user's work has its space again.
        assert not (instance.volume / ".mlproject" / "cache").exists()

        space = psutil.disk_usage(str(instance.volume)).free
        # Something may write meanwhile, so that the last bytes do not fit.
        with contextlib.suppress(OSError), (instance.volume / "fill").open("wb", buffering=0) as fill:
            while fill.write(bytes(space)):
                pass
        assert install(machine).returncode != 0
        assert f"failed: {CASES['disk full'].shown}" in instance.status
        assert instance.outcome["message"].startswith(CASES["disk full"].shown)

        (instance.volume / "fill").unlink()
        subprocess.run(["mount", "-o", "remount,size=600M", str(instance.volume)], check=True)
        assert install(machine).returncode == 0
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"


@pytest.mark.slow
def test_a_volume_of_the_earlier_version_is_used_without_another_installation(sandbox: Sandbox) -> None:
    """That version stored only `complete`, `current` and `installed`, and named environments by the same formula."""
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    instance = sandbox.instance()
    with instance.started() as machine:
        instance.wait_installed()
        state = instance.volume / ".mlproject"
        listed = f"{hashlib.sha256((state / 'requirements.txt').read_bytes()).hexdigest()}  -"
        environment = state / "environments" / (state / "current").read_text()
        python = (environment / "complete").read_text()
        assert environment.name == hashlib.sha256(f"{listed}{python}".encode()).hexdigest()[:16]
        assert (state / "installed").read_text() == listed
    subprocess.run(
        ["rm", "-r", environment / "requirements.txt", state / "cache", state / "libraries.json"], check=True
    )
    (state / "wheels").mkdir()
    with instance.started() as machine:
        instance.wait_installed()
        assert CASES["older version"].shown in instance.status
        assert instance.log.count("installing: from S3") == 1
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        # The next list is installed as usual.
        sandbox.publish("ipykernel==6.0", "tiny-science==2.0")
        assert install(machine).returncode == 0
        assert run_in_kernel(machine, VERSION).stdout == "2.0\n"
        assert not (state / "wheels").exists()


@pytest.mark.slow
def test_a_list_without_uv_is_installed_by_pip(sandbox: Sandbox) -> None:
    for path in sandbox.registry.wheels.glob("uv-*.whl"):
        path.unlink()
    sandbox.publish("ipykernel==6.0", "tiny-science==1.0")
    instance = sandbox.instance()
    with instance.started() as machine:
        instance.wait_installed()
        assert run_in_kernel(machine, VERSION).stdout == "1.0\n"
        assert machine.run(kernel(machine)["argv"][0], "-m", "pip", "--version", user="ec2-user").returncode == 0


def _state_size(sandbox: Sandbox, file: str, *, installed: int) -> None:
    """Add the size of the installed files of a wheel to the list in S3."""
    s3 = client(sandbox.server, "s3")
    key = "libraries/notebook/science/requirements.txt"
    text = s3.get_object(Bucket=sandbox.bucket, Key=key)["Body"].read().decode()
    s3.put_object(Bucket=sandbox.bucket, Key=key, Body=f"{text}# size 1000 {installed} {file}\n".encode())


def _was_downloaded(sandbox: Sandbox, name: str) -> bool:
    requests = sandbox.server.log.read_text()
    return re.search(rf" GET /{sandbox.bucket}/\S*/{re.escape(name)}", requests) is not None


@contextlib.contextmanager
def _volume_of(instance: Instance, *, megabytes: int) -> Iterator[None]:
    """Give the volume of an instance a limited size."""
    owner = instance.volume.stat()
    options = f"size={megabytes}M,uid={owner.st_uid},gid={owner.st_gid},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(instance.volume)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", str(instance.volume)], check=True)
