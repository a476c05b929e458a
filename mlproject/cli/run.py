"""`mlproject run`: run a deployed pipeline, on this machine or on AWS, or a definition from a file."""

from __future__ import annotations

import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.completion import complete_environment, complete_project
from mlproject.errors import UserError
from mlproject.translation import Message

if TYPE_CHECKING:
    from mlproject.cli.common.run_output import ProgressView
    from mlproject.runner import Permissions, RunResult

INTERRUPTED = 130


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run")(run)


def run(
    *,
    project: Annotated[
        str | None,
        typer.Argument(help="A folder of projects/, whose pipeline is deployed.", autocompletion=complete_project),
    ] = None,
    environment: Annotated[
        str | None,
        typer.Option("--environment", "-e", help="Where it is deployed.", autocompletion=complete_environment),
    ] = None,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", help="NAME=VALUE of a pipeline parameter; repeatable.")
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option(help="Run the pipeline of this name instead, which any CDK app may have deployed.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Run every step, whatever earlier runs made.")] = False,
    definition: Annotated[
        Path | None, typer.Option(help="Run this definition.json instead of a deployed pipeline.")
    ] = None,
    code: Annotated[Path | None, typer.Option(help="Where its step scripts are, found by name.")] = None,
    data: Annotated[
        list[str] | None, typer.Option(help="s3://bucket/prefix=PATH: local data behind an address; repeatable.")
    ] = None,
    isolation: Annotated[
        str | None,
        typer.Option(
            help="How a step gets an /opt/ml of its own: namespace or bubblewrap (the true path, Linux), or prefix "
            "(SAGEMAKER_BASE_DIR); the first that works here if not given."
        ),
    ] = None,
    image: Annotated[
        list[str] | None,
        typer.Option(help="NAME=PYTHON: run the scripts of an image with this interpreter; repeatable."),
    ] = None,
    stand_in: Annotated[
        list[str] | None,
        typer.Option(
            help="STEP=FILE.json: do not run an EMR, Lambda, Callback, QualityCheck or ClarifyCheck step, and use "
            "these outputs; repeatable."
        ),
    ] = None,
    permissions: Annotated[
        str,
        typer.Option(
            help="enforce, or report: let through what the roles may not do and list it all at the end "
            "(embedded AWS only)."
        ),
    ] = "enforce",
    supported: Annotated[bool, typer.Option("--supported", help="List what a definition may use here.")] = False,
) -> None:
    """Run a pipeline's steps and show what came out.

    A failing script ends the run at once (RetryPolicies are for faults of AWS); the next run resumes from there,
    since the results of unchanged steps are kept. Logs stay in .mlproject/runs/<execution>/logs.

    In the embedded AWS the steps have the permissions of the deployed role and no others, and before a step starts,
    IAM's evaluator is asked about the calls that only SageMaker itself would make.
    """
    # The command lives for seconds and makes few cycles: collecting them is a tenth of its start.
    gc.disable()
    from mlproject.cli.common.run_options import (
        check_choice,
        parse_pairs,
        permission_mode,
        read_interpreters,
        read_stand_ins,
    )
    from mlproject.cli.common.run_output import print_result, print_supported, show_progress

    if supported:
        print_supported(as_json=as_json)
        return
    mode = permission_mode(permissions, definition)
    check_choice(project, pipeline, environment, definition, isolation)
    given = parse_pairs(parameter or [], option="--parameter", form="NAME=VALUE")
    signal.signal(signal.SIGTERM, _interrupt)
    options: dict[str, Any] = {
        "reuse": not no_cache,
        "isolation": isolation,
        "interpreters": read_interpreters(image or []),
        "stand_ins": read_stand_ins(stand_in or []),
    }
    with show_progress(as_json=as_json) as view:
        if definition:
            from mlproject.cli.common.run_server import run_own_aws
            from mlproject.cli.common.step_spark import prepare_spark
            from mlproject.files import project_root
            from mlproject.runner import run_definition_file

            places = {
                uri: Path(path) for uri, path in parse_pairs(data or [], option="--data", form="s3://...=PATH").items()
            }
            result = run_definition_file(
                file=definition,
                code=code,
                data=places,
                parameters=given,
                folder=Path(".mlproject"),
                observer=view.update,
                start_aws=run_own_aws,
                start_spark=lambda: prepare_spark(project_root(), None, report=view.note),
                **options,
            )
        else:
            result = _deployed(
                project=project,
                pipeline=pipeline,
                environment=str(environment),
                given=given,
                view=view,
                options=options,
                permissions=mode,
            )
    print_result(result, as_json=as_json)
    if result.status == "Stopped":
        raise typer.Exit(INTERRUPTED)
    if result.failure:
        raise UserError(result.failure, exit_code=1, topic="pipeline-step-failed")
    if result.missing:
        raise typer.Exit(1)


