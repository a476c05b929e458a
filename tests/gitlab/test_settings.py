"""The settings of a GitLab project, compared and changed through the REST API of a local server."""

from __future__ import annotations

import pytest

from mlproject.errors import UserError
from mlproject.gitlab import (
    DesiredProject,
    ScheduledTask,
    Setting,
    State,
    apply_settings,
    open_project,
)
from tests.gitlab.rest_api import GitLabProject
from tests.gitlab.rest_server import GitLabServer, serve

DESIRED = DesiredProject(
    default_branch="main",
    sub_claim_components=("project_path", "ref_type", "ref", "environment_protected"),
    deploy_tags=("v*",),
    protected_environments=("digits/prod", "flights/prod"),
    schedules=(ScheduledTask.DRIFT, ScheduledTask.UPDATES),
)


def configure(server: GitLabServer, desired: DesiredProject = DESIRED) -> dict[str, Setting]:
    """Change what differs, as the command does, and return the settings by name."""
    project = open_project(url=server.url, path=server.project.path, project_id=None, token="maintainer")
    return {setting.name: setting for setting in apply_settings(project, desired, url=server.url)}


def states(settings: dict[str, Setting]) -> dict[str, State]:
    return {name: setting.state for name, setting in settings.items()}


@pytest.mark.parametrize("premium", [True, False])
def test_a_second_run_changes_nothing(premium: bool) -> None:
    with serve(GitLabProject(premium=premium)) as server:
        first = configure(server)
        changes = len(server.project.changes)
        second = configure(server)
    assert State.CHANGED in states(first).values()
    assert set(states(second).values()) == ({State.UNCHANGED} if premium else {State.UNCHANGED, State.UNAVAILABLE})
    assert len(server.project.changes) == changes


def test_every_setting_has_the_value_that_deployments_need() -> None:
    with serve(GitLabProject(default_branch="trunk", path="ml/teams/one")) as server:
        configure(server, DesiredProject(**{**vars(DESIRED), "default_branch": "trunk"}))
    project = server.project
    assert project.attributes == {
        "restrict_user_defined_variables": True,
        "ci_pipeline_variables_minimum_override_role": "maintainer",
        "ci_id_token_sub_claim_components": ["project_path", "ref_type", "ref", "environment_protected"],
        "ci_forward_deployment_enabled": True,
        "ci_forward_deployment_rollback_allowed": False,
        "resource_group_default_process_mode": "oldest_first",
        "only_allow_merge_if_pipeline_succeeds": True,
    }
    branch = project.branches["trunk"]
    assert [level["access_level"] for level in branch["push_access_levels"]] == [0]
    assert [level["access_level"] for level in branch["merge_access_levels"]] == [40]
    assert [level["access_level"] for level in project.tags["v*"]["create_access_levels"]] == [40]
    assert {
        name: [level["access_level"] for level in each["deploy_access_levels"]]
        for name, each in project.environments.items()
    } == {"digits/prod": [40], "flights/prod": [40]}
    schedules = [
        (each["ref"], each["active"], {item["key"]: item["value"] for item in each["variables"]})
        for each in project.schedules.values()
    ]
    assert schedules == [
        ("refs/heads/trunk", True, {"SCHEDULE": "drift"}),
        ("refs/heads/trunk", True, {"SCHEDULE": "updates"}),
    ]


@pytest.mark.parametrize("premium", [True, False])
def test_developers_and_deploy_keys_lose_the_right_to_push(premium: bool) -> None:
    project = GitLabProject(premium=premium)
    branch = project.branches["main"]
    branch["allow_force_push"] = True
    branch["push_access_levels"] = [project.access(30), project.access(40, deploy_key_id=5)]
    branch["merge_access_levels"] = [project.access(30), project.access(40)]
    with serve(project) as server:
        before = configure(server)["protected branch main"]
    assert before.now == "push: developers, deploy key 5, merge: developers, maintainers, force push"
    after = project.branches["main"]
    assert [level["access_level"] for level in after["push_access_levels"]] == [0]
    assert [level["access_level"] for level in after["merge_access_levels"]] == [40]
    assert after["allow_force_push"] is False
    # Without Premium, the protection is replaced.
    assert ("DELETE /protected_branches/main" in project.changes) is not premium


def test_an_unprotected_branch_is_protected() -> None:
    project = GitLabProject()
    project.branches.clear()
    with serve(project) as server:
        assert configure(server)["protected branch main"].now == "not protected"
    assert [level["access_level"] for level in project.branches["main"]["push_access_levels"]] == [0]


def test_groups_that_may_merge_stay() -> None:
    project = GitLabProject()
    project.branches["main"]["merge_access_levels"] = [project.access(40, group_id=7)]
    with serve(project) as server:
        assert configure(server)["protected branch main"].now == "push: maintainers, merge: group 7"
    assert [level["group_id"] for level in project.branches["main"]["merge_access_levels"]] == [7]


def test_a_tag_that_developers_create_is_protected_again_and_others_stay() -> None:
    project = GitLabProject()
    project.protect_tag({"name": "v*", "create_access_level": 30})
    project.protect_tag({"name": "docs-*", "create_access_level": 30})
    with serve(project) as server:
        assert configure(server)["protected tag v*"].now == "create: developers"
    assert [level["access_level"] for level in project.tags["v*"]["create_access_levels"]] == [40]
    assert [level["access_level"] for level in project.tags["docs-*"]["create_access_levels"]] == [30]


