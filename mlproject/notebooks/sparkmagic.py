"""SparkMagic on this machine: its kernels, and its configuration by the script that writes it on notebook instances."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from mlproject.errors import UserError
from mlproject.notebooks.kernel import Kernel

_SCRIPT = Path(__file__).parents[2] / "lifecycle_scripts" / "tools" / "sparkmagic.py"
# Names and titles as on notebook instances, where lifecycle_scripts/tools/person writes the second one.
_KERNELS = (
    ("pysparkkernel", "Sparkmagic (PySpark)", "sparkmagic.kernels.pysparkkernel.pysparkkernel"),
    ("sparkmagic", "Python (Sparkmagic)", "ipykernel_launcher"),
)


def spark_kernels(*, python: Path, variables: Mapping[str, str], configuration: Path) -> tuple[Kernel, ...]:
    """Return the kernel that runs cells on Spark, and the Python kernel for `%load_ext sparkmagic.magics`.

    Args:
        python: an interpreter that has SparkMagic.
        variables: environment variables of the project.
        configuration: folder of SparkMagic's config.json.
    """
    given = {**variables, "SPARKMAGIC_CONF_DIR": str(configuration)}
    return tuple(
        Kernel(name=name, title=title, python=python, module=module, variables=given)
        for name, title, module in _KERNELS
    )


def read_session_sizes() -> Mapping[str, str | int]:
    """Return `driverMemory`, `executorMemory` and `executorCores` of the sessions that our configuration starts."""
    sizes: Mapping[str, str | int] = runpy.run_path(str(_SCRIPT))["SETTINGS"]["session_configs_defaults"]
    return sizes


def configure_sparkmagic(folder: Path, *, url: str) -> str:
    """Write config.json with the address of Livy and our settings, and keep what a person has set in it.

    Args:
        folder: the value of SPARKMAGIC_CONF_DIR of the kernels.
        url: address of Livy.

    Returns:
        a sentence about a file that SparkMagic cannot read and that was moved aside, or "".

    Raises:
        UserError: the file cannot be written.
    """
    done = subprocess.run(
        [sys.executable, "-B", str(_SCRIPT), url],
        env={**os.environ, "SPARKMAGIC_CONF_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    message = done.stderr.strip()
    if done.returncode:
        raise UserError(f"{message}.", exit_code=1)
    return message
