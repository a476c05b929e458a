"""`mlproject open`: the URL of a running notebook, and the message for each reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

import embedded_aws as aws
from mlproject.cli.open import _show
from mlproject.errors import UserError
from mlproject.notebook_url import POLL_SECONDS, POLLS, NotebookUrl, create_notebook_url
from mlproject.parameters import Deployment, Notebook
from tests.cli.checkout import Checkout, lay_out
from tests.stacks.examples import EXPLORE, LENT, REVIEW, SCRATCH, deployment

REGION = "eu-south-2"
ONE = """
notebooks:
  explore: {instance_type: ml.t3.medium, users: [ana@example.com]}
"""
TWO = ONE + "  review: {instance_type: ml.t3.medium}\n"


def checkout(root: Path, server: aws.Server | None, *, project: str, notebooks: str) -> Checkout:
    made = lay_out(root, project=project, server=server)
    with (root / "projects" / project / "project.yaml").open("a") as file:
        file.write(notebooks)
    return made


@pytest.fixture
def sagemaker(embedded_aws: aws.Server) -> Any:
    """SageMaker client with administrator credentials."""
    given = embedded_aws.environment(aws.ACCOUNT, REGION)
    session = boto3.Session(given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    return session.client("sagemaker", endpoint_url=embedded_aws.endpoint)


def create(sagemaker: Any, name: str, *, running: bool = True) -> None:
    """Create a notebook with the name that the stack gives it."""
    role = f"arn:aws:iam::{aws.ACCOUNT}:role/notebooks"
    sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)
    if not running:
        sagemaker.stop_notebook_instance(NotebookInstanceName=name)


def status(sagemaker: Any, name: str) -> str:
    found: str = sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
    return found


def test_the_only_notebook_is_opened_and_its_address_alone_is_on_standard_output(
    tmp_path: Path, embedded_aws: aws.Server, sagemaker: Any
) -> None:
    place = checkout(tmp_path, embedded_aws, project="opened", notebooks=ONE)
    create(sagemaker, "opened-local-explore")

    done = place.run("open", "opened", "--environment", "local")

    assert done.returncode == 0, done.stderr
    (url,) = done.stdout.splitlines()
    assert url.startswith(f"https://opened-local-explore.notebook.{REGION}.sagemaker.aws?authToken=")
    assert "Valid for 5 minutes" in done.stderr
    assert "this URL does not respond" in done.stderr
    # The URL is a secret: it is in no log of the server and in no file of the checkout.
    token = url.rpartition("=")[2]
    files = [embedded_aws.log, *(path for path in tmp_path.rglob("*") if path.is_file())]
    assert not [path for path in files if token in path.read_text(errors="replace")]


def test_as_json_the_address_has_its_end_and_what_was_done_beside_it(
    tmp_path: Path, embedded_aws: aws.Server, sagemaker: Any
) -> None:
    place = checkout(tmp_path, embedded_aws, project="asjson", notebooks=TWO)
    create(sagemaker, "asjson-local-review")

    done = place.run(
        *("open", "asjson", "-e", "local", "--notebook", "review", "--session-minutes", "30", "--json", "--browser")
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer.pop("url").startswith("https://asjson-local-review.notebook.")
    assert answer == {
        "notebook": "asjson-local-review",
        "url_seconds": 300,
        "session_minutes": 30,
        # No browser opens a URL that nothing serves.
        "browser": False,
        "served": False,
    }
    assert "review has no users in projects/asjson/project.yaml" in done.stderr


def test_a_stopped_notebook_is_started_only_when_asked(
    tmp_path: Path, embedded_aws: aws.Server, sagemaker: Any
) -> None:
    place = checkout(tmp_path, embedded_aws, project="stopped", notebooks=ONE)
    create(sagemaker, "stopped-local-explore", running=False)

    done = place.run("open", "stopped", "--environment", "local")

    assert (done.returncode, done.stdout) == (1, "")
    assert "notebook stopped-local-explore is stopped. Run the command again with --start" in done.stderr
    assert status(sagemaker, "stopped-local-explore") == "Stopped"


def test_before_the_first_deploy_the_command_that_deploys_is_named(tmp_path: Path, embedded_aws: aws.Server) -> None:
    place = checkout(tmp_path, embedded_aws, project="early", notebooks=ONE)
    done = place.run("open", "early", "--environment", "local")
    assert (done.returncode, done.stdout) == (1, "")
    assert "notebook early-local-explore is not deployed in local" in done.stderr
    assert "cdk deploy 'local/early/notebooks'" in done.stderr


@pytest.mark.parametrize(
    ("notebooks", "arguments", "words"),
    [
        ("", (), "the project has no notebooks in local. Add one below `notebooks:`"),
        (TWO, (), "has several notebooks. Select one with --notebook: explore, review."),
        (TWO, ("--notebook", "explor"), "Did you mean explore? Known: explore, review."),
        (ONE, ("--session-minutes", "29"), "--session-minutes 29: must be between 30 and 720 (12 hours)."),
        (ONE, ("--session-minutes", "721"), "--session-minutes 721: must be between 30 and 720 (12 hours)."),
        (ONE, (), "`mlproject local up`"),
    ],
)
def test_a_slip_is_told_before_anything_is_asked_of_aws(
    tmp_path: Path, notebooks: str, arguments: tuple[str, ...], words: str
) -> None:
    done = checkout(tmp_path, None, project="small", notebooks=notebooks).run(
        *("open", "small", "--environment", "local", *arguments)
    )
    assert done.returncode == (1 if "local up" in words else 2)
    assert words in done.stderr
    assert done.stdout == ""


# The embedded AWS has no transient states, failures or denials. botocore's stub checks each call against the API.

ALPHA = deployment("alpha", LENT, notebooks=(EXPLORE, SCRATCH))
DESCRIBE = "describe_notebook_instance"


@pytest.fixture
def stub() -> Iterator[Stubber]:
    with Stubber(boto3.client("sagemaker", region_name="eu-west-1")) as stub:
        yield stub
        stub.assert_no_pending_responses()


def statuses(stub: Stubber, *names: str, **more: str) -> None:
    for name in names:
        answer = {"NotebookInstanceStatus": name, **more}
        stub.add_response(DESCRIBE, answer, {"NotebookInstanceName": "alpha-lent-explore"})


def create_url(
    stub: Stubber,
    *,
    start: bool,
    report: Callable[[str, float], None] = lambda _status, _seconds: None,
    where: Deployment = ALPHA,
    notebook: Notebook = EXPLORE,
) -> NotebookUrl:
    return create_notebook_url(
        where,
        notebook,
        sagemaker=stub.client,
        session_minutes=60,
        start=start,
        report=report,
        sleep=lambda _seconds: None,
    )


def test_starting_is_asked_once_and_followed_until_the_notebook_runs(stub: Stubber) -> None:
    statuses(stub, "Stopping", "Stopped")
    stub.add_response("start_notebook_instance", {}, {"NotebookInstanceName": "alpha-lent-explore"})
    statuses(stub, "Pending", "Pending", "InService")
    stub.add_response(
        "create_presigned_notebook_instance_url",
        {"AuthorizedUrl": "https://explore?authToken=secret"},
        {"NotebookInstanceName": "alpha-lent-explore", "SessionExpirationDurationInSeconds": 3600},
    )
    reports: list[tuple[str, float]] = []

    opened = create_url(stub, start=True, report=lambda status, seconds: reports.append((status, seconds)))

    assert opened.url == "https://explore?authToken=secret"
    assert "secret" not in repr(opened)
    assert reports == [
        ("Stopping", 0),
        ("Stopped", POLL_SECONDS),
        ("Pending", 2 * POLL_SECONDS),
        ("Pending", 3 * POLL_SECONDS),
        ("InService", 4 * POLL_SECONDS),
    ]


@pytest.mark.parametrize(
    ("found", "start", "words"),
    [
        (("Pending",), False, "is not ready (Pending). Run the command again with --start to wait for it."),
        (("Deleting",), True, "is being deleted."),
        (("Strange",), True, "has the status Strange and cannot be opened."),
        (("Failed",), True, "has failed: the disk is full"),
        (("Pending", "Failed"), True, "has failed: the disk is full"),
        (("Pending",) * POLLS, True, "is not in service after 30 minutes. Check its log"),
    ],
)
def test_a_notebook_that_does_not_run_is_told_with_the_reason(
    stub: Stubber, found: tuple[str, ...], start: bool, words: str
) -> None:
    statuses(stub, *found, FailureReason="the disk is full")
    with pytest.raises(UserError) as refused:
        create_url(stub, start=start)
    assert f"notebook alpha-lent-explore {words}" in str(refused.value)
    assert refused.value.exit_code == 1


def test_one_that_stops_again_after_its_start_is_not_started_for_ever(stub: Stubber) -> None:
    statuses(stub, "Stopped")
    stub.add_response("start_notebook_instance", {}, {"NotebookInstanceName": "alpha-lent-explore"})
    statuses(stub, "Pending", "Stopped")
    with pytest.raises(UserError, match="is stopped"):
        create_url(stub, start=True)


@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        (EXPLORE, "It opens only from the VPC of lent (open_from_vpc_only). Run this command on a machine in that"),
        (EXPLORE, "Its users are ana@example.com, bo. The policy alpha-lent-open-explore of account"),
        (REVIEW, "denied access to notebook alpha-lent-review. Its users are cris@example.com. The policy"),
        (SCRATCH, "It has no users and therefore no policy. Add yourself to `users:` of scratch in projects/"),
    ],
)
def test_who_is_not_let_in_is_told_what_to_do_and_what_aws_said(stub: Stubber, notebook: Notebook, words: str) -> None:
    stub.add_client_error(DESCRIBE, "AccessDeniedException", "User: x is not authorized", http_status_code=400)
    with pytest.raises(UserError) as refused:
        create_url(stub, start=False, notebook=notebook)
    assert words in str(refused.value)
    assert "(AWS reported: User: x is not authorized)" in str(refused.value)
    assert refused.value.exit_code == 1


def test_a_browser_gets_the_address_and_the_terminal_does_not(capsys: pytest.CaptureFixture[str]) -> None:
    _show(NotebookUrl(instance="x", url="https://secret", session_minutes=60), as_json=False, shown=True, served=True)
    _show(NotebookUrl(instance="x", url="https://secret", session_minutes=60), as_json=True, shown=True, served=True)
    said = capsys.readouterr()
    assert "secret" not in said.out + said.err
    assert "Opened x in the browser." in said.out
