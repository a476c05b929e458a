"""Settings of the scripts on a notebook instance."""

from __future__ import annotations

from dataclasses import dataclass

from mlproject.aws_rules.emr_serverless import job_role_arn
from mlproject.names import APPLICATION
from mlproject.node_scripts.keys import LIBRARIES, Target, notebook_target
from mlproject.node_scripts.tools import Tools
from mlproject.parameters import Deployment, Notebook
from mlproject.parameters.input_models.hours import STOP_MINUTES


@dataclass(frozen=True, kw_only=True)
class NotebookSettings:
    """Settings of one notebook instance.

    Args:
        notebook: name of the instance in AWS.
        region: such as `eu-west-1`.
        tools: archive of the scripts that the lifecycle script starts.
        artifacts_bucket: bucket that contains the libraries.
        libraries: name of the project's list, `libraries/<stem>.txt`, or None for no libraries.
        library_index: URL of a package index that is reachable from the network, or None for wheels from S3.
        kernel_title: display name of the kernel.
        idle_minutes: minutes without work after which the instance stops.
        work: S3 URI to which the user's work is saved, `s3://bucket/prefix/`, or None if it is not saved.
        livy_parameter: name of the SSM parameter that contains the URL of Livy, or None without Spark.
        livy_role: ARN of the role of sessions on an EMR Serverless application, or None.
        save_limit_mb: size in MB of the largest file that is saved.
        check_seconds: seconds between two idle checks.
        work_seconds: seconds between two copies of the work, and between two checks for newer libraries.
        target: the lock of the list that is installed.
        timezone: time zone of the times that people see, and of the hours.
        hours_stop: when the instance saves the work and stops itself, such as `20:00 MON,TUE`, or None without hours.
    """

    notebook: str
    region: str
    tools: Tools
    artifacts_bucket: str
    libraries: str | None
    library_index: str | None
    kernel_title: str
    idle_minutes: float
    work: str | None
    livy_parameter: str | None
    livy_role: str | None = None
    save_limit_mb: int = 100
    check_seconds: float = 60
    work_seconds: float = 600
    target: Target = "notebook"
    timezone: str = "UTC"
    hours_stop: str | None = None

    def variables(self) -> dict[str, str]:
        """Shell variables that the scripts read. A setting without a value is an empty string."""
        libraries = f"s3://{self.artifacts_bucket}/{LIBRARIES}"
        return {
            "HOME": "/home/ec2-user",
            "AWS_DEFAULT_REGION": self.region,
            "NOTEBOOK": self.notebook,
            "TOOLS": self.tools.uri,
            "TOOLS_SHA256": self.tools.sha256,
            "LIBRARIES": f"{libraries}{self.target}/{self.libraries}" if self.libraries else "",
            "WHEELS": f"{libraries}wheels",
            "LIBRARY_INDEX": self.library_index or "",
            "KERNEL": _kernel(self.libraries),
            "KERNEL_TITLE": self.kernel_title,
            "IDLE_MINUTES": f"{self.idle_minutes:g}",
            "IDLE_SECONDS": f"{self.check_seconds:g}",
            "WORK": self.work or "",
            "SAVE_LIMIT_MB": str(self.save_limit_mb),
            "WORK_SECONDS": f"{self.work_seconds:g}",
            "LIVY_PARAMETER": self.livy_parameter or "",
            **({"LIVY_ROLE": self.livy_role} if self.livy_role else {}),
            "TIMEZONE": self.timezone,
            "HOURS_STOP": self.hours_stop or "",
            "HOURS_WINDOW": str(STOP_MINUTES),
        }


def notebook_settings(deployment: Deployment, notebook: Notebook, *, tools: Tools) -> NotebookSettings:
    """Return the settings of a notebook in a deployment.

    Work is saved to S3 where data is retained, because a volume is deleted with its instance
    (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteNotebookInstance.html).
    """
    names, environment = deployment.names, deployment.environment
    return NotebookSettings(
        notebook=names.notebook(notebook.name),
        region=environment.region,
        tools=tools,
        artifacts_bucket=names.bucket("artifacts"),
        libraries=notebook.libraries,
        library_index=environment.library_index,
        kernel_title=kernel_title(deployment, notebook),
        idle_minutes=notebook.idle_minutes,
        work=work_uri(deployment, notebook),
        save_limit_mb=notebook.save_limit_mb,
        livy_parameter=livy_parameter(deployment, notebook),
        livy_role=livy_role(deployment, notebook),
        target=notebook_target(notebook.instance_type),
        timezone=notebook.timezone,
        hours_stop=f"{notebook.hours.stop} {','.join(notebook.hours.stop_days)}" if notebook.hours else None,
    )


def kernel_name(notebook: Notebook) -> str:
    """Return the name of a notebook's kernel in Jupyter, or "" without libraries."""
    return _kernel(notebook.libraries)


def kernel_title(deployment: Deployment, notebook: Notebook) -> str:
    """Return the title of a notebook's kernel, such as `Python (flights)`, or "" without libraries.

    It contains the name of the list if the notebooks of the project have several lists.
    """
    if not notebook.libraries:
        return ""
    lists = {each.libraries for each in deployment.notebooks if each.libraries}
    return f"Python ({deployment.project}{f', {notebook.libraries}' if len(lists) > 1 else ''})"


def work_uri(deployment: Deployment, notebook: Notebook) -> str | None:
    """Return the S3 URI to which the work of a notebook is saved, or None if it is not saved."""
    retained = deployment.environment.retain_data
    return f"s3://{deployment.names.bucket('data')}/{work_prefix(notebook)}" if retained else None


def livy_parameter(deployment: Deployment, notebook: Notebook) -> str | None:
    """Return the name of the SSM parameter with the URL of a notebook's Livy, or None without Spark."""
    spark = deployment.spark_of(notebook)
    return deployment.names.livy_parameter(spark) if spark else None


def livy_role(deployment: Deployment, notebook: Notebook) -> str | None:
    """Return the ARN of the role with which the sessions of a notebook run, or None if they run on a cluster."""
    return job_role_arn(deployment) if deployment.spark_of(notebook) == APPLICATION else None


def _kernel(libraries: str | None) -> str:
    return f"mlproject-{libraries}" if libraries else ""


def work_prefix(notebook: Notebook) -> str:
    """Return the prefix in the project's data bucket to which the work of a notebook is saved."""
    return f"notebooks/{notebook.name}/"


def keep_alive_key(notebook: Notebook) -> str:
    """Return the key in the project's data bucket of the request to keep a notebook instance on."""
    return f"notebook-requests/{notebook.name}/keep-alive"