def _deployed(
    *,
    project: str | None,
    pipeline: str | None,
    environment: str,
    given: dict[str, str],
    view: ProgressView,
    options: dict[str, Any],
    permissions: Permissions,
) -> RunResult:
    from mlproject.cli.common.commit import read_commit
    from mlproject.cli.common.run_options import reject_local_options
    from mlproject.cli.common.session import create_session, is_embedded
    from mlproject.cli.common.step_spark import prepare_spark
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    with read_commit(root) as commit:
        platform = load_valid_parameters(root)
        deployment = None
        if project:
            deployment = platform.deployment(project, environment)
            deployment.require_pipeline()
            place, name = deployment.environment, deployment.names.pipeline
        else:
            platform.deployments(environment=environment)  # raises for an unknown environment
            place, name = platform.environments[environment], str(pipeline)
        if permissions == "report" and not is_embedded(place):
            raise UserError(
                Message(
                    "--permissions report: environment {environment} is in AWS, which refuses what is missing "
                    "and does not let it through; use it with an environment of the embedded AWS.",
                    environment=environment,
                )
            )
        session = create_session(place, root)
        if session.endpoint is None:
            reject_local_options(environment, image=options["interpreters"], stand_in=options["stand_ins"])
            return _on_aws(name, session, given, {"Commit": commit()}, view)
        from mlproject.runner import EmbeddedAws, run_deployed_pipeline

        with EmbeddedAws(
            endpoint=session.endpoint,
            region=session.region,
            boto3_session=session.boto3_session,
            permissions=permissions,
        ) as aws:
            return run_deployed_pipeline(
                aws=aws,
                name=name,
                parameters=given,
                defaults={"Commit": commit()},
                folder=root / ".mlproject",
                observer=view.update,
                start_spark=lambda: prepare_spark(root, deployment, report=view.note),
                **options,
            )


def _on_aws(name: str, session: Any, given: dict[str, str], defaults: dict[str, str], view: ProgressView) -> RunResult:
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.runner import run_on_aws

    gc.enable()  # following an execution takes hours
    arns: list[str] = []

    def started(arn: str) -> None:
        arns.append(arn)
        view.note(Message("started {arn}", arn=arn))

    try:
        with reporting_aws_errors(f"pipeline {name}"):
            return run_on_aws(
                sagemaker=session.client("sagemaker"),
                logs=session.client("logs"),
                name=name,
                parameters=given,
                defaults=defaults,
                started=started,
                observer=view.update,
            )
    except KeyboardInterrupt:
        if not arns:
            raise
        raise UserError(
            Message(
                "the execution continues on AWS. To stop it: aws sagemaker stop-pipeline-execution "
                "--pipeline-execution-arn {arn} --region {region}",
                arn=arns[0],
                region=session.region,
            ),
            exit_code=INTERRUPTED,
        ) from None


def _interrupt(number: int, frame: Any) -> None:
    """End as Ctrl-C does: steps ended, execution recorded as stopped."""
    raise KeyboardInterrupt
