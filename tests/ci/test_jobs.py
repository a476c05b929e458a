"""The CI files without AWS: GitLab's schema, which jobs run when, and that each check fails when it should."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from docs_site import ci_diagram
from tests.checkouts import ROOT
from tests.ci.conftest import create_project
from tests.ci.simulator import Project
from tests.ci.tokens import create_key
from tests.gitlab.ci_schema import read_valid_pipeline

pytestmark = pytest.mark.slow

FILES = (".gitlab-ci.yml", "ci/jobs.yml")
CHECKS = {"lint", "test", "secrets", "documentation", "synth"}
MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7"}
PUSH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
SCHEDULE = {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}
PERSON = {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main"}


@pytest.mark.parametrize("file", FILES)
def test_a_ci_file_is_valid_according_to_gitlabs_schema(file: str) -> None:
    read_valid_pipeline(ROOT / file)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A repository with nothing but the CI files."""
    folder = tmp_path_factory.mktemp("files")
    for file in FILES:
        (folder / file).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / file, folder / file)
    project = Project(folder=folder, home=folder, issuer=folder)
    project.git("init", "--quiet", "--initial-branch", "main")
    project.git("remote", "add", "gcl-origin", "https://gitlab.example.com/data/platform.git")
    project.commit("Begin")
    return project


@pytest.mark.parametrize(
    ("variables", "jobs"),
    [
        (MERGE_REQUEST, {*CHECKS, "review", "branch"}),
        (PUSH, {*CHECKS, "pages", "changes", "deploy"}),
        ({"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_TAG": "v1"}, {"changes", "deploy"}),
        ({**SCHEDULE, "SCHEDULE": "drift"}, {"environments", "drift"}),
        ({**SCHEDULE, "SCHEDULE": "updates"}, {"updates"}),
        ({**SCHEDULE, "SCHEDULE": "audit"}, {"audit"}),
        ({**SCHEDULE, "SCHEDULE": "verify"}, set()),
        ({**SCHEDULE, "SCHEDULE": "verify", "VERIFY_ENVIRONMENT": "sandbox"}, {"verify"}),
        ({**PERSON, "OPERATION": "rollback"}, {"rollback"}),
        ({**PERSON, "OPERATION": "promote"}, {"promote"}),
        ({**PERSON, "OPERATION": "destroy"}, {"destroy"}),
    ],
    ids=[
        *("merge request", "push", "tag", "drift", "updates", "audit", "verify", "sandbox"),
        *("rollback", "promote", "destroy"),
    ],
)
def test_these_jobs_run_in_a_pipeline(files: Project, variables: Mapping[str, str], jobs: set[str]) -> None:
    listed = json.loads(files.list_jobs(variables))
    assert {each["name"] for each in listed if each["when"] != "never"} == jobs


def test_the_picture_in_the_documentation_is_that_of_the_file(files: Project) -> None:
    stages = read_valid_pipeline(ROOT / ".gitlab-ci.yml")["stages"]
    for path, picture in ci_diagram.draw_repository(files.folder, stages).items():
        assert path.read_text() == picture, "run `python -m docs_site.ci_diagram`"


def push_branch(project: Project, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "ci" / "push-branch", "upgrade"],
        cwd=project.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(project.home), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_branch_with_updates_is_pushed_if_there_is_one_and_a_token(files: Project, tmp_path: Path) -> None:
    remote = tmp_path / "remote.git"
    files.git("init", "--quiet", "--bare", str(remote))
    files.git("--git-dir", str(remote), "config", "receive.advertisePushOptions", "true")
    nothing = push_branch(files, REMOTE=str(remote))
    assert (nothing.returncode, nothing.stderr) == (0, "")

    files.git("branch", "upgrade")
    without_token = push_branch(files, REMOTE=str(remote))
    assert (without_token.returncode, without_token.stderr.count("\n")) == (1, 1)
    assert "MLPROJECT_GITLAB_TOKEN is not set" in without_token.stderr

    pushed = push_branch(files, REMOTE=str(remote), MLPROJECT_GITLAB_TOKEN="of-the-test")  # pragma: allowlist secret
    assert pushed.returncode == 0, pushed.stderr
    assert files.git("--git-dir", str(remote), "branch", "--format", "%(refname:short)") == "upgrade"


@pytest.mark.gitlab
def test_each_check_of_a_merge_request_fails_for_what_it_checks(tmp_path: Path) -> None:
    issuer = tmp_path / "issuer"
    create_key(issuer)
    project = create_project(tmp_path, issuer=issuer, default_branch="trunk")
    base = project.git("rev-parse", "HEAD")
    project.git("switch", "--quiet", "--create", "broken")
    root = project.folder
    (root / "mlproject" / "unformatted.py").write_text("x  =  1\n")
    (root / "tests" / "test_names.py").write_text("def test_that_fails() -> None:\n    raise AssertionError\n")
    (root / "keys.txt").write_text(f"aws_access_key_id = AKIA{'Z' * 16}\n")
    (root / "docs" / "en" / "data.md").write_text("# Data\n\n[nowhere](gone.md)\n")
    (root / "app.py").write_text("raise SystemExit('broken app')\n")
    project.commit("Break everything")
    run = project.run_merge_request(base=base)
    assert {name: bool(code) for name, code in run.jobs.items()} == dict.fromkeys([*CHECKS, "review"], True), run.output
    assert "keys.txt" in run.output
    assert "broken app" in run.output

    refused = project.run_web(
        OPERATION="rollback", PROJECT="flights", ENVIRONMENT="dev", COMMIT=project.git("rev-parse", "broken^{tree}")
    )
    assert refused.failed == ["rollback"], refused.output

    updated = project.run_schedule(SCHEDULE="updates", UV_OFFLINE="1")
    assert updated.failed == ["updates"], updated.output
    assert "aws-cdk-lib" in updated.output
    verified = project.run_schedule(SCHEDULE="verify", VERIFY_ENVIRONMENT="pre")
    assert verified.failed == ["verify"], verified.output
    assert "Use an environment in a sandbox account." in verified.output
