"""`mlproject --version`: one source for each version, as text and as JSON."""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import version
from pathlib import Path

import mlproject
from mlproject.cli.common.version import read_versions
from tests.checkouts import ROOT
from tests.mlproject_command import run_mlproject


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_versions_are_those_of_what_is_installed(tmp_path: Path) -> None:
    done = run_mlproject("--version", "--json", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    package = json.loads((ROOT / "package.json").read_text())
    assert found["mlproject"] == mlproject.__version__
    assert found["cdk_library"] == version("aws-cdk-lib")
    assert found["cdk_cli"] == package["devDependencies"]["aws-cdk"]
    assert found["moto"] == version("moto")


def test_the_first_line_is_the_release_and_a_spanish_machine_reads_spanish(tmp_path: Path) -> None:
    english = run_mlproject("--version", folder=tmp_path).stdout.splitlines()
    assert english[0] == f"mlproject {mlproject.__version__}"
    assert f"moto, in the embedded AWS: {version('moto')}" in english
    spanish = run_mlproject("--version", folder=tmp_path, variables={"LANG": "es_ES.UTF-8"}).stdout.splitlines()
    assert spanish[0] == english[0]
    assert f"moto, en el AWS embebido: {version('moto')}" in spanish


def test_the_commit_is_that_of_the_code_and_tells_changes(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "start")
    commit = git(tmp_path, "rev-parse", "HEAD")
    assert read_versions(tmp_path).commit == commit
    (tmp_path / "pyproject.toml").write_text("[build-system]\n")
    assert read_versions(tmp_path).commit == f"{commit}-dirty"


def test_an_installed_package_has_neither_a_commit_nor_a_cli(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    folder = tmp_path / "site-packages"
    folder.mkdir()
    found = read_versions(folder)
    assert (found.commit, found.cdk_cli) == (None, None)


def test_json_without_version_belongs_to_a_command(tmp_path: Path) -> None:
    done = run_mlproject("--json", "check", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--json: write it after the command, or with --version." in done.stderr


def test_without_a_command_the_help_is_shown_and_the_exit_code_is_2(tmp_path: Path) -> None:
    done = run_mlproject(folder=tmp_path)
    assert (done.returncode, done.stderr) == (2, "")
    assert "--version" in done.stdout
