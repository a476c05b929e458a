"""Verify installed libraries with Spark's Python before it uses them: `pip check`, and an import of each."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from libraries.failure import InstallationError, last_line, program_error
from libraries.processes import run_program
from libraries.settings import IMPORT_USER, SPARK_PYTHON, STATE

from .search_path import path_line

_PIP_CHECK = """
import runpy, sys
sys.argv = ["pip", "--disable-pip-version-check", "check"]
runpy.run_module("pip", run_name="__main__")
"""
# EMR installs Spark, and sets its variables, after the bootstrap actions.
_SPARK = re.compile(r"\b(pyspark|py4j|SPARK_[A-Z]+)\b")
_RESULTS = STATE / "imports.jsonl"


def verify(folder: Path) -> None:
    """Check the requirements and the imports of the libraries in a folder, side by side.

    Raises:
        InstallationError: a library lacks another one, or cannot be imported.
    """
    with ThreadPoolExecutor() as pool:
        for check in [pool.submit(_check_requirements, folder), pool.submit(_check_imports, folder)]:
            check.result()


def _check_requirements(folder: Path) -> None:
    """Run `pip check`. What it says about packages of the system is only printed, since they were there before."""
    done = _run(folder, _PIP_CHECK)
    lines = [line for line in done.stdout.splitlines() if line.strip()]
    if not done.returncode:
        return
    if not lines or done.returncode != 1:
        raise program_error("pip check", done, last_line(done.stderr))
    own = {_normalised(path.name.partition("-")[0]) for path in folder.glob("*.dist-info")}
    for line in lines:
        if _normalised(line.split()[0]) in own:
            raise InstallationError(f"{line.rstrip('.')} (pip check)")
        print(f"mlproject: pip check: {line}", flush=True)


def _check_imports(folder: Path) -> None:
    """Import each library, in one process."""
    _RESULTS.write_text("")
    user = pwd.getpwnam(IMPORT_USER)
    os.chown(_RESULTS, user.pw_uid, user.pw_gid)
    code = Path(__file__).with_name("importing.py").read_text()
    done = _run(folder, code, str(folder), str(_RESULTS))
    results = [json.loads(line) for line in _RESULTS.read_text().splitlines()]
    _RESULTS.unlink()
    for library, module, error, message in (each for each in results if len(each) == 4):
        if _SPARK.search(message):
            print(f"mlproject: {library} was not imported: it needs Spark, which EMR installs later", flush=True)
            continue
        raise InstallationError(f"{library}: `import {module}` failed: {error}: {message}")
    if done.returncode:
        # `runuser` exits like a shell.
        signal = done.returncode - 128
        reason = f"Python was ended by signal {signal}" if signal > 0 else last_line(done.stderr)
        library, module = results[-1][:2] if results else ("libraries", "")
        raise program_error(f"{library}: `import {module}`", done, reason)


def _run(folder: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code with Spark's Python as if it used the folder, without the rights of root."""
    home = pwd.getpwnam(IMPORT_USER).pw_dir
    as_user = ("runuser", "-u", IMPORT_USER, "--", "env", f"HOME={home}")
    done: subprocess.CompletedProcess[str]
    done = run_program([*as_user, SPARK_PYTHON, "-c", f"{path_line(folder)}\n{code}", *arguments])
    return done


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
