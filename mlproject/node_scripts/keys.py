"""Where libraries lie in a project's artifacts bucket: `mlproject libraries push` writes it, the scripts read it."""

from __future__ import annotations

from typing import Literal

LIBRARIES = "libraries/"

Target = Literal["notebook", "emr"]


def list_key(target: Target, stem: str) -> str:
    """A resolved list's key: requirements.txt with hashes, and a line for each wheel that belongs to it.

    Args:
        target: what it is resolved for.
        stem: the name of the project's list, `libraries/<stem>.txt`.
    """
    return f"{LIBRARIES}{target}/{stem}/requirements.txt"


def wheel_key(sha256: str, file: str) -> str:
    """A wheel's key: its content decides, so no list ever finds another under the same key."""
    return f"{LIBRARIES}wheels/{sha256}/{file}"
