"""`mlproject preflight`: whether the locked libraries fit on the volumes of the notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from mlproject.libraries import lock_problem, read_project_lists, volume_uses
from mlproject.outcome import Outcome, ok, problem, unknown, warning
from mlproject.parameters import Deployment

_TOPIC = "volumes"
_REMEDY = "increase volume_gb, or remove libraries"


def volume_outcomes(deployments: Iterable[Deployment], root: Path) -> Iterator[Outcome]:
    """Compare the installed size of each notebook's libraries with its volume. AWS is not asked.

    Args:
        deployments: the projects in an environment.
        root: the checkout.
    """
    for library_list in read_project_lists(deployments, root):
        if not library_list.notebooks:
            continue
        lock = lock_problem(library_list)
        if lock is not None:
            remedy = f"mlproject libraries lock {library_list.project}"
            yield unknown(_TOPIC, f"{library_list.file}: the size is unknown, since the list has no valid lock", remedy)
            continue
        for use in volume_uses(library_list):
            message = f"{library_list.project}: {use.summary}"
            if not use.fits:
                yield problem(_TOPIC, message, _REMEDY)
            elif use.is_tight:
                yield warning(_TOPIC, message, _REMEDY)
            else:
                yield ok(_TOPIC, message)
