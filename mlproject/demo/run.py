"""The demo's order of events."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from mlproject import data
from mlproject.architecture import architecture_of, idle_by_stack, plan_of, read_assembly
from mlproject.demo.cdk import Cdk
from mlproject.demo.deployed import deployed_stacks
from mlproject.demo.executed import model_report, output_document, pipeline_report
from mlproject.demo.telling import Telling
from mlproject.demo.workspace import Workspace, workspace
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
    """Deploy a project into an embedded AWS of its own, run its pipeline, show and write what came out.

    Args:
        root: the checkout.
        project: a folder of projects/.
        commit: what is checked out, for the registered model's lineage.
        console: where progress and results are printed.

    Raises:
        UserError: a phase failed; its logs are kept in build/demo/failed/.
    """
    started = time.monotonic()
    moment = datetime.now(UTC).isoformat(timespec="seconds")
    platform = load_valid_parameters(root)
    deployment = platform.deployment(project, ENVIRONMENT)
    build = root / "build" / "demo"
    telling = Telling(console)
    console.print(f"\n[bold]{project}[/bold], without an AWS account\n")
    with workspace(build, telling) as work:
        report = _work(
            root,
            deployment,
            work,
            telling,
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
    console.print(f"\nThe report: {build / 'report.html'}", highlight=False, soft_wrap=True)
    console.print(f"All of it took {report.wall_seconds:.0f} s; nothing keeps running.\n", highlight=False)


def _idle(platform: Platform, deployment: Deployment) -> dict[str, float | None]:
    """What a month of each stack costs while nobody uses it, by the name that CloudFormation knows it by."""
    return {
        name.replace("/", "-"): None if cost is None else float(cost)
        for name, cost in idle_by_stack(platform, deployment).items()
    }


def _work(
    root: Path,
    deployment: Deployment,
    work: Workspace,
    telling: Telling,
    *,
    idle: Mapping[str, float | None],
    commit: str,
    moment: str,
    started: float,
) -> Report:
    environment = deployment.environment
    cdk = Cdk(
        root=root,
        variables=work.server.environment(environment.account, environment.region),
        log=work.logs / "cdk.log",
    )
    client, session = _clients(work, deployment)
    assembly = work.folder / "cdk.out"
    with telling.phase("cdk bootstrap"):
        # Away from cdk.json: the account is given, so that the app need not be synthesized to find it.
        cdk("bootstrap", f"aws://{environment.account}/{environment.region}", folder=work.folder)
    with telling.phase(f"cdk deploy '{deployment.names.path}/*'"):
        cdk(
            "deploy", f"{deployment.names.path}/*",
            "--context", f"project={deployment.project}", "--context", f"environment={environment.name}",
            "--output", str(assembly),
            "--require-approval", "never", "--progress", "events",
        )  # fmt: skip
    stacks = deployed_stacks(client, idle)
    plan = _plan(deployment, assembly)
    with telling.phase("upload the real data set"):
        dataset = data.read(root / "pipelines" / deployment.pipeline.folder)
        files = data.locate(dataset)
        data.verify(files)
        data.push(files, s3=client("s3"), bucket=deployment.names.bucket("data"), prefix=dataset.prefix)
    with EmbeddedAws(endpoint=work.server.endpoint, region=environment.region, boto3_session=session) as aws:
        with telling.phase(f"run the deployed pipeline {deployment.names.pipeline}") as observer:
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
        question=_question(root / "pipelines" / deployment.pipeline.folder),
        phases=telling.phases,
        stacks=stacks,
        pipeline=pipeline_report(deployment.names.pipeline, definition, result),
        metrics=output_document(client, result, "Evaluate", "metrics", "metrics.json"),
        scoring=output_document(client, result, "Score", "predictions", "report.json"),
        model=model_report(client("sagemaker"), result.model_package_arn),
        plan=plan,
        next_steps=_next_steps(deployment),
    )


def _plan(deployment: Deployment, assembly: Path) -> Plan:
    """The picture of what was deployed, from the very templates that were."""
    environment = deployment.environment.name
    stacks = read_assembly(assembly, (environment, deployment.names.path), remedy="mlproject demo")
    title = f"The architecture of {deployment.project} in {environment}"
    return plan_of(architecture_of(stacks), title=title)


def _clients(work: Workspace, deployment: Deployment) -> tuple[Callable[[str], Any], Any]:
    """boto3 clients of the demo's own server, and the session that makes them."""
    import boto3
    from botocore.config import Config

    variables = work.server.environment(deployment.environment.account, deployment.environment.region)
    session = boto3.Session(
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        region_name=deployment.environment.region,
    )
    # A proxy of the caller leads to the internet, where no embedded AWS is.
    config = Config(proxies={})
    return lambda service: session.client(service, endpoint_url=work.server.endpoint, config=config), session


def _question(folder: Path) -> Question:
    """What the pipeline answers, in words for people."""
    path = folder / "question.json"
    try:
        words: Mapping[str, Any] = json.loads(path.read_text())
        return Question(**words)
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path}: cannot be used ({error}); see pipelines/flight_delays/question.json.") from error


def _next_steps(deployment: Deployment) -> tuple[tuple[str, str], ...]:
    environment = deployment.environment
    project = deployment.project
    account = f"aws://{environment.account}/{environment.region}"
    return (
        ("source .venv/bin/activate", "puts mlproject, cdk and node on your PATH"),
        (
            'mlproject local up && eval "$(mlproject local env)"',
            "starts an embedded AWS that stays, and leads cdk, aws and boto3 to it",
        ),
        (
            f"cdk bootstrap {account} && cdk deploy '{deployment.names.path}/*' --require-approval never",
            "deploys as this demo did",
        ),
        (
            f"mlproject data push {project} --environment {environment.name} && "
            f"mlproject run {project} --environment {environment.name}",
            "runs the pipeline; a second run keeps the steps that are unchanged",
        ),
    )


def _show(report: Report, console: Console) -> None:
    console.print("\n[bold]What was deployed[/bold]")
    console.print(build_resources_table(report.stacks))
    console.print(f"\n[bold]The pipeline[/bold] {report.pipeline.status} in {report.pipeline.seconds:.1f} s")
    console.print(build_graph(report.pipeline))
    if report.metrics:
        console.print(f"\n[bold]{report.question.text}[/bold]")
        console.print(build_metrics_table(report.metrics, report.question))
    if report.model:
        console.print("\n[bold]The registered model[/bold]")
        console.print(f"  {report.model.package_arn}\n  {report.model.approval_status}", highlight=False)
    console.print("\n[bold]What to try next[/bold]")
    for command, explanation in report.next_steps:
        console.print(f"  {command}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"      {explanation}", style="dim", highlight=False)
