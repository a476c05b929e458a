"""Scripts that run on notebook instances and EMR nodes, rendered for the templates without calls to AWS."""

from mlproject.node_scripts.bootstrap import (
    BOOTSTRAP_ACTION,
    bootstrap_arguments,
    node_archive,
    step_bootstrap_arguments,
)
from mlproject.node_scripts.description import notebook_files
from mlproject.node_scripts.kernel_variables import kernel_variables
from mlproject.node_scripts.keys import (
    CLUSTER_TARGETS,
    LIBRARIES,
    Target,
    cluster_target,
    list_key,
    notebook_target,
    pack_key,
    wheel_key,
)
from mlproject.node_scripts.lifecycle import SCRIPT_LIMIT, Hook, lifecycle_script
from mlproject.node_scripts.settings import (
    NotebookSettings,
    keep_alive_key,
    kernel_name,
    kernel_title,
    notebook_settings,
    work_prefix,
)
from mlproject.node_scripts.tools import Tools, tools_archive

__all__ = [
    "BOOTSTRAP_ACTION",
    "CLUSTER_TARGETS",
    "LIBRARIES",
    "SCRIPT_LIMIT",
    "Hook",
    "NotebookSettings",
    "Target",
    "Tools",
    "bootstrap_arguments",
    "cluster_target",
    "keep_alive_key",
    "kernel_name",
    "kernel_title",
    "kernel_variables",
    "lifecycle_script",
    "list_key",
    "node_archive",
    "notebook_files",
    "notebook_settings",
    "notebook_target",
    "pack_key",
    "step_bootstrap_arguments",
    "tools_archive",
    "wheel_key",
    "work_prefix",
]
