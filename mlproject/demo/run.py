"""The phases of the demo, in order."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from mlproject import data
from mlproject.architecture import build_architecture, build_plan, idle_costs_by_stack, read_assembly
from mlproject.demo.cdk import CdkCli
from mlproject.demo.execution import build_pipeline_report, read_model, read_output_file
from mlproject.demo.progress import Progress
from mlproject.demo.stacks import read_stacks
from mlproject.demo.workspace import Workspace, open_workspace
from mlproject.drawing import Plan
from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters import Deployment, Platform, load_valid_parameters
from mlproject.report import (
    Question,
    Report,
    build_graph,
    build_metrics_table,
    build_resources_table,
    build_summary,
    render_html,
)
from mlproject.runner import EmbeddedAws, run_deployed_pipeline

ENVIRONMENT = "local"


def run_demo(*, root: Path, project: str, commit: str, console: Console) -> None:
    """Deploy a project to a temporary embedded AWS, run its pipeline, and write and print the report.

    Args:
        root: the checkout.
        project: name of a folder in projects/.
        commit: the current commit, for the lineage of the registered model.
        console: where to print progress and results.

    Raises:
        UserError: a phase failed. Its logs are in build/demo/failed/.
    """
    started = time.monotonic()
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, ENVIRONMENT)
    build = root / "build" / "demo"
    progress = Progress(console)
    console.print(f"\n[bold]{project}[/bold], without an AWS account\n")
    with open_workspace(build, progress) as work:
        report = _deploy_and_run(
            root,
            deployment,
            work,
            progress,
            idle=_idle(platform, deployment),
            commit=commit,
            moment=moment,
            started=started,
        )
        write_atomically(build / "report.html", render_html(report))
        write_atomically(build / "summary.json", json.dumps(build_summary(report), indent=2) + "\n")
        _show(report, console)
        if report.pipeline.failure:
            raise UserError(report.pipeline.failure, exit_code=1)
    console.print(f"\nReport: {build / 'report.html'}", highlight=False, soft_wrap=True)
    console.print(f"Finished in {report.wall_seconds:.0f} s. Nothing is left running.\n", highlight=False)


def _idle(platform: Platform, deployment: Deployment) -> dict[str, float | None]:
    """Return the idle cost per month by CloudFormation stack name."""
    return {
        name.replace("/", "-"): None if cost is None else float(cost)
        for name, cost in idle_costs_by_stack(platform, deployment).items()
    }


def _deploy_and_run(
    root: Path,
    deployment: Deployment,
    work: Workspace,
    progress: Progress,
    *,
    idle: Mapping[str, float | None],
    commit: str,
    moment: str,
    started: float,
) -> Report:
    environment = deployment.environment
    cdk = CdkCli(
        root=root,
        variables=work.server.environment(environment.account, environment.region),
        log=work.logs / "cdk.log",
    )
    client, session = _clients(work, deployment)
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
    stacks = read_stacks(client, idle)
    plan = _plan(deployment, assembly)
    with progress.phase("upload the real data set"):
        dataset = data.read(root / "pipelines" / deployment.require_pipeline().folder)
        data.prepare_push(dataset, root=root).run(
            s3=client("s3"), bucket=deployment.names.bucket("data"), state=work.folder / "uploads"
        )
    with EmbeddedAws(endpoint=work.server.endpoint, region=environment.region, boto3_session=session) as aws:
        with progress.phase(f"run the deployed pipeline {deployment.names.pipeline}") as observer:
            result = run_deployed_pipeline(
                aws=aws,
                name=deployment.names.pipeline,
                parameters={},
                defaults={"Commit": commit},
                folder=work.logs,
                observer=observer,
            )
        definition = aws.describe_pipeline(deployment.names.pipeline).definition
    return Report(
        project=deployment.project,
        environment=environment.name,
        region=environment.region,
        account=environment.account,
        endpoint=work.server.endpoint,
        started=moment,
        wall_seconds=time.monotonic() - started,
        question=_question(root / "pipelines" / deployment.require_pipeline().folder),
        phases=progress.phases,
        stacks=stacks,
        pipeline=build_pipeline_report(deployment.names.pipeline, definition, result),
        metrics=read_output_file(client, result, "Evaluate", "metrics", "metrics.json"),
        scoring=read_output_file(client, result, "Score", "predictions", "report.json"),
        model=read_model(client("sagemaker"), result.model_package_arn),
        plan=plan,
        next_steps=_next_steps(deployment),
    )


def _plan(deployment: Deployment, assembly: Path) -> Plan:
    """Return the architecture of the deployed templates as a plan."""
    environment = deployment.environment.name
    stacks = read_assembly(assembly, (environment, deployment.names.path), remedy="mlproject demo")
    title = f"The architecture of {deployment.project} in {environment}"
    return build_plan(build_architecture(stacks), title=title)


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


def _question(folder: Path) -> Question:
    """Read the question that the pipeline's model answers."""
    path = folder / "question.json"
    try:
        fields: Mapping[str, Any] = json.loads(path.read_text())
        return Question(**fields)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(
            f"{path}: invalid ({error}). For an example, see pipelines/flight_delays/question.json."
        ) from error


def _next_steps(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    environment = deployment.environment
    project = deployment.project
    account = f"aws://{environment.account}/{environment.region}"
    return (
        ("source .venv/bin/activate", "adds mlproject, cdk and node to your PATH"),
        (
            'mlproject local up && eval "$(mlproject local env)"',
            "starts an embedded AWS in the background for cdk, aws and boto3",
        ),
        (
            f"cdk bootstrap {account} && cdk deploy '{deployment.names.path}/*' --require-approval never",
            "deploys the project like this demo",
        ),
        (
            f"mlproject data push {project} --environment {environment.name} && "
            f"mlproject run {project} --environment {environment.name}",
            "runs the pipeline; a second run reuses the outputs of unchanged steps",
        ),
    )


def _show(report: Report, console: Console) -> None:
    console.print("\n[bold]Deployed resources[/bold]")
    console.print(build_resources_table(report.stacks))
    console.print(f"\n[bold]The pipeline[/bold] {report.pipeline.status} in {report.pipeline.seconds:.1f} s")
    console.print(build_graph(report.pipeline))
    if report.metrics:
        console.print(f"\n[bold]{report.question.text}[/bold]")
        console.print(build_metrics_table(report.metrics, report.question))
    if report.model:
        console.print("\n[bold]The registered model[/bold]")
        console.print(f"  {report.model.package_arn}\n  {report.model.approval_status}", highlight=False)
    console.print("\n[bold]Next steps[/bold]")
    for command, explanation in report.next_steps:
        console.print(f"  {command}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"      {explanation}", style="dim", highlight=False)
