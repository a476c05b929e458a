"""The description of this instance, which the deployment wrote, and the files in which its state is recorded."""

from __future__ import annotations

import datetime
import json
import os
import subprocess
from pathlib import Path

from mlproject_notebook.files import STATE, VOLUME, write_in_any_case

STATUS_FILE = VOLUME / "mlproject-status.txt"
SETUP_FILE = STATE / "setup.json"
# What the idle check, which runs as root, found last.
IDLE_FILE = Path("/run/mlproject-idle.json")
# Set in the kernels. The background processes know the name of the instance only.
DESCRIPTION_VARIABLE = "MLPROJECT_DESCRIPTION"
TOOLS = Path("/opt/mlproject/tools")
_AWS_SECONDS = 60


def description_path():
    """Return the path of this instance's description."""
    given = os.environ.get(DESCRIPTION_VARIABLE)
    return Path(given) if given else TOOLS / "notebooks" / os.environ.get("NOTEBOOK", "") / "description.json"


def read_json(path):
    """Return a JSON object, or an empty one if the file is missing or incomplete."""
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_setup(**changes):
    """Change entries of the state of the setup. What cannot be recorded, such as on a full volume, is only logged."""
    setup = {**read_json(SETUP_FILE), **changes}
    try:
        write_in_any_case(SETUP_FILE, json.dumps(setup, indent=1))
    except OSError as error:
        log(f"{SETUP_FILE.name} cannot be written: {error.strerror}")


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%F %T UTC")


def log(text):
    """Add a line to the log of the tools."""
    print(datetime.datetime.now(datetime.timezone.utc).strftime("%FT%TZ"), text, flush=True)


def aws(*arguments):
    """Run the AWS CLI and return its output, or raise OSError with the last line of its error."""
    try:
        done = subprocess.run(
            ["aws", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_AWS_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as error:
        raise OSError(f"aws {arguments[0]} {arguments[1]} took more than {_AWS_SECONDS} s") from error
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise OSError(lines[-1] if lines else f"aws {arguments[0]} {arguments[1]} failed")
    return done.stdout.strip()
