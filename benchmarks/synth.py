"""`cdk synth` of this application compared with an empty Python CDK app, both with the CLI."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.measurement import ROOT, compute_ratio, measure_in_turn, measure_seconds
from tests.checkouts import EXAMPLE

EMPTY_APP = """\
import aws_cdk as cdk

app = cdk.App()
cdk.Stack(app, "empty")
app.synth()
"""
PROJECT = """\
name: {name}
owner: data-science@example.com
cost_centre: CC-1001
storage: {{archive_after_days: 90, noncurrent_days: 30, artifacts_expire_days: 180, access_logs_expire_days: 365}}
pipeline: {{folder: flight_delays, parallel_steps: 2, parameters: {{Margin: 0.02}}}}
notebooks: {{explore: {{instance_type: ml.t3.medium, users: [data-scientist@example.com], libraries: notebook}}}}
emr: {{primary_instance_type: m5.xlarge, core_instance_type: m5.xlarge, libraries: emr}}
operations: {{emails: [data-science@example.com], monthly_budget_usd: 300}}
environments: {{dev: {{}}, pre: {{}}, prod: {{}}, local: {{}}}}
"""
COUNTS = (1, 10)


def measure() -> dict[str, Any]:
    """Measure an empty app, 1 and 10 projects with 4 environments, and 1 of 10 projects in 1 environment."""
    with tempfile.TemporaryDirectory(prefix="mlproject-synth-") as name:
        folder = Path(name)
        empty = create_empty_app(folder / "empty")
        apps = {count: create_application(folder / str(count), count) for count in COUNTS}
        one = ("-c", "project=team0", "-c", "environment=dev")
        measured = measure_in_turn(
            {
                "empty app": lambda: synth(empty),
                "1 project": lambda: synth(apps[1]),
                "10 projects": lambda: synth(apps[10]),
                "1 of 10 projects in 1 environment": lambda: synth(apps[10], *one),
            }
        )
    first, many = (float(measured[name]["median"]) for name in ("1 project", "10 projects"))
    return {
        "seconds": measured,
        "goals": {
            "1 project x 4 environments, times an empty app": {
                "measured": compute_ratio(measured, "1 project", "empty app"),
                "goal": "at most 2.0",
            },
            "each further project, seconds": {
                "measured": round((many - first) / (COUNTS[-1] - 1), 3),
                "goal": "at most 0.3",
            },
            "one project in one environment, times an empty app": {
                "measured": compute_ratio(measured, "1 of 10 projects in 1 environment", "empty app"),
                "goal": "at most 1.9",
            },
        },
    }


def synth(folder: Path, *options: str) -> float:
    """Run `cdk synth` in `folder`, without what an earlier run has synthesized, and return its seconds."""
    cdk = str(ROOT / "node_modules" / ".bin" / "cdk")
    command = [cdk, "synth", "--quiet", "--context", "fresh=true", *options]
    return measure_seconds(command, folder=folder)


def create_empty_app(folder: Path) -> Path:
    """Create a CDK app with one stack without resources."""
    folder.mkdir()
    (folder / "app.py").write_text(EMPTY_APP)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    # As in this application's cdk.json: the same Node, and no network access.
    settings = {"app": ".venv/bin/python app.py", "notices": False, "context": {"cli-telemetry": False}}
    (folder / "cdk.json").write_text(json.dumps(settings))
    return folder


def create_application(folder: Path, count: int) -> Path:
    """Create this application with `count` projects in the environments of tests/example."""
    folder.mkdir()
    for file in (ROOT / "app.py", ROOT / "cdk.json", EXAMPLE / "environments.yaml"):
        shutil.copy(file, folder / file.name)
    for linked in (".venv", "stacks", "pipeline_builder", "pipelines", "requirements"):
        (folder / linked).symlink_to(ROOT / linked)
    for number in range(count):
        project = folder / "projects" / f"team{number}"
        shutil.copytree(EXAMPLE / "projects" / "flights" / "libraries", project / "libraries")
        (project / "project.yaml").write_text(PROJECT.format(name=project.name))
    return folder
