"""Write files with the functions of a release: `python writers.py CHECKOUT FOLDER`, with CHECKOUT in PYTHONPATH."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(checkout: Path, folder: Path) -> None:
    """Write the state of a notebook instance, a lock, an approval, and what a killed run and a stopped server leave."""
    tools = checkout / "lifecycle_scripts" / "tools"
    sys.path[:0] = [str(tools / "saved_work"), str(tools / "person"), str(tools)]
    write_notebook_state(folder / "notebook")
    write_locks(folder)
    write_leftovers(folder / "mlproject")


def write_notebook_state(state: Path) -> None:
    """Write what the scripts of a notebook instance remember in ~/SageMaker/.mlproject."""
    (state / "work").mkdir(parents=True)
    os.environ |= {"KERNEL": "flights", "KERNEL_TITLE": "Python (flights)", "LIBRARY_INDEX": "", "NOTEBOOK": "explore"}
    os.environ |= {"LIBRARIES": "s3://bucket/libraries", "WHEELS": "s3://bucket/wheels"}
    from libraries import environments, status
    from mlproject_notebook import instance
    from state import Manifest, Saved, write_manifest, write_report

    environments.STATE = status.STATE = state
    status.VOLUME = state
    instance.SETUP_FILE = state / "setup.json"
    files = {"notes.ipynb": Saved(size=7, mtime=1_700_000_000_000_000_000, key="notes.ipynb", etag="0" * 32)}
    write_manifest(state / "work" / "manifest.json", Manifest(volume="a1b2c3", files=files))
    write_report(state / "work.json", failed=None, left_out=[], saved=True)
    status.Status(libraries={"pandas": "2.3.3"}, list_sha256="0" * 64).installed(since=1_700_000_000)
    instance.write_setup(start_script={"state": "succeeded", "code": 0})
    environments.Environment("0123456789abcdef").select()


def write_locks(folder: Path) -> None:
    """Write the lock of deployed networks and an approval."""
    from mlproject.deployment import Approval
    from mlproject.parameters import LockedNetwork, write_lock

    zones = ("eu-west-1a", "eu-west-1b")
    network = LockedNetwork(account="222222222222", region="eu-west-1", cidr="10.21.0.0/16", zones=zones)
    write_lock(folder, {"pre": network})
    target = {"project": "flights", "environment": "pre", "account": "222222222222", "region": "eu-west-1"}
    (folder / "approval.json").write_text(Approval(target=target, stacks={}).to_json())


def write_leftovers(folder: Path) -> None:
    """Write what a killed run and a server that ended leave behind. The process that writes them ends with it."""
    from embedded_aws.server_record import Record, process_started
    from mlproject.runner.storage.run_folders import RUNS, marked_as_running

    started = process_started(os.getpid()) or ""
    Record(pid=os.getpid(), started=started, port=1).write(folder / "aws")
    run = folder / RUNS / "killedkilled"
    (run / "work").mkdir(parents=True)
    (run / "work" / "partial.csv").write_text("1,")
    with marked_as_running(run, "arn:aws:sagemaker:local:000000000000:pipeline/definition/execution/killedkilled"):
        os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
