"""The lock file of deployed networks: environments.lock.json, written by `mlproject lock` and committed by the team.

A different CIDR block or different zones replace the VPC or its subnets. CloudFormation can delete the old ones only if
they are empty. Notebook instances cannot move to another subnet, and their volumes are lost when they are deleted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mlproject import __version__
from mlproject.errors import UserError
from mlproject.files import write_atomically
from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models.fields import FrozenModel
from mlproject.parameters.model import Environment, NewNetwork
from mlproject.parameters.yaml_files.file import read_yaml

FILE = "environments.lock.json"


class LockedNetwork(FrozenModel):
    """The deployed network of an environment.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        cidr: the CIDR block of the VPC.
        zones: the zones of its subnets, in the same order.
    """

    account: str
    region: str
    cidr: str
    zones: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cidr} in {', '.join(self.zones)}"


def read_lock(root: Path) -> dict[str, LockedNetwork]:
    """Return the locked networks by environment name; empty if there is no lock file.

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
        if first["type"] == "extra_forbidden":
            raise UserError(
                f"{path}: {where}: unknown to mlproject {__version__}. Use the version of mlproject that wrote the "
                "file, or a newer one.",
                topic="other-version",
            ) from error
        raise UserError(
            f"{path}: {f'{where}: ' if where else ''}{first['msg']}. Restore the file from version control, "
            "or delete it and run `mlproject lock` for each deployed environment."
        ) from error


def write_lock(root: Path, lock: Mapping[str, LockedNetwork]) -> Path:
    """Write all entries, sorted by name; delete the file if there are none."""
    path = root / FILE
    if lock:
        entries = {name: entry.model_dump() for name, entry in sorted(lock.items())}
        write_atomically(path, json.dumps(entries, indent=2) + "\n")
    else:
        path.unlink(missing_ok=True)
    return path


def changed_networks(root: Path, environments: Mapping[str, Environment]) -> dict[str, Finding]:
    """Return a finding for each environment whose network differs from the locked one, by environment name.

    A lock entry applies only to its own account and region.

    Args:
        root: the folder that contains environments.yaml and the lock file.
        environments: environments by name.

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
    file = read_yaml(root / "environments.yaml", root=root, findings=[])
    place = file.at("environments", name, "network") or file.at("environments", name) if file else None
    return Finding(
        file="environments.yaml",
        line=place.line if place else None,
        key=f"environments.{name}.network",
        message=(
            f"{written} would replace the deployed network of {name}, {locked} ({FILE}), which existing resources use"
        ),
        allowed=(
            f"the deployed network, or a new environment for the other network. After you destroy {name}/network, "
            f"run `mlproject lock --environment {name}` to remove its entry"
        ),
    )
