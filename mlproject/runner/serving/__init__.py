"""Serve a registered model for an endpoint of the embedded AWS, as the container of its image does."""

from __future__ import annotations

import sys

from mlproject.runner.steps.xgboost_algorithm import PYTHONPATH


def inference_command() -> tuple[str, ...]:
    """Return the command that the embedded AWS starts for each endpoint."""
    # `env` replaces itself with Python, so that the process keeps its standard input.
    return (
        "/usr/bin/env",
        f"PYTHONPATH={PYTHONPATH}",
        sys.executable,
        "-P",
        "-m",
        "mlproject.runner.serving.container",
    )
