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


def show_report(report: Report, console: Console) -> None:
    """Print the summary of a report: stacks, steps, metrics, the model, and what to do next."""
    console.print("\n[bold]Deployed resources[/bold]")
    console.print(build_resources_table(report.stacks))
    if report.pipeline:
        _show_pipeline(report, report.pipeline, console)
    else:
        console.print(
            f"\n{report.project} has no pipeline in {report.environment}, so there is nothing to run.",
            highlight=False,
            markup=False,
        )
    console.print("\n[bold]Next steps[/bold]")
    for command, explanation in report.next_steps:
        console.print(f"  {command}", highlight=False, markup=False, soft_wrap=True)
        console.print(f"      {explanation}", style="dim", highlight=False, markup=False)


def _show_pipeline(report: Report, pipeline: PipelineReport, console: Console) -> None:
    console.print(f"\n[bold]The pipeline[/bold] {pipeline.status} in {pipeline.seconds:.1f} s")
    console.print(build_graph(pipeline))
    scores = read_scores(report.settings, report.outputs)
    if scores:
        console.print(f"\n{report.settings.question or 'Metrics'}", style="bold", highlight=False, markup=False)
        console.print(build_metrics_table(scores))
    for problem in report.outputs.problems:
        console.print(problem, style="red", highlight=False, markup=False)
    if report.model:
        console.print("\n[bold]The registered model[/bold]")
        console.print(f"  {report.model.package_arn}", highlight=False, markup=False, soft_wrap=True)
        if report.model.approval_status:
            console.print(f"  {report.model.approval_status}", highlight=False, markup=False)


def list_next_steps(deployment: Deployment, *, has_data: bool) -> tuple[tuple[str, str], ...]:
    """Return commands with their descriptions, with which the reader repeats the demo by hand.

    Args:
        has_data: whether the pipeline has a data set to upload.
    """
    environment, project = deployment.environment, deployment.project
    account = f"aws://{environment.account}/{environment.region}"
    steps = [
        ("source .venv/bin/activate", "adds mlproject, cdk and node to your PATH"),
        (
            'mlproject local up && eval "$(mlproject local env)"',
            "starts an embedded AWS in the background for cdk, aws and boto3",
        ),
        (
            f"cdk bootstrap {account} && cdk deploy '{deployment.names.path}/*' --require-approval never",
            "deploys the project like this demo",
        ),
    ]
    if deployment.pipeline:
        push = f"mlproject data push {project} --environment {environment.name} && " if has_data else ""
        run = f"mlproject run {project} --environment {environment.name}"
        steps.append((f"{push}{run}", "runs the pipeline; a second run reuses the outputs of unchanged steps"))
    return tuple(steps)
