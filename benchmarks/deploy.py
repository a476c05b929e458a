"""`cdk deploy` of all stacks of one environment to the embedded AWS: the first deployment, and one without changes."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

import embedded_aws
from benchmarks.measurement import ROOT, measure_seconds
from tests.checkouts import lay_out_example

RUNS = 5
CDK = ROOT / "node_modules" / ".bin" / "cdk"
STACKS = ("local/**",)
REGION = "eu-west-1"


def measure() -> dict[str, Any]:
    """Measure deployments including the synthesis of app.py; each run starts a new server."""
    times: dict[str, list[float]] = {"bootstrap": [], "deploy": [], "no changes": []}
    with tempfile.TemporaryDirectory(prefix="mlproject-deploy-") as name:
        for number in range(RUNS + 1):
            for command, took in _measure_run(Path(name) / str(number)).items():
                # The first run fills the file cache and is not counted.
                if number:
                    times[command].append(round(took, 3))
    measured = {command: {"median": statistics.median(runs), "runs": runs} for command, runs in times.items()}
    return {
        "seconds": measured,
        "goals": {
            "deploy of all stacks of one environment, seconds": {
                "measured": measured["deploy"]["median"],
                "goal": "at most 20",
            },
            "the same with no changes, seconds": {"measured": measured["no changes"]["median"], "goal": "at most 5"},
        },
    }


def _measure_run(folder: Path) -> dict[str, float]:
    server = embedded_aws.start(folder / "aws", lifetime=embedded_aws.Lifetime.OF_STARTER)
    try:
        variables = server.environment(embedded_aws.ACCOUNT, REGION)
        bootstrap: list[str | Path] = [CDK, "bootstrap", f"aws://{embedded_aws.ACCOUNT}/{REGION}"]
        deploy: list[str | Path] = [
            CDK, "deploy", *STACKS, "--context", "environment=local", "--output", folder / "cdk.out",
            "--require-approval", "never",
        ]  # fmt: skip
        checkout = lay_out_example(folder / "checkout")
        return {
            "bootstrap": measure_seconds(bootstrap, folder=folder, variables=variables),
            "deploy": measure_seconds(deploy, folder=checkout, variables=variables),
            "no changes": measure_seconds(deploy, folder=checkout, variables=variables),
        }
    finally:
        embedded_aws.stop(folder / "aws")
