"""The team's own start script, in the background and with a time limit, so that it cannot fail the instance."""

import os
import subprocess
import time
from pathlib import Path

from mlproject_notebook.instance import STATE, VOLUME, description_path, log, now, write_setup


class StartScript:
    """The start script of this instance, which runs at most once.

    Args:
        description: what the deployment wrote about the instance.
    """

    def __init__(self, description):
        self._process = None
        script = description["start_script"]
        if not script:
            return
        self._seconds = script["minutes"] * 60
        self._started = time.monotonic()
        path = description_path().with_name("start_script.sh")
        with _open_log() as output:
            output.write(f"{now()} start\n")
            if _replace_line_endings(path):
                output.write("The script had Windows line endings (CRLF), which Bash cannot read: they were replaced\n")
            output.flush()
            self._process = subprocess.Popen(
                ["timeout", "--kill-after=10", str(self._seconds), "bash", str(path)],
                cwd=VOLUME,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        write_setup(start_script={"state": "running"})

    def check(self):
        """Record the result when the script has ended."""
        code = self._process.poll() if self._process else None
        if code is None:
            return
        self._process = None
        # The exit code of `timeout` does not tell a script that it killed from one that ran out of memory.
        timed_out = code != 0 and time.monotonic() - self._started >= self._seconds
        state = "succeeded" if code == 0 else "timeout" if timed_out else "failed"
        write_setup(start_script={"state": state, "code": code})


def _replace_line_endings(path):
    """Replace Windows line endings, which `mlproject check` rejects, and return whether there were any."""
    content = path.read_bytes()
    if b"\r\n" not in content:
        return False
    # As bytes, since nothing says that a script is UTF-8.
    path.write_bytes(content.replace(b"\r\n", b"\n"))
    return True


def _open_log():
    """Open the log of the script, or nothing if the volume has no space for it."""
    try:
        return (STATE / "start-script.log").open("a")
    except OSError as error:
        log(f"start-script.log cannot be written: {error.strerror}")
        return Path(os.devnull).open("a")
