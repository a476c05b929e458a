"""What the user and other tools see: mlproject-status.txt and libraries.json, both replaced atomically."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

from mlproject_notebook.files import write_in_any_case
from mlproject_notebook.permissions import with_remedy

from .settings import KERNEL_TITLE, SOURCE, STATE, VOLUME


@dataclass
class Status:
    """State of the installation.

    Args:
        libraries: version of each library that the kernel has now, by name.
        list_sha256: SHA-256 hash of the list in use or being installed.
        previous_in_use: whether the kernel has the libraries of an earlier installation.
    """

    libraries: dict[str, str] = field(default_factory=dict)
    list_sha256: str = ""
    previous_in_use: bool = False

    def installing(self, action: str) -> None:
        self._report("installing", action)

    def failed(self, reason: str) -> None:
        self._report("failed", reason + (". The previous libraries stay in use" if self.previous_in_use else ""))

    def installed(self, *, since: float) -> None:
        """Report success.

        Args:
            since: time of the installation, in seconds since the epoch.
        """
        self.previous_in_use = False
        message = f'the kernel "{KERNEL_TITLE}" has {len(self.libraries)} libraries, from {SOURCE}'
        self._report("installed", message, since=since)

    def _report(self, state: str, message: str, *, since: float | None = None) -> None:
        now = time.time()
        content: dict[str, Any] = {
            "state": state,
            "message": message,
            "since": _utc("%Y-%m-%dT%H:%M:%SZ", now if since is None else since),
            "source": SOURCE,
            "kernel": KERNEL_TITLE,
            "libraries": self.libraries,
            "previous_in_use": self.previous_in_use,
            "list_sha256": self.list_sha256,
        }
        write_in_any_case(STATE / "libraries.json", json.dumps(content, indent=2) + "\n")
        details = f"({_utc('%Y-%m-%d %H:%M:%S', now)} UTC; details: ~/SageMaker/.mlproject/libraries.log)"
        write_in_any_case(VOLUME / "mlproject-status.txt", f"{state}: {with_remedy(message)}\n{details}\n")
        print(f"{_utc('%Y-%m-%dT%H:%M:%SZ', now)} {state}: {message}", flush=True)


def _utc(pattern: str, seconds: float) -> str:
    return time.strftime(pattern, time.gmtime(seconds))
