"""Each granted permission is used by a recorded run or listed with a reason, and each recorded call is allowed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from docs_site.reference.least_privilege import Unused, read_unused
from embedded_aws.iam.authorization_log import LogEntry
from tests.checkouts import ROOT
from tests.least_privilege.comparison import granted_permissions, problems
from tests.least_privilege.grants import GrantedStatement, granted_statements, resource_kind, role_kind
from tests.least_privilege.labels import PROVOKING
from tests.least_privilege.runs import RUNS
from tests.least_privilege.usage import Use, all_uses, denials, read_committed, renew, unrecorded
from tests.stacks import test_emr_serverless
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.conftest import (  # noqa: F401
    all_stacks,
    cloud_assembly,
    example_assembly,
    example_checkout,
    example_stacks,
    serving_assembly,
    serving_stacks,
    stacks,
)
from tests.stacks.test_snapshots import identity_stacks  # noqa: F401

READ = Use(role="pipeline", sid="ReadData", what="s3:GetObject")
WRITE = Use(role="pipeline", sid="WriteData", what="s3:PutObject")
REASON = Unused(roles=("pipeline",), statements=("WriteData",), permissions=("s3:Put*",), reason={"en": "why"})
ROLE = "arn:aws:iam::111111111111:role/path/flights-dev-pipeline"
ENTRY = LogEntry(
    label="tests/runner/test_embedded.py",
    principal=ROLE,
    session="sagemaker",
    action="s3:GetObject",
    resource="arn:aws:s3:::flights-dev-data-111111111111-eu-west-1/raw/a",
    allowed=True,
    reason="",
    permissions=(("Permissions", "ReadData", "arn:aws:s3:::flights-dev-data-111111111111-eu-west-1/raw/*"),),
)
DENIED = replace(ENTRY, allowed=False, reason="because no policy allows it", permissions=())


@pytest.fixture(scope="module")
def granted(
    all_stacks: Mapping[str, Stack],  # noqa: F811
    serving_stacks: Mapping[str, Stack],  # noqa: F811
    identity_stacks: Mapping[str, Stack],  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> set[Use]:
    """The permissions in the templates of all examples."""
    spark_engines = stacks_of(once(tmp_path_factory, "serverless", test_emr_serverless.synthesize))
    applications = (stack for name, stack in spark_engines.items() if name.endswith("/emr-serverless"))
    examples = (*all_stacks.values(), *serving_stacks.values(), *identity_stacks.values(), *applications)
    return granted_permissions(granted_statements(stack.template for stack in examples))


def test_each_permission_is_used_by_a_recorded_run_or_has_a_reason(granted: set[Use]) -> None:
    assert not list(problems(granted, read_committed(), read_unused()))


def test_a_permission_without_use_and_reason_is_named() -> None:
    assert list(problems({READ, WRITE}, {READ: "pipeline"}, ())) == [
        "s3:PutObject in WriteData of pipeline is used by no recorded run, and unused_permissions.yaml has no reason "
        "for it"
    ]
    assert not list(problems({READ, WRITE}, {READ: "pipeline"}, (REASON,)))


def test_a_use_and_a_reason_without_a_permission_are_named() -> None:
    assert list(problems({WRITE}, {READ: "pipeline"}, (REASON,))) == [
        "s3:GetObject in ReadData of pipeline is in used_permissions.json, and no template grants it"
    ]
    assert list(problems({READ}, {READ: "pipeline"}, (REASON,))) == [
        "s3:Put* in WriteData of pipeline has a reason in unused_permissions.yaml, and no template grants it"
    ]


def test_a_reason_for_a_permission_that_is_used_after_all_is_named() -> None:
    assert list(problems({READ, WRITE}, {READ: "pipeline", WRITE: "demo"}, (REASON,))) == [
        "s3:PutObject in WriteData of pipeline has a reason in unused_permissions.yaml, and the run demo uses it"
    ]


def test_each_reason_is_a_sentence_in_both_languages() -> None:
    for reason in read_unused():
        assert sorted(reason.reason) == ["en", "es"], reason
        assert all(text.endswith(".") for text in reason.reason.values()), reason


def test_a_granted_statement_has_its_kind_of_role_its_actions_and_its_kinds_of_resources() -> None:
    statement = {
        "Sid": "ReadData1",
        "Effect": "Allow",
        "Action": ["s3:GetObject", "kms:Decrypt"],
        "Resource": ["arn:aws:s3:::flights-dev-data-111111111111-eu-west-1/raw/*", {"Ref": "KeyArn"}],
    }
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "flights-dev-batch-schedule",
            "Policies": [{"PolicyDocument": {"Statement": [statement]}}],
        },
    }
    (granted,) = granted_statements([{"Resources": {"Role": role}}])
    assert granted == GrantedStatement(
        role="batch-schedule",
        sid="ReadData",
        actions=frozenset({"s3:GetObject", "kms:Decrypt"}),
        resources=frozenset({"s3:data objects", "kms:key"}),
    )


@pytest.mark.parametrize(
    "resource",
    [
        {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "flights-dev-unknown"}},
        {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": {}}},
    ],
)
def test_a_role_of_an_unknown_kind_or_a_policy_beside_roles_is_refused(resource: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"least_privilege/grants|would not be compared"):
        granted_statements([{"Resources": {"It": resource}}])


@pytest.mark.parametrize(
    ("resource", "kind"),
    [
        ("*", "*"),
        ("${KeyArn}", "kms:key"),
        ("arn:aws:kms:eu-west-1:111111111111:key/1-2-3", "kms:key"),
        ("arn:aws:s3:::flights-dev-artifacts-111111111111-eu-west-1", "s3:artifacts bucket"),
        ("arn:aws:s3:::cdk-hnb659fds-assets-111111111111-eu-west-1/a.py", "s3:bootstrap objects"),
        ("arn:aws:s3:::company-lake/flights/*", "s3:existing objects"),
        ("arn:aws:sagemaker:eu-west-1:111111111111:pipeline/flights-dev/execution/*", "sagemaker:pipeline"),
        ("arn:aws:emr-serverless:eu-west-1:111111111111:/applications/*", "emr-serverless:applications"),
        ("arn:aws:logs:eu-west-1:111111111111:log-group:/aws/sagemaker/ProcessingJobs*", "logs:log-group"),
    ],
)
def test_the_kind_of_a_resource_is_the_same_in_a_template_and_in_a_deployed_policy(resource: str, kind: str) -> None:
    assert resource_kind(resource) == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("flights-dev-pipeline", "pipeline"),
        ("flights-dev-batch-schedule", "batch-schedule"),
        ("flights-dev-schedule", "schedule"),
        ("mlproject-deploy-dev", "gitlab-deploy"),
        ("dev-network-FlowLogsDeliveryRole89CA267E-1A2B", "flow-logs"),
        ("cdk-hnb659fds-deploy-role-111111111111-eu-west-1", None),
    ],
)
def test_a_role_is_known_by_its_name(name: str, kind: str | None) -> None:
    assert role_kind(name) == kind


def test_a_request_in_a_run_uses_the_action_and_the_resource_of_the_statement() -> None:
    assert all_uses([ENTRY]) == {READ: {"pipeline"}, replace(READ, what="s3:data objects"): {"pipeline"}}
    assert not all_uses([replace(ENTRY, label="tests/stacks/test_images.py")])
    assert not all_uses([replace(ENTRY, principal="arn:aws:iam::111111111111:role/somebody")])
    assert not all_uses([DENIED])


def test_a_user_uses_the_policy_that_opens_a_notebook() -> None:
    policy = "arn:aws:iam::111111111111:policy/flights-dev-open-explore"
    user = replace(
        ENTRY,
        principal="arn:aws:iam::111111111111:user/ana",
        action="sagemaker:StartNotebookInstance",
        permissions=((policy, "OpenAsUser", "arn:aws:sagemaker:eu-west-1:111111111111:notebook-instance/a"),),
    )
    assert {use.role for use in all_uses([user])} == {"open-notebook"}


def test_a_denied_request_of_a_role_counts_in_a_run_only() -> None:
    assert denials([ENTRY, DENIED]) == [DENIED]
    assert not denials([replace(DENIED, label=f"{DENIED.label}{PROVOKING}")])
    assert not denials([replace(DENIED, label="tests/embedded_aws/iam/test_guard.py")])
    assert not denials([replace(DENIED, principal="arn:aws:iam::111111111111:role/somebody")])


def test_a_run_replaces_its_own_uses_and_leaves_those_of_others() -> None:
    committed = {READ: "pipeline", WRITE: "cluster"}
    assert renew(committed, {}, ["pipeline"]) == {WRITE: "cluster"}
    assert renew(committed, {WRITE: {"pipeline"}}, ["pipeline"]) == {WRITE: "cluster"}
    both = {READ: {"GitLab", "deployment"}}
    assert renew({}, both, list(RUNS)) == {READ: "deployment"}


def test_a_committed_use_that_its_run_did_not_make_is_found() -> None:
    assert unrecorded({READ: "pipeline", WRITE: "pipeline"}, {READ: {"pipeline"}, WRITE: {"demo"}}) == [WRITE]


def judge(folder: Path, *entries: LogEntry) -> subprocess.CompletedProcess[str]:
    """Run the command that .ci/run ends with, on a log of these entries."""
    lines = "".join(json.dumps(entry.__dict__) + "\n" for entry in entries)
    (folder / "1.jsonl").write_text(lines)
    return subprocess.run(
        [sys.executable, "-m", "tests.least_privilege", folder],
        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_command_fails_if_a_call_was_denied_or_a_committed_use_was_not_recorded(tmp_path: Path) -> None:
    judged = judge(tmp_path, ENTRY, DENIED)
    assert judged.returncode == 1
    denied = f"tests/runner/test_embedded.py: {ROLE} was denied s3:GetObject on {ENTRY.resource}"
    assert denied in judged.stderr.splitlines()
    missing = [line for line in judged.stderr.splitlines() if line.startswith("used_permissions.json: ")]
    assert len(missing) == len(unrecorded(read_committed(), all_uses([ENTRY]))) > 0


def test_the_command_refuses_a_folder_in_which_nothing_was_logged(tmp_path: Path) -> None:
    judged = judge(tmp_path)
    assert judged.returncode == 1
    assert "no embedded AWS logged anything there" in judged.stderr
