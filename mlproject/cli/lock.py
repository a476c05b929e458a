"""`mlproject lock`: record the deployed network of an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mlproject.cli.common.arguments import EnvironmentOption

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Environment, LockedNetwork


def register(app: typer.Typer) -> None:
    """Add the command `lock`."""
    app.command("lock")(lock)


def lock(environment: EnvironmentOption) -> None:
    """Write the deployed network of an environment to environments.lock.json. Commit the file.

    `check` and the CDK app then reject a different CIDR block or zone, which would replace the network and all
    resources in it. If the network is not deployed, the command removes its entry.
    """
    from mlproject.cli.common.session import create_session
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    platform = load_valid_parameters(root)
    platform.deployments(environment=environment)  # rejects an unknown name
    selected = platform.environments[environment]
    lock_network(root, selected, create_session(selected, root))


def lock_network(root: Path, environment: Environment, session: Session) -> None:
    """Update the lock file from the deployed network, and print the change, if any."""
    from mlproject.parameters import read_lock, write_lock

    deployed = deployed_network(environment, session)
    locked = read_lock(root)
    if locked.get(environment.name) == deployed:
        return
    entries = {**locked, environment.name: deployed}
    path = write_lock(root, {name: entry for name, entry in entries.items() if entry})
    change = f"{environment.name} is locked to {deployed}" if deployed else f"{environment.name} is no longer locked"
    print(f"{path.name}: {change}. Commit the file.")


def deployed_network(environment: Environment, session: Session) -> LockedNetwork | None:
    """Return the network that the environment's stack created; None if there is none."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import describe_network
    from mlproject.parameters import LockedNetwork

    with reporting_aws_errors(f"reading the network of {environment.name}"):
        found = describe_network(session.client, environment=environment.name)
    if found is None:
        return None
    cidr, zones = found
    return LockedNetwork(account=environment.account, region=environment.region, cidr=cidr, zones=zones)
