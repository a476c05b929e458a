"""What the scripts of a notebook instance are told."""

from __future__ import annotations

from dataclasses import dataclass

from mlproject.node_scripts.keys import LIBRARIES
from mlproject.parameters import Deployment, Notebook


@dataclass(frozen=True, kw_only=True)
class NotebookSettings:
    """The settings of one notebook instance.

    Args:
        notebook: the instance's name in AWS.
        region: such as `eu-west-1`.
        artifacts_bucket: the bucket that holds the libraries.
        libraries: the name of its list, `libraries/<stem>.txt` of the project; None for no libraries.
        library_index: an index that the network reaches; None for wheels from S3.
        kernel_title: what the launcher calls the kernel.
        idle_minutes: without work before the instance stops.
        work: where the user's work is saved, `s3://bucket/prefix/`; None where it is not.
        livy_parameter: the SSM parameter that holds Livy's address; None without a cluster.
        check_seconds: between two looks at who works.
        work_seconds: between two savings of the work and looks at newer libraries.
    """

    notebook: str
    region: str
    artifacts_bucket: str
    libraries: str | None
    library_index: str | None
    kernel_title: str
    idle_minutes: int
    work: str | None
    livy_parameter: str | None
    check_seconds: float = 60
    work_seconds: float = 600

    def variables(self) -> dict[str, str]:
        """The shell variables that the scripts read; empty where there is nothing."""
        libraries = f"s3://{self.artifacts_bucket}/{LIBRARIES}"
        return {
            "HOME": "/home/ec2-user",
            "AWS_DEFAULT_REGION": self.region,
            "NOTEBOOK": self.notebook,
            "LIBRARIES": f"{libraries}notebook/{self.libraries}" if self.libraries else "",
            "WHEELS": f"{libraries}wheels",
            "LIBRARY_INDEX": self.library_index or "",
            "KERNEL": f"mlproject-{self.libraries}" if self.libraries else "",
            "KERNEL_TITLE": self.kernel_title,
            "IDLE_MINUTES": str(self.idle_minutes),
            "IDLE_SECONDS": f"{self.check_seconds:g}",
            "WORK": self.work or "",
            "WORK_SECONDS": f"{self.work_seconds:g}",
            "LIVY_PARAMETER": self.livy_parameter or "",
        }


def notebook_settings(deployment: Deployment, notebook: Notebook) -> NotebookSettings:
    """The settings of a notebook of a project in an environment.

    Work is saved where data is retained: a volume dies with its instance
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteNotebookInstance.html).
    """
    names, environment = deployment.names, deployment.environment
    return NotebookSettings(
        notebook=names.notebook(notebook.name),
        region=environment.region,
        artifacts_bucket=names.bucket("artifacts"),
        libraries=notebook.libraries,
        library_index=environment.library_index,
        kernel_title=f"{deployment.project} ({notebook.libraries})" if notebook.libraries else "",
        idle_minutes=notebook.idle_minutes,
        work=f"s3://{names.bucket('data')}/{work_prefix(notebook)}" if environment.retain_data else None,
        livy_parameter=names.parameter("livy-address") if deployment.emr else None,
    )


def work_prefix(notebook: Notebook) -> str:
    """Where a notebook's work is saved in the project's data bucket."""
    return f"notebooks/{notebook.name}/"
