"""`mlproject review` of the example platform: compared with the target branch, and with deployed stacks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import embedded_aws as aws
from tests.checkouts import lay_out_example
from tests.cli.checkout import REGION, Checkout, clients
from tests.cli.git_checkout import TRUNK, commit, git
from tests.gitlab.notes_server import TOKEN, NotesServer, serve_notes

pytestmark = pytest.mark.slow


def edit(file: Path, **local: Any) -> None:
    """Set keys of a project in the environment `local`."""
    yaml = YAML()
    content = yaml.load(file)
    content["environments"]["local"] = local
    yaml.dump(content, file)


def lay_out(folder: Path) -> Path:
    """Two projects on `trunk`. On `work`, one changed in one environment, and the other is removed."""
    root = lay_out_example(folder)
    # As in this repository.
    (root / ".gitignore").write_text(".venv\nnode_modules\nbuild/\ncdk.out/\n.mlproject/\n__pycache__/\n")
    shutil.copytree(root / "projects" / "flights", root / "projects" / "weather")
    file = root / "projects" / "weather" / "project.yaml"
    file.write_text(file.read_text().replace("name: flights", "name: weather"))
    git(root, "init", "--quiet", "--initial-branch", TRUNK)
    commit(root)
    git(root, "switch", "--quiet", "--create", "work")
    shutil.rmtree(root / "projects" / "weather")
    edit(
        root / "projects" / "flights" / "project.yaml",
        notebooks={"explore": {"instance_type": "ml.t3.large", "volume_gb": 40}},
        pipeline={"parameters": {"Margin": 0.05}},
        existing_data={"buckets": [{"name": "shared-tables", "prefixes": ["weather/"]}]},
        emr=None,
    )
    commit(root)
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("review") / "a clone")


@pytest.fixture(scope="module")
def against_target(root: Path) -> dict[str, Any]:
    """The review without credentials, which falls back to the target branch."""
    checkout = Checkout(root=root, project="flights")
    done = checkout.run("review", "--since", TRUNK, "--output", "build/review", "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def found(document: dict[str, Any], path: str) -> dict[str, Any]:
    (review,) = [each for each in document["reviews"] if each["path"] == path]
    return dict(review)


def test_without_the_embedded_aws_the_change_is_compared_with_the_target_branch(against_target: dict[str, Any]) -> None:
    review = found(against_target, "local/flights")
    assert review["compared_with"] == "target branch"
    assert "not running" in review["reason"]
    assert {each["path"] for each in against_target["reviews"]} <= {"local", "local/flights", "dev", "pre", "prod"}


def test_each_effect_is_listed_by_name(against_target: dict[str, Any]) -> None:
    review = found(against_target, "local/flights")
    notebooks = [each for each in review["resources"] if each["type"] == "AWS::SageMaker::NotebookInstance"]
    assert [(each["action"], each["name"], each["because"]) for each in notebooks] == [
        ("stopped", "flights-local-explore", ["InstanceType", "VolumeSizeInGB"])
    ]
    assert review["obsolete_stacks"] == ["local/flights/emr"]
    steps = {each["name"]: each for each in review["steps"]}
    assert steps["Margin"]["arguments"] == ["DefaultValue: 0.02 → 0.05"]
    widened = [each for each in review["permissions"] if each["direction"] == "widened"]
    assert review["permissions"][: len(widened)] == widened
    granted = {(each["owner"], resource) for each in widened for resource in each["resources"]}
    assert ("flights-local-pipeline", "arn:aws:s3:::shared-tables/weather/*") in granted
    # 20 GB more, at the price of notebook volumes.
    assert float(review["idle_usd_after"]) > float(review["idle_usd_before"])


def test_a_removed_project_is_listed_and_its_stacks_are_not_destroyed(
    against_target: dict[str, Any], root: Path
) -> None:
    assert list(against_target["removed"]) == ["weather"]
    assert not any("weather" in each["path"] for each in against_target["reviews"])
    assert "`weather` is removed from" in (root / "build" / "review" / "review.md").read_text()


def test_the_reports_for_gitlab_agree_with_the_review(against_target: dict[str, Any], root: Path) -> None:
    counts = json.loads((root / "build" / "review" / "terraform.json").read_text())
    actions = [each["action"] for review in against_target["reviews"] for each in review["resources"]]
    assert counts == {
        "create": actions.count("added") + actions.count("replaced"),
        "update": actions.count("changed") + actions.count("stopped"),
        "delete": actions.count("destroyed") + actions.count("replaced"),
    }
    assert counts["update"] > 0
    assert [path.name for path in (root / "build").iterdir()] == ["review"]  # nothing temporary stays


@pytest.fixture
def notes() -> Iterator[NotesServer]:
    with serve_notes() as running:
        yield running


def test_deployed_stacks_are_compared_if_they_can_be_read_and_the_note_is_updated(
    root: Path, against_target: dict[str, Any], embedded_aws: aws.Server, notes: NotesServer
) -> None:
    assert against_target["reviews"]
    cloudformation = clients(embedded_aws, REGION)("cloudformation")
    template = {"Resources": {"Old": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "flights-old"}}}}
    cloudformation.create_stack(
        StackName="flights-local-storage",
        TemplateBody=json.dumps(template),
        Tags=[{"Key": "project", "Value": "flights"}, {"Key": "environment", "Value": "local"}],
    )
    gitlab = {
        "CI_SERVER_URL": notes.url, "CI_PROJECT_ID": "12", "CI_MERGE_REQUEST_IID": "3", "MLPROJECT_GITLAB_TOKEN": TOKEN
    }  # fmt: skip
    variables = {**embedded_aws.environment(aws.ACCOUNT, REGION), **gitlab}
    checkout = Checkout(root=root, project="flights", variables=variables)
    for action in ("created", "updated"):
        done = checkout.run("review", "--since", TRUNK, "--comment", "--compare", "auto", "--json")
        assert done.returncode == 0, done.stderr
        assert f"The note of merge request !3 was {action}." in done.stderr
    review = found(json.loads(done.stdout), "local/flights")
    assert (review["compared_with"], review["reason"]) == ("deployed stacks", "")
    assert ("destroyed", "flights-old") in {(each["action"], each["name"]) for each in review["resources"]}
    assert [note["body"].count("destroyed") > 0 for note in notes.notes] == [True]


def test_without_a_token_the_review_succeeds_and_says_so(root: Path) -> None:
    checkout = Checkout(root=root, project="flights")
    done = checkout.run("review", "--since", "HEAD", "--comment")
    assert (done.returncode, done.stderr) == (0, "MLPROJECT_GITLAB_TOKEN is not set, so no note is written.\n")
    assert "affects no project and no environment" in done.stdout


def test_an_unknown_comparison_and_required_stacks_that_cannot_be_read_are_one_sentence_each(root: Path) -> None:
    checkout = Checkout(root=root, project="flights")
    done = checkout.run("review", "--since", TRUNK, "--compare", "production")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "Allowed: auto, deployed, target." in done.stderr
    done = checkout.run("review", "--since", TRUNK, "--compare", "deployed")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)


def test_a_base_that_cannot_be_loaded_or_synthesized_is_one_sentence(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "clone"
    shutil.copytree(root, other, symlinks=True, ignore=shutil.ignore_patterns("build"))
    checkout = Checkout(root=other, project="flights")
    environments = other / "environments.yaml"
    valid, app = environments.read_text(), (other / "app.py").read_text()
    environments.write_text(f"colour: blue\n{valid}")
    invalid = commit(other)
    environments.write_text(valid)
    (other / "app.py").write_text("raise SystemExit(3)\n")
    failing = commit(other)
    (other / "app.py").write_text(app)
    edit(other / "projects" / "flights" / "project.yaml", emr=None)
    commit(other)
    done = checkout.run("review", "--since", invalid, "--compare", "target", "--json")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "are invalid for the current code" in done.stderr
    done = checkout.run("review", "--since", failing, "--compare", "target", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be synthesized with the installed packages" in done.stderr.splitlines()[-1]
    assert list((other / "build").iterdir()) == []
