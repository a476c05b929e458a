"""`mlproject rebuild`: train a registered model again from its lineage, and compare."""

from __future__ import annotations

import json
import signal
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument

if TYPE_CHECKING:
    from mlproject.rebuild import Rebuilt


def register(app: typer.Typer) -> None:
    """Add the command `rebuild`."""
    app.command("rebuild")(rebuild)


def rebuild(
    *,
    project: ProjectArgument,
    environment: EnvironmentOption,
    model: Annotated[int, typer.Option(min=1, help="The version in the project's model package group.")],
    image: Annotated[
        list[str] | None,
        typer.Option(help="NAME=PYTHON: run the scripts of an image with this interpreter; repeatable."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Train a registered model again on this machine, and say whether it is identical, or which metrics differ.

    Checks the recorded commit out into a temporary worktree, and verifies definition, scripts and data against what
    was recorded. The exit code is 1 if the model differs.
    """
    from mlproject.cli.common.run_options import read_interpreters
    from mlproject.cli.common.run_output import show_progress
    from mlproject.cli.common.run_server import run_own_aws
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters
    from mlproject.rebuild import checked_out, read_lineage, rebuild_model

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    pipeline = deployment.require_pipeline().folder
    interpreters = read_interpreters(image or [])
    session = create_session(deployment.environment, root)
    signal.signal(signal.SIGTERM, _interrupt)
    with (
        reporting_aws_errors(f"rebuilding model {model} of {deployment.names.prefix}"),
        tempfile.TemporaryDirectory(prefix="mlproject-rebuild-") as temporary,
    ):
        lineage = read_lineage(session.client("sagemaker"), deployment.names, version=model)
        folder = Path(temporary)
        with (
            checked_out(root, lineage.commit, folder / "checkout") as checkout,
            show_progress(as_json=as_json) as view,
        ):
            rebuilt = rebuild_model(
                lineage,
                names=deployment.names,
                checkout=checkout,
                pipeline=pipeline,
                folder=folder,
                client=session.client,
                observer=view.update,
                interpreters=interpreters,
                start_aws=run_own_aws,
            )
    if as_json:
        print(json.dumps(_summary(rebuilt), indent=2))
    else:
        _print_result(rebuilt)
    if not rebuilt.comparison.identical:
        raise typer.Exit(1)


def _summary(rebuilt: Rebuilt) -> dict[str, Any]:
    lineage, comparison = rebuilt.lineage, rebuilt.comparison
    return {
        "identical": comparison.identical,
        "model_package_arn": lineage.package_arn,
        "commit": lineage.commit,
        "execution_arn": lineage.execution_arn,
        "data_version": lineage.data_version,
        **asdict(comparison),
        "libraries": list(rebuilt.libraries),
    }


def _print_result(rebuilt: Rebuilt) -> None:
    lineage, comparison = rebuilt.lineage, rebuilt.comparison
    print(f"{lineage.package_arn}, commit {lineage.commit}:")
    if comparison.identical:
        print(f"  identical: the files of both artifacts have the SHA-256 {comparison.registered_sha256}")
        return
    print(f"  different: {', '.join(comparison.files)}")
    for change in comparison.metrics:
        print(f"  {change.name}: {change.registered} registered, {change.rebuilt} rebuilt")
    if not comparison.metrics:
        print("  The metrics are equal.")
    if rebuilt.libraries:
        print("  The libraries differ, which may be the reason:")
        for difference in rebuilt.libraries:
            print(f"    {difference}")


def _interrupt(number: int, frame: Any) -> None:
    """End as Ctrl-C does: the steps end and the worktree is removed."""
    raise KeyboardInterrupt
