"""The Python of local Spark: that of EMR, with the project's libraries for the cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlproject.parameters import Deployment


def spark_python(root: Path, deployment: Deployment | None, *, report: Callable[[str], None]) -> tuple[Path, int]:
    """Return the Python, and the number of its libraries.

    Args:
        root: the checkout.
        deployment: the project in an environment; None for a Python without libraries.
        report: called with lines about what takes long.

    Raises:
        UserError: the Python version is not available, or a library cannot be installed.
    """
    from mlproject.libraries import (
        build_empty_environment,
        build_environment,
        read_library_lists,
        read_lock,
        read_lock_text,
    )

    environments = root / ".mlproject" / "environments"
    for library_list in read_library_lists(deployment, root) if deployment else ():
        if library_list.target == "emr":
            count = len(read_lock(read_lock_text(library_list)).pins)
            return build_environment(library_list, environments, report=report), count
    return build_empty_environment("emr", environments, report=report), 0
