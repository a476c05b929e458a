"""The idle check beside a real Jupyter Server with real kernels. Hours pass by the clock that the check is given."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lifecycle_scripts.real_jupyter import ENVIRONMENT, PYTHON, ROOT, RealJupyter
from tests.node_scripts.machine import UID, Machine, running, wait_until

pytestmark = pytest.mark.notebooks

VOLUME = "/home/ec2-user/SageMaker"
STATE = "/run/mlproject-idle.json"
WORKS, STOPS, STOPS_SOON = 1, 0, 3
HOUR = 3600
# SparkMagic's own form: https://github.com/jupyter-incubator/sparkmagic/blob/master/sparkmagic/example_config.json
SPARKMAGIC = {"kernel_python_credentials": {"username": "", "password": "", "auth": "None"}}
_LIVY = """
import http.server, pathlib
class Livy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path.startswith("/sessions") else 404)
        self.end_headers()
        self.wfile.write(pathlib.Path("/srv/sessions").read_bytes())
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 8998), Livy)
pathlib.Path("/srv/livy").touch()
server.serve_forever()
"""


@dataclass(kw_only=True)
class Notebook:
    """A machine with Jupyter, which was started eight hours ago and stops after an hour without work."""

    machine: Machine
    jupyter: RealJupyter
    volume: Path

    def check(self, *, after: float = 2 * HOUR, run_for: float | None = None, remember: bool = False) -> int:
        """Return the exit code of the check some seconds after now.

        Args:
            after: seconds that have passed since the last activity in Jupyter, roughly.
            run_for: seconds since the start of the instance. Defaults to a start eight hours ago.
            remember: keep what earlier checks saw.
        """
        if not remember:
            self.machine.file(STATE).unlink(missing_ok=True)
        running = str(8 * HOUR + after if run_for is None else run_for)
        return self.machine.run("python3", "/parts/idle.py", running, "60", str(time.time() + after)).returncode


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notebook]:
    volume = tmp_path_factory.mktemp("volume")
    os.chown(volume, UID, UID)
    # Pytest's folders are closed to other users, so the volume is mounted; the Python of the environment is too.
    binds = {ROOT / "lifecycle_scripts" / "parts": "/parts", volume: VOLUME}
    base = Path(PYTHON).resolve().parents[1]
    with running(server=None, binds=binds, same=[base, ENVIRONMENT]) as machine:
        jupyter = RealJupyter(machine=machine)
        jupyter.start()
        yield Notebook(machine=machine, jupyter=jupyter, volume=volume)


@pytest.fixture
def notebook(shared: Notebook) -> Iterator[Notebook]:
    yield shared
    shared.jupyter.close()


def test_an_open_tab_with_nobody_there_does_not_keep_an_idle_kernel_or_terminal(notebook: Notebook) -> None:
    jupyter = notebook.jupyter
    kernel, terminal = jupyter.start_kernel(), jupyter.start_terminal()
    jupyter.execute(kernel, "1 + 1")
    jupyter.open_tab(f"api/kernels/{kernel}/channels")
    jupyter.open_tab(f"terminals/websocket/{terminal}")
    wait_until(lambda: jupyter.kernel(kernel)["connections"] == 1)
    assert notebook.check(after=0) == WORKS
    assert notebook.check() == STOPS_SOON
    # The warning came five minutes before.
    assert notebook.check(after=2 * HOUR + 240, remember=True) == STOPS_SOON
    assert notebook.check(after=2 * HOUR + 301, remember=True) == STOPS


def test_a_kernel_that_is_busy_for_hours_without_output_works_until_it_dies(notebook: Notebook) -> None:
    kernel = notebook.jupyter.start_kernel()
    notebook.jupyter.execute(kernel, "while True: pass", wait=False)
    assert notebook.check(after=9 * HOUR) == WORKS
    # The kernel dies, as for want of memory, and Jupyter starts it again.
    killed = notebook.machine.processes("ipykernel_launcher")
    for process in killed:
        process.kill()
    wait_until(lambda: bool({*notebook.machine.processes("ipykernel_launcher")} - {*killed}))
    # Jupyter may miss the first message of the new kernel, and reports it as busy until the next cell.
    notebook.jupyter.execute(kernel, "1 + 1")
    assert notebook.check() == STOPS_SOON


def test_a_kernel_to_which_nobody_ever_connected_does_not_run_for_ever(notebook: Notebook) -> None:
    kernel = notebook.jupyter.start_kernel()
    wait_until(lambda: bool(notebook.machine.processes("ipykernel_launcher")))
    assert notebook.jupyter.kernel(kernel)["execution_state"] == "starting"
    assert notebook.check(after=600) == WORKS
    assert notebook.check() == STOPS_SOON


def test_a_kernel_that_worked_until_somebody_shut_it_down_is_remembered(notebook: Notebook) -> None:
    kernel = notebook.jupyter.start_kernel()
    notebook.jupyter.execute(kernel, "while True: pass", wait=False)
    assert notebook.check(after=2 * HOUR) == WORKS
    notebook.jupyter.close()
    assert notebook.check(after=2 * HOUR + 600, remember=True) == WORKS
    assert notebook.check(after=3 * HOUR + 600, remember=True) == STOPS_SOON


def test_a_silent_command_in_a_terminal_works_and_one_that_waits_does_not(notebook: Notebook) -> None:
    jupyter = notebook.jupyter
    waiting = jupyter.start_terminal()
    jupyter.open_tab(f"terminals/websocket/{waiting}", typed="cat\n")
    wait_until(lambda: any(each.name() == "cat" for each in notebook.machine.processes("cat")))
    assert notebook.check() == STOPS_SOON
    busy = jupyter.start_terminal()
    jupyter.open_tab(f"terminals/websocket/{busy}", typed="while :; do :; done\n")
    assert notebook.check(after=2 * HOUR + 120, remember=True) == STOPS_SOON
    wait_until(lambda: any(sum(each.cpu_times()[:2]) > 2 for each in notebook.machine.processes("/bash")))
    assert notebook.check(after=2 * HOUR + 120, remember=True) == WORKS
    # Somebody ends it. An hour later nobody has worked since.
    jupyter.close()
    assert notebook.check(after=3 * HOUR + 180, remember=True) == STOPS_SOON


def test_a_statement_in_spark_works_while_the_kernel_waits_and_an_ended_cluster_does_not(notebook: Notebook) -> None:
    machine, jupyter = notebook.machine, notebook.jupyter
    jupyter.execute(jupyter.start_kernel(), "1 + 1")
    config = machine.file("/home/ec2-user/.sparkmagic/config.json")
    config.parent.mkdir(exist_ok=True)
    credentials = {**SPARKMAGIC["kernel_python_credentials"], "url": "http://localhost:8998"}
    config.write_text(json.dumps({"kernel_python_credentials": credentials}))
    assert notebook.check() == STOPS_SOON
    sessions = machine.file("/srv/sessions")
    sessions.write_text(json.dumps({"from": 0, "total": 2, "sessions": [{"state": "idle"}, {"state": "busy"}]}))
    machine.spawn("python3", "-c", _LIVY)
    wait_until(machine.file("/srv/livy").exists)
    assert notebook.check() == WORKS
    sessions.write_text(json.dumps({"from": 0, "total": 2, "sessions": [{"state": "idle"}, {"state": "dead"}]}))
    assert notebook.check() == STOPS_SOON


def test_an_edited_file_is_work_and_what_programs_write_by_themselves_is_not(notebook: Notebook) -> None:
    edited, later = notebook.volume / "notes.md", time.time() + 2 * HOUR - 600
    for name in (".git/FETCH_HEAD", ".mlproject/work.log", "mlproject-status.txt"):
        path = notebook.volume / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
        os.utime(path, (later, later))
    assert notebook.check() == STOPS_SOON
    edited.touch()
    os.utime(edited, (later, later))
    assert notebook.check() == WORKS
    edited.unlink()


def test_a_file_keeps_the_instance_for_its_hours_and_never_longer_than_a_day(notebook: Notebook) -> None:
    file = notebook.volume / "keep-alive.txt"
    file.write_text("4\n")
    assert notebook.check(after=3.5 * HOUR) == WORKS
    assert notebook.check(after=4 * HOUR - 60) == STOPS_SOON
    file.write_text("1000")
    assert notebook.check(after=23 * HOUR) == WORKS
    assert notebook.check(after=25 * HOUR) == STOPS_SOON
    for text in ("until tomorrow", "", "nan", "-5"):
        file.write_text(text)
        assert notebook.check() == STOPS_SOON
    # A date in the future would keep the instance beyond the limit.
    file.write_text("4")
    os.utime(file, (time.time() + 9 * HOUR, time.time() + 9 * HOUR))
    assert notebook.check() == STOPS_SOON
    file.unlink()
    # A pipe would block the check.
    os.mkfifo(file)
    assert notebook.check() == STOPS_SOON
    file.unlink()


def test_a_new_instance_and_a_restarted_jupyter_are_not_stopped_within_the_first_minutes(notebook: Notebook) -> None:
    jupyter = notebook.jupyter
    assert notebook.check(run_for=120) == WORKS
    jupyter.kill()
    # Nobody knows whether somebody works.
    assert notebook.check() == WORKS
    restarted = time.time()
    jupyter.start()
    assert notebook.check(after=restarted + 50 * 60 - time.time()) == WORKS
    assert notebook.check() == STOPS_SOON


def test_servers_with_a_token_are_asked_also_after_it_has_changed(notebook: Notebook) -> None:
    jupyter = notebook.jupyter
    for token in ("first", "second"):
        jupyter.kill()
        jupyter.token = token
        jupyter.start()
        assert notebook.check() == STOPS_SOON
    # Somebody starts a server of their own, and works there.
    own = RealJupyter(machine=notebook.machine, token="own", port=8888)
    own.start()
    own.execute(own.start_kernel(), "while True: pass", wait=False)
    assert notebook.check() == WORKS
    jupyter.kill()
    jupyter.token = ""
    jupyter.start()
    assert notebook.check() == STOPS_SOON
