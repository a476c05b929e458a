"""What a run does when something is killed, stopped or full: one sentence, nothing half-written, a next run works."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from mlproject.runner import StepResult
from mlproject.runner.container.processes import Processes, exit_reason
from tests.runner.conftest import STEP, Bench
from tests.runner.samples import definition, output_of, processing, write

ROOT = Path(__file__).parents[2]
# Says that it is there by opening the pipe of its argument, then works until it is ended.
ENDLESS = """
import os, pathlib, signal, sys
out = pathlib.Path(os.environ["SAGEMAKER_BASE_DIR"], "processing/output/out")
out.joinpath("half.txt").write_text("half")
with open(sys.argv[1], "w") as pipe:
    pipe.write(str(os.getpid()))
while True:
    signal.pause()
"""
DIES = """
import os, signal
print("about to die")
os.kill(os.getpid(), signal.SIGKILL)
"""
# Runs a definition as the command does; a child of the tests that can be killed.
RUNNER = """
import sys
from pathlib import Path
from mlproject.runner import run_definition_file
folder = Path(sys.argv[1])
result = run_definition_file(
    file=folder / "definition.json", code=folder / "code", data={}, parameters={}, folder=folder / "kept"
)
print(result.status, result.failure)
"""


def start(bench: Bench) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", RUNNER, str(bench.folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def endless(bench: Bench) -> Path:
    """Write a definition whose second step never ends; the pipe on which that step says its process id."""
    bench.script("endless.py", ENDLESS)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    write(
        bench.folder,
        definition(
            processing("Before"),
            processing("Endless", script="endless.py", arguments=[str(pipe)], DependsOn=["Before"]),
        ),
    )
    return pipe


def gone(pid: int) -> None:
    """Wait for a process to end."""
    try:
        psutil.Process(pid).wait(timeout=60)
    except psutil.NoSuchProcess:
        return


def test_a_killed_step_fails_the_run_and_names_the_signal(bench: Bench) -> None:
    bench.script("dies.py", DIES)
    result = bench.run(definition(processing("Dies", script="dies.py")))
    assert result.status == "Failed"
    assert result.failure
    assert result.failure.startswith(
        "step Dies failed: killed by SIGKILL (signal 9: manually, or by the kernel when memory runs out)."
    )
    assert result.failure.endswith("\n  about to die")
    assert not bench.object("s3://artifacts").exists()


def test_exit_codes_are_told_in_words() -> None:
    assert exit_reason(0) is None
    assert exit_reason(2) == "exit code 2"
    assert exit_reason(-15) == "killed by SIGTERM (signal 15)"


def test_ctrl_c_ends_the_steps_and_stops_the_run(bench: Bench) -> None:
    pipe = endless(bench)
    runner = start(bench)
    step = int(pipe.read_text())
    runner.send_signal(signal.SIGINT)
    said, _ = runner.communicate(timeout=60)
    assert said == "Stopped stopped by the user\n"
    assert not psutil.pid_exists(step)
    assert not bench.object("s3://artifacts").joinpath("Endless").exists()
    assert list(bench.kept.glob("runs/*/running.json")) == []
    assert list(bench.kept.glob("runs/*/work/*")) == []


def test_a_step_is_asked_to_end_before_it_is_killed(bench: Bench) -> None:
    polite = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit('saved my work'))\n"
    bench.script("endless.py", polite + ENDLESS)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    write(bench.folder, definition(processing("Endless", script="endless.py", arguments=[str(pipe)])))
    runner = start(bench)
    pipe.read_text()
    runner.send_signal(signal.SIGINT)
    runner.communicate(timeout=60)
    (log,) = bench.kept.glob("runs/*/logs/Endless.log")
    assert log.read_text() == "saved my work\n"


def test_a_step_that_ignores_the_request_to_end_is_killed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlproject.runner.container.processes.GRACE", 0.05)
    bench.script("endless.py", "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + ENDLESS)
    pipe = bench.folder / "pipe"
    os.mkfifo(pipe)
    step: list[int] = []

    def interrupt() -> None:
        step.append(int(pipe.read_text()))
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    result = bench.run(definition(processing("Endless", script="endless.py", arguments=[str(pipe)])))
    thread.join()
    assert (result.status, result.step("Endless").status) == ("Stopped", "Stopped")
    assert not psutil.pid_exists(step[0])


def test_children_that_a_step_leaves_behind_end_with_it(bench: Bench) -> None:
    bench.script(
        "parent.py",
        "import os, pathlib, subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "out = pathlib.Path(os.environ['SAGEMAKER_BASE_DIR'], 'processing/output/out')\n"
        "out.joinpath('child').write_text(str(child.pid))\n",
    )
    result = bench.run(definition(processing("Parent", script="parent.py")))
    gone(int(bench.object(f"{result.outputs['Parent']['out']}/child").read_text()))


def test_after_a_kill_of_the_runner_its_step_ends_and_the_next_run_works(bench: Bench) -> None:
    pipe = endless(bench)
    runner = start(bench)
    step = int(pipe.read_text())
    runner.kill()
    runner.communicate(timeout=60)
    gone(step)
    assert not bench.object("s3://artifacts").joinpath("Endless").exists()
    after = bench.run(
        definition(processing("Before"), processing("After", inputs={"data": output_of("Before", "out")}))
    )
    assert after.status == "Succeeded", after.failure
    assert after.step("Before").cached
    assert list(bench.kept.glob("runs/*/running.json")) == []
    assert list(bench.kept.glob("runs/*/work/*")) == []


def test_two_runs_at_once_do_not_meet(bench: Bench) -> None:
    document = definition(
        processing("A"), processing("B", inputs={"data": output_of("A", "out")}), processing("C", arguments=["c"])
    )
    write(bench.folder, document)
    runners = [start(bench) for _ in range(2)]
    assert [runner.communicate(timeout=120)[0] for runner in runners] == ["Succeeded None\n"] * 2
    assert len(list(bench.kept.glob("runs/*"))) == 2
    again = bench.run(document)
    assert all(step.cached for step in again.steps)


def test_a_step_that_meets_a_full_disk_says_so(bench: Bench) -> None:
    bench.script("full.py", "with open('/dev/full', 'w') as file:\n    file.write('x')\n")
    result = bench.run(definition(processing("Full", script="full.py")))
    assert result.failure
    assert f"The disk of {result.folder} is full. Free space and repeat the command" in result.failure
    assert "No space left on device" in result.failure


def test_a_disk_that_is_full_while_inputs_are_staged_is_said_in_one_sentence(bench: Bench) -> None:
    bench.run(definition(processing("Before")))

    def fill(step: StepResult) -> None:
        # the next step's work folder leads to a device that is always full
        if (step.name, step.status) == ("Staged", "Executing") and step.log:
            folder = step.log.parents[1] / "work" / "Staged" / "opt" / "ml" / "processing" / "input" / "code"
            folder.mkdir(parents=True)
            folder.joinpath("step.py").symlink_to("/dev/full")

    bench.observe = fill  # type: ignore[method-assign, assignment]
    result = bench.run(definition(processing("Before"), processing("Staged", arguments=["x"], DependsOn=["Before"])))
    assert result.failure == (
        f"step Staged failed: The disk of {result.folder} is full. Free space and repeat the command; "
        "finished steps are not run again."
    )
    assert result.step("Before").cached


def test_nothing_starts_after_a_stop(tmp_path: Path) -> None:
    from mlproject.runner.container.processes import Command, RunStopped

    processes = Processes()
    processes.stop()
    with pytest.raises(RunStopped):
        processes.run(Command(argv=("true",), environment={}, folder=tmp_path), tmp_path / "log")


def test_bubblewrap_shows_the_true_path(bench: Bench) -> None:
    """Needs the package bubblewrap; where it is missing the run must say so."""
    from mlproject.errors import UserError
    from mlproject.runner import isolation_problem

    bench.script("step.py", STEP.replace('os.environ["SAGEMAKER_BASE_DIR"]', '"/opt/ml"'))
    document = definition(processing("A", arguments=["/opt/ml/x"]))
    if isolation_problem("bubblewrap"):
        with pytest.raises(UserError, match="--isolation bubblewrap: "):
            bench.run(document, isolation="bubblewrap")
        return
    before = Path("/opt/ml").exists()
    result = bench.run(document, isolation="bubblewrap")
    assert result.status == "Succeeded", result.failure
    assert bench.object(f"{result.outputs['A']['out']}/text.txt").read_text() == "/opt/ml/x"
    assert Path("/opt/ml").exists() is before
