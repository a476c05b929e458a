"""`mlproject local`: run the embedded AWS of this checkout in the background."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.cli.common.completion import complete_environment
from mlproject.errors import UserError
from mlproject.translation import Message, translated

if TYPE_CHECKING:
    from embedded_aws import Server

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]

NOT_RUNNING = 3
# The first request waits until the server has imported moto's services, which takes 1 s on an idle machine.
STAND_INS_SECONDS = 60.0
STATE = Message("Its state is in memory and is lost when the server stops.")
# The parameters' tables contain prices and zones of this region.
DEFAULT_REGION = "eu-west-1"
START_HINT = Message("To start it, run `mlproject local up`.")

NOT_RUNNING_TEXT = Message("The embedded AWS is not running.")


def register(app: typer.Typer) -> None:
    """Add the group `local`."""
    group = typer.Typer(help="Start, inspect and stop the embedded AWS of this checkout.", no_args_is_help=True)
    group.command("up")(up)
    group.command("status")(status)
    group.command("down")(down)
    group.command("reset")(reset)
    group.command("env")(env)
    app.add_typer(group, name="local")


def up(
    port: Annotated[int | None, typer.Option(help="The port to listen on (default: a free port).")] = None,
    details: Annotated[
        bool, typer.Option("--details", help="List everything that is added to moto or replaced.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Start the embedded AWS in the background, unless it is already running."""
    import embedded_aws
    from mlproject.runner.serving import inference_command

    accounts = _accounts()
    embedded_aws.Accounts(_folder()).add(accounts.values())
    launch = embedded_aws.launch(_folder(), port=port, inference_command=inference_command())
    # Ask the server, since importing moto here would take another second.
    stand_ins = embedded_aws.ask(
        launch.server.port, "moto-additions", administrator=launch.server.administrator, timeout=STAND_INS_SECONDS
    )
    if stand_ins is None:
        raise _not_responding(launch.server)
    if as_json:
        facts = {**_facts(launch.server), "started": launch.is_new, "state_lost": bool(launch.lost)}
        _print_json({**facts, "accounts": accounts, "stand_ins": stand_ins})
        return
    if launch.lost:
        print(translated(_describe_loss(launch.lost)))
    running = Message("The embedded AWS is running at {endpoint}", endpoint=launch.server.endpoint)
    already = Message("The embedded AWS is already running at {endpoint}", endpoint=launch.server.endpoint)
    print(translated(running if launch.is_new else already))
    print(translated("  process {process}, log {log}", process=launch.server.pid, log=launch.server.log))
    print(f"  {translated(STATE)}")
    hint = Message(
        'Accounts by environment. To use one with cdk, aws and boto3, run: eval "$(mlproject local env -e NAME)"'
    )
    print(translated(hint))
    width = max(map(len, accounts))
    for name, account in accounts.items():
        print(f"  {name.ljust(width)}  {account}")
    if details:
        print(translated("Added to moto or replaced:"))
        for each in stand_ins:
            print(f"  {each['service']}: {each['what']} ({each['why']})")
    else:
        added = Message(
            "{number} operations are added to moto or replaced. To list them, run `mlproject local up --details`.",
            number=len(stand_ins),
        )
        print(translated(added))


def status(as_json: Json = False) -> None:
    """Show whether it is running. Exit codes: 0 running, 3 not running, 1 running but not responding."""
    import embedded_aws

    found = embedded_aws.find(_folder())
    if found.server is None:
        if as_json:
            _print_json({"running": False, "state_lost": bool(found.lost)})
        else:
            state = _describe_loss(found.lost) if found.lost else NOT_RUNNING_TEXT
            print(f"{translated(state)} {translated(START_HINT)}")
        raise typer.Exit(NOT_RUNNING)
    answers = embedded_aws.is_responding(found.server)
    if as_json:
        _print_json({"running": True, "answers": answers, **_facts(found.server)})
    elif answers:
        running = Message(
            "The embedded AWS is running at {endpoint} (process {process}).",
            endpoint=found.server.endpoint,
            process=found.server.pid,
        )
        print(translated(running))
    if not answers:
        raise _not_responding(found.server)


