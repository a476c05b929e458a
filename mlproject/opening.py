"""Opening a notebook: which one, in what state, started if that is wanted, and the address that lets its caller in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from mlproject.errors import UserError
from mlproject.parameters import Deployment, Notebook
from mlproject.parameters.finding import listing, nearest

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreatePresignedNotebookInstanceUrl.html
SESSION_MINUTES_MINIMUM, SESSION_MINUTES_LIMIT = 30, 720
URL_SECONDS = 300
# Starting takes minutes; boto3's own waiter gives up after half an hour too.
POLL_SECONDS = 10
POLLS = 180
# States that end by themselves.
_MOVING = frozenset({"Pending", "Stopping", "Updating", "PendingMaintenance", "InMaintenance"})


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A notebook that may be opened now.

    Args:
        instance: its name in AWS.
        url: a secret: whoever has it is let in. It appears in no text of this value.
        session_minutes: how long whoever opens it stays.
    """

    instance: str
    url: str = field(repr=False)
    session_minutes: int


def choose(deployment: Deployment, name: str | None) -> Notebook:
    """The notebook of that name, or the only one.

    Args:
        deployment: the project in an environment.
        name: as in project.yaml.

    Raises:
        UserError: there is none, none of that name, or several without a name.
    """
    own = {notebook.name: notebook for notebook in deployment.notebooks}
    where = f"projects/{deployment.project}/project.yaml"
    if not own:
        raise UserError(
            f"{where}: there is no notebook in {deployment.environment.name}; add one below `notebooks:`, such as "
            "`explore: {instance_type: ml.t3.medium}`, and deploy it."
        )
    if name is None:
        if len(own) > 1:
            raise UserError(
                f"{deployment.names.prefix} has several notebooks; say which with --notebook: {listing(own)}."
            )
        return deployment.notebooks[0]
    if name not in own:
        near = nearest(name, own)
        hint = f"did you mean {near}? " if near else ""
        raise UserError(
            f"--notebook {name}: no such notebook in {where} for {deployment.environment.name}; {hint}"
            f"Known: {listing(own)}."
        )
    return own[name]


def check_session(minutes: int) -> None:
    """Refuse a length of session that SageMaker refuses.

    Raises:
        UserError: it is out of range.
    """
    if not SESSION_MINUTES_MINIMUM <= minutes <= SESSION_MINUTES_LIMIT:
        raise UserError(
            f"--session-minutes {minutes}: must be {SESSION_MINUTES_MINIMUM} to {SESSION_MINUTES_LIMIT} (12 hours)."
        )


def open_notebook(
    deployment: Deployment,
    notebook: Notebook,
    *,
    sagemaker: Any,
    session_minutes: int,
    start: bool,
    tell: Callable[[str, float], None],
    pause: Callable[[float], None],
) -> Opened:
    """The address of a notebook that runs, or that is started first.

    Args:
        deployment: the project in an environment.
        notebook: one of its notebooks.
        sagemaker: the boto3 client.
        session_minutes: how long the session lasts, see `check_session`.
        start: whether to start one that is stopped, and to wait for it.
        tell: told the status after each look, and for how many seconds it is waited for.
        pause: waits so many seconds.

    Raises:
        UserError: it is not deployed, does not run, has failed, or AWS lets this caller not in.
    """
    instance = deployment.names.notebook(notebook.name)
    with _refusals_in_words(deployment, notebook):
        _run(deployment, instance, sagemaker=sagemaker, start=start, tell=tell, pause=pause)
        url: str = sagemaker.create_presigned_notebook_instance_url(
            NotebookInstanceName=instance, SessionExpirationDurationInSeconds=session_minutes * 60
        )["AuthorizedUrl"]
    return Opened(instance=instance, url=url, session_minutes=session_minutes)


def _run(
    deployment: Deployment,
    instance: str,
    *,
    sagemaker: Any,
    start: bool,
    tell: Callable[[str, float], None],
    pause: Callable[[float], None],
) -> None:
    """Come back when the instance runs; start it once if it must be."""
    started = False
    for poll in range(POLLS):
        about = _describe(deployment, instance, sagemaker)
        status: str = about["NotebookInstanceStatus"]
        tell(status, poll * POLL_SECONDS)
        if status == "InService":
            return
        if status == "Failed":
            raise UserError(
                f"notebook {instance} has failed: {about.get('FailureReason') or 'without a reason'}", exit_code=1
            )
        if status == "Stopped" and start and not started:
            sagemaker.start_notebook_instance(NotebookInstanceName=instance)
            started = True
        elif not (start and status in _MOVING):
            raise UserError(f"notebook {instance} {_not_running(status)}", exit_code=1)
        pause(POLL_SECONDS)
    raise UserError(
        f"notebook {instance} does not run after {POLLS * POLL_SECONDS // 60} minutes; look at its log in CloudWatch, "
        "group /aws/sagemaker/NotebookInstances, and repeat the command.",
        exit_code=1,
    )


def _not_running(status: str) -> str:
    """Why it cannot be opened and what to do, the end of a sentence that begins with the notebook."""
    if status == "Stopped":
        return "is stopped; repeat the command with --start to start it, which takes some minutes."
    if status == "Deleting":
        return "is being deleted."
    if status in _MOVING:
        return f"is not ready ({status}); repeat the command with --start to wait for it."
    return f"has the status {status}, in which it cannot be opened."


def _describe(deployment: Deployment, instance: str, sagemaker: Any) -> dict[str, Any]:
    try:
        about: dict[str, Any] = sagemaker.describe_notebook_instance(NotebookInstanceName=instance)
    except ClientError as error:
        if "RecordNotFound" not in error.response["Error"].get("Message", ""):
            raise
        raise UserError(
            f"notebook {instance} is not deployed in {deployment.environment.name}: "
            f"deploy it first with `cdk deploy '{deployment.names.path}/notebooks'`.",
            exit_code=1,
        ) from error
    return about


@contextmanager
def _refusals_in_words(deployment: Deployment, notebook: Notebook) -> Iterator[None]:
    """Say what a caller whom AWS does not let in can do."""
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        if told.get("Code") not in {"AccessDenied", "AccessDeniedException"}:
            raise
        instance = deployment.names.notebook(notebook.name)
        raise UserError(
            f"AWS does not let you open notebook {instance}: {_remedy(deployment, notebook)} "
            f"(AWS said: {told.get('Message') or told['Code']})",
            exit_code=1,
        ) from error


def _remedy(deployment: Deployment, notebook: Notebook) -> str:
    names, environment = deployment.names, deployment.environment
    if not notebook.users:
        return (
            f"it has no users, so there is no policy for it; add yourself to `users:` of {notebook.name} in "
            f"projects/{deployment.project}/project.yaml and deploy {names.path}/notebooks."
        )
    place = (
        f"it opens from the VPC of {environment.name} only (open_from_vpc_only): run this command on a machine in that "
        "network or through its VPN; "
        if notebook.open_from_vpc_only
        else ""
    )
    return (
        f"{place}its users are {', '.join(notebook.users)}, and to them the policy "
        f"{names.opening_policy(notebook.name)} of account {environment.account} must be attached."
    )
