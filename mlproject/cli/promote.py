"""`mlproject promote`: copy an approved model from one environment into another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.arguments import ProjectArgument
from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.promotion import Promoted, Promotion


def register(app: typer.Typer) -> None:
    """Add the command `promote`."""
    app.command("promote")(promote)


def promote(
    *,
    project: ProjectArgument,
    source: Annotated[
        str, typer.Option("--from", help="The environment of the model.", autocompletion=complete_environment)
    ],
    target: Annotated[
        str, typer.Option("--to", help="The environment that receives it.", autocompletion=complete_environment)
    ],
    model: Annotated[int, typer.Option(min=1, help="The version in the project's model package group.")],
    approve: Annotated[
        bool, typer.Option("--approve", help="Approve the model in the target environment at once.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Copy an approved model with its metrics and lineage into another environment, and register it there.

    Run it with credentials of the target environment's account: it assumes the project's promotion role there. A model
    that was promoted already is found and not registered again.
    """
    from mlproject.cli.common.session import create_session, reporting_aws_errors
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters
    from mlproject.promotion import Promotion, promote_model

    root = project_root()
    promotion = Promotion.of(load_valid_parameters(root), project=project, source=source, target=target)
    session = create_session(promotion.target.environment, root)
    clients = _assume_role(promotion, session)
    with reporting_aws_errors(f"promoting model {model} of {project} from {source} to {target}"):
        promoted = promote_model(
            promotion,
            source=promotion.side(promotion.source, clients),
            target=promotion.side(promotion.target, clients),
            version=model,
            approve=approve,
        )
    if as_json:
        print(json.dumps(asdict(promoted), indent=2))
        return
    _print_result(promotion, promoted)


def _print_result(promotion: Promotion, promoted: Promoted) -> None:
    names = promotion.target.names
    action = "registered as" if promoted.action == "registered" else "promoted before, as"
    print(f"{promoted.source_arn}: {action} version {promoted.version} of {names.model_package_group}")
    print(f"  {promoted.arn}")
    print(f"  artifact {promoted.artifact}")
    print(f"  approval {promoted.approval}")
    if promoted.approval == "PendingManualApproval":
        print(
            "Approve it when it may be used: aws sagemaker update-model-package --model-package-arn "
            f"{promoted.arn} --model-approval-status Approved --region {names.region}"
        )


def _assume_role(promotion: Promotion, session: Session) -> Callable[[str], Any]:
    """Return a function that creates the clients of the promotion role. Both environments are in one region.

    Raises:
        UserError: the role does not exist, or the caller may not assume it.
    """
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    from mlproject.cli.common.session import reporting_aws_errors

    arn = promotion.role_arn
    try:
        with reporting_aws_errors(f"assuming {arn}"):
            given = session.client("sts").assume_role(RoleArn=arn, RoleSessionName="mlproject-promote")["Credentials"]
    except UserError as error:
        if not isinstance(error.__cause__, ClientError):
            raise
        names = promotion.target.names
        raise UserError(
            f"{error}. Deploy {names.stack('pipeline')}, which creates the role, and allow your role sts:AssumeRole "
            "on it.",
            exit_code=1,
            topic="access-denied",
        ) from error
    assumed = boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=session.region,
    )
    config = Config(proxies={}) if session.endpoint else None
    return lambda service: assumed.client(service, endpoint_url=session.endpoint, config=config)
