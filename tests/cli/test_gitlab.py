"""`mlproject gitlab configure` against a local server that behaves as GitLab's REST API."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlproject.cli.main import main
from tests.gitlab.rest_api import GitLabProject
from tests.gitlab.rest_server import GitLabServer, serve
from tests.mlproject_command import without_reference
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, write_files

ROOT = Path(__file__).parents[2]
MAINTAINER = "maintainer"
GITLAB = "gitlab: {url: 'https://gitlab.example.com', project: data/platform}\n"
CLEARED = ("MLPROJECT_GITLAB_TOKEN", "CI_SERVER_URL", "HTTPS_PROXY", "https_proxy")


@pytest.fixture
def server() -> Iterator[GitLabServer]:
    with serve(GitLabProject()) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with two projects, one of them without production."""
    only_dev = PROJECT.replace("name: flights", "name: digits")
    only_dev = only_dev[: only_dev.index("environments:")] + "environments:\n  dev: {}\n"
    projects = {"flights": PROJECT, "digits": only_dev}
    return write_files(tmp_path, environments=GITLAB + ENVIRONMENTS, projects=projects)


@dataclass(frozen=True)
class Finished:
    returncode: int
    stdout: str
    stderr: str


Configure = Callable[..., Finished]


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Configure:
    """Run the command's entry point in this process, which is faster than one of its own for each test."""

    def run(folder: Path, *arguments: str, url: str, token: str = MAINTAINER) -> Finished:
        monkeypatch.chdir(folder)
        for name in CLEARED:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"CI_SERVER_URL": url, "MLPROJECT_GITLAB_TOKEN": token}.items():
            if value:
                monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["mlproject", "gitlab", "configure", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        assert isinstance(end.value.code, int)
        printed = capsys.readouterr()
        return Finished(end.value.code, printed.out, printed.err)

    return run


def failure(done: Finished) -> tuple[int, str]:
    """The exit code and the error, after checking that there is nothing else."""
    assert done.stdout == ""
    error = without_reference(done.stderr)
    assert len(error.splitlines()) == 1, done.stderr
    return done.returncode, error.removeprefix("error: ").rstrip("\n")


def test_a_dry_run_shows_differences_with_exit_code_1_and_changes_nothing(
    configure: Configure, folder: Path, server: GitLabServer
) -> None:
    done = configure(folder, "--dry-run", url=server.url, token="read-only")
    assert (done.returncode, done.stderr) == (1, "")
    assert server.project.changes == []
    lines = [line.split("  ") for line in done.stdout.splitlines()]
    cells = [[cell.strip() for cell in line if cell] for line in lines]
    assert cells[0] == [f"data/platform on {server.url}:"]
    assert cells[1] == ["setting", "now", "desired", "state"]
    assert ["ci_pipeline_variables_minimum_override_role", "no_one_allowed", "maintainer", "different"] in cells
    assert ["ci_forward_deployment_enabled", "true", "true", "unchanged"] in cells
    assert ["protected environment flights/prod", "not protected", "deploy: maintainers", "different"] in cells
    assert ["pipeline schedule drift", "none", "0 4 * * * on main", "different"] in cells


def test_a_second_run_and_a_dry_run_find_no_difference(
    configure: Configure, folder: Path, server: GitLabServer
) -> None:
    first, changes = configure(folder, url=server.url), len(server.project.changes)
    second, dry_run = configure(folder, url=server.url), configure(folder, "--dry-run", url=server.url)
    assert [first.returncode, second.returncode, dry_run.returncode] == [0, 0, 0]
    assert "  changed\n" in first.stdout
    assert "  changed\n" not in second.stdout
    assert second.stdout == dry_run.stdout
    assert len(server.project.changes) == changes
    assert set(server.project.environments) == {"flights/prod"}


def test_a_machine_reads_the_settings_as_json(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.premium = False
    done = configure(folder, "--json", "--verification", url=server.url)
    document = json.loads(done.stdout)
    assert (done.returncode, document["project"], document["dry_run"]) == (0, "data/platform", False)
    found = {each["setting"]: each for each in document["settings"]}
    assert found["pipeline schedule verify"]["state"] == "changed"
    assert found["protected environment flights/prod"]["state"] == "unavailable"
    assert "GitLab Free" in found["protected environment flights/prod"]["note"]


def test_what_is_unavailable_is_one_line_and_no_error(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.premium = False
    configure(folder, url=server.url)
    done = configure(folder, "--dry-run", url=server.url)
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if line.startswith("  Not available: ")]
    assert len(notes) == 1
    assert notes[0].startswith("  Not available: protected environment flights/prod. Instead: GitLab Free has no ")


def test_protected_tags_and_tiers_follow_environments_yaml(
    configure: Configure, tmp_path: Path, server: GitLabServer
) -> None:
    written = (
        "gitlab:\n  url: https://gitlab.example.com\n  project: data/platform\n  project_id: 4711\n"
        "  deploy_tags: {prod: 'release-*'}\n"
        "  sub_claim_components: [project_path, ref_type, ref, deployment_tier]\n"
        "  deployment_tiers: {dev: production, prod: other}\n"
    )
    folder = write_files(tmp_path, environments=written + ENVIRONMENTS)
    assert configure(folder, url=server.url).returncode == 0
    assert set(server.project.tags) == {"release-*"}
    assert set(server.project.environments) == {"flights/dev"}
    assert server.project.attributes["ci_id_token_sub_claim_components"][-1] == "deployment_tier"


def test_an_environment_on_the_laptop_is_not_protected(
    configure: Configure, tmp_path: Path, server: GitLabServer
) -> None:
    written = GITLAB.replace(
        "}",
        ", sub_claim_components: [project_path, ref_type, ref, deployment_tier], "
        "deployment_tiers: {dev: production, prod: production}}",
    )
    environments = written + ENVIRONMENTS.replace("111111111111", "123456789012")
    assert configure(write_files(tmp_path, environments=environments), url=server.url).returncode == 0
    assert set(server.project.environments) == {"flights/prod"}


def test_if_sub_contains_the_protection_exactly_the_listed_environments_are_protected(
    configure: Configure, tmp_path: Path, server: GitLabServer
) -> None:
    written = GITLAB.replace(
        "}",
        ", sub_claim_components: [project_path, ref_type, ref, environment_protected], protected_environments: [dev]}",
    )
    assert configure(write_files(tmp_path, environments=written + ENVIRONMENTS), url=server.url).returncode == 0
    assert set(server.project.environments) == {"flights/dev"}


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "is not set"),
        ("  ", "is not set"),
        ("clé", "contains characters that no token of GitLab has"),
        ("expired", "is not accepted by {url} (401): it has expired, was revoked or is mistyped"),
        ("developer", "does not have the role Maintainer in data/platform, so the settings are not visible"),
    ],
)
def test_a_token_that_cannot_be_used(
    configure: Configure, folder: Path, server: GitLabServer, token: str, problem: str
) -> None:
    code, error = failure(configure(folder, url=server.url, token=token))
    remedy = "Set it to a token with the scope api and the role Maintainer in the project."
    assert (code, error) == (2, f"MLPROJECT_GITLAB_TOKEN {problem.format(url=server.url)}. {remedy}")


