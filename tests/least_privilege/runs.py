"""The runs whose use of permissions counts, with the tests that make them."""

from __future__ import annotations

from collections.abc import Mapping

# Paths of tests begin so. A permission that several runs use is named after the first of them.
RUNS: Mapping[str, tuple[str, ...]] = {
    # The text that .ci/run writes as the label.
    "demo": ("make demo", "tests/demo/"),
    "deployment": ("tests/deploy/", "tests/deployed_projects/"),
    "pipeline": ("tests/runner/", "tests/rebuild/", "tests/pipelines/"),
    "notebook": (
        "tests/notebooks/",
        "tests/lifecycle_scripts/",
        "tests/stacks/test_notebook_role",
        "tests/stacks/test_notebook_hours",
        "tests/cli/test_notebook_",
    ),
    "cluster": ("tests/cluster/", "tests/bootstrap_actions/", "tests/spark/"),
    "serving": ("tests/serving/",),
    "promotion": ("tests/stacks/test_promotion_deployed", "tests/stacks/test_approval_deployed"),
    "GitLab": ("tests/ci/",),
}


def run_of(label: str) -> str | None:
    """Return the run that a test belongs to; None if what it does does not count."""
    return next((run for run, beginnings in RUNS.items() if label.startswith(beginnings)), None)
