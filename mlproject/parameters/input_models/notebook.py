"""The keys of a notebook instance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, WithJsonSchema

from mlproject.names import MAIN_CLUSTER
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter, validate_distinct
from mlproject.parameters.input_models.hours import Hours
from mlproject.parameters.tables import notebook_types

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html (VolumeSizeInGB)
VOLUME_GB_MINIMUM, VOLUME_GB_LIMIT = 5, 16_384
# Our limits. People read a result for up to ten minutes, and a notebook loses its state when it stops. With more than a
# week, a notebook that is used once a week never stops. 0 does not mean never.
IDLE_MINUTES_MINIMUM, IDLE_MINUTES_LIMIT = 10, 7 * 24 * 60
# Our limit: an upload of more takes longer than the idle stop should wait for. Data sets belong in the data bucket.
SAVE_LIMIT_MB_LIMIT = 10_000
# Our limit: each name appears four times in the notebook's access policy, which is limited to 6,144 characters. Longer
# names reach that limit earlier, which fails synthesis:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
USERS_LIMIT = 30

InstanceType = Annotated[
    str,
    AfterValidator(notebook_types.validate_instance_type),
    WithJsonSchema({"type": "string", "enum": list(notebook_types.SUPPORTED)}),
]
Users = Annotated[tuple[Annotated[str, MatchesPattern(constraints.USER)], ...], AfterValidator(validate_distinct)]


class Repository(FrozenModel):
    """A Git repository that is cloned into the notebook."""

    url: Annotated[str, AfterValidator(addresses.validate_repository_url)] = parameter(
        "The URL of the repository.",
        allowed="an https URL without user, password or query, such as https://host/team/name",
    )
    branch: Annotated[str, MatchesPattern(constraints.BRANCH)] | None = parameter(
        "The branch. Default: the default branch of the repository.", allowed="a branch name", default=None
    )
    secret_arn: Annotated[str, MatchesPattern(addresses.SECRETS_MANAGER_ARN)] | None = parameter(
        "The Secrets Manager secret with the username and password of a private repository. Default: none.",
        allowed="the ARN of a secret, such as arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf",
        default=None,
    )


class GitIdentity(FrozenModel):
    """The author of commits in the notebook."""

    name: Annotated[str, MatchesPattern(constraints.GIT_NAME)] = parameter(
        "The name of the author.", allowed="a name of up to 100 characters without < > and quotes, such as Ana Ruiz"
    )
    email: Annotated[str, AfterValidator(addresses.validate_email)] = parameter(
        "The email address of the author.", allowed="an email address"
    )


class NotebookInput(FrozenModel):
    """The keys of a notebook instance, below its name."""

    instance_type: InstanceType = parameter(
        "The instance type.", allowed="a notebook instance type, such as ml.t3.medium"
    )
    volume_gb: int = parameter(
        "Size of the volume for work and libraries, in GB. Default 20.",
        allowed=f"whole GB, {VOLUME_GB_MINIMUM} to {VOLUME_GB_LIMIT}",
        default=20,
        ge=VOLUME_GB_MINIMUM,
        le=VOLUME_GB_LIMIT,
    )
    idle_minutes: int = parameter(
        "Idle time in minutes after which the instance stops. Default 60.",
        allowed=f"whole minutes, {IDLE_MINUTES_MINIMUM} to {IDLE_MINUTES_LIMIT} (a week)",
        default=60,
        ge=IDLE_MINUTES_MINIMUM,
        le=IDLE_MINUTES_LIMIT,
    )
    hours: Hours | None = parameter(
        "The hours in which the instance runs. Default: it is started by hand.",
        allowed="the keys start, stop, days, timezone",
        default=None,
    )
    save_limit_mb: int = parameter(
        "Size in MB of the largest file whose copy is saved, where data is retained. Default 100.",
        allowed=f"whole MB, 1 to {SAVE_LIMIT_MB_LIMIT}",
        default=100,
        ge=1,
        le=SAVE_LIMIT_MB_LIMIT,
    )
    users: Users = parameter(
        "Users who may open the notebook. Default: only administrators of the account.",
        allowed=f"a list of up to {USERS_LIMIT} IAM user names or session names (often an email address)",
        default=(),
        max_length=USERS_LIMIT,
    )
    open_from_vpc_only: bool = parameter(
        "Whether the notebook can be opened only from the environment's network. Default: false.",
        allowed="true or false",
        default=False,
    )
    libraries: Annotated[str, MatchesPattern(constraints.LIBRARIES)] | None = parameter(
        "The list of libraries to install: NAME of libraries/NAME.txt or NAME.yml (of conda). Default: none.",
        allowed="the name of a file of the project's libraries/, without .txt or .yml",
        default=None,
    )
    cluster: Annotated[str, MatchesPattern(constraints.NOTEBOOK_CLUSTER)] = parameter(
        "The cluster that the notebook uses, or emr_serverless for the application. Default main, or the application "
        "if there is no cluster.",
        allowed="main, a name of emr.clusters, or emr_serverless",
        default=MAIN_CLUSTER,
    )
    repository: Repository | None = parameter(
        "A Git repository to clone. Default: none.", allowed="the keys url, branch, secret_arn", default=None
    )
    language: Literal["en", "es"] = parameter(
        "The language of the notebook START HERE and of %mlproject. Default: en.", allowed="en or es", default="en"
    )
    git_identity: GitIdentity | None = parameter(
        "The author of commits in the notebook. Default: none.", allowed="the keys name, email", default=None
    )
    start_script: Annotated[str, MatchesPattern(constraints.RELATIVE_PATH)] | None = parameter(
        "A Bash script that runs at each start in the background, as ec2-user. Default: none.",
        allowed="the path of a file of up to 64 KiB below the project's folder, such as notebooks/start.sh",
        default=None,
    )


class Notebook(NotebookInput):
    """A notebook instance of a deployment.

    `start_script_text` is the content of the start script.
    """

    name: str
    start_script_text: str | None = None

    @property
    def timezone(self) -> str:
        """The time zone of the times that people see on the instance: that of its hours, otherwise UTC."""
        return self.hours.timezone if self.hours else "UTC"
