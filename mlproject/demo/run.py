"""The phases of the demo, in order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from mlproject.architecture import build_architecture, build_plan, idle_costs_by_stack, read_assembly
from mlproject.demo.cdk import CdkCli
from mlproject.demo.execution import build_pipeline_report, read_model, read_outputs
from mlproject.demo.preparation import PreparedDemo, prepare_demo
from mlproject.demo.progress import Progress
from mlproject.demo.show import list_next_steps, show_report
from mlproject.demo.stacks import costs_by_stack_name, read_stacks
from mlproject.demo.workspace import Workspace, open_workspace
from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters import Deployment, load_valid_parameters
from mlproject.price_list import read_prices
from mlproject.report import Report, build_summary, render_html
from mlproject.runner import EmbeddedAws, run_deployed_pipeline
from mlproject.translation import Message, translated


def run_demo(*, root: Path, project: str | None, commit: str, console: Console) -> None:
    """Deploy a project to a temporary embedded AWS, run its pipeline if it has one, and write and print the report.

    Args:
        root: the checkout.
        project: name of a folder in projects/; None for the first in the environment of demos.
        commit: the current commit, for the lineage of the registered model.
        console: where to print progress and results.

    Raises:
        UserError: a phase failed. Its logs are in build/demo/failed/.
    """
    started = time.monotonic()
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    platform = load_valid_parameters(root)
    demo = prepare_demo(platform, project, root=root)
    build = root / "build" / "demo"
    progress = Progress(console)
    project = f"[bold]{demo.deployment.project}[/bold]"
    console.print(translated("\n{project}, without an AWS account\n", project=project))
    with open_workspace(build, progress) as work:
        costs = idle_costs_by_stack(platform, demo.deployment, read_prices(root))
        report = _deploy(root, demo.deployment, work, progress, costs=costs, moment=moment)
        if demo.deployment.pipeline:
            report = _run_pipeline(report, demo, work, progress, commit=commit)
        report = replace(
            report,
            phases=progress.phases,
            wall_seconds=time.monotonic() - started,
            next_steps=list_next_steps(demo.deployment, has_data=demo.push is not None),
        )
        write_atomically(build / "report.html", render_html(demo.translate(report)))
        write_atomically(build / "summary.json", json.dumps(build_summary(report), indent=2) + "\n")
        show_report(demo.translate(report), console)
        if report.pipeline and report.pipeline.failure:
            raise UserError(report.pipeline.failure, exit_code=1, topic="pipeline-step-failed")
    console.print(translated("\nReport: {file}", file=build / "report.html"), highlight=False, soft_wrap=True)
    console.print(
        translated("Finished in {seconds:.0f} s. Nothing is left running.\n", seconds=report.wall_seconds),
        highlight=False,
    )


def _deploy(
    root: Path,
    deployment: Deployment,
    work: Workspace,
    progress: Progress,
    *,
    costs: Mapping[str, Decimal | None],
    moment: str,
) -> Report:
    """Deploy the stacks, and return a report about them only."""
    environment = deployment.environment
    cdk = CdkCli(
        root=root,
        variables=work.server.environment(environment.account, environment.region),
        log=work.logs / "cdk.log",
    )
    client, _ = _clients(work, deployment)
    assembly = work.folder / "cdk.out"
    with progress.phase("cdk bootstrap"):
        # Run outside the checkout: with a given account, bootstrap does not need to synthesize the app of cdk.json.
        cdk.run("bootstrap", f"aws://{environment.account}/{environment.region}", folder=work.folder)
    with progress.phase(f"cdk deploy '{deployment.names.path}/*'"):
        cdk.run(
            "deploy", f"{deployment.names.path}/*",
            "--context", f"project={deployment.project}", "--context", f"environment={environment.name}",
            "--output", str(assembly),
            "--require-approval", "never", "--progress", "events",
        )  # fmt: skip
    templates = read_assembly(assembly, (environment.name, deployment.names.path), remedy="mlproject demo")
    title = Message(
        "The architecture of {project} in {environment}", project=deployment.project, environment=environment.name
    )
    return Report(
        project=deployment.project,
        environment=environment.name,
        region=environment.region,
        account=environment.account,
        endpoint=work.server.endpoint,
        started=moment,
        wall_seconds=0,
        phases=(),
        stacks=read_stacks(client, costs_by_stack_name(templates, costs)),
        plan=build_plan(build_architecture(templates), title=title),
    )


def _run_pipeline(report: Report, demo: PreparedDemo, work: Workspace, progress: Progress, *, commit: str) -> Report:
    """Upload the data set, run the deployed pipeline, and return the report with its results."""
    names, environment = demo.deployment.names, demo.deployment.environment
    client, session = _clients(work, demo.deployment)
    if demo.push:
        with progress.phase(Message("upload the data set")):
            demo.push.run(s3=client("s3"), bucket=names.bucket("data"), state=work.folder / "uploads")
    with EmbeddedAws(endpoint=work.server.endpoint, region=environment.region, boto3_session=session) as aws:
        with progress.phase(Message("run the deployed pipeline {name}", name=names.pipeline)) as observer:
            result = run_deployed_pipeline(
                aws=aws,
                name=names.pipeline,
                parameters={},
                defaults={"Commit": commit},
                folder=work.logs,
                observer=observer,
            )
        definition = aws.describe_pipeline(names.pipeline).definition
    return replace(
        report,
        pipeline=build_pipeline_report(names.pipeline, definition, result),
        settings=demo.settings,
        outputs=read_outputs(client("s3"), result, demo.settings.sources),
        model=read_model(client("sagemaker"), result.model_package_arn),
    )


def _clients(work: Workspace, deployment: Deployment) -> tuple[Callable[[str], Any], Any]:
    """Return a function that creates boto3 clients of the demo's server, and their session."""
    import boto3
    from botocore.config import Config

    variables = work.server.environment(deployment.environment.account, deployment.environment.region)
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=deployment.environment.region,
    )
    # A proxy cannot reach the embedded AWS on this machine.
    config = Config(proxies={})
    return lambda service: session.client(service, endpoint_url=work.server.endpoint, config=config), session
