"""The kernel of a project's notebook on this machine, and the environment variables of its processes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mlproject.files import write_atomically

# A person's AWS settings would give a kernel other permissions; the others would change the kernel's Python.
_DROPPED = ("AWS_", "MLPROJECT_", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_")


@dataclass(frozen=True, kw_only=True)
class Kernel:
    """A Jupyter kernel.

    Args:
        name: as in the metadata of notebooks, the same as on a notebook instance.
        title: display name.
        python: interpreter of its environment.
        variables: environment variables of its processes.
        module: module that runs the kernel.
    """

    name: str
    title: str
    python: Path
    variables: Mapping[str, str]
    module: str = "ipykernel_launcher"


def write_kernel(kernel: Kernel, folder: Path) -> None:
    """Write the specification of a kernel into a data folder of Jupyter.

    Args:
        kernel: the kernel.
        folder: the data folder, such as the value of JUPYTER_DATA_DIR.
    """
    specification = {
        "argv": [str(kernel.python), "-m", kernel.module, "-f", "{connection_file}"],
        "display_name": kernel.title,
        "language": "python",
        "env": dict(kernel.variables),
    }
    write_atomically(folder / "kernels" / kernel.name / "kernel.json", json.dumps(specification, indent=2) + "\n")


def laptop_variables(*, endpoint: str, region: str, credentials: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Return all environment variables of Jupyter on this machine, which its kernels inherit.

    Args:
        endpoint: the embedded AWS.
        region: such as `eu-west-1`.
        credentials: variables that give AWS clients the credentials of the role.
        folder: Jupyter's data, configuration and runtime files, instead of those of the user.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_DROPPED)}
    exceptions = ",".join(filter(None, [os.environ.get("NO_PROXY"), "localhost", "127.0.0.1"]))
    return {
        **inherited,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": exceptions,
        "no_proxy": exceptions,
        **credentials,
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
