"""Select a notebook instance, start it if requested, and create its presigned URL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.parameters import Deployment, Notebook
from mlproject.parameters.findings import closest_match, join_names

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html
SESSION_MINUTES_MINIMUM, SESSION_MINUTES_LIMIT = 30, 720
URL_SECONDS = 300
# A start takes minutes. boto3's own waiter also times out after 30 minutes.
POLL_SECONDS = 10
POLLS = 180
# States that change without any action.
_TRANSIENT = frozenset({"Pending", "Stopping", "Updating", "PendingMaintenance", "InMaintenance"})


@dataclass(frozen=True, kw_only=True)
class NotebookUrl:
    """Presigned URL of a running notebook instance.

    Args:
        instance: name of the notebook instance in AWS.
        url: the presigned URL. It is a secret, since anyone who opens it is signed in, and is excluded from the repr.
        session_minutes: duration of the session that the URL opens.
    """

    instance: str
    url: str = field(repr=False)
    session_minutes: int


def select_notebook(deployment: Deployment, name: str | None, *, option: str = "--notebook") -> Notebook:
    """Return the notebook with this name, or the only notebook of the project if no name is given.

    Args:
        deployment: the project in an environment.
        name: name of the notebook in project.yaml.
        option: how the command calls the name.

    Raises:
        UserError: the project has no notebooks, no notebook with this name, or several notebooks and no name is given.
    """
    notebooks = {notebook.name: notebook for notebook in deployment.notebooks}
    where = f"projects/{deployment.project}/project.yaml"
    if not notebooks:
        raise UserError(
            f"{where}: the project has no notebooks in {deployment.environment.name}. Add one below "
            "`notebooks:`, such as `explore: {instance_type: ml.t3.medium}`, and deploy it.",
            topic="component-missing",
        )
    if name is None:
        if len(notebooks) > 1:
            raise UserError(
                f"{deployment.names.prefix} has several notebooks. Select one with {option}: {join_names(notebooks)}."
            )
        return deployment.notebooks[0]
    if name not in notebooks:
        near = closest_match(name, notebooks)
        hint = f"Did you mean {near}? " if near else ""
        raise UserError(
            f"{option} {name}: {where} defines no such notebook for {deployment.environment.name}. {hint}"
            f"Known: {join_names(notebooks)}.",
            topic="unknown-name",
        )
    return notebooks[name]


def check_session_minutes(minutes: int) -> None:
    """Check the session duration against the limits of SageMaker.

    Raises:
        UserError: the duration is out of range.
    """
    if not SESSION_MINUTES_MINIMUM <= minutes <= SESSION_MINUTES_LIMIT:
        raise UserError(
            f"--session-minutes {minutes}: must be between {SESSION_MINUTES_MINIMUM} and {SESSION_MINUTES_LIMIT} "
            "(12 hours)."
        )


def create_notebook_url(
    deployment: Deployment,
    notebook: Notebook,
    *,
    sagemaker: Any,
    session_minutes: int,
    start: bool,
    report: Callable[[str, float], None],
    sleep: Callable[[float], None],
) -> NotebookUrl:
    """Create the presigned URL of a notebook instance, after starting the instance if requested.

    Args:
        deployment: the project in an environment.
        notebook: one of its notebooks.
        sagemaker: the boto3 client.
        session_minutes: duration of the session, see `check_session_minutes`.
        start: whether to start a stopped instance and wait until it is in service.
        report: called after each poll with the status and the number of seconds waited so far.
        sleep: waits for a number of seconds.

    Raises:
        UserError: the notebook is not deployed, is not running, has failed, or AWS denies access.
    """
    instance = deployment.names.notebook(notebook.name)
    with _explained_denial(deployment, notebook):
        _wait_in_service(deployment, instance, sagemaker=sagemaker, start=start, report=report, sleep=sleep)
        url: str = sagemaker.create_presigned_notebook_instance_url(
            NotebookInstanceName=instance, SessionExpirationDurationInSeconds=session_minutes * 60
        )["AuthorizedUrl"]
    return NotebookUrl(instance=instance, url=url, session_minutes=session_minutes)


def _wait_in_service(
    deployment: Deployment,
    instance: str,
    *,
    sagemaker: Any,
    start: bool,
    report: Callable[[str, float], None],
    sleep: Callable[[float], None],
) -> None:
    """Wait until the instance is in service, and start it at most once."""
    started = False
    for poll in range(POLLS):
        description = describe_notebook(deployment, instance, sagemaker)
        status: str = description["NotebookInstanceStatus"]
        report(status, poll * POLL_SECONDS)
        if status == "InService":
            return
        if status == "Failed":
            raise UserError(
                f"notebook {instance} has failed: {description.get('FailureReason') or 'AWS gives no reason'}",
                exit_code=1,
                topic="notebook-failed",
            )
        if status == "Stopped" and start and not started:
            sagemaker.start_notebook_instance(NotebookInstanceName=instance)
            started = True
        elif not (start and status in _TRANSIENT):
            raise UserError(f"notebook {instance} {_not_running(status)}", exit_code=1, topic="notebook-not-running")
        sleep(POLL_SECONDS)
    raise UserError(
        f"notebook {instance} is not in service after {POLLS * POLL_SECONDS // 60} minutes. Check its log in "
        "CloudWatch, log group /aws/sagemaker/NotebookInstances, and run the command again.",
        exit_code=1,
        topic="notebook-not-running",
    )


def _not_running(status: str) -> str:
    """Reason and remedy, as the end of a sentence that starts with the notebook."""
    if status == "Stopped":
        return "is stopped. Run the command again with --start to start it, which takes a few minutes."
    if status == "Deleting":
        return "is being deleted."
    if status in _TRANSIENT:
        return f"is not ready ({status}). Run the command again with --start to wait for it."
    return f"has the status {status} and cannot be opened."


def describe_notebook(deployment: Deployment, instance: str, sagemaker: Any) -> dict[str, Any]:
    """Return what SageMaker knows about a notebook instance.

    Args:
        deployment: the project in an environment.
        instance: name of the instance in AWS.
        sagemaker: the boto3 client.

    Raises:
        UserError: it is not deployed.
    """
    try:
        description: dict[str, Any] = sagemaker.describe_notebook_instance(NotebookInstanceName=instance)
    except ClientError as error:
        if "RecordNotFound" not in error.response["Error"].get("Message", ""):
            raise
        raise UserError(
            f"notebook {instance} is not deployed in {deployment.environment.name}. "
            f"Deploy it with `cdk deploy '{deployment.names.path}/notebooks'`.",
            exit_code=1,
            topic="not-deployed",
        ) from error
    return description


@contextmanager
def _explained_denial(deployment: Deployment, notebook: Notebook) -> Iterator[None]:
    """Add the remedy to an access denied error."""
    try:
        yield
    except ClientError as error:
        denial = error.response["Error"]
        if denial.get("Code") not in {"AccessDenied", "AccessDeniedException"}:
            raise
        instance = deployment.names.notebook(notebook.name)
        raise UserError(
            f"AWS denied access to notebook {instance}. {_remedy(deployment, notebook)} "
            f"(AWS reported: {denial.get('Message') or denial['Code']})",
            exit_code=1,
            topic="access-denied",
        ) from error


def _remedy(deployment: Deployment, notebook: Notebook) -> str:
    names, environment = deployment.names, deployment.environment
    if not notebook.users:
        return (
            f"It has no users and therefore no policy. Add yourself to `users:` of {notebook.name} in "
            f"projects/{deployment.project}/project.yaml and deploy {names.path}/notebooks."
        )
    network = (
        f"It opens only from the VPC of {environment.name} (open_from_vpc_only). Run this command on a machine in that "
        "network or connected to its VPN. "
        if notebook.open_from_vpc_only
        else ""
    )
    return (
        f"{network}Its users are {', '.join(notebook.users)}. The policy {names.opening_policy(notebook.name)} of "
        f"account {environment.account} must be attached to them."
    )
