"""A step has a /opt/ml of its own, whatever its script does; where a machine gives it none, the script is refused."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.runner.container import isolation
from mlproject.runner.container.isolation import BASE, Isolation, default_isolation, isolation_problem
from mlproject.runner.container.script_paths import find_fixed_path
from tests.runner.conftest import STEP, Bench
from tests.runner.samples import definition, processing

# As AWS's own samples are written: they know no variable.
TRUE_PATH = STEP.replace('os.environ["SAGEMAKER_BASE_DIR"]', '"/opt/ml"')
LEAVES = """
import pathlib
base = pathlib.Path("/opt/ml")
print(sorted(path.name for path in base.iterdir()))
assert not base.joinpath("left").exists()
base.joinpath("left").write_text("left by a step")
"""


@pytest.fixture
def nothing_on_the_machine() -> Iterator[None]:
    """The machine's own /opt is as before afterwards."""
    before = sorted(Path("/opt").iterdir()), sorted(Path(BASE).rglob("*"))
    yield
    assert before == (sorted(Path("/opt").iterdir()), sorted(Path(BASE).rglob("*")))


def cleared() -> None:
    for function in (isolation_problem, default_isolation, isolation._user_namespace):
        function.cache_clear()


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A machine without the programs that isolate."""
    monkeypatch.setattr(isolation, "step_path", lambda: str(tmp_path))
    cleared()
    yield
    monkeypatch.undo()
    cleared()


@pytest.mark.usefixtures("nothing_on_the_machine")
def test_a_script_that_names_opt_ml_itself_reads_and_writes_the_steps_own(bench: Bench) -> None:
    assert default_isolation() != "prefix", isolation_problem("namespace")
    bench.script("step.py", TRUE_PATH)
    result = bench.run(definition(processing("A", arguments=["/opt/ml/x"])))
    assert result.status == "Succeeded", result.failure
    assert bench.object(f"{result.outputs['A']['out']}/text.txt").read_text() == "/opt/ml/x"
    assert result.folder
    assert not list(result.folder.joinpath("work").glob("*"))


@pytest.mark.usefixtures("nothing_on_the_machine")
def test_what_a_step_leaves_in_opt_ml_no_other_step_and_no_later_run_sees(bench: Bench) -> None:
    bench.script("step.py", LEAVES)
    for _ in range(2):
        result = bench.run(definition(processing("A"), processing("B", DependsOn=["A"])), reuse=False)
        assert result.status == "Succeeded", result.failure


@pytest.mark.usefixtures("nothing_on_the_machine")
def test_whoever_is_not_root_gets_it_in_a_user_namespace(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_user_namespace", lambda: ["--user", "--map-root-user"])
    bench.script("step.py", TRUE_PATH)
    result = bench.run(definition(processing("A", arguments=["/opt/ml/y"])), isolation="namespace")
    assert result.status == "Succeeded", result.failure
    written = bench.object(f"{result.outputs['A']['out']}/text.txt")
    assert (written.read_text(), written.stat().st_uid) == ("/opt/ml/y", os.getuid())


@pytest.mark.usefixtures("nothing_on_the_machine")
@pytest.mark.parametrize("overlay", [True, False])
def test_what_else_stands_in_opt_is_still_there(overlay: bool, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    if not overlay:
        monkeypatch.setattr(isolation, "_MOUNT", isolation._MOUNT.replace("lay_over ||", "false ||"))
    bench.script("step.py", "import os, pathlib\nnames = sorted(os.listdir('/opt'))\n"
                 "pathlib.Path('/opt/ml/processing/output/out/names').write_text(' '.join(names))\n")  # fmt: skip
    result = bench.run(definition(processing("A")))
    assert result.status == "Succeeded", result.failure
    names = bench.object(f"{result.outputs['A']['out']}/names").read_text().split()
    assert names == sorted({*(path.name for path in Path("/opt").iterdir()), "ml"})


@pytest.mark.usefixtures("bare_machine", "nothing_on_the_machine")
def test_a_machine_that_gives_none_refuses_the_script_before_anything_runs(bench: Bench) -> None:
    assert default_isolation() == "prefix"
    bench.script("first.py", STEP)
    bench.script("step.py", TRUE_PATH)
    document = definition(processing("First", script="first.py"), processing("A", DependsOn=["First"]))
    with pytest.raises(
        UserError, match=r"step A \(Processing\): its script step\.py uses the path /opt/ml directly"
    ) as refused:
        bench.run(document)
    assert "unshare is not in" in str(refused.value)
    assert "bwrap is not in" in str(refused.value)
    assert bench.events == []


@pytest.mark.usefixtures("bare_machine")
def test_a_script_that_reads_sagemaker_base_dir_runs_on_every_machine(bench: Bench) -> None:
    assert bench.run(definition(processing("A", arguments=["x"]))).status == "Succeeded"


def test_whoever_asks_for_a_prefix_is_told_to_leave_it_out(bench: Bench) -> None:
    bench.script("step.py", TRUE_PATH)
    with pytest.raises(UserError, match="omit --isolation prefix, or read SAGEMAKER_BASE_DIR in the script"):
        bench.run(definition(processing("A")), isolation="prefix")


def test_a_script_in_an_archive_is_looked_at_too() -> None:
    def archive(**files: str) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
            for name, text in files.items():
                member = tarfile.TarInfo(f"{name}.py")
                member.size = len(text.encode())
                packed.addfile(member, io.BytesIO(text.encode()))
        return buffer.getvalue()

    assert (
        find_fixed_path("s3://b/code.tar.gz", archive(train="print(1)", helper="open('/opt/ml/model/x')"))
        == "helper.py"
    )
    aware = archive(train="BASE = environ.get('SAGEMAKER_BASE_DIR', '/opt/ml')")
    assert find_fixed_path("s3://b/code.tar.gz", aware) is None
    assert find_fixed_path("s3://b/data.csv", b"/opt/ml/model") is None
    with pytest.raises(UserError, match=r"s3://b/code\.tar\.gz: is not a readable tar archive"):
        find_fixed_path("s3://b/code.tar.gz", b"no archive")


@pytest.mark.parametrize("kind", [kind for kind in isolation.ISOLATIONS if kind != "bubblewrap"])
def test_an_output_that_a_script_left_empty_is_told_and_not_kept(kind: Isolation, bench: Bench) -> None:
    bench.script("step.py", "print('nothing')")
    for _ in range(2):
        result = bench.run(definition(processing("A")), isolation=kind)
        assert (result.status, result.step("A").cached) == ("Succeeded", False)
        assert result.step("A").empty_outputs == ("out",)


def test_an_output_with_a_file_is_not_told(bench: Bench) -> None:
    result = bench.run(definition(processing("A", arguments=["x"])))
    assert result.step("A").empty_outputs == ()
