"""`mlproject changed`: the projects and environments that a change affects, and their child pipeline."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.checkout import Checkout
from tests.cli.git_checkout import TRUNK, commit, git, lay_out_git
from tests.gitlab.ci_schema import read_valid_pipeline

EVERYWHERE = ["dev", "kept", "local"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out_git(tmp_path_factory.mktemp("prepared")).root


@pytest.fixture
def checkout(prepared: Path, tmp_path: Path) -> Checkout:
    root = tmp_path / "a clone"  # with a space in its path
    shutil.copytree(prepared, root)
    return Checkout(root=root, project="alpha")


def changed(checkout: Checkout, *arguments: str, since: str = TRUNK) -> dict[str, Any]:
    done = checkout.run("changed", "--since", since, "--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _new_library(root: Path) -> None:
    (root / "projects" / "alpha" / "notebooks").mkdir()
    (root / "projects" / "alpha" / "notebooks" / 'a "b" ñ.ipynb').write_text('{"cells": []}')


def _project_value(root: Path) -> None:
    replace(root / "projects" / "zeta" / "project.yaml", "kept: {}", "kept: {cost_centre: CC-2}")


def _project_comment(root: Path) -> None:
    replace(root / "projects" / "zeta" / "project.yaml", "owner:", "# The team\nowner:")


def _pipeline(root: Path) -> None:
    (root / "pipelines" / "tiny" / "steps").mkdir()
    (root / "pipelines" / "tiny" / "steps" / "train.py").write_text("print(1)\n")


def _unused_pipeline(root: Path) -> None:
    (root / "pipelines" / "other" / "note.txt").write_text("hello\n")


def _environment(root: Path) -> None:
    replace(root / "environments.yaml", "cidr: 10.20.0.0/16", "cidr: 10.20.0.0/17")


def _documents(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs" / "page.md").write_text("text\n")
    (root / "prices.json").write_text("{}\n")
    replace(root / "README.md", "platform", "product")


def _shared(root: Path) -> None:
    (root / "stacks").mkdir()
    (root / "stacks" / "base.py").write_text("X = 1\n")


def _renamed_pipeline_file(root: Path) -> None:
    (root / "pipelines" / "other" / "moved.json").write_bytes((root / "pipelines" / "tiny" / "data.json").read_bytes())
    (root / "pipelines" / "tiny" / "data.json").unlink()


CASES: dict[str, tuple[Callable[[Path], None], dict[str, list[str]], list[str]]] = {
    "a file of a project": (_new_library, {"alpha": EVERYWHERE}, []),
    "a value for one environment": (_project_value, {"zeta": ["kept"]}, []),
    "a comment": (_project_comment, {}, []),
    "a pipeline that two projects share": (_pipeline, {"alpha": EVERYWHERE, "zeta": EVERYWHERE}, []),
    "a pipeline that nobody uses": (_unused_pipeline, {}, []),
    "a value of an environment": (_environment, {"alpha": ["dev"], "zeta": ["dev"]}, ["dev"]),
    "documentation": (_documents, {}, []),
    "shared code": (_shared, {"alpha": EVERYWHERE, "zeta": EVERYWHERE}, EVERYWHERE),
    "a file renamed to another folder": (_renamed_pipeline_file, {"alpha": EVERYWHERE, "zeta": EVERYWHERE}, []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_affects_exactly_what_uses_it(case: str, checkout: Checkout) -> None:
    change, projects, environments = CASES[case]
    change(checkout.root)
    commit(checkout.root)
    found = changed(checkout)
    assert (found["projects"], found["environments"], found["removed"]) == (projects, environments, {})


def test_a_change_of_the_target_branch_after_the_merge_base_does_not_count(checkout: Checkout) -> None:
    git(checkout.root, "switch", "--quiet", TRUNK)
    _project_value(checkout.root)
    commit(checkout.root)
    git(checkout.root, "switch", "--quiet", "work")
    _new_library(checkout.root)
    commit(checkout.root)
    found = changed(checkout)
    assert found["projects"] == {"alpha": EVERYWHERE}
    assert found["files"] == ['projects/alpha/notebooks/a "b" ñ.ipynb']


def test_a_removed_project_and_a_removed_environment_are_listed(checkout: Checkout) -> None:
    shutil.rmtree(checkout.root / "projects" / "zeta")
    replace(checkout.root / "projects" / "alpha" / "project.yaml", "  kept: {}\n", "")
    commit(checkout.root)
    found = changed(checkout)
    assert (found["projects"], found["removed"]) == ({}, {"alpha": ["kept"], "zeta": EVERYWHERE})
    done = checkout.run("changed", "--since", TRUNK)
    lines = done.stdout.splitlines()
    assert "zeta was removed from dev. Its deployed stacks stay until you run `mlproject destroy zeta -e dev`." in lines
    (kept,) = (line for line in lines if line.startswith("zeta was removed from kept. "))
    assert "retains data: an administrator deletes them with `mlproject destroy zeta -e kept --i-know" in kept


def test_if_the_base_cannot_be_loaded_its_parameter_files_count_as_changed_in_every_value(checkout: Checkout) -> None:
    git(checkout.root, "switch", "--quiet", TRUNK)
    file = checkout.root / "environments.yaml"
    valid = file.read_text()
    file.write_text(f"colour: blue\n{valid}")
    commit(checkout.root)
    git(checkout.root, "switch", "--quiet", "--create", "later")
    _project_value(checkout.root)
    file.write_text(valid)
    shutil.rmtree(checkout.root / "projects" / "alpha")
    commit(checkout.root)
    found = changed(checkout)
    assert (found["projects"], found["shared"]) == ({"zeta": EVERYWHERE}, ["environments.yaml"])
    assert found["removed"] == {"alpha": []}


def test_zeros_mean_that_everything_changed(checkout: Checkout) -> None:
    found = changed(checkout, since="0" * 40)
    assert (found["base"], found["environments"]) == (None, EVERYWHERE)
    assert found["projects"] == {"alpha": EVERYWHERE, "zeta": EVERYWHERE}


def test_an_unknown_commit_and_a_shallow_clone_are_one_sentence_each(checkout: Checkout, tmp_path: Path) -> None:
    done = checkout.run("changed", "--since", "origin/main")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "error: --since origin/main: no such commit in this clone. Fetch it (`git fetch`), or name another commit or "
        "branch.\n"
    )
    start = git(checkout.root, "rev-parse", "HEAD")
    commit(checkout.root)
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{checkout.root}", "shallow")
    done = Checkout(root=tmp_path / "shallow", project="alpha").run("changed", "--since", start)
    assert (done.returncode, done.stdout) == (2, "")
    assert "The clone is shallow" in done.stderr
    assert "GIT_DEPTH: 0" in done.stderr


def test_a_branch_without_a_common_commit_and_a_folder_without_git_are_one_sentence_each(checkout: Checkout) -> None:
    git(checkout.root, "switch", "--quiet", "--orphan", "elsewhere")
    commit(checkout.root)
    git(checkout.root, "switch", "--quiet", "work")
    done = checkout.run("changed", "--since", "elsewhere")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "has no commit in common with HEAD" in done.stderr
    shutil.rmtree(checkout.root / ".git")
    done = checkout.run("changed", "--since", TRUNK)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "is not a git checkout" in done.stderr


def test_an_invalid_project_stops_its_own_change_and_no_other(checkout: Checkout) -> None:
    file = checkout.root / "projects" / "zeta" / "project.yaml"
    replace(file, "owner: team@example.com\n", "")
    broken = commit(checkout.root)
    done = checkout.run("changed", "--since", TRUNK, "--child-pipeline", "child.yml")
    assert done.returncode == 2
    assert "projects/zeta/project.yaml:1: owner: required key is missing" in done.stderr
    assert not (checkout.root / "child.yml").exists()
    _new_library(checkout.root)
    commit(checkout.root)
    done = checkout.run("changed", "--since", broken, "--json")
    assert (done.returncode, json.loads(done.stdout)["projects"]) == (0, {"alpha": EVERYWHERE})
    assert done.stderr.startswith("Warning: zeta is left out: ")


def test_the_child_pipeline_deploys_each_project_to_its_environments_in_order(checkout: Checkout) -> None:
    replace(
        checkout.root / "environments.yaml",
        "  kept:\n",
        "  live:\n    account: '222222222222'\n    network: {new: {cidr: 10.30.0.0/16}}\n  kept:\n",
    )
    for name, listed in (("zeta", "dev: {}\n  live: {}"), ("alpha", "live: {}\n  dev: {}")):
        replace(checkout.root / "projects" / name / "project.yaml", "dev: {}", listed)
    commit(checkout.root)
    changed(checkout, "--child-pipeline", "build/child.yml", since="0" * 40)
    pipeline = read_valid_pipeline(checkout.root / "build" / "child.yml")
    jobs = {name: job for name, job in pipeline.items() if ":" in name}
    # The environments `kept` and `local` are in the embedded AWS, which each machine has for itself.
    assert set(jobs) == {
        f"{project}:{job}"
        for project in ("alpha", "zeta")
        for job in ("deploy:dev", "smoke:dev", "plan:live", "deploy:live")
    }
    for project in ("alpha", "zeta"):
        assert jobs[f"{project}:deploy:dev"]["needs"] == []
        assert jobs[f"{project}:smoke:dev"]["needs"] == [f"{project}:deploy:dev"]
        assert jobs[f"{project}:plan:live"]["needs"] == [f"{project}:smoke:dev"]
        assert jobs[f"{project}:deploy:live"]["needs"] == [f"{project}:plan:live"]
        assert "when" not in jobs[f"{project}:deploy:dev"]
        live = jobs[f"{project}:deploy:live"]
        assert (live["when"], live["allow_failure"], live["interruptible"]) == ("manual", True, False)
        assert live["environment"] == {"name": f"{project}/live", "deployment_tier": "production", "action": "start"}
        assert live["resource_group"] == "live"
        approval = f"build/approvals/{project}-live.json"
        assert jobs[f"{project}:plan:live"]["artifacts"]["paths"] == [approval]
        assert live["script"][1:] == [
            f"mlproject deploy {project} -e live --approved {approval}",
            f"mlproject smoke {project} -e live",
        ]
    text = (checkout.root / "build" / "child.yml").read_text()
    assert "$" not in text  # literal values only


GITLAB = """
gitlab:
  url: https://gitlab.example.com
  project: data/platform
  deploy_tags: {live: "v*"}
  sub_claim_components: [project_path, ref_type, ref, deployment_tier]
  deployment_tiers: {dev: testing, live: production, kept: other, local: other}