def down(as_json: Json = False) -> None:
    """Stop it and discard its state. It is not an error if it is not running."""
    import embedded_aws

    folder = _folder()
    lost = embedded_aws.find(folder).lost
    stopped = embedded_aws.stop(folder)
    if as_json:
        _print_json({"stopped": stopped, "state_lost": bool(lost)})
    elif lost:
        print(translated(_describe_loss(lost)))
    else:
        print(translated(Message("The embedded AWS has been stopped.") if stopped else NOT_RUNNING_TEXT))


def reset(as_json: Json = False) -> None:
    """Discard its state: stop it and start it again on the same port."""
    import embedded_aws
    from mlproject.runner.serving import inference_command

    server = embedded_aws.restart(_folder(), inference_command=inference_command())
    if as_json:
        _print_json(_facts(server))
    else:
        empty = Message(
            "The embedded AWS is empty and running at {endpoint} (process {process}).",
            endpoint=server.endpoint,
            process=server.pid,
        )
        print(translated(empty))


def env(
    environment: Annotated[
        str | None,
        typer.Option(
            "--environment",
            "-e",
            help="The environment whose account and region to use (default: local).",
            autocompletion=complete_environment,
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print exports with which cdk, aws and boto3 use the embedded AWS: eval "$(mlproject local env -e dev)".

    The credentials are those of the administrator of the environment's account.

    If the command fails, the `eval` fails too and the shell cannot reach any AWS, so that you do not use a real account
    by mistake.
    """
    import embedded_aws
    from mlproject.files import project_root

    root = project_root()
    server = embedded_aws.status(_folder())
    if server is None:
        raise UserError(
            Message("the embedded AWS is not running. {hint}", hint=START_HINT),
            exit_code=NOT_RUNNING,
            topic="local-aws-not-running",
        )
    account, region = _account_and_region(root, environment)
    embedded_aws.Accounts(_folder()).add([account])
    variables = server.environment(account, region)
    if as_json:
        _print_json(variables)
        return
    print(embedded_aws.shell_exports(variables))


def _account_and_region(root: Path, environment: str | None) -> tuple[str, str]:
    """Return the account and region to use, also if the parameters have errors."""
    import embedded_aws
    from mlproject.parameters import load_valid_parameters

    try:
        platform = load_valid_parameters(root)
    except UserError as error:
        if environment is not None:
            raise
        region = Message(
            "Warning: the region is {region}, because of an error: {error}", region=DEFAULT_REGION, error=error.message
        )
        print(translated(region), file=sys.stderr)
        return embedded_aws.ACCOUNT, DEFAULT_REGION
    if environment is not None:
        platform.deployments(environment=environment)  # rejects an unknown name
        selected = platform.environments[environment]
        return selected.account, selected.region
    regions = (each.region for each in platform.environments.values() if each.account == embedded_aws.ACCOUNT)
    return embedded_aws.ACCOUNT, next(regions, DEFAULT_REGION)


def _accounts() -> dict[str, str]:
    """Return the accounts by environment; only the default account without a valid environments.yaml."""
    import embedded_aws
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    try:
        environments = load_valid_parameters(project_root()).environments
    except UserError as error:
        only = Message(
            "Warning: only account {account} exists, because of an error: {error}",
            account=embedded_aws.ACCOUNT,
            error=error.message,
        )
        print(translated(only), file=sys.stderr)
        return {"local": embedded_aws.ACCOUNT}
    return {name: each.account for name, each in environments.items()}


def _folder() -> Path:
    from mlproject.cli.common.session import LOCAL_FOLDER
    from mlproject.files import project_root

    return project_root() / LOCAL_FOLDER


def _describe_loss(server: Server) -> Message:
    """Return the sentence for a server that ended without being stopped; its own is English."""
    return Message(
        "The embedded AWS (process {process}) ended without being stopped: what was deployed in it is lost, since its "
        "state is in memory.",
        process=server.pid,
    )


def _facts(server: Server) -> dict[str, Any]:
    return {"endpoint": server.endpoint, "port": server.port, "pid": server.pid, "log": str(server.log)}


def _not_responding(server: Server) -> UserError:
    return UserError(
        Message(
            "process {process} of the embedded AWS does not respond at {endpoint}. See {log}, or run `mlproject local "
            "reset` for a new one without state.",
            process=server.pid,
            endpoint=server.endpoint,
            log=server.log,
        ),
        exit_code=1,
        topic="local-aws-not-running",
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
