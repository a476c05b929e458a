"""The jars of Livy and of Hadoop's S3A, downloaded by Maven and verified with the committed hashes.

`python -m mlproject.spark.lock_jars` writes the lock again after a change of pom.xml.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from mlproject.errors import UserError
from mlproject.spark.java import find_maven

POM = Path(__file__).parent / "maven" / "pom.xml"
LOCK = Path(__file__).parent / "maven" / "jars.lock"
_LAST_LINES = 3
POM_LINE = "pom.xml"


def prepare_jars(folder: Path, *, report: Callable[[str], None]) -> Path:
    """Return a folder with all jars, which are downloaded unless a complete folder exists.

    Args:
        folder: cache of such folders, one for each content of the lock.
        report: called with one line before the download.

    Raises:
        UserError: Maven is not installed, the download fails, or a jar is missing or has another hash.
    """
    target = folder / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    if target.is_dir():
        return target
    maven = find_maven()
    report("downloading Livy and the S3 client of Hadoop with Maven (350 MB, once)")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".jars-") as temporary:
        downloaded = Path(temporary) / "jars"
        download_jars(maven, downloaded)
        verify_jars(jar_hashes(downloaded), read_lock(LOCK.read_text()))
        try:
            downloaded.rename(target)
        except OSError as error:
            # Another process was faster, and its folder is as complete.
            if not target.is_dir():
                raise UserError(f"{target}: cannot be written ({error.strerror}).", exit_code=1) from error
    return target


def read_lock(text: str) -> Mapping[str, str]:
    """Return the SHA-256 hash of each file in a lock, including that of pom.xml."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {name: digest for digest, name in lines}


def verify_jars(found: Mapping[str, str], locked: Mapping[str, str]) -> None:
    """Compare downloaded jars with the lock.

    Args:
        found: the hash of each downloaded jar.
        locked: the lock.

    Raises:
        UserError: a jar is missing, is not in the lock, or has another hash.
    """
    expected = {name: digest for name, digest in locked.items() if name != POM_LINE}
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            problem = "Maven did not download it"
        elif name not in expected:
            problem = "it is not in mlproject/spark/maven/jars.lock"
        elif found[name] != expected[name]:
            problem = f"its SHA-256 hash is {found[name]}, but mlproject/spark/maven/jars.lock has {expected[name]}"
        else:
            continue
        raise UserError(
            f"{name}: {problem}, so no jar is used. Delete it from Maven's local repository and run the command again; "
            "if that does not help, ask who operates your Maven repository.",
            exit_code=1,
            topic="spark-not-starting",
        )


def pom_hash() -> str:
    """Return the SHA-256 hash of pom.xml, which its lock contains."""
    return hashlib.sha256(POM.read_bytes()).hexdigest()


def download_jars(maven: Path, folder: Path) -> None:
    """Copy the jars of pom.xml into a folder. Maven uses the repository and the cache that are configured for it.

    Raises:
        UserError: Maven fails.
    """
    completed = subprocess.run(
        [
            str(maven),
            "--batch-mode",
            "--quiet",
            "--file",
            str(POM),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={folder}",
            "-DincludeScope=runtime",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if completed.returncode:
        errors = [line for line in completed.stdout.splitlines() if "ERROR" in line] or completed.stderr.splitlines()
        reason = " ".join(errors[:_LAST_LINES]) or f"exit code {completed.returncode}"
        raise UserError(
            f"Maven cannot download the jars of local Spark: {reason}. Check that the Maven repository of your "
            "settings.xml is reachable, and run the command again.",
            exit_code=1,
            topic="spark-not-starting",
        )


def jar_hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 hash of each jar in a folder."""
    hashes = {}
    for jar in folder.glob("*.jar"):
        with jar.open("rb") as content:
            hashes[jar.name] = hashlib.file_digest(content, "sha256").hexdigest()
    return hashes
