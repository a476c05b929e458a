"""`mlproject notebook log`: the lines that a notebook sent to CloudWatch, of this notebook only."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import time
from pathlib import Path
from typing import Any

import embedded_aws as aws
from mlproject.notebook_log import log_lines
from tests.cli.test_open import TWO, checkout
from tests.libraries.project import client
from tests.stacks.examples import EXPLORE, LENT, deployment

GROUP = "/aws/sagemaker/NotebookInstances"


def send(logs: Any, instance: str, *messages: str) -> None:
    stream = f"{instance}/mlproject"
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=GROUP)
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": message} for message in messages]
    logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)


def test_the_log_of_the_selected_notebook_is_printed_and_without_one_the_command_says_so(
    tmp_path: Path, embedded_aws: aws.Server
) -> None:
    place = checkout(tmp_path, embedded_aws, project="logged", notebooks=TWO)
    command = ("notebook", "log", "logged", "--environment", "local", "--notebook")
    silent = place.run(*command, "review")
    assert silent.returncode == 1
    assert silent.stderr.startswith("error: notebook logged-local-review has sent no log in local. A notebook sends")

    logs = client(embedded_aws, "logs")
    send(logs, "logged-local-explore", "libraries: installed: 7", "work: saved")
    send(logs, "logged-local-review", "libraries: failed: no list")
    shown = place.run(*command, "explore")
    assert shown.returncode == 0, shown.stderr
    assert [line.partition("Z ")[2] for line in shown.stdout.splitlines()] == ["libraries: installed: 7", "work: saved"]

    several = place.run("notebook", "log", "logged", "--environment", "local")
    assert several.returncode == 2
    assert "Select one with --notebook: explore, review." in several.stderr


def test_following_prints_each_line_once_also_those_of_the_same_moment(embedded_aws: aws.Server) -> None:
    logs = client(embedded_aws, "logs")
    given = deployment("follower", LENT, notebooks=(EXPLORE,))
    waits = itertools.count(1)

    def sleep(_: float) -> None:
        send(logs, "follower-lent-explore", f"line {next(waits)}", "the same")

    since = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=1)
    lines = log_lines(given, EXPLORE, logs=logs, since=since, follow=True, sleep=sleep)
    # Nothing at first, since the notebook has not started yet.
    found = [line.partition("Z ")[2] for line in itertools.islice(lines, 4)]
    assert found == ["line 1", "the same", "line 2", "the same"]
