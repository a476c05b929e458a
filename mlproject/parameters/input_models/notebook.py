"""A notebook instance as people write it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.keys import Follows, Value, distinct, key
from mlproject.parameters.tables import notebook_types

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html (VolumeSizeInGB)
VOLUME_GB_MINIMUM, VOLUME_GB_LIMIT = 5, 16_384
# Ours. Less than ten minutes is how long somebody reads a result, and the notebook's state is gone when it stops; more
# than a week never stops a notebook that is used once a week, which is what stopping is for. 0 is no word for never.
IDLE_MINUTES_MINIMUM, IDLE_MINUTES_LIMIT = 10, 7 * 24 * 60
# Ours: each name stands four times in the policy for opening, which has 6,144 characters at most, so that long names
# are refused earlier, when the templates are made:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
USERS_LIMIT = 30

InstanceType = Annotated[
    str,
    AfterValidator(notebook_types.instance_type),
    WithJsonSchema({"type": "string", "enum": list(notebook_types.SUPPORTED)}),
]
Users = Annotated[tuple[Annotated[str, Follows(constraints.USER)], ...], AfterValidator(distinct)]


class Repository(Value):
    """A Git repository that the notebook shows as its folder."""

    url: Annotated[str, AfterValidator(addresses.repository_url)] = key(
        "The repository.", allowed="an https address without user, password or query, such as https://host/team/name"
    )
    branch: Annotated[str, Follows(constraints.BRANCH)] | None = key(
        "The branch. Default: the repository's own.", allowed="a branch's name", default=None
    )
    secret_arn: Annotated[str, Follows(addresses.SECRETS_MANAGER_ARN)] | None = key(
        "The secret of Secrets Manager that holds username and password of a private repository. Default: none.",
        allowed="the ARN of a secret, such as arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf",
        default=None,
    )


class WrittenNotebook(Value):
    """A notebook instance below its name."""

    instance_type: InstanceType = key(
        "The instance type.", allowed="a type for notebook instances, such as ml.t3.medium"
    )
    volume_gb: int = key(
        "Size of the volume for work and libraries, in GB. Default 20.",
        allowed=f"whole GB, {VOLUME_GB_MINIMUM} to {VOLUME_GB_LIMIT}",
        default=20,
        ge=VOLUME_GB_MINIMUM,
        le=VOLUME_GB_LIMIT,
    )
    idle_minutes: int = key(
        "Minutes without work after which the instance stops. Default 60.",
        allowed=f"whole minutes, {IDLE_MINUTES_MINIMUM} to {IDLE_MINUTES_LIMIT} (a week)",
        default=60,
        ge=IDLE_MINUTES_MINIMUM,
        le=IDLE_MINUTES_LIMIT,
    )
    users: Users = key(
        "Who may open the notebook. Default: nobody but the account's administrators.",
        allowed=f"a list of up to {USERS_LIMIT} IAM user names or session names (often an e-mail address)",
        default=(),
        max_length=USERS_LIMIT,
    )
    open_from_vpc_only: bool = key(
        "Whether the notebook opens from the environment's network only. Default: false.",
        allowed="true or false",
        default=False,
    )
    libraries: Annotated[str, Follows(constraints.LIBRARIES)] | None = key(
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
