"""Where a step's `/opt/ml` is on this machine: a prefix in a work folder, or the true path under bubblewrap."""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mlproject.errors import UserError

Isolation = Literal["prefix", "bubblewrap"]
ISOLATIONS: tuple[Isolation, ...] = ("prefix", "bubblewrap")
BASE = "/opt/ml"
# /opt/ml itself or anything below, but not inside an S3 key or another path
_BASE_IN_TEXT = re.compile(r"(?<![\w.\-])/opt/ml(?=/|$|[^\w.\-])")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A step's work folder.

    Args:
        folder: holds `opt/ml` and the process's home.
        isolation: `prefix` gives the process the real paths and SAGEMAKER_BASE_DIR (the variable that AWS's own
            training toolkit reads); `bubblewrap` mounts the folder at /opt/ml.
    """

    folder: Path
    isolation: Isolation

    @property
    def base(self) -> str:
        """What the process sees as /opt/ml."""
        return BASE if self.isolation == "bubblewrap" else str(self.folder / "opt" / "ml")

    def local(self, path: str) -> Path:
        """The local file or folder behind a container's path.

        Raises:
            UserError: the path is not below /opt/ml.
        """
        parts = Path(path).parts
        if parts[:3] != ("/", "opt", "ml") or ".." in parts:
            raise UserError(f"{path}: a step's files must be below {BASE} to be staged here.")
        return self.folder.joinpath("opt", "ml", *parts[3:])

    def seen(self, text: str) -> str:
        """A text (an argument, a variable) with every /opt/ml as the process sees it."""
        return text if self.isolation == "bubblewrap" else _BASE_IN_TEXT.sub(lambda _: self.base, text)

    def wrapped(self, argv: list[str], *, folder: str) -> list[str]:
        """The command, under bubblewrap if that is chosen; `folder` is where the process starts."""
        if self.isolation != "bubblewrap":
            return argv
        # A tmpfs over /opt, with what was there bound again: binding /opt/ml itself would leave an empty folder
        # on the real disk as root and fail as anybody else.
        kept = [str(path) for path in sorted(Path("/opt").glob("*")) if path.name != "ml"]
        binds = [argument for path in kept for argument in ("--dev-bind", path, path)]
        head = ["bwrap", "--die-with-parent", "--dev-bind", "/", "/", "--tmpfs", "/opt", *binds]
        return [*head, "--bind", str(self.folder / "opt" / "ml"), BASE, "--chdir", folder, "--", *argv]


@functools.cache
def bubblewrap_problem() -> str | None:
    """Why bubblewrap cannot be used here, or None."""
    if shutil.which("bwrap") is None:
        return "the command bwrap is not installed (package bubblewrap, Linux only)"
    answer = subprocess.run(["bwrap", "--dev-bind", "/", "/", "true"], capture_output=True, text=True, check=False)
    return f"bwrap does not work here ({answer.stderr.strip()})" if answer.returncode else None