def test_a_token_that_may_only_read_changes_nothing(configure: Configure, folder: Path, server: GitLabServer) -> None:
    code, error = failure(configure(folder, url=server.url, token="read-only"))
    assert code == 2
    assert "lacks a permission for changing ci_pipeline_variables_minimum_override_role" in error
    assert "(403: insufficient_scope)" in error
    assert server.project.changes == []


def test_an_unknown_project(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.path = "other/project"
    assert failure(configure(folder, url=server.url)) == (
        2,
        f"environments.yaml: gitlab.project: {server.url} has no project data/platform that the token can read (404). "
        "Correct the path, or add the token's user to the project.",
    )


def test_a_project_with_another_id(configure: Configure, tmp_path: Path, server: GitLabServer) -> None:
    written = GITLAB.replace("}", ", project_id: 4712}")
    code, error = failure(configure(write_files(tmp_path, environments=written + ENVIRONMENTS), url=server.url))
    assert code == 2
    assert error.startswith("environments.yaml: gitlab.project_id is 4712, but the ID of data/platform is 4711.")


def test_a_default_branch_with_another_name(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.default_branch = "trunk"
    code, error = failure(configure(folder, url=server.url))
    assert code == 2
    assert error.startswith(
        "environments.yaml: gitlab.default_branch is main, but the default branch of data/platform is trunk. "
    )
    assert server.project.changes == []


def test_a_project_without_commits(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.empty_repo = True
    code, error = failure(configure(folder, url=server.url))
    assert (code, error.endswith("`git push -o ci.skip <remote> main`.")) == (2, True)


def test_environments_without_a_gitlab_project(configure: Configure, tmp_path: Path) -> None:
    assert failure(configure(write_files(tmp_path), url="")) == (
        2,
        "environments.yaml: the key gitlab is missing. Add it with the path of the GitLab project, such as "
        "`gitlab: {project: data/platform}`.",
    )


def test_a_server_that_cannot_be_reached(configure: Configure, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        code, error = failure(configure(folder, url=f"http://127.0.0.1:{taken.getsockname()[1]}"))
    assert code == 1
    assert "GitLab cannot be reached while reading the project data/platform (ConnectionError)." in error


def test_a_server_that_fails(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.failing.add("GET /")
    code, error = failure(configure(folder, url=server.url))
    assert code == 1
    assert error.startswith(f"{server.url}: reading the project data/platform failed, since the server returned 500: ")


def test_a_server_that_is_not_gitlab(configure: Configure, folder: Path, server: GitLabServer) -> None:
    server.project.is_sign_in_page = True
    code, error = failure(configure(folder, url=server.url))
    assert code == 1
    assert error.startswith(f"{server.url}: reading the project data/platform failed, since the server did not answer ")


def test_the_address_in_environments_yaml_is_used_outside_of_a_job(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main", "gitlab", "configure"],
        cwd=folder,
        # The proxy refuses every connection, so that the test contacts no other server.
        env={
            **{name: value for name, value in os.environ.items() if name not in CLEARED},
            "PYTHONPATH": str(ROOT),
            "MLPROJECT_GITLAB_TOKEN": MAINTAINER,
            "HTTPS_PROXY": "http://127.0.0.1:1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    code, error = failure(Finished(done.returncode, done.stdout, done.stderr))
    assert (code, error.partition(": ")[0]) == (1, "https://gitlab.example.com")
    assert "(ProxyError)" in error