def test_a_tag_that_no_one_creates_is_not_opened() -> None:
    project = GitLabProject()
    project.protect_tag({"name": "v*", "create_access_level": 0})
    with serve(project) as server:
        assert configure(server)["protected tag v*"].state is State.UNCHANGED


def test_a_protected_environment_keeps_its_approvals() -> None:
    project = GitLabProject()
    environment = project.protect_environment({"name": "flights/prod", "deploy_access_levels": [{"access_level": 30}]})
    environment["approval_rules"] = [{"id": 1, "required_approvals": 2}]
    with serve(project) as server:
        assert configure(server)["protected environment flights/prod"].now == "deploy: developers"
    assert [level["access_level"] for level in environment["deploy_access_levels"]] == [40]
    assert environment["approval_rules"] == [{"id": 1, "required_approvals": 2}]


def test_what_the_server_does_not_have_is_unavailable_with_an_alternative() -> None:
    project = GitLabProject(premium=False)
    del project.attributes["resource_group_default_process_mode"]
    with serve(project) as server:
        settings = configure(server)
    unavailable = {name: setting.note for name, setting in settings.items() if setting.state is State.UNAVAILABLE}
    assert list(unavailable) == [
        "resource_group_default_process_mode",
        "protected environment digits/prod",
        "protected environment flights/prod",
    ]
    assert "process_mode=oldest_first" in unavailable["resource_group_default_process_mode"]
    assert "GitLab Free" in unavailable["protected environment flights/prod"]
    assert project.attributes["only_allow_merge_if_pipeline_succeeds"] is True


def test_the_schedule_of_a_user_who_left_runs_again_at_its_time() -> None:
    project = GitLabProject()
    own = project.create_schedule({"description": "nightly", "ref": "old", "cron": "30 2 * * *", "active": False})
    project.add_variable(str(own["id"]), {"key": "SCHEDULE", "value": "drift"})
    own["owner"] = {"username": "who left"}
    other = project.create_schedule({"description": "report", "ref": "old", "cron": "0 0 * * *"})
    with serve(project) as server:
        assert configure(server)["pipeline schedule drift"].now == "30 2 * * * on old, inactive"
    assert (own["cron"], own["ref"], own["active"]) == ("30 2 * * *", "refs/heads/main", True)
    assert other["ref"] == "refs/heads/old"
    assert len(project.schedules) == 3


def test_a_schedule_whose_creation_was_interrupted_is_completed() -> None:
    project = GitLabProject(failing={"POST /pipeline_schedules/108/variables"})
    with serve(project) as server:
        with pytest.raises(UserError, match="changing the pipeline schedule drift failed"):
            configure(server)
        (schedule,) = project.schedules.values()
        assert (schedule["id"], schedule["active"], schedule["variables"]) == (108, False, [])
        project.failing.clear()
        configure(server)
    assert schedule["active"] is True
    assert [(each["key"], each["value"]) for each in schedule["variables"]] == [("SCHEDULE", "drift")]


def test_a_schedule_that_lost_its_variable_gets_it_back() -> None:
    project = GitLabProject()
    schedule = project.create_schedule({"description": "mlproject drift", "ref": "main", "cron": "0 4 * * *"})
    with serve(project) as server:
        assert configure(server)["pipeline schedule drift"].now == "0 4 * * * on main, without SCHEDULE=drift"
    assert [(each["key"], each["value"]) for each in schedule["variables"]] == [("SCHEDULE", "drift")]


def test_a_run_continues_after_a_failure() -> None:
    project = GitLabProject(failing={"POST /protected_tags"})
    with serve(project) as server:
        with pytest.raises(UserError, match=r"protecting the tag v\*, which is NOT protected.*500") as failure:
            configure(server)
        project.failing.clear()
        second = configure(server)
    assert failure.value.exit_code == 1
    assert second["protected branch main"].state is State.UNCHANGED
    assert "v*" in project.tags


def test_a_branch_that_lost_its_protection_is_reported_as_unprotected() -> None:
    project = GitLabProject(premium=False, failing={"POST /protected_branches"})
    with serve(project) as server, pytest.raises(UserError, match="main, which is NOT protected until"):
        configure(server)


def test_an_older_gitlab_that_rejects_a_component_changes_nothing() -> None:
    project = GitLabProject()
    desired = DesiredProject(**{**vars(DESIRED), "sub_claim_components": ("project_path", "ref_type", "ref", "new")})
    before = dict(project.attributes)
    with serve(project) as server, pytest.raises(UserError, match="ci_id_token_sub_claim_components does not have"):
        configure(server, desired)
    assert project.attributes == before
    assert project.tags == {}


def test_a_setting_that_a_group_enforces_is_reported() -> None:
    with (
        serve(GitLabProject(ignored={"ci_pipeline_variables_minimum_override_role"})) as server,
        pytest.raises(UserError, match="ci_pipeline_variables_minimum_override_role is no_one_allowed"),
    ):
        configure(server)


def test_verification_is_scheduled_only_if_desired() -> None:
    desired = DesiredProject(**{**vars(DESIRED), "schedules": tuple(ScheduledTask)})
    with serve(GitLabProject()) as server:
        configure(server)
        settings = configure(server, desired)
    assert settings["pipeline schedule drift"].state is State.UNCHANGED
    assert settings["pipeline schedule verify"].state is State.CHANGED
    assert [each["variables"][0]["value"] for each in server.project.schedules.values()] == [
        "drift",
        "updates",
        "verify",
    ]
