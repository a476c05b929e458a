"""A checkout with one project that serves its model, and its templates without the CDK CLI."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from embedded_aws import ACCOUNT
from mlproject.parameters import load_parameters
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, stacks_of

REGION = "eu-west-1"
_ENVIRONMENTS = f"""\
region: {REGION}
environments:
  hosted:
    account: "{ACCOUNT}"
    retain_data: false
    network: {{new: {{cidr: 10.61.0.0/16}}}}
"""
_PROJECT = """\
name: flights
owner: ml@example.com
cost_centre: CC-7
storage: {noncurrent_days: 14, artifacts_expire_days: 90, access_logs_expire_days: 400}
pipeline:
  folder: flight_delays
  parameters: {Rounds: 20}
environments: {hosted: {}}
"""
_SERVING = """\
serving:
  model_version: %d
  previous_version: %s
  endpoint: {kind: real_time, instance_type: ml.m5.large, data_capture_percent: 10}
  batch: {input_prefix: scoring/, instance_type: ml.m5.large}
"""


def write_checkout(root: Path, *, version: int | None = None, previous: int | None = None) -> None:
    """Write the parameter files; without a version nothing is served."""
    (root / "environments.yaml").write_text(_ENVIRONMENTS)
    project = root / "projects" / "flights"
    project.mkdir(parents=True, exist_ok=True)
    serving = _SERVING % (version, previous or "null") if version else ""
    (project / "project.yaml").write_text(_PROJECT + serving)
    if not (root / "pipelines").exists():
        (root / "pipelines").symlink_to(ROOT / "pipelines")


def synthesized(root: Path, out: Path) -> dict[str, Stack]:
    """The stacks of the checkout, by path."""
    # Importing CDK starts Node: only where it is used, not in each worker that collects tests.
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(out))
    add_stages(app, load_parameters(root), pipelines=ROOT / "pipelines")
    app.synth()
    return stacks_of(out)


def upload_assets(stack: Stack, s3: Any) -> None:
    """Upload a stack's file assets to the bootstrap bucket, as the CDK CLI does."""
    for asset in stack.files.values():
        path = stack.template_file.parent / asset["source"]["path"]
        (destination,) = asset["destinations"].values()
        bucket = destination["bucketName"].replace("${AWS::AccountId}", stack.account).replace("${AWS::Region}", REGION)
        s3.put_object(Bucket=bucket, Key=destination["objectKey"], Body=path.read_bytes())
