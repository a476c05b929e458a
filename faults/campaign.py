"""Run the faults of all subjects, in several processes, and collect the results."""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import faults.subjects
import mlproject
from faults.judgement import judge, measure
from faults.model import Fault, Measurement, Result, Subject
from faults.processes import adopt_orphans, end_descendants, preload
from faults.servers import client

# Parts of `mlproject` that run only in other processes.
_NOT_PRELOADED = ("mlproject.xgboost_container", "mlproject.templates.files", "mlproject.spark.repl_driver")


def list_subjects() -> dict[str, Subject]:
    """Return the subjects by name: the constant SUBJECT of each module in faults/subjects."""
    names = sorted(module.name for module in pkgutil.iter_modules(faults.subjects.__path__))
    modules = [importlib.import_module(f"faults.subjects.{name}") for name in names]
    subjects: list[Subject] = [module.SUBJECT for module in modules if hasattr(module, "SUBJECT")]
    return {subject.name: subject for subject in subjects}


def list_faults(*, seed: int, sample: bool) -> list[Fault]:
    """Return the faults of a campaign.

    Args:
        seed: chooses the points of the faults.
        sample: only those that CI repeats.
    """
    return [fault for subject in list_subjects().values() for fault in subject.faults(seed=seed, sample=sample)]


# For fewer faults, importing everything takes longer than it saves.
_FEW = 5
# A run of each subject without a fault, which the worker processes inherit.
_measured: dict[str, Measurement] = {}


def _start_worker(folder: Path) -> None:
    adopt_orphans()
    tempfile.tempdir = tempfile.mkdtemp(dir=folder)
    # Two processes cannot share a connection.
    client.cache_clear()


def _judge(fault: Fault) -> Result:
    folder = Path(tempfile.mkdtemp()) / "fault"
    return judge(list_subjects()[fault.subject], fault, _measured[fault.subject], folder)


def _modules() -> list[str]:
    """Return the modules that the commands import when they need them."""
    found = pkgutil.walk_packages(mlproject.__path__, "mlproject.")
    own = [
        each.name for each in found if not each.name.startswith(_NOT_PRELOADED) and not each.name.endswith("__main__")
    ]
    return ["boto3", "vermin", *own]


def run_campaign(chosen: Sequence[Fault], *, workers: int, progress: Callable[[Result], None]) -> list[Result]:
    """Judge faults, and return the results in the same order. The workers share what takes long to start.

    Args:
        chosen: the faults.
        workers: number of processes.
        progress: called with each result.
    """
    adopt_orphans()
    if len(chosen) > _FEW:
        preload(_modules())
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    # All temporary files of commands and servers are below the folder that is removed at the end.
    tempfile.tempdir = str(folder)
    results: dict[Fault, Result] = {}
    try:
        for name in sorted({fault.subject for fault in chosen}):
            _measured[name] = measure(list_subjects()[name], folder)
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(folder,)) as pool:
            jobs = [pool.submit(_judge, fault) for fault in chosen]
            for job in as_completed(jobs):
                result = job.result()
                results[result.fault] = result
                progress(result)
    finally:
        # The servers that the cases share, too.
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)
    return [results[fault] for fault in chosen]
