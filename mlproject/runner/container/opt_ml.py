"""The location of a step's /opt/ml on this machine: mounted at the real path, or in a work folder with a prefix."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mlproject.errors import UserError
from mlproject.runner.container.isolation import BASE, Isolation, in_private_base

# /opt/ml or a path below it, but not inside an S3 key or another path.
BASE_IN_TEXT = re.compile(r"(?<![\w.\-])/opt/ml(?=/|$|[^\w.\-])")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A step's work folder.

    Args:
        folder: contains `opt/ml` and the process's home.
        isolation: `prefix` passes the real paths and SAGEMAKER_BASE_DIR (the variable that AWS's training toolkit
            reads) to the process; the others mount the folder at /opt/ml for the process alone.
    """

    folder: Path
    isolation: Isolation

    @property
    def base(self) -> str:
        """The path of /opt/ml for the process."""
        return str(self.folder / "opt" / "ml") if self.isolation == "prefix" else BASE

    def local(self, path: str) -> Path:
        """Return the local file or folder of a path in the container.

        Raises:
            UserError: the path is not below /opt/ml.
        """
        parts = Path(path).parts
        if parts[:3] != ("/", "opt", "ml") or ".." in parts:
            raise UserError(f"{path}: the files of a step must be below {BASE}.")
        return self.folder.joinpath("opt", "ml", *parts[3:])

    def seen(self, text: str) -> str:
        """Replace /opt/ml in an argument or variable with its path for the process."""
        return BASE_IN_TEXT.sub(lambda _: self.base, text) if self.isolation == "prefix" else text

    def wrap_command(self, argv: list[str], *, folder: str) -> list[str]:
        """Return the command with its isolation; `folder` is its working directory."""
        return in_private_base(argv, isolation=self.isolation, work=self.folder, folder=folder)
