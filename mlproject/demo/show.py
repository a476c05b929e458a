"""Print the report of a demo, and the commands to continue with."""

from __future__ import annotations

from rich.console import Console

from mlproject.parameters import Deployment
from mlproject.report import (
    PipelineReport,
    Report,
    build_graph,
    build_metrics_table,
    build_resources_table,
    read_scores,
)
from mlproject.translation import Message, translated


def show_report(report: Report, console: Console) -> None:
    """Print the summary of a report: stacks, steps, metrics, the model, and what to do next."""
    _print_heading(translated("Deployed resources"), console)
    console.print(build_resources_table(report.stacks))
    if report.pipeline:
        _show_pipeline(report, report.pipeline, console)
    else:
        console.print(
            translated(
                "\n{project} has no pipeline in {environment}, so there is nothing to run.",
                project=report.project,
                environment=report.environment,
            ),
            highlight=False,
            markup=False,
        )
    _print_heading(translated("Next steps"), console)
    for command, explanation in report.next_steps:
        console.print(f"  {command}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"      {translated(explanation)}", style="dim", highlight=False, markup=False)


def _show_pipeline(report: Report, pipeline: PipelineReport, console: Console) -> None:
    console.print(
        translated(
            "\n{pipeline} {status} in {seconds:.1f} s",
            pipeline=Message("[bold]The pipeline[/bold]"),
            status=pipeline.status,
            seconds=pipeline.seconds,
        )
    )
    console.print(build_graph(pipeline))
    scores = read_scores(report.settings, report.outputs)
    if scores:
        console.print(
            f"\n{report.settings.question or translated('Metrics')}", style="bold", highlight=False, markup=False
        )
        console.print(build_metrics_table(scores))
    for problem in report.outputs.problems:
        console.print(translated(problem), style="red", highlight=False, markup=False)
    if report.model:
        _print_heading(translated("The registered model"), console)
        console.print(f"  {report.model.package_arn}", highlight=False, markup=False, soft_wrap=True)
        if report.model.approval_status:
            console.print(f"  {report.model.approval_status}", highlight=False, markup=False)


def _print_heading(text: str, console: Console) -> None:
    console.print(f"\n[bold]{text}[/bold]")


def list_next_steps(deployment: Deployment, *, has_data: bool) -> tuple[tuple[str, str], ...]:
    """Return commands with their descriptions, with which the reader repeats the demo by hand.

    Args:
        has_data: whether the pipeline has a data set to upload.
    """
    environment, project = deployment.environment, deployment.project
    account = f"aws://{environment.account}/{environment.region}"
    steps = [
        ("source .venv/bin/activate", Message("adds mlproject, cdk and node to your PATH")),
        (
            'mlproject local up && eval "$(mlproject local env)"',
            Message("starts an embedded AWS in the background for cdk, aws and boto3"),
        ),
        (
            f"cdk bootstrap {account} && cdk deploy '{deployment.names.path}/*' --require-approval never",
            Message("deploys the project like this demo"),
        ),
    ]
    if deployment.pipeline:
        push = f"mlproject data push {project} --environment {environment.name} && " if has_data else ""
        run = f"mlproject run {project} --environment {environment.name}"
        again = Message("runs the pipeline; a second run reuses the outputs of unchanged steps")
        steps.append((f"{push}{run}", again))
    return tuple(steps)
