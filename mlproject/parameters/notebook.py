"""A notebook instance as people write it."""

from __future__ import annotations

from mlproject.parameters.keys import Value, key

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html (VolumeSizeInGB)
VOLUME_GB_MINIMUM, VOLUME_GB_LIMIT = 5, 16_384


class Repository(Value):
    """A Git repository that the notebook shows as its folder."""

    url: str = key("The repository.", allowed="an https URL without user, password or query")
    branch: str | None = key("The branch. Default: the repository's own.", allowed="a branch's name", default=None)
    secret_arn: str | None = key(
        "The secret of Secrets Manager that holds user and token of a private repository. Default: a public one.",
        allowed="the ARN of a secret of the environment's account and region",
        default=None,
    )


class WrittenNotebook(Value):
    """A notebook instance below its name."""

    instance_type: str = key("The instance type.", allowed="a type for notebook instances, such as ml.t3.medium")
    volume_gb: int = key(
        "Size of the volume for work and libraries, in GB. Default 20.",
        allowed=f"whole GB, {VOLUME_GB_MINIMUM} to {VOLUME_GB_LIMIT}",
        default=20,
        ge=VOLUME_GB_MINIMUM,
        le=VOLUME_GB_LIMIT,
    )
    idle_minutes: int = key(
        "Minutes without work after which the instance stops. Default 60.", allowed="whole minutes", default=60
    )
    users: tuple[str, ...] = key(
        "Who may open the notebook. Default: nobody but the account's administrators.",
        allowed="a list of IAM user names or session names (often an e-mail address)",
        default=(),
    )
    open_from_vpc_only: bool = key(
        "Whether the notebook opens from the environment's network only. Default: false.",
        allowed="true or false",
        default=False,
    )
    libraries: str | None = key(
        "The list of libraries to install: NAME of libraries/NAME.txt beside project.yaml. Default: none.",
        allowed="the name of a file of the project's libraries/, without .txt",
        default=None,
    )
    repository: Repository | None = key(
        "A Git repository to work in. Default: none.", allowed="keys url, branch, secret_arn", default=None
    )


class Notebook(WrittenNotebook):
    """A notebook instance of a deployment."""

    name: str
