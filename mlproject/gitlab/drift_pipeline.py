"""Build the child pipeline that looks for drift, with a job per environment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def build_drift_pipeline(environments: Iterable[str], *, include: str) -> dict[str, Any]:
    """Return a child pipeline with a job per environment, such as `drift:dev`, so that none stops another.

    Args:
        environments: names of the environments, at least one.
        include: file of the repository that defines the hidden job `.drift`.
    """
    jobs = {
        f"drift:{name}": {"extends": ".drift", "variables": {"MLPROJECT_ENVIRONMENT": name}} for name in environments
    }
    return {"include": [{"local": include}], "stages": ["drift"], **jobs}
