"""The embedded AWS as a process: one per folder, found again, never left behind, its failures in words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from mlproject import embedded_aws as aws
from mlproject.embedded_aws.record import process_started


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose server, if a test starts one, is stopped at its end."""
    folder = tmp_path / "local"
    yield folder
    aws.stop(folder)


def start_in_a_process(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own that starts the folder's server, prints its pid and waits for its input to end."""
    code = (
        "import sys; from pathlib import Path; from mlproject import embedded_aws as aws\n"
        f"server = aws.start(Path({str(folder)!r}){''.join(', ' + argument for argument in arguments)})\n"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_started_server_answers_is_found_and_stops(folder: Path) -> None:
    assert aws.status(folder) is None

    server = aws.start(folder)

    assert aws.answers(server)
    assert server.endpoint == f"http://localhost:{server.port}"
    assert aws.status(folder) == server
    assert aws.start(folder) == server
    assert aws.stop(folder) is True
    assert process_started(server.pid) is None
    assert aws.status(folder) is None
    assert aws.stop(folder) is False
    assert not (folder / "server.json").exists()


def test_two_starts_at_once_give_one_server(folder: Path) -> None:
    both = [start_in_a_process(folder) for _ in range(2)]
    answers = [process.communicate("") for process in both]

    assert [process.returncode for process in both] == [0, 0], answers
    pids = {int(out) for out, _ in answers}
    assert len(pids) == 1
    server = aws.status(folder)
    assert server is not None
    assert {server.pid} == pids


def test_a_server_outlives_the_process_that_started_it(folder: Path) -> None:
    starter = start_in_a_process(folder)
    starter.communicate("")

    server = aws.status(folder)

    assert server is not None
    assert aws.answers(server)


def test_a_server_tied_to_its_starter_ends_when_that_is_killed(folder: Path) -> None:
    starter = start_in_a_process(folder, "ending=aws.Ending.STARTER")
    assert starter.stdout
    pid = int(starter.stdout.readline())
    process = psutil.Process(pid)
    starter.kill()
    starter.communicate()
    process.wait(30)

    lost = aws.find(folder).lost
    assert lost is not None
    assert lost.pid == pid
