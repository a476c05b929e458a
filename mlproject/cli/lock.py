"""`mlproject lock`: write down the network of an environment as it is deployed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Environment, LockedNetwork


def register(app: typer.Typer) -> None:
    """Add the command `lock`."""
    app.command("lock")(lock)


def lock(environment: Annotated[str, typer.Argument(help="One of environments.yaml, such as dev.")]) -> None:
    """Write the deployed network of an environment into environments.lock.json; commit the file.

    `check` and the CDK application then refuse another range or zone, which would replace the network under everything
    that stands in it. If the environment's network is not deployed, its entry goes.
    """
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    platform.deployments(environment=environment)  # refuses an unknown name
    found = platform.environments[environment]
    lock_network(root, found, create_session(found, root))


def lock_network(root: Path, environment: Environment, session: Session) -> None:
    """Make the lock say what is deployed; print what changed, if anything did."""
    from mlproject.parameters import read_lock, write_lock

    deployed = deployed_network(environment, session)
    locked = read_lock(root)
    if locked.get(environment.name) == deployed:
        return
    entries = {**locked, environment.name: deployed}
    path = write_lock(root, {name: entry for name, entry in entries.items() if entry})
    what = f"{environment.name} is locked to {deployed}" if deployed else f"{environment.name} is not locked any more"
    print(f"{path.name}: {what}; commit it.")


def deployed_network(environment: Environment, session: Session) -> LockedNetwork | None:
    """The network that an environment's own stack has created; None if it has created none."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import describe_network
    from mlproject.parameters import LockedNetwork

    with reporting_aws_errors(f"looking at the network of {environment.name}"):
        found = describe_network(session.client, environment=environment.name)
    if found is None:
        return None
    cidr, zones = found
    return LockedNetwork(account=environment.account, region=environment.region, cidr=cidr, zones=zones)
