"""`mlproject local`: the embedded AWS of this checkout, in the background."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from embedded_aws import Server

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of sentences.")]

NOT_RUNNING = 3
# The first to ask waits until the server has imported moto's services: 1 s on an idle machine.
STAND_INS_SECONDS = 60.0
STATE = "Its state is in memory: it is gone when the server stops."
# Any region serves; this one's prices and zones are known here.
DEFAULT_REGION = "eu-west-1"
START_IT = "`mlproject local up` starts it."


def register(app: typer.Typer) -> None:
    """Add the group `local`."""
    group = typer.Typer(help="The embedded AWS of this checkout: start it, look at it, stop it.", no_args_is_help=True)
    group.command("up")(up)
    group.command("status")(status)
    group.command("down")(down)
    group.command("reset")(reset)
    group.command("env")(env)
    app.add_typer(group, name="local")


def up(
    port: Annotated[int | None, typer.Option(help="Where it listens; a free port without it.")] = None,
    as_json: Json = False,
) -> None:
    """Start the embedded AWS in the background; say so if it runs already."""
    import embedded_aws

    accounts = _accounts()
    embedded_aws.Accounts(_folder()).add(accounts.values())
    done = embedded_aws.launch(_folder(), port=port)
    # Asked of the server: importing moto here to know them would take a second, once more.
    stand_ins = embedded_aws.ask(
        done.server.port, "moto-additions", administrator=done.server.administrator, timeout=STAND_INS_SECONDS
    )
    if stand_ins is None:
        raise _does_not_answer(done.server)
    if as_json:
        facts = {**_facts(done.server), "started": done.is_new, "state_lost": bool(done.lost)}
        _print_json({**facts, "accounts": accounts, "stand_ins": stand_ins})
        return
    if done.lost:
        print(done.lost.loss)
    print(f"The embedded AWS {'runs' if done.is_new else 'already runs'} at {done.server.endpoint}")
    print(f"  process {done.server.pid}, log {done.server.log}")
    print(f"  {STATE}")
    print('Its accounts, each reached by any cdk, aws or boto3 after: eval "$(mlproject local env NAME)"')
    width = max(map(len, accounts))
    for name, account in accounts.items():
        print(f"  {name.ljust(width)}  {account}")
    print("Added to moto, or stood in for:")
    for each in stand_ins:
        print(f"  {each['service']}: {each['what']} ({each['why']})")


def status(as_json: Json = False) -> None:
    """Say whether it runs. Exit code: 0 it does, 3 it does not, 1 it runs and does not answer."""
    import embedded_aws

    found = embedded_aws.find(_folder())
    if found.server is None:
        if as_json:
            _print_json({"running": False, "state_lost": bool(found.lost)})
        else:
            print(f"{found.lost.loss if found.lost else 'The embedded AWS does not run.'} {START_IT}")
        raise typer.Exit(NOT_RUNNING)
    answers = embedded_aws.is_responding(found.server)
    if as_json:
        _print_json({"running": True, "answers": answers, **_facts(found.server)})
    elif answers:
        print(f"The embedded AWS runs at {found.server.endpoint} (process {found.server.pid}).")
    if not answers:
        raise _does_not_answer(found.server)


def down(as_json: Json = False) -> None:
    """Stop it; its state is gone. Nothing to stop is no error."""
    import embedded_aws

    folder = _folder()
    lost = embedded_aws.find(folder).lost
    stopped = embedded_aws.stop(folder)
    if as_json:
        _print_json({"stopped": stopped, "state_lost": bool(lost)})
    elif lost:
        print(lost.loss)
    else:
        print("The embedded AWS is stopped." if stopped else "The embedded AWS does not run: nothing to stop.")


def reset(as_json: Json = False) -> None:
    """Empty it: stop it and start it again on the same port."""
    import embedded_aws

    server = embedded_aws.restart(_folder())
    if as_json:
        _print_json(_facts(server))
    else:
        print(f"The embedded AWS is empty and runs at {server.endpoint} (process {server.pid}).")


def env(
    environment: Annotated[
        str | None,
        typer.Argument(help="The environment whose account and region to use; the local one by default."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the exports that lead any cdk, aws or boto3 of a shell to it: eval "$(mlproject local env dev)".

    The credentials are those of the administrator of the environment's account.

    If it fails, the `eval` fails too, and the shell reaches no AWS at all: whoever asked for the embedded AWS does not
    end up in a real account.
    """
    import embedded_aws
    from mlproject.files import project_root

    root = project_root()
    server = embedded_aws.status(_folder())
    if server is None:
        raise UserError(f"the embedded AWS does not run: {START_IT}", exit_code=NOT_RUNNING)
    account, region = _account_and_region(root, environment)
    embedded_aws.Accounts(_folder()).add([account])
    variables = server.environment(account, region)
    if as_json:
        _print_json(variables)
        return
    print(embedded_aws.shell_exports(variables))


def _account_and_region(root: Path, environment: str | None) -> tuple[str, str]:
    """The embedded AWS's account, and a region: parameters with mistakes keep nobody from it."""
    import embedded_aws
    from mlproject.parameters import load_valid_parameters

    try:
        platform = load_valid_parameters(root)
    except UserError as error:
        if environment is not None:
            raise
        print(f"Warning: the region is {DEFAULT_REGION}, since {error}", file=sys.stderr)
        return embedded_aws.ACCOUNT, DEFAULT_REGION
    if environment is not None:
        platform.deployments(environment=environment)  # refuses an unknown name in words
        chosen = platform.environments[environment]
        return chosen.account, chosen.region
    own = (each.region for each in platform.environments.values() if each.account == embedded_aws.ACCOUNT)
    return embedded_aws.ACCOUNT, next(own, DEFAULT_REGION)


def _accounts() -> dict[str, str]:
    """Environment to account; without a valid environments.yaml the embedded AWS has its own account only."""
    import embedded_aws
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    try:
        environments = load_valid_parameters(project_root()).environments
    except UserError as error:
        print(f"Warning: only account {embedded_aws.ACCOUNT} exists, since {error}", file=sys.stderr)
        return {"local": embedded_aws.ACCOUNT}
    return {name: each.account for name, each in environments.items()}


def _folder() -> Path:
    from mlproject.cli.common.session import LOCAL_FOLDER
    from mlproject.files import project_root

    return project_root() / LOCAL_FOLDER


def _facts(server: Server) -> dict[str, Any]:
    return {"endpoint": server.endpoint, "port": server.port, "pid": server.pid, "log": str(server.log)}


def _does_not_answer(server: Server) -> UserError:
    return UserError(
        f"process {server.pid} of the embedded AWS does not answer at {server.endpoint}; "
        f"see {server.log}, or `mlproject local reset` for a new one with no state.",
        exit_code=1,
    )


def _print_json(value: Any) -> None:
    print(json.dumps(value, indent=2))
