"""What comes out of the cache is what a fresh synthesis writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from mlproject.assembly_cache.keys import CHECKOUT, PRODUCT
from mlproject.parameters import load_parameters
from stacks import synthesis
from stacks.synthesis import CACHE_VARIABLE, Synthesis
from tests.checkouts import ROOT, inherited_variables, lay_out_example
from tests.stacks.assembly import run_app, stacks_of

REPORT = "validation-report.json"
# Each half of the app writes the files that it opens, a line each.
PYTHON_FILES = """\
import os, sys

log = open(os.environ["OPENED_FILES"], "a", buffering=1)

def record(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        log.write(os.path.abspath(arguments[0]) + "\\n")

sys.addaudithook(record)
"""
NODE_FILES = """\
const fs = require("fs"), path = require("path");
const append = fs.appendFileSync;
for (const name of ["openSync", "readFileSync", "copyFileSync", "readdirSync", "createReadStream"]) {
  const original = fs[name];
  fs[name] = (file, ...rest) => {
    if (typeof file === "string" && file !== process.env.OPENED_FILES)
      append(process.env.OPENED_FILES, path.resolve(file) + "\\n");
    return original(file, ...rest);
  };
}
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with an empty cache."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    return lay_out_example(tmp_path / "checkout")


def synthesize(root: Path, out: Path, **context: str) -> dict[str, bytes]:
    done = Synthesis(root=root, out=out, platform=load_parameters(root), moved={}, context=context).run()
    assert done == 0
    return contents(out)


def fresh(root: Path, out: Path, *, validate: bool = False, **context: str) -> dict[str, bytes]:
    done = run_app(root, out, validate=validate, fresh="true", **context)
    assert done.returncode == 0, done.stderr
    return contents(out)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_assembly_from_the_cache_is_that_of_a_fresh_synthesis_and_needs_no_cdk(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = synthesize(checkout, tmp_path / "first", project="flights", environment="dev")
    assert first == fresh(checkout, tmp_path / "fresh", project="flights", environment="dev")
    monkeypatch.setenv("JSII_RUNTIME", "/does/not/exist")
    assert synthesize(checkout, tmp_path / "again", project="flights", environment="dev") == first


@pytest.mark.slow
def test_several_processes_write_what_one_writes_and_a_change_is_the_only_thing_to_synthesize(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    start_process = synthesis.start_process

    def start(root: Path, *, context: Mapping[str, str], out: Path) -> subprocess.Popen[bytes]:
        started.append(context["units"])
        return start_process(root, context=context, out=out)

    monkeypatch.setattr(synthesis, "start_process", start)
    monkeypatch.setattr(synthesis, "_UNITS_PER_PROCESS", 3)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert synthesize(checkout, tmp_path / "first") == fresh(checkout, tmp_path / "fresh")
    assert len(started) == 2
    started.clear()
    project = checkout / "projects" / "flights" / "project.yaml"
    text = project.read_text()
    project.write_text(text.replace("  dev: {}", "  dev: {owner: another-team}"))
    assert project.read_text() != text
    changed = synthesize(checkout, tmp_path / "second")
    assert started == ["dev/flights"]
    assert changed == fresh(checkout, tmp_path / "fresh-second")


@pytest.mark.slow
def test_the_report_of_the_validation_has_the_same_violations(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = fresh(checkout, tmp_path / "fresh", validate=True, environment="dev")
    done = run_app(checkout, tmp_path / "joined", validate=True, environment="dev")
    assert done.returncode == 0, done.stderr
    joined = contents(tmp_path / "joined")
    assert violations(joined.pop(REPORT)) == violations(expected.pop(REPORT))
    assert joined == expected
    # Templates that were checked are good enough for whoever leaves the check out, but not the reverse.
    monkeypatch.setenv("JSII_RUNTIME", "/does/not/exist")
    assert synthesize(checkout, tmp_path / "unchecked", environment="dev") == expected


@pytest.mark.slow
def test_templates_that_were_not_checked_are_synthesized_again_for_whoever_wants_the_check(
    checkout: Path, tmp_path: Path
) -> None:
    synthesize(checkout, tmp_path / "unchecked", environment="pre")
    done = run_app(checkout, tmp_path / "checked", validate=True, environment="pre")
    assert done.returncode == 0, done.stderr
    assert violations((tmp_path / "checked" / REPORT).read_bytes())


def violations(report: bytes) -> list[list[str]]:
    plugins = json.loads(report)["pluginReports"]
    assert any(plugin["suppressedViolations"] for plugin in plugins)
    return [sorted(json.dumps(each) for each in plugin["suppressedViolations"]) for plugin in plugins]


def test_a_failed_synthesis_leaves_nothing_in_the_cache(checkout: Path, tmp_path: Path) -> None:
    stack = checkout / "stacks" / "storage" / "stack.py"
    stack.write_text(stack.read_text() + "\nraise SystemExit(3)\n")
    done = run_app(checkout, tmp_path / "out", project="flights", environment="dev")
    assert done.returncode == 3
    assert not (tmp_path / "cache").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_killed_process_fails_the_synthesis(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def start(root: Path, *, context: Mapping[str, str], out: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"])

    monkeypatch.setattr(synthesis, "start_process", start)
    platform = load_parameters(checkout)
    assert Synthesis(root=checkout, out=tmp_path / "out", platform=platform, moved={}, context={}).run() != 0
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_project_that_does_not_list_the_environment_has_no_stacks_there(checkout: Path, tmp_path: Path) -> None:
    project = checkout / "projects" / "flights" / "project.yaml"
    project.write_text(project.read_text().replace("  dev: {}\n", ""))
    done = run_app(checkout, tmp_path / "out", project="flights", environment="dev")
    assert (done.returncode, done.stderr) == (0, "")
    assert not stacks_of(tmp_path / "out")


@pytest.mark.slow
def test_everything_that_a_synthesis_opens_is_part_of_the_keys(checkout: Path, tmp_path: Path) -> None:
    hooks, log = tmp_path / "hooks", tmp_path / "opened"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(PYTHON_FILES)
    (hooks / "files.cjs").write_text(NODE_FILES)
    variables = {
        **inherited_variables(),
        "OPENED_FILES": str(log),
        "PYTHONPATH": str(hooks),
        "PYTHONDONTWRITEBYTECODE": "1",
        "NODE_OPTIONS": f"--require {hooks / 'files.cjs'}",
        "CDK_OUTDIR": str(tmp_path / "out"),
        "CDK_CONTEXT_JSON": json.dumps({"fresh": "true"}),
    }
    subprocess.run([sys.executable, checkout / "app.py"], env=variables, check=True, timeout=300)
    opened = {Path(line) for line in log.read_text().splitlines()}
    assert checkout / "pipelines" / "flight_delays" / "steps" / "train.py" in opened, "Node's files are recorded"
    assert list(unexpected(opened, checkout, tmp_path)) == []


def unexpected(opened: set[Path], checkout: Path, tmp_path: Path) -> Iterator[Path]:
    """Yield the files that are in neither the keys nor the installed software."""
    keys = [
        *(checkout / name for name in (*CHECKOUT, "stacks", "projects", "pipelines")),
        *(ROOT / name for name in PRODUCT),
    ]
    # The loader reads them; their values are in the keys.
    keys += [checkout / "environments.yaml", checkout / "environments.lock.json"]
    software = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        Path.home() / ".cache",
        Path.home() / ".cdk",
        *map(Path, ("/proc", "/dev", "/etc", "/usr/share/zoneinfo")),
    ]
    software += [Path(os.path.realpath(each)) for each in software]
    written = [tmp_path / "out", tmp_path / "hooks", tmp_path / "opened"]
    for path in sorted(opened):
        if "__pycache__" in path.parts or not path.exists():
            continue
        if not any(path.is_relative_to(each) for each in (*keys, *software, *written)):
            yield path
