"""Where a step's `/opt/ml` is on this machine: a private one at the true path, or a prefix in a work folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mlproject.errors import UserError
from mlproject.runner.container.isolation import BASE, Isolation, in_private_base

# /opt/ml itself or anything below, but not inside an S3 key or another path
BASE_IN_TEXT = re.compile(r"(?<![\w.\-])/opt/ml(?=/|$|[^\w.\-])")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A step's work folder.

    Args:
        folder: holds `opt/ml` and the process's home.
        isolation: `prefix` gives the process the real paths and SAGEMAKER_BASE_DIR (the variable that AWS's own
            training toolkit reads); the others mount the folder at /opt/ml, for the process alone.
    """

    folder: Path
    isolation: Isolation

    @property
    def base(self) -> str:
        """What the process sees as /opt/ml."""
        return str(self.folder / "opt" / "ml") if self.isolation == "prefix" else BASE

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
        return BASE_IN_TEXT.sub(lambda _: self.base, text) if self.isolation == "prefix" else text

    def wrapped(self, argv: list[str], *, folder: str) -> list[str]:
        """The command, with a private /opt/ml if that is chosen; `folder` is where the process starts."""
        return in_private_base(argv, isolation=self.isolation, work=self.folder, folder=folder)
