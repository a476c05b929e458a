"""A change travels from a merge request to production, through the accounts of the embedded AWS."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from typing import Any

import pytest

from tests.checkouts import ROOT
from tests.ci.conftest import Platform
from tests.ci.simulator import PipelineRun
from tests.gitlab.ci_schema import read_valid_pipeline

pytestmark = [pytest.mark.gitlab, pytest.mark.timeout(3600)]
CHECKS = {"lint", "test", "secrets", "documentation", "synth"}
AUTOMATIC = {
    *(f"flights:{action}:{environment}" for action in ("deploy", "smoke") for environment in ("dev", "pre")),
    *("flights:plan:prod", "weather:deploy:dev", "weather:smoke:dev", "weather:plan:prod"),
}
PRODUCTION = {"flights:deploy:prod", "weather:deploy:prod"}


def passed(run: PipelineRun, jobs: set[str]) -> None:
    assert set(run.jobs) == jobs, run.output
    assert run.failed == [], run.output


def template(platform: Platform, environment: str, stack: str) -> Any:
    return platform.client(environment, "cloudformation").get_template(StackName=stack)["TemplateBody"]


def run_deployments(
    platform: Platform, parent: PipelineRun, manual: Sequence[str] = (), *, trigger: str = "deploy"
) -> tuple[int, PipelineRun]:
    """Run the child pipeline that a trigger job takes from a job of the parent pipeline."""
    (included,) = read_valid_pipeline(ROOT / ".gitlab-ci.yml")[trigger]["trigger"]["include"]
    file = platform.project.folder / "child.yml"
    file.write_text(parent.artifact(included["job"], included["artifact"]).read_text())
    try:
        return platform.project.run_child(file.name, manual=manual)
    finally:
        file.unlink()


def edit_flights(platform: Platform, old: str, new: str) -> None:
    file = platform.project.folder / "projects" / "flights" / "project.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_change_travels_from_a_merge_request_to_prod_through_three_accounts(platform: Platform) -> None:
    project = platform.project
    base = project.git("rev-parse", "HEAD")
    project.git("switch", "--quiet", "--create", "change")
    edit_flights(platform, "noncurrent_days: 30", "noncurrent_days: 45")
    project.write_snapshots()
    project.commit("Keep old versions for 45 days")
    # Its checks are those of the push below, and test_jobs.py sees each of them fail in a merge request.
    request = project.run_merge_request(base=base, only=["review"])
    passed(request, {"review"})
    report = request.artifact("review", "build/review/review.md").read_text()
    assert "flights" in report
    assert "weather" not in report

    _deploy_and_remove_the_branch(platform, request)

    project.git("switch", "--quiet", "main")
    project.git("merge", "--quiet", "--no-ff", "--no-edit", "change")
    first = project.git("rev-parse", "HEAD")
    merged = project.run_push(before="0" * 40)
    passed(merged, {*CHECKS, "pages", "changes", *AUTOMATIC})
    assert set(platform.stacks("dev").values()) == {"CREATE_COMPLETE"}
    assert {"flights-pre-storage", "pre-network"} <= set(platform.stacks("pre"))
    assert "weather-pre-storage" not in platform.stacks("pre")
    assert platform.stacks("prod") == {}

    # A person starts the deployments to production.
    code, production = run_deployments(platform, merged, manual=sorted(PRODUCTION))
    passed(production, AUTOMATIC | PRODUCTION)
    assert code == 0
    assert {"flights-prod-storage", "weather-prod-storage"} <= set(platform.stacks("prod"))

    _refuse_operations(platform)
    _fail_and_roll_back(platform, first)
    _find_drift(platform)
    _remove_a_project(platform)


def _deploy_and_remove_the_branch(platform: Platform, request: PipelineRun) -> None:
    """Jobs of a branch may change the environment of branches, and only that one."""
    code, deployed = run_deployments(platform, request, ["flights:deploy:sandbox"], trigger="branch")
    passed(deployed, {"notes", "flights:deploy:sandbox"})
    assert code == 0
    assert "45" in json.dumps(template(platform, "sandbox", "flights-sandbox-storage"))
    _, stopped = run_deployments(platform, request, ["flights:destroy:sandbox"], trigger="branch")
    passed(stopped, {"notes", "flights:destroy:sandbox"})
    assert set(platform.stacks("sandbox")) == {"sandbox-network"}
    assert platform.stacks("dev") == {}


def _refuse_operations(platform: Platform) -> None:
    """A model that does not exist is not promoted, and what retains data is not destroyed."""
    before = platform.stacks("prod")
    promoted = platform.project.run_web(
        OPERATION="promote", PROJECT="flights", SOURCE="pre", ENVIRONMENT="prod", MODEL="7"
    )
    assert promoted.failed == ["promote"]
    assert "7" in _error(promoted), promoted.output
    destroyed = platform.project.run_web(OPERATION="destroy", PROJECT="flights", ENVIRONMENT="prod")
    assert destroyed.failed == ["destroy"]
    assert "environment prod retains its data" in _error(destroyed)
    assert platform.stacks("prod") == before


def _error(run: PipelineRun) -> str:
    """Return the one error that a pipeline printed, which gitlab-ci-local repeats in its summary."""
    (message,) = {line.partition("error: ")[2] for line in run.output.splitlines() if "error: " in line}
    return message


def _remove_a_project(platform: Platform) -> None:
    """A person deletes the stacks of a removed project with a job, where data is not retained."""
    project = platform.project
    before = project.git("rev-parse", "HEAD")
    shutil.rmtree(project.folder / "projects" / "weather")
    project.write_snapshots()
    project.commit("Remove weather")
    parent = project.run_push(before=before, only=["changes"])
    code, removed = run_deployments(platform, parent, ["weather:destroy:dev"])
    passed(removed, {"notes", "weather:destroy:dev"})
    assert code == 0
    assert "weather was removed from prod. Its deployed stacks stay, since prod retains data" in removed.output
    assert not [name for name in platform.stacks("dev") if name.startswith("weather-")]
    assert [name for name in platform.stacks("prod") if name.startswith("weather-")]


def _fail_and_roll_back(platform: Platform, first: str) -> None:
    """A deployment that fails leaves the previous state intact, and an earlier commit can be deployed again."""
    project = platform.project
    before = template(platform, "dev", "flights-dev-operations")
    # Somebody else's role has the name of the one that the next commit creates.
    trust = {"Version": "2012-10-17", "Statement": []}
    iam = platform.client("dev", "iam")
    iam.create_role(RoleName="flights-dev-schedule", AssumeRolePolicyDocument=json.dumps(trust))
    schedule = 'dev: {operations: {schedule: {expression: "cron(0 4 * * ? *)", timezone: Europe/Madrid}}}'
    edit_flights(platform, "dev: {}", schedule)
    edit_flights(platform, "noncurrent_days: 45", "noncurrent_days: 50")
    project.write_snapshots()
    project.commit("Run every night")
    code, failed = run_deployments(platform, project.run_push(before=first, only=["changes"]))
    assert (code, failed.jobs) == (1, {"flights:deploy:dev": 1}), failed.output
    assert "flights-dev-schedule" in failed.output
    assert template(platform, "dev", "flights-dev-operations") == before
    assert platform.stacks("dev")["flights-dev-operations"] == "UPDATE_ROLLBACK_COMPLETE"

    storage = template(platform, "dev", "flights-dev-storage")
    back = project.run_web(OPERATION="rollback", PROJECT="flights", ENVIRONMENT="dev", COMMIT=first)
    passed(back, {"rollback"})
    assert template(platform, "dev", "flights-dev-storage") != storage
    assert "45" in json.dumps(template(platform, "dev", "flights-dev-storage"))


def _find_drift(platform: Platform) -> None:
    """The schedule compares each environment but those of branches with its deployed commit, and names what differs."""
    s3 = platform.client("prod", "s3")
    (bucket,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if each["Name"].startswith("weather-prod-data")]
    s3.delete_bucket_lifecycle(Bucket=bucket)
    drift = platform.project.run_schedule(SCHEDULE="drift")
    expected = {"environments": 0, "drift:dev": 0, "drift:pre": 0, "drift:prod": 1}
    assert {name: min(code, 1) for name, code in drift.jobs.items()} == expected, drift.output
    assert bucket in drift.output
