"""The kernel of a project's notebook on this machine, with the embedded AWS behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.parameters import Deployment, Notebook


@dataclass(frozen=True, kw_only=True)
class LocalKernel:
    """A kernel that is ready to be started by Jupyter.

    Args:
        name: its name in Jupyter.
        title: its display name.
        folder: Jupyter's files.
        variables: all environment variables of Jupyter.
        spark_kernels: names of the kernels of SparkMagic; none if the project has no cluster.
    """

    name: str
    title: str
    folder: Path
    variables: Mapping[str, str]
    spark_kernels: tuple[str, ...]


@contextmanager
def open_local_kernel(
    root: Path, project: str, environment: str, notebook: str | None, *, report: Callable[[str], None]
) -> Iterator[LocalKernel]:
    """Prepare the kernel of a notebook, whose credentials are valid until the context ends.

    Args:
        root: the checkout.
        project: name of the project.
        environment: name of an environment in the embedded AWS.
        notebook: name of the notebook, or None for the only one.
        report: called with lines about what takes long.

    Raises:
        UserError: the environment is on AWS, the project is not deployed there, or its libraries cannot be installed.
    """
    from mlproject.cli.common.deployed_role import deployed_role
    from mlproject.cli.common.session import create_session, is_embedded
    from mlproject.cli.common.sparkmagic import write_spark_kernels
    from mlproject.libraries import build_environment, read_library_lists
    from mlproject.node_scripts import kernel_name, kernel_title, kernel_variables, notebook_target
    from mlproject.notebook_url import select_notebook
    from mlproject.notebooks import CredentialServer, Kernel, laptop_variables, write_kernel
    from mlproject.parameters import load_valid_parameters
    from mlproject.runner import role_credentials

    deployment = load_valid_parameters(root).deployment(project, environment)
    chosen = select_notebook(deployment, notebook)
    stem, target = _library_list(deployment, chosen), notebook_target(chosen.instance_type)
    if not is_embedded(deployment.environment):
        raise UserError(
            f"environment {environment} is on AWS, where only notebook instances have the role of notebooks. Use an "
            f"environment of the embedded AWS, or open the instance with `mlproject open {project} -e {environment}`."
        )
    session = create_session(deployment.environment, root)
    endpoint = str(session.endpoint)
    role_arn = deployed_role(
        deployment,
        session,
        "notebooks",
        advice=f", then `mlproject data push {project} -e {environment}` for the data of the example notebooks",
    )

    def credentials() -> Mapping[str, str]:
        return role_credentials(
            endpoint=endpoint,
            region=session.region,
            boto3_session=session.boto3_session,
            role_arn=role_arn,
        )

    credentials()  # fails here, and not in a cell, if SageMaker cannot assume the role
    (libraries,) = (each for each in read_library_lists(deployment, root) if (each.target, each.stem) == (target, stem))
    folder = root / ".mlproject" / "notebooks" / deployment.names.notebook(chosen.name)
    kernel = Kernel(
        name=kernel_name(chosen),
        title=kernel_title(deployment, chosen),
        python=build_environment(libraries, root / ".mlproject" / "environments", report=report),
        variables=kernel_variables(deployment),
    )
    with CredentialServer(credentials) as server:
        variables = laptop_variables(
            endpoint=endpoint, region=session.region, credentials=server.variables, folder=folder
        )
        write_kernel(kernel, Path(variables["JUPYTER_DATA_DIR"]))
        spark = write_spark_kernels(root, deployment, Path(variables["JUPYTER_DATA_DIR"]), report=report)
        yield LocalKernel(name=kernel.name, title=kernel.title, folder=folder, variables=variables, spark_kernels=spark)


def _library_list(deployment: Deployment, notebook: Notebook) -> str:
    """Return the name of the list whose libraries the kernel has."""
    if notebook.libraries is None:
        raise UserError(
            f"projects/{deployment.project}/project.yaml: notebook {notebook.name} has no list of libraries, so it has "
            "no kernel of its own. Add `libraries: notebook`, and the list in libraries/notebook.txt.",
            topic="component-missing",
        )
    return notebook.libraries
