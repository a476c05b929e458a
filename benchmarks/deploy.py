"""Deployments to the embedded AWS, the first one and one without changes, compared with the synth of an empty app.

With the CDK CLI: all stacks of one environment. With `mlproject deploy`: one project and the environment's network.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import embedded_aws
from benchmarks.measurement import ROOT, compute_ratio, measure_seconds
from benchmarks.synth import create_empty_app, synth
from tests.checkouts import lay_out_example

RUNS = 5
CDK = ROOT / "node_modules" / ".bin" / "cdk"
STACKS = ("local/**",)
REGION = "eu-west-1"
EMPTY = "cdk synth of an empty app"
# Goals in seconds, of a machine that synthesizes an empty app in 2.8 s: the ratios hold on others too.
GOALS: Mapping[str, float] = {
    "cdk deploy": 10,
    "cdk deploy, no changes": 4.5,
    "mlproject deploy": 12,
    "mlproject deploy, no changes": 5,
}
EMPTY_SECONDS = 2.8


def measure() -> dict[str, Any]:
    """Measure deployments including the synthesis of app.py; each run starts new servers."""
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="mlproject-deploy-") as name:
        empty = create_empty_app(Path(name) / "empty")
        for number in range(RUNS + 1):
            folder = Path(name) / str(number)
            measured = {EMPTY: synth(empty), **_measure_cdk(folder / "cdk"), **_measure_mlproject(folder / "mlproject")}
            # The first run fills the file cache and is not counted.
            if number:
                for command, took in measured.items():
                    times.setdefault(command, []).append(round(took, 3))
    seconds = {command: {"median": statistics.median(runs), "runs": runs} for command, runs in times.items()}
    return {
        "seconds": seconds,
        "goals": {
            f"{command}, times {EMPTY}": {
                "measured": compute_ratio(seconds, command, EMPTY),
                "goal": f"at most {goal / EMPTY_SECONDS:.2f}",
            }
            for command, goal in GOALS.items()
        },
    }


def _measure_cdk(folder: Path) -> dict[str, float]:
    deploy: list[str | Path] = [
        CDK, "deploy", *STACKS, "--context", "environment=local", "--output", folder / "cdk.out",
        "--require-approval", "never",
    ]  # fmt: skip
    return _measure(folder, "cdk deploy", deploy)


def _measure_mlproject(folder: Path) -> dict[str, float]:
    return _measure(folder, "mlproject deploy", ["mlproject", "deploy", "flights", "-e", "local", "--yes"])


def _measure(folder: Path, name: str, deploy: list[str | Path]) -> dict[str, float]:
    server = embedded_aws.start(folder / "aws", lifetime=embedded_aws.Lifetime.OF_STARTER)
    try:
        variables = server.environment(embedded_aws.ACCOUNT, REGION)
        bootstrap: list[str | Path] = [CDK, "bootstrap", f"aws://{embedded_aws.ACCOUNT}/{REGION}"]
        checkout = lay_out_example(folder / "checkout")
        measure_seconds(bootstrap, folder=folder, variables=variables)
        return {
            name: measure_seconds(deploy, folder=checkout, variables=variables),
            f"{name}, no changes": measure_seconds(deploy, folder=checkout, variables=variables),
        }
    finally:
        embedded_aws.stop(folder / "aws")
