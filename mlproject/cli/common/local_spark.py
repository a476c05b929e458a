"""Local Spark of a project: its files, and the credentials of its sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli.common.session import Session
    from mlproject.parameters import Deployment
    from mlproject.spark import StateFolder

FOLDER = Path(".mlproject", "spark")


@dataclass(frozen=True, kw_only=True)
class LocalCluster:
    """The local Spark of a project in an environment.

    Args:
        root: the checkout.
        deployment: the project in the environment.
    """

    root: Path
    deployment: Deployment

    @property
    def state(self) -> StateFolder:
        from mlproject.spark import StateFolder

        return StateFolder(path=self.folder / self.deployment.names.prefix)

    @property
    def folder(self) -> Path:
        return self.root / FOLDER

    @property
    def sparkmagic(self) -> Path:
        """Folder of the configuration of SparkMagic."""
        return self.state.path / "sparkmagic"

    @property
    def spark_home(self) -> Path:
        """Folder of PySpark.

        Raises:
            UserError: it is not installed.
        """
        return find_spark_home(self.root)

    @property
    def command(self) -> str:
        """Arguments that name it, such as `flights -e local`."""
        return f"{self.deployment.project} -e {self.deployment.environment.name}"


def find_spark_home(root: Path) -> Path:
    """Return the folder of PySpark in a checkout.

    Raises:
        UserError: it is not installed.
    """
    found = sorted((root / ".venv-spark").glob("lib/python3.*/site-packages/pyspark"))
    if not found or not (root / ".venv-spark" / ".installed").exists():
        raise UserError(
            "Spark is not installed in this checkout. Run `make spark`.", exit_code=1, topic="not-installed"
        )
    return found[0]


def read_local_cluster(project: str, environment: str) -> LocalCluster:
    """Return the local Spark of a project, whether it runs or not.

    Args:
        project: name of the project.
        environment: name of an environment in the embedded AWS.

    Raises:
        UserError: the project has no cluster there, or the environment is on AWS.
    """
    from mlproject.cli.common.session import is_embedded
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters

    root = project_root()
    deployment = load_valid_parameters(root).deployment(project, environment)
    if deployment.emr is None:
        raise UserError(
            f"{project} has no cluster in {environment}, for which local Spark would stand. "
            f"Define `emr:` in projects/{project}/project.yaml and deploy it.",
            topic="component-missing",
        )
    if not is_embedded(deployment.environment):
        raise UserError(
            f"environment {environment} is on AWS, and local Spark only works with the embedded AWS. Use the "
            f"cluster (`mlproject cluster up {project} -e {environment}`), or an environment of the embedded AWS."
        )
    return LocalCluster(root=root, deployment=deployment)


def node_credentials(cluster: LocalCluster) -> Callable[[], Mapping[str, str]]:
    """Return a function that returns credentials of the role of the cluster's nodes, after calling it once.

    Raises:
        UserError: the embedded AWS is not running, or the project is not deployed there.
    """
    from mlproject.cli.common.deployed_role import deployed_role
    from mlproject.runner import role_credentials

    session = open_session(cluster)
    role_arn = deployed_role(cluster.deployment, session, "emr-nodes")

    def credentials() -> Mapping[str, str]:
        return role_credentials(
            endpoint=str(session.endpoint),
            region=session.region,
            boto3_session=session.boto3_session,
            role_arn=role_arn,
            service="ec2.amazonaws.com",
        )

    credentials()
    return credentials


def open_session(cluster: LocalCluster) -> Session:
    """Return boto3 clients of the environment."""
    from mlproject.cli.common.session import create_session

    return create_session(cluster.deployment.environment, cluster.root)
