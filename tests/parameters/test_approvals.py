"""`promoted_on_approval`: the pipeline that an approval starts, and what must exist for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import ApprovalPipeline, load_parameters
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, error_lines, replaced, write_files

GITLAB = """\
gitlab:
  url: https://gitlab.example.com/git
  project: data/platform
  project_id: 4711
  default_branch: release
  token_generation: 3
"""
OPERATIONS = "operations: {emails: [team@example.com], monthly_budget_usd: 10}\n"
PROMOTED = replaced(PROJECT, "  prod:\n", "  prod:\n    promoted_from: dev\n    promoted_on_approval: true\n").replace(
    "environments:\n", f"{OPERATIONS}environments:\n"
)
KEY = "projects/flights/project.yaml:17: environments.prod.promoted_on_approval: "


def test_the_approvals_of_each_project_start_the_pipeline_that_its_parameters_ask_for(tmp_path: Path) -> None:
    manual = PROMOTED.replace("    promoted_on_approval: true\n", "").replace("name: flights", "name: another")
    write_files(tmp_path, environments=GITLAB + ENVIRONMENTS, projects={"flights": PROMOTED, "another": manual})
    platform = load_parameters(tmp_path)
    assert platform.deployment("flights", "dev").approval_pipeline == ApprovalPipeline(
        endpoint="https://gitlab.example.com/git/api/v4/projects/4711/pipeline",
        branch="release",
        secret="mlproject/dev/gitlab-token-3",  # pragma: allowlist secret
        targets=("prod",),
    )
    assert platform.deployment("flights", "prod").approval_pipeline is None
    assert platform.deployment("another", "dev").approval_pipeline is None
    assert [each.name for each in platform.deployment("another", "dev").promoted_to] == ["prod"]


@pytest.mark.parametrize(
    ("environments", "project", "expected"),
    [
        pytest.param(
            ENVIRONMENTS,
            PROMOTED,
            "environments.yaml has no key gitlab, so there is no pipeline to start. Allowed: promoted_on_approval "
            "together with the key gitlab and its project_id.",
            id="no gitlab",
        ),
        pytest.param(
            GITLAB.replace("  project_id: 4711\n", "") + ENVIRONMENTS,
            PROMOTED,
            "gitlab.project_id is missing in environments.yaml, and the pipeline is started by it. Allowed: "
            "promoted_on_approval together with gitlab.project_id, such as 4711.",
            id="no project_id",
        ),
        pytest.param(
            GITLAB + "  deploy_tags: {prod: v*}\n" + ENVIRONMENTS,
            PROMOTED,
            "prod is deployed from tags (gitlab.deploy_tags), so no pipeline of the default branch may promote. "
            "Allowed: promoted_on_approval in an environment that is deployed from the default branch.",
            id="deployed from tags",
        ),
        pytest.param(
            GITLAB + ENVIRONMENTS,
            PROMOTED.replace("  dev: {}\n", "  dev: {operations: null}\n"),
            "there is no key operations in dev, whose notifications report a promotion that did not start. Allowed: "
            "promoted_on_approval together with the key operations in dev.",
            id="no operations",
        ),
        pytest.param(
            GITLAB + ENVIRONMENTS,
            PROMOTED.replace("    promoted_from: dev\n", "    # no source\n"),
            "promoted_from is missing in prod, so there is no approval to wait for. Allowed: promoted_on_approval in "
            "an environment with promoted_from.",
            id="no source",
        ),
        pytest.param(
            GITLAB + ENVIRONMENTS,
            PROMOTED.replace("promoted_on_approval: true", "promoted_on_approval: pre"),
            "pre is read as text. Allowed: true or false.",
            id="no boolean",
        ),
    ],
)
def test_an_approval_that_could_start_nothing_is_refused(
    environments: str, project: str, expected: str, tmp_path: Path
) -> None:
    write_files(tmp_path, environments=environments, projects={"flights": project})
    assert error_lines(tmp_path) == [KEY + expected]


def test_a_rule_has_room_for_five_environments(tmp_path: Path) -> None:
    names = [f"t{number}" for number in range(6)]
    environment = '  {}: {{account: "33333333333{}", network: {{new: {{cidr: 10.3{}.0.0/16}}}}}}\n'
    added = "".join(environment.format(name, number, number) for number, name in enumerate(names))
    targets = "".join(f"  {name}: {{promoted_from: dev, promoted_on_approval: true}}\n" for name in names)
    project = PROMOTED.replace("    promoted_on_approval: true\n", "") + targets
    write_files(tmp_path, environments=GITLAB + ENVIRONMENTS + added, projects={"flights": project})
    (line,) = error_lines(tmp_path)
    assert "environments.t5.promoted_on_approval: more than 5 environments promote the models of dev" in line