"""


def test_environments_that_are_deployed_from_tags_wait_for_a_tag_that_matches(checkout: Checkout) -> None:
    with (checkout.root / "environments.yaml").open("a") as file:
        file.write("  live:\n    account: '333333333333'\n    network: {new: {cidr: 10.82.0.0/16}}\n" + GITLAB)
    for name, listed in (("zeta", "dev: {}\n  live: {}"), ("alpha", "live: {}\n  dev: {}")):
        replace(checkout.root / "projects" / name / "project.yaml", "dev: {}", listed)
    commit(checkout.root)

    def jobs(*options: str) -> dict[str, Any]:
        changed(checkout, "--child-pipeline", "child.yml", *options, since="0" * 40)
        return read_valid_pipeline(checkout.root / "child.yml")

    branch = jobs()
    assert branch["alpha:deploy:dev"]["environment"]["deployment_tier"] == "testing"
    assert not [name for name in branch if name.endswith(":live")]
    tag = jobs("--tag", "v1.2")
    assert {name for name in tag if ":" in name} == {
        f"{project}:{action}:live" for project in ("alpha", "zeta") for action in ("plan", "deploy")
    }
    assert set(jobs("--tag", "nightly")) == {"include", "stages", "notes"}


TEMPORARY = """\
  sandbox:
    account: '333333333333'
    retain_data: false
    network: {new: {cidr: 10.82.0.0/16}}
