"""The embedded AWS as a process: one per folder, found again, never left behind, its failures in words."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

import embedded_aws as aws
from embedded_aws import administrator
from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.server_environment import server_environment
from embedded_aws.server_record import process_started


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder whose server, if a test starts one, is stopped at its end."""
    folder = tmp_path / "local"
    yield folder
    aws.stop(folder)


def start_in_a_process(
    folder: Path, *arguments: str, before: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """A process of its own that starts the folder's server, prints its pid and waits for its input to end."""
    code = (
        "import resource, sys; from pathlib import Path; import embedded_aws as aws\n"
        "from embedded_aws.errors import EmbeddedAwsError\n"
        f"{before}\n"
        "try:\n"
        f"    server = aws.start(Path({str(folder)!r}){''.join(', ' + argument for argument in arguments)})\n"
        "except EmbeddedAwsError as error:\n"
        "    sys.exit(str(error))\n"
        "print(server.pid, flush=True); sys.stdin.read()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )


def kill(server: aws.Server) -> None:
    """Kill a server as `kill -9` does, and wait until it is gone."""
    process = psutil.Process(server.pid)
    process.kill()
    process.wait(30)


def servers_of(folder: Path) -> list[psutil.Process]:
    """The processes that name the folder in their command line."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        command = process.info["cmdline"] or []
        if "embedded_aws.server" in command and str(folder) in command:
            found.append(process)
    return found


def test_a_started_server_answers_is_found_and_stops(folder: Path) -> None:
    assert aws.status(folder) is None

    server = aws.start(folder)

    assert aws.is_responding(server)
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
    assert aws.is_responding(server)


def test_a_server_tied_to_its_starter_ends_when_that_is_killed(folder: Path) -> None:
    starter = start_in_a_process(folder, "lifetime=aws.Lifetime.OF_STARTER")
    assert starter.stdout
    pid = int(starter.stdout.readline())
    process = psutil.Process(pid)
    starter.kill()
    starter.communicate()
    process.wait(30)

    lost = aws.find(folder).lost
    assert lost is not None
    assert lost.pid == pid


def test_a_server_whose_starter_dies_before_it_is_recorded_ends(folder: Path) -> None:
    folder.mkdir()
    ours, theirs = socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener, theirs:
        inherited = (listener.fileno(), theirs.fileno())
        command = [sys.executable, "-m", "embedded_aws.server", "--folder", str(folder)]
        command += ["--listener", str(inherited[0]), "--notify", str(inherited[1])]
        subprocess.run(command, pass_fds=inherited, check=True, stderr=subprocess.DEVNULL)
    with ours, ours.makefile("r") as told:
        process = psutil.Process(json.loads(told.readline())["pid"])
        assert json.loads(told.readline()) == {"ready": True}
        assert process.is_running()

    process.wait(30)


def test_a_killed_server_is_told_as_lost_once_and_replaced_on_its_port(folder: Path) -> None:
    first = aws.start(folder)
    kill(first)

    assert aws.find(folder) == aws.ServerState(lost=first)
    assert aws.find(folder) == aws.ServerState()

    second = aws.start(folder)
    kill(second)
    third = aws.launch(folder)

    assert third.is_new
    assert third.lost == second
    assert third.server.port == second.port
    assert aws.is_responding(third.server)


def test_the_record_of_a_reused_process_id_is_stale_and_that_process_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    sleeper = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    record = {"pid": sleeper.pid, "started": "1", "port": 1}
    (folder / "server.json").write_text(json.dumps(record))

    assert aws.stop(folder) is False

    assert sleeper.poll() is None
    assert not (folder / "server.json").exists()
    sleeper.communicate()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}'])
def test_a_record_that_cannot_be_read_counts_as_none(folder: Path, content: str) -> None:
    folder.mkdir()
    (folder / "server.json").write_text(content)
    assert aws.find(folder) == aws.ServerState()


def test_a_zombie_is_no_running_process() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert process_started(child.pid) is None


def test_a_taken_port_is_refused_with_the_name_of_who_holds_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(EmbeddedAwsError) as refused:
            aws.start(folder, port=port)

    message = str(refused.value)
    assert f"port {port} is taken" in message
    assert "--port" in message
    if Path("/proc/net/tcp").exists():
        assert f"by process {os.getpid()} (" in message
    assert servers_of(folder) == []


def test_a_port_taken_by_another_embedded_aws_is_refused_with_its_folder(
    folder: Path, embedded_aws: aws.Server
) -> None:
    with pytest.raises(EmbeddedAwsError) as refused:
        aws.start(folder, port=embedded_aws.port)
    assert f"by the embedded AWS of {embedded_aws.folder} (process {embedded_aws.pid})" in str(refused.value)


def test_a_port_that_does_not_exist_is_refused(folder: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match="ports go from 1 to 65535"):
        aws.start(folder, port=70000)


def test_another_port_than_the_running_one_is_refused(folder: Path) -> None:
    server = aws.start(folder)
    with pytest.raises(EmbeddedAwsError, match=rf"already runs on port {server.port}, not on 1; stop it first"):
        aws.start(folder, port=1)
    assert aws.start(folder, port=server.port) == server


def test_what_a_killed_start_has_left_of_a_file_is_removed_by_the_next(folder: Path) -> None:
    kill_before_rename = "import os, signal; Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)"
    starter = start_in_a_process(folder, before=kill_before_rename)
    starter.communicate("")
    assert starter.returncode == -signal.SIGKILL
    assert len(list(folder.glob(".administrator.json.*"))) == 1
    aws.start(folder)
    assert list(folder.glob(".*")) == []


@pytest.mark.parametrize("damage", [None, "", "{}", '{"access_key_id": "AKIA'], ids=["gone", "empty", "other", "cut"])
def test_a_server_whose_keys_are_lost_can_be_stopped_and_started_again(folder: Path, damage: str | None) -> None:
    first = aws.start(folder)
    keys = folder / "administrator.json"
    keys.unlink() if damage is None else keys.write_text(damage)
    found = aws.status(folder)
    assert found == first
    with pytest.raises(EmbeddedAwsError, match=f"{keys}: is missing or damaged.*Stop it .* and start it again"):
        found.environment(aws.ACCOUNT, "us-east-1")
    assert aws.stop(folder)
    assert aws.start(folder).environment(aws.ACCOUNT, "us-east-1")["AWS_ENDPOINT_URL"]


@pytest.mark.parametrize("unwritable", ["administrator.json", "server.json"])
def test_a_full_disk_ends_in_words_and_leaves_no_server(folder: Path, unwritable: str) -> None:
    if unwritable == "server.json":
        administrator.load_or_create(folder)
    # No file may grow: as on a full disk, the log and the record of the server cannot be written.
    starter = start_in_a_process(folder, before="resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))")
    _, said = starter.communicate("")

    assert starter.returncode == 1
    assert f"{folder / unwritable}: cannot be written" in said
    assert "Traceback" not in said
    assert servers_of(folder) == []
    assert aws.find(folder) == aws.ServerState()


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "local").touch()
    with pytest.raises(EmbeddedAwsError, match="a file is in its place"):
        aws.start(tmp_path / "local")


def test_a_server_that_dies_at_its_start_is_told_with_the_last_lines_of_its_log(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "moto.py").write_text("raise RuntimeError('this moto is broken')")
    starter = start_in_a_process(folder, environment={"PYTHONPATH": str(tmp_path)})
    _, said = starter.communicate("")

    assert starter.returncode == 1
    assert "the embedded AWS did not start: its process ended" in said
    assert str(folder / "server.log") in said
    assert said.endswith("RuntimeError: this moto is broken\n")
    assert not (folder / "server.json").exists()


def test_the_callers_aws_settings_do_not_reach_the_server(folder: Path) -> None:
    misleading = {
        "AWS_PROFILE": "missing",
        "AWS_ENDPOINT_URL": "http://localhost:1",
        "AWS_CA_BUNDLE": "/missing",
        "AWS_SESSION_TOKEN": "token",  # pragma: allowlist secret
        "HTTP_PROXY": "http://localhost:1",
        "https_proxy": "http://localhost:1",
        "MOTO_ALLOW_NONEXISTENT_REGION": "true",
        "TEST_SERVER_MODE": "true",
    }
    starter = start_in_a_process(folder, environment=misleading)
    out, _ = starter.communicate("")

    assert not misleading.keys() & psutil.Process(int(out)).environ().keys()


def test_the_servers_environment_keeps_what_python_needs_and_no_more() -> None:
    caller = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "LC_ALL": "C",
        "PYTHONPATH": "/here",
        "AWS_REGION": "x",
        "SECRET": "y",
    }
    kept = server_environment(caller)
    assert {name: kept[name] for name in ("PATH", "HOME", "LC_ALL", "PYTHONPATH")} == {
        name: caller[name] for name in ("PATH", "HOME", "LC_ALL", "PYTHONPATH")
    }
    assert not {"AWS_REGION", "SECRET"} & kept.keys()


def test_a_clients_environment_leads_to_the_server_past_every_proxy(
    embedded_aws: aws.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    variables = embedded_aws.environment(aws.ACCOUNT, "eu-south-2")
    assert variables["AWS_ENDPOINT_URL"] == embedded_aws.endpoint
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-south-2"
    assert variables["NO_PROXY"] == "example.com,localhost,127.0.0.1"


def test_a_clients_environment_for_another_account_is_refused(embedded_aws: aws.Server) -> None:
    with pytest.raises(EmbeddedAwsError, match="does not have account 999999999999; it has 123456789012"):
        embedded_aws.environment("999999999999", "eu-west-1")


def test_restarting_keeps_the_port(folder: Path) -> None:
    first = aws.start(folder)
    second = aws.restart(folder)
    assert second.port == first.port
    assert second.pid != first.pid
    assert aws.status(folder) == second


def test_restarting_what_does_not_run_is_refused(folder: Path) -> None:
    with pytest.raises(EmbeddedAwsError, match="is not running; start it first"):
        aws.restart(folder)


def test_the_log_of_the_server_before_is_kept(folder: Path) -> None:
    first = aws.start(folder)
    aws.restart(folder)
    assert f"process {first.pid}" in (folder / "server.log.previous").read_text()


@pytest.mark.slow
def test_a_server_that_hangs_is_seen_and_stopped_all_the_same(folder: Path) -> None:
    server = aws.start(folder)
    os.kill(server.pid, signal.SIGSTOP)

    assert not aws.is_responding(server)
    assert aws.status(folder) == server
    assert aws.stop(folder) is True
    assert process_started(server.pid) is None


def remove(record: Path) -> None:
    record.unlink()


def put_a_folder_in_its_place(record: Path) -> None:
    record.unlink()
    record.mkdir()


@pytest.mark.parametrize(
    "damage",
    [
        remove,
        put_a_folder_in_its_place,
        lambda record: record.write_bytes(b"\xfb"),
        lambda record: record.write_text(json.dumps({**json.loads(record.read_text()), "key_of_a_newer_version": 1})),
    ],
)
def test_a_server_whose_record_is_damaged_is_found_and_no_second_one_is_started(
    folder: Path, damage: Callable[[Path], None]
) -> None:
    first = aws.start(folder)
    damage(folder / "server.json")
    assert aws.launch(folder).server == first
    assert aws.status(folder) == first
    assert aws.stop(folder)
    assert process_started(first.pid) is None
