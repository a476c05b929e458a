"""Libraries of a notebook: our scripts without a network, and `pip install` in a lifecycle script with a near index.

Both are measured from the start of the script to a kernel that can import the libraries. What pip installs into the
base environment is lost when the instance stops, so with pip each start installs everything again.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_aws as aws
from mlproject.libraries import LibraryList, create_lock, fetch, push_wheels, read_lock, uv_pin
from mlproject.node_scripts import lifecycle_script
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import BASE, VOLUME, Instance, kernel, new_instance, run_in_kernel
from tests.node_scripts.machine import Machine, python_like, running, wait_until

NAMES = (
    *("pandas", "scikit-learn", "xgboost-cpu", "matplotlib", "seaborn", "plotly", "pyarrow", "boto3", "ipykernel"),
)
ADDED = "statsmodels"
IMPORTS = "import pandas, sklearn, xgboost, matplotlib, seaborn, plotly, pyarrow, boto3, ipykernel"
BUCKET = "benchmark-libraries"
RUNS = 3


@dataclass(frozen=True, kw_only=True)
class Start:
    """Seconds of one start of a notebook instance.

    Args:
        script: until the lifecycle script returned.
        kernel: until the kernel could be used.
    """

    script: float
    kernel: float


def measure() -> dict[str, Any]:
    """Measure the first installation, an unchanged start and a start with one more library, with both programs."""
    with tempfile.TemporaryDirectory(prefix="mlproject-benchmark-") as name, _server(Path(name)) as server:
        folder = Path(name)
        load = os.getloadavg()[0]
        lists = {names: _publish(server, folder, names) for names in (NAMES, (*NAMES, ADDED))}
        starts: dict[str, list[Start]] = {"first": [], "unchanged": [], "one library added": []}
        pip: dict[str, list[float]] = {"first": [], "one library added": []}
        for run in range(RUNS):
            instance = _new_instance(server, folder / f"run-{run}")
            for kind, names in (("first", NAMES), ("unchanged", NAMES), ("one library added", (*NAMES, ADDED))):
                _select(server, lists[names])
                starts[kind].append(_start(instance, new=kind != "unchanged"))
            shutil.rmtree(instance.volume)
            pip["first"].append(_pip_install(folder / "pip", NAMES))
            pip["one library added"].append(_pip_install(folder / "pip", (*NAMES, ADDED)))
    pip["unchanged"] = pip["first"]
    return _result(starts, pip, load)


def _result(starts: dict[str, list[Start]], pip: dict[str, list[float]], load: float) -> dict[str, Any]:
    seconds = {
        kind: {
            "ours": _summary([start.kernel for start in measured]),
            "pip install": _summary(pip[kind]),
            "lifecycle script": _summary([start.script for start in measured]),
        }
        for kind, measured in starts.items()
    }
    goals = {
        f"{kind}: times faster than pip install": {
            "measured": round(each["pip install"]["median"] / each["ours"]["median"], 1),
            "goal": f"at least {goal}",
        }
        for (kind, each), goal in zip(seconds.items(), (10, 100, 20), strict=True)
    }
    slowest = max(start.script for measured in starts.values() for start in measured)
    goals["slowest lifecycle script, seconds"] = {"measured": round(slowest, 3), "goal": "at most 1"}
    return {"load before": round(load, 1), "seconds": seconds, "goals": goals}


def _summary(values: Sequence[float]) -> dict[str, Any]:
    return {"median": round(statistics.median(values), 3), "runs": [round(value, 3) for value in values]}


@contextmanager
def _server(folder: Path) -> Iterator[aws.Server]:
    server = aws.start(folder / "embedded-aws", lifetime=aws.Lifetime.OF_STARTER)
    try:
        make_bucket(client(server, "s3"), BUCKET)
        yield server
    finally:
        aws.stop(folder / "embedded-aws")


def _publish(server: aws.Server, folder: Path, names: Sequence[str]) -> str:
    """Upload wheels as `mlproject libraries push` does, and return the text of the list."""
    listed = LibraryList(target="notebook", stem="science", path=folder / "science.txt", requirements=tuple(names))
    text = create_lock(listed, upgrade=True)
    lock = read_lock(text)
    assert lock.uv
    wheels = folder / f"wheels-{len(names)}"
    wheels.mkdir()
    push_wheels(fetch(listed, [*lock.pins, uv_pin(lock.uv)], wheels), s3=client(server, "s3"), bucket=BUCKET)
    return text


def _select(server: aws.Server, text: str) -> None:
    key = "libraries/notebook/science/requirements.txt"
    client(server, "s3").put_object(Bucket=BUCKET, Key=key, Body=text.encode())


def _new_instance(server: aws.Server, folder: Path) -> Instance:
    folder.mkdir()
    return new_instance(folder, server, BUCKET)


def _start(instance: Instance, *, new: bool) -> Start:
    """Start the instance, and check that its kernel imports the libraries.

    Args:
        instance: the instance.
        new: whether the kernel has an environment that did not exist.
    """
    base = python_like("3.10")[0]
    known = instance.environments if (instance.volume / ".mlproject" / "environments").exists() else []
    binds = {base: BASE, instance.volume: VOLUME}
    with running(server=instance.server, binds=binds, same=[base]) as machine:
        outcomes = instance.log.count(" installed: ")
        began = time.perf_counter()
        done = machine.script(lifecycle_script("on_start", instance.settings))
        script = time.perf_counter() - began
        wait_until(lambda: _has_kernel(machine, without=known if new else []))
        available = time.perf_counter() - began
        assert done.returncode == 0, done.stderr
        imported = run_in_kernel(machine, IMPORTS)
        assert imported.returncode == 0, imported.stderr
        wait_until(lambda: instance.log.count(" installed: ") > outcomes and not machine.processes("-m libraries"))
    return Start(script=script, kernel=available)


def _has_kernel(machine: Machine, *, without: Sequence[str]) -> bool:
    argv = kernel(machine).get("argv") or []
    return any(Path(program).parents[1].name not in without for program in argv[:1])


def _pip_install(folder: Path, names: Sequence[str]) -> float:
    """Return the seconds of `pip install` into a new environment, without the time to create it."""
    python = python_like("3.10")[0] / "bin" / "python"
    subprocess.run([python, "-m", "venv", folder], check=True)
    began = time.perf_counter()
    pip = (folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-input")
    subprocess.run([*pip, *names], check=True)
    seconds = time.perf_counter() - began
    subprocess.run([folder / "bin" / "python", "-c", IMPORTS], check=True)
    shutil.rmtree(folder)
    return seconds
