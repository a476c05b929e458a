"""Save the work of a notebook instance to S3, and restore it, as ec2-user.

Usage: python3 saved_work save|last. `save` also restores what is requested. `last` runs before the instance stops.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import shutil
import sys
import time
from pathlib import Path

from files import SETTLE_SECONDS, File, scan
from restore import Restorer
from s3 import SavedWork, WorkError
from save import Saver
from state import Manifest, read_manifest, write_manifest, write_report

VOLUME = Path("/home/ec2-user/SageMaker")
STATE = VOLUME / ".mlproject"
FOLDER = STATE / "work"
MANIFEST = FOLDER / "manifest.json"
REPORT = STATE / "work.json"
# on_create.sh creates this file on a new volume.
NEW = STATE / "new"
# How often the last save waits for files that are being written.
_LAST_ATTEMPTS = 3


def run(mode: str) -> None:
    """Restore and save, and write the report.

    Raises:
        WorkError: not everything was restored or saved.
    """
    work = SavedWork(os.environ["WORK"])
    manifest = read_manifest(MANIFEST)
    not_restored = restore(work, manifest) if mode == "save" else None
    not_saved: WorkError | None = None
    saver = Saver(volume=VOLUME, staging=FOLDER / "staging", manifest=manifest, manifest_path=MANIFEST, work=work)
    limit = int(os.environ["SAVE_LIMIT_MB"]) * 1_000_000
    for attempt in range(_LAST_ATTEMPTS if mode == "last" else 1):
        if attempt:
            time.sleep(SETTLE_SECONDS)
        found = scan(VOLUME, limit=limit)
        changed = saver.changed(found.files)
        settled = [file for file in changed if file.is_settled()]
        try:
            if settled:
                saver.save(settled)
        except WorkError as error:
            not_saved = error
        remaining = saver.changed(changed)
        if not remaining or not_saved:
            break
    if mode == "last" and not not_saved:
        found.left_out.extend(being_written(file) for file in remaining)
    failure = not_saved or not_restored
    write_report(REPORT, failed=str(failure) if failure else None, left_out=found.left_out, saved=not not_saved)
    if failure:
        raise failure


def restore(work: SavedWork, manifest: Manifest) -> WorkError | None:
    """Restore everything into a new volume, or what was requested, and return why that was not possible."""
    restorer = Restorer(
        volume=VOLUME, incoming=FOLDER / "incoming", manifest=manifest, manifest_path=MANIFEST, work=work
    )
    try:
        if NEW.exists():
            # Nothing on a new volume is known to be saved work.
            manifest.is_first = False
            write_manifest(MANIFEST, manifest)
            restorer.restore_all()
            NEW.unlink()
        else:
            restorer.restore_requested()
    except WorkError as error:
        return error
    return None


def being_written(file: File) -> dict[str, object]:
    """Return the entry of the report for a file that is not saved now."""
    return {"file": file.path, "bytes": file.size, "reason": "it was still being written"}


def explain(error: OSError) -> str:
    """Return the reason, with the file unless the volume has no space for any."""
    path = error.filename2 or error.filename
    reason = error.strerror or str(error)
    if path is None or error.errno == errno.ENOSPC:
        return reason
    return f"{path}: {reason}. Correct its permissions, or remove what is in its place"


def main() -> int:
    """Run once, also if another save is running: wait for it."""
    try:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with (FOLDER / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                run(sys.argv[1])
            finally:
                shutil.rmtree(FOLDER / "staging", ignore_errors=True)
    except WorkError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        message = f"the work cannot be saved: {explain(error)}"
        print(message, file=sys.stderr)
        # A full volume may have no space for the report either.
        with contextlib.suppress(OSError):
            write_report(REPORT, failed=message, left_out=None)
        return 1
    return 0


sys.exit(main())
