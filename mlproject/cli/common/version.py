"""The output of `mlproject --version`: the version, its commit, and the versions of what decides on results."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from mlproject import __version__
from mlproject.translation import Message, translated

# Of the code that runs, whatever the current folder is.
CHECKOUT = Path(__file__).parents[3]


@dataclass(frozen=True, kw_only=True)
class Versions:
    """What runs.

    Args:
        mlproject: the release, such as `1.0.0`.
        commit: of the checkout, with `-dirty` if tracked files differ from it; None outside a git checkout.
        python: of this process.
        cdk_library: of aws-cdk-lib; None if it is not installed.
        cdk_cli: of the CDK CLI that is installed in the checkout; None if there is none.
        moto: of the services in the embedded AWS; None if it is not installed.
    """

    mlproject: str
    commit: str | None
    python: str
    cdk_library: str | None
    cdk_cli: str | None
    moto: str | None


def read_versions(checkout: Path = CHECKOUT) -> Versions:
    """Return the versions of what runs. Imports and starts none of it.

    Args:
        checkout: the folder that contains the package `mlproject`.
    """
    return Versions(
        mlproject=__version__,
        commit=_commit(checkout),
        python=platform.python_version(),
        cdk_library=_installed("aws-cdk-lib"),
        cdk_cli=_cdk_cli(checkout),
        moto=_installed("moto"),
    )


def versions_as_json(versions: Versions) -> str:
    """Return the versions as one JSON object."""
    return json.dumps(asdict(versions), indent=2)


def print_versions(versions: Versions) -> None:
    """Print one version per line. The first line is the release."""
    unknown, missing = Message("unknown"), Message("not installed")
    lines = {
        Message("commit"): versions.commit or unknown,
        "Python": versions.python,
        Message("CDK library"): versions.cdk_library or missing,
        "CDK CLI": versions.cdk_cli or missing,
        Message("moto, in the embedded AWS"): versions.moto or missing,
    }
    print(f"mlproject {versions.mlproject}")
    for name, version in lines.items():
        print(f"{translated(name)}: {translated(version)}")


def _commit(checkout: Path) -> str | None:
    from mlproject.cli.common.commit import UNKNOWN, read_commit

    # An installed package may lie in a folder of another repository.
    if not (checkout / "pyproject.toml").is_file():
        return None
    with read_commit(checkout) as commit:
        found = commit()
    return None if found == UNKNOWN else found


def _installed(package: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _cdk_cli(checkout: Path) -> str | None:
    try:
        return str(json.loads((checkout / "node_modules" / "aws-cdk" / "package.json").read_text())["version"])
    except FileNotFoundError:
        return None
