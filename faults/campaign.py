"""Run the faults of all subjects, in several processes, and collect the results."""

from __future__ import annotations

import importlib
import multiprocessing
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

import faults.subjects
import mlproject
from faults.judgement import judge, measure
from faults.model import Fault, Measurement, Result, Subject
from faults.processes import adopt_orphans, end_descendants, preload

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


@dataclass
class Worker:
    """What one process of a campaign keeps between faults."""

    folder: Path
    measured: dict[str, Measurement] = field(default_factory=dict)

    def judge(self, fault: Fault) -> Result:
        """Judge one fault."""
        subject = list_subjects()[fault.subject]
        if fault.subject not in self.measured:
            self.measured[fault.subject] = measure(subject, self.folder)
        return judge(subject, fault, self.measured[fault.subject], self.folder / "fault")


_worker: Worker | None = None


def _start_worker(folder: Path) -> None:
    global _worker  # noqa: PLW0603  # a pool has no other place for what its processes keep
    adopt_orphans()
    # All temporary files of the commands and servers are below the folder that the campaign removes.
    tempfile.tempdir = tempfile.mkdtemp(dir=folder)
    _worker = Worker(folder=Path(tempfile.tempdir))


def _judge(fault: Fault) -> Result:
    assert _worker
    return _worker.judge(fault)


def _modules() -> list[str]:
    """Return the modules that the commands import when they need them."""
    found = pkgutil.walk_packages(mlproject.__path__, "mlproject.")
    own = [
        each.name for each in found if not each.name.startswith(_NOT_PRELOADED) and not each.name.endswith("__main__")
    ]
    return ["boto3", "vermin", *own]


def run_campaign(chosen: Sequence[Fault], *, workers: int, progress: Callable[[Result], None]) -> list[Result]:
    """Judge faults, and return the results in the same order.

    Args:
        chosen: the faults.
        workers: number of processes.
        progress: called with each result.
    """
    adopt_orphans()
    preload(_modules())
    folder = Path(tempfile.mkdtemp(prefix="faults-"))
    context = multiprocessing.get_context("fork")
    results: dict[Fault, Result] = {}
    try:
        with ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(folder,)) as pool:
            jobs = [pool.submit(_judge, fault) for fault in chosen]
            for job in as_completed(jobs):
                result = job.result()
                results[result.fault] = result
                progress(result)
    finally:
        # Processes of a worker that serve its cases become children of this process.
        end_descendants()
        shutil.rmtree(folder, ignore_errors=True)
    return [results[fault] for fault in chosen]
