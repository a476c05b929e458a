"""Write the kernel of the project.

The variables of the project are in the kernel's specification, so that no profile of a person is touched:
https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs
"""

import json
import os
from pathlib import Path

from mlproject_notebook.account import shell_variables
from mlproject_notebook.files import write_atomically
from mlproject_notebook.instance import DESCRIPTION_VARIABLE, description_path, log, read_json


def specification(python, title, description):
    """Return the content of kernel.json."""
    argv = [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": title, "language": "python"}
    if not description:
        return spec
    # An additional extension, so that those of the person's own configuration are loaded too.
    argv.append("--IPKernelApp.extra_extensions=mlproject_notebook.magic")
    spec["env"] = {
        **shell_variables(description),
        "PYTHONPATH": str(Path(__file__).parents[1]),
        DESCRIPTION_VARIABLE: str(description_path()),
    }
    return spec


def register(python):
    """Write kernel.json for the Python with the project's libraries."""
    description = read_json(description_path())
    if not description:
        log(f"the tools have no {description_path()}, so that the kernel has no variables of the project")
    folder = Path.home() / ".local/share/jupyter/kernels" / os.environ["KERNEL"]
    found = specification(python, os.environ["KERNEL_TITLE"], description)
    write_atomically(folder / "kernel.json", json.dumps(found, indent=1))
