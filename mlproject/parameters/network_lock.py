"""What must not change of a deployed network: environments.lock.json, which `mlproject lock` writes and teams commit.

Another range or other zones are another VPC or other subnets. CloudFormation would create them, and could delete the
old ones only if nothing stood in them; notebooks cannot move, and a notebook's volume is lost with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters.finding import Finding
from mlproject.parameters.input_models.keys import Value
from mlproject.parameters.model import Environment, NewNetwork
from mlproject.parameters.yaml_files.file import read

FILE = "environments.lock.json"


class LockedNetwork(Value):
    """The network of an environment as it is deployed.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        cidr: the VPC's range.
        zones: the zones of its subnets, in their order.
    """

    account: str
    region: str
    cidr: str
    zones: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cidr} in {', '.join(self.zones)}"


def read_lock(root: Path) -> dict[str, LockedNetwork]:
    """The locked networks by the name of their environment; none if there is no file.

    Raises:
        UserError: the file cannot be read.
    """
    path = root / FILE
    try:
        return TypeAdapter(dict[str, LockedNetwork]).validate_json(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise UserError(
            f"{path}: {f'{where}: ' if where else ''}{first['msg']}; restore the file from version control, "
            "or delete it and run `mlproject lock` for each deployed environment."
        ) from error


def write_lock(root: Path, lock: Mapping[str, LockedNetwork]) -> Path:
    """Write all entries, sorted; the file goes with the last one."""
    path = root / FILE
    if lock:
        entries = {name: entry.model_dump() for name, entry in sorted(lock.items())}
        write_atomically(path, json.dumps(entries, indent=2) + "\n")
    else:
        path.unlink(missing_ok=True)
    return path


def moved_networks(root: Path, environments: Mapping[str, Environment]) -> dict[str, Finding]:
    """The environments whose network is not the locked one any more, with what is wrong.

    An entry holds for its account and region only: elsewhere nothing is deployed yet.

    Args:
        root: the folder of environments.yaml and of the lock.
        environments: name to environment.

    Raises:
        UserError: the lock cannot be read.
    """
    found = {}
    for name, locked in read_lock(root).items():
        environment = environments.get(name)
        if environment is None or (environment.account, environment.region) != (locked.account, locked.region):
            continue
        network = environment.network
        if not isinstance(network, NewNetwork) or (network.cidr, network.zones) != (locked.cidr, locked.zones):
            found[name] = _finding(root, name, locked, network)
    return found


def _finding(root: Path, name: str, locked: LockedNetwork, network: object) -> Finding:
    written = (
        f"{network.cidr} in {', '.join(network.zones)}" if isinstance(network, NewNetwork) else "an imported network"
    )
    file = read(root / "environments.yaml", root=root, findings=[])
    place = file.at("environments", name, "network") or file.at("environments", name) if file else None
    return Finding(
        file="environments.yaml",
        line=place.line if place else None,
        key=f"environments.{name}.network",
        message=(
            f"{written} would replace the deployed network of {name}, {locked} ({FILE}), "
            "under everything that stands in it"
        ),
        allowed=(
            f"the deployed network, or an environment of another name with the other one; when {name}/network has been "
            f"destroyed, `mlproject lock {name}` forgets it"
        ),
    )
