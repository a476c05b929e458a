"""Saves of a notebook's work to the embedded AWS: ours, and `aws s3 sync`, which lists the bucket at each save.

Each side saves its own copy of the same files: for the first time, with nothing changed, and with a few changed. The
aws CLI of the tests is loaded before, so that only the calls are measured: on an instance, each call loads it again.
Ours makes more calls, which find what another instance has saved. SAVED_WORK_FILES is the number of files.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import embedded_aws as aws
from tests.cli.checkout import make_bucket
from tests.libraries.project import client
from tests.lifecycle_scripts.instance import VOLUME
from tests.lifecycle_scripts.saving import Volume, new_volume

# Work of months: most files are scripts and notebooks, a few are results. The last save of a busy day changes ten.
FILES, CHANGED = int(os.environ.get("SAVED_WORK_FILES", "5000")), 10
# Bytes of every tenth file, in turn.
SIZES = (200, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 500_000)
FOLDERS = 50
RUNS = 3
BUCKET = "benchmark-saved-work"
CASES = ("first save", "nothing changed", f"{CHANGED} files changed")


def measure() -> dict[str, Any]:
    """Measure the three saves on both sides, in turn."""
    times: dict[str, dict[str, list[float]]] = {case: {"ours": [], "aws s3 sync": []} for case in CASES}
    with tempfile.TemporaryDirectory(prefix="mlproject-benchmark-") as name:
        folder = Path(name)
        server = aws.start(folder / "embedded-aws", lifetime=aws.Lifetime.OF_STARTER)
        try:
            bucket = make_bucket(client(server, "s3"), BUCKET)
            for run in range(RUNS):
                for side, save in (("ours", _save), ("aws s3 sync", _sync)):
                    work = f"s3://{bucket}/{side.replace(' ', '-')}-{run}/"
                    measured = _measure(new_volume(folder / "volume", work=work, server=server), save)
                    shutil.rmtree(folder / "volume")
                    for case, seconds in measured.items():
                        times[case][side].append(seconds)
        finally:
            aws.stop(folder / "embedded-aws")
    return _result(times)


def _measure(volume: Volume, save: Callable[[Volume], None]) -> dict[str, float]:
    """Return the seconds of each save."""
    for number in range(FILES):
        size = SIZES[number % len(SIZES)]
        volume.write(f"folder {number % FOLDERS}/file {number}.py", f"{number}\n".ljust(size, "x"))
    measured = {}
    with volume.mounted():
        _load_aws_cli(volume)
        for age, case in enumerate(CASES):
            if case == CASES[-1]:
                for number in range(CHANGED):
                    volume.write(f"folder {number}/file {number}.py", "changed", age=age)
            started = time.perf_counter()
            save(volume)
            measured[case] = time.perf_counter() - started
    saved = (
        client(volume.server, "s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=BUCKET, Prefix=volume.work.removeprefix(f"s3://{BUCKET}/"))
    )
    if (count := sum(page["KeyCount"] for page in saved)) != FILES:
        raise RuntimeError(f"{count} of {FILES} files were saved")
    return measured


def _load_aws_cli(volume: Volume) -> None:
    """Load the aws CLI once for each locale that a side uses."""
    assert volume.machine
    for variables in ((), ("LC_ALL=C.UTF-8", "PYTHONUTF8=1")):
        volume.machine.run("/usr/bin/env", "HOME=/home/ec2-user", *variables, "aws", "--version", user="ec2-user")


def _save(volume: Volume) -> None:
    done = volume.save()
    if done.returncode:
        raise RuntimeError(done.stderr)


def _sync(volume: Volume) -> None:
    assert volume.machine
    variables = ("/usr/bin/env", "HOME=/home/ec2-user", "AWS_DEFAULT_REGION=eu-south-2")
    command = ("aws", "s3", "sync", "--only-show-errors", "--exclude", ".mlproject/*", VOLUME, volume.work)
    done = volume.machine.run(*variables, *command, user="ec2-user")
    if done.returncode:
        raise RuntimeError(done.stderr)


def _result(times: Mapping[str, Mapping[str, list[float]]]) -> dict[str, Any]:
    seconds = {
        case: {
            side: {"median": round(statistics.median(values), 3), "runs": [round(value, 3) for value in values]}
            for side, values in sides.items()
        }
        for case, sides in times.items()
    }
    ratios = {
        f"{case}: times aws s3 sync": round(
            statistics.median(sides["ours"]) / statistics.median(sides["aws s3 sync"]), 3
        )
        for case, sides in times.items()
    }
    return {"files": FILES, "seconds": seconds, "ratios": ratios}