gitlab:
  url: https://gitlab.example.com
  project: data/platform
  branch_environments: [sandbox]
"""


def test_a_merge_request_offers_temporary_environments_only_and_the_default_branch_never(checkout: Checkout) -> None:
    with (checkout.root / "environments.yaml").open("a") as file:
        file.write(TEMPORARY)
    replace(checkout.root / "projects" / "zeta" / "project.yaml", "dev: {}", "dev: {}\n  sandbox: {}")
    commit(checkout.root)
    changed(checkout, "--merge-request", "--child-pipeline", "branch.yml", since="0" * 40)
    pipeline = read_valid_pipeline(checkout.root / "branch.yml")
    assert {name for name in pipeline if ":" in name} == {"zeta:deploy:sandbox", "zeta:destroy:sandbox"}
    deploy, destroy = pipeline["zeta:deploy:sandbox"], pipeline["zeta:destroy:sandbox"]
    assert deploy["environment"] == {
        "name": "zeta/sandbox", "deployment_tier": "other", "action": "start", "on_stop": "zeta:destroy:sandbox",
        "auto_stop_in": "1 week",
    }  # fmt: skip
    assert destroy["environment"] == {"name": "zeta/sandbox", "deployment_tier": "other", "action": "stop"}
    for job in (deploy, destroy):
        # Two merge requests must not deploy at once, and GitLab rejects a stop job that waits for another one.
        assert (job["when"], job["resource_group"], job["needs"]) == ("manual", "sandbox", [])
    assert pipeline["notes"]["script"] == [
        "echo 'zeta:deploy:sandbox deploys this branch, and zeta:destroy:sandbox removes it: a person starts them.'"
    ]

    changed(checkout, "--child-pipeline", "main.yml", since="0" * 40)
    assert not [name for name in read_valid_pipeline(checkout.root / "main.yml") if name.endswith(":sandbox")]
    done = checkout.run("changed", "--since", TRUNK, "--merge-request", "--tag", "v1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_the_options_select_the_environments_and_those_that_a_person_starts(checkout: Checkout) -> None:
    options = (
        "-e",
        "local",
        "-e",
        "dev",
        "--manual",
        "dev",
        "--include",
        "ci/own.yml",
        "--child-pipeline",
        "child.yml",
    )
    changed(checkout, *options, since="0" * 40)
    pipeline = read_valid_pipeline(checkout.root / "child.yml")
    assert pipeline["include"] == [{"local": "ci/own.yml"}]
    assert pipeline["stages"] == ["local", "dev"]
    assert pipeline["alpha:plan:dev"]["needs"] == ["alpha:smoke:local"]
    assert pipeline["alpha:deploy:dev"]["when"] == "manual"
    done = checkout.run("changed", "--since", TRUNK, "--child-pipeline", "other.yml", "--manual", "prodd")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not (checkout.root / "other.yml").exists()


def test_a_removed_project_can_be_destroyed_with_a_job_where_data_is_not_retained(checkout: Checkout) -> None:
    with (checkout.root / "environments.yaml").open("a") as file:
        file.write("  live:\n    account: '333333333333'\n    network: {new: {cidr: 10.82.0.0/16}}\n")
    for name in ("alpha", "zeta"):
        replace(checkout.root / "projects" / name / "project.yaml", "dev: {}", "dev: {}\n  live: {}")
    before = commit(checkout.root)
    shutil.rmtree(checkout.root / "projects" / "zeta")
    replace(checkout.root / "projects" / "alpha" / "project.yaml", "  dev: {}\n", "")
    commit(checkout.root)
    changed(checkout, "--child-pipeline", "child.yml", since=before)
    pipeline = read_valid_pipeline(checkout.root / "child.yml")
    assert {name for name in pipeline if ":" in name} == {"alpha:destroy:dev", "zeta:destroy:dev"}
    job = pipeline["zeta:destroy:dev"]
    assert job["script"] == ["mlproject destroy zeta -e dev --yes --if-exists"]
    assert (job["when"], job["environment"]["action"], job["resource_group"]) == ("manual", "stop", "dev")
    done = subprocess.run(
        ["bash", "-c", "\n".join(pipeline["notes"]["script"])], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert "The change affects no project that this pipeline deploys." in lines
    assert "zeta:destroy:dev deletes the stacks of zeta: a person starts it." in lines
    (live,) = (line for line in lines if line.startswith("zeta was removed from live. "))
    assert "retains data" in live
    # What a machine has for itself is no matter of a pipeline.
    assert "local" not in done.stdout

    # The environment goes with its last project: no job can sign in to it any more.
    replace(checkout.root / "environments.yaml", "  live:\n", "  other:\n")
    replace(checkout.root / "projects" / "alpha" / "project.yaml", "  live: {}\n", "")
    commit(checkout.root)
    done = checkout.run("changed", "--since", before)
    assert "live is no longer in environments.yaml: run `mlproject destroy zeta -e live` in a checkout" in done.stdout
