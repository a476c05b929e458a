"""JupyterLab on this machine, with the kernel of a project's notebook and the credentials of its role."""

from mlproject.notebooks.credentials import CredentialServer
from mlproject.notebooks.jupyter import JupyterServer, open_jupyter
from mlproject.notebooks.kernel import Kernel, laptop_variables, write_kernel
from mlproject.notebooks.sparkmagic import configure_sparkmagic, read_session_sizes, spark_kernels

__all__ = [
    "CredentialServer",
    "JupyterServer",
    "Kernel",
    "configure_sparkmagic",
    "laptop_variables",
    "open_jupyter",
    "read_session_sizes",
    "spark_kernels",
    "write_kernel",
]
