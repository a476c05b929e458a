"""No role of a project may do anything with the resources of another one in its account, but what is listed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.names import ROLE_USES
from tests.deployed_projects.platform import ACCOUNT, ENVIRONMENT, REGION, DeployedPlatform
from tests.embedded_aws.iam.ground import allow, clients, internal, make_role, refusal, session
from tests.least_privilege.complete_projects import PROJECTS, deploy_completely, lay_out
from tests.least_privilege.deployed_roles import (
    DeployedRole,
    Permission,
    deployed_arns,
    deployed_roles,
    opening_policy,
)
from tests.least_privilege.shared_resources import read_shared_resources
from tests.stacks.assembly import once

pytestmark = [pytest.mark.slow, pytest.mark.tries_permissions]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """Deployed projects.

    Args:
        platform: the projects.
        roles: those of each project.
        resources: ARNs of what each project consists of and of what its roles may use.
    """

    platform: DeployedPlatform
    roles: Mapping[str, list[DeployedRole]]
    resources: Mapping[str, set[str]]

    def allowed(self, role: DeployedRole, resources: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield what a role may do with resources: each action with the resource."""
        asked = [
            (permission, resource)
            for permission in role.permissions
            # On everything: AWS knows no resource of these actions (tests/stacks/test_permissions.py).
            if permission.resources != ("*",)
            for resource in sorted(resources)
            if resource.split(":")[2] == permission.action.partition(":")[0]
        ]
        requests = [
            {"action": permission.action, "resource": resource, "context": _context(permission)}
            for permission, resource in asked
        ]
        body = {"role_arn": role.arn, "region": REGION, "requests": requests}
        status, decisions = internal(self.platform.server, "POST", "permissions", body)
        assert status == 200, decisions
        for (permission, resource), decision in zip(asked, decisions, strict=True):
            if decision["allowed"]:
                yield permission.action, resource


def _context(permission: Permission) -> dict[str, str]:
    """The keys of a request that meets the conditions; but whose a resource is, its own tag says."""
    return {key: _one_of(value) for key, value in permission.keys.items() if not key.endswith("ResourceTag/project")}


def _one_of(pattern: str) -> str:
    """A text that a pattern matches."""
    return pattern.replace("*", "x")


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("second-project")
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    try:
        platform = deploy_completely(once(tmp_path_factory, "complete-projects", lay_out), server)
        roles = {project: deployed_roles(platform, project) for project in PROJECTS}
        yield Ground(
            platform=platform,
            roles=roles,
            resources={project: _resources(platform, project, roles[project]) for project in PROJECTS},
        )
    finally:
        aws.stop(folder)


def _resources(platform: DeployedPlatform, project: str, roles: Collection[DeployedRole]) -> set[str]:
    """What a project consists of, and one resource for each pattern that its policies name."""
    named = {pattern for role in roles for each in role.permissions for pattern in each.resources if pattern != "*"}
    return {*deployed_arns(platform, project), *map(_one_of, named)}


def test_every_kind_of_role_of_a_project_is_tried(ground: Ground) -> None:
    for project in PROJECTS:
        assert sorted(role.kind for role in ground.roles[project]) == sorted(ROLE_USES)


def test_a_role_may_do_each_of_its_actions_with_a_resource_of_its_own_project(ground: Ground) -> None:
    """Otherwise that it may not do them with those of another project would prove nothing."""
    for project in PROJECTS:
        for role in ground.roles[project]:
            allowed = {action for action, _ in ground.allowed(role, ground.resources[project])}
            granted = {each.action for each in role.permissions if each.resources != ("*",)}
            assert granted - allowed == set(), role.arn


@pytest.mark.parametrize(("own", "other"), list(permutations(PROJECTS, 2)))
def test_no_role_may_do_anything_with_the_resources_of_another_project(ground: Ground, own: str, other: str) -> None:
    exceptions = read_shared_resources()
    for role in ground.roles[own]:
        unlisted = {
            (action, resource)
            for action, resource in ground.allowed(role, ground.resources[other])
            if not any(each.patterns_of(role.kind, resource) for each in exceptions)
        }
        assert unlisted == set(), role.arn


def test_each_listed_exception_is_needed(ground: Ground) -> None:
    own, other = PROJECTS[:2]
    exceptions = read_shared_resources()
    used = {
        pattern
        for role in ground.roles[own]
        for _, resource in ground.allowed(role, ground.resources[other])
        for each in exceptions
        for pattern in each.patterns_of(role.kind, resource)
    }
    assert {pattern for each in exceptions for pattern in each.resources} == used


# A service, and a request about another project, with the prefix of its names.
REQUESTS: Mapping[str, tuple[str, Callable[[Any, str], Any]]] = {
    "read an object": (
        "s3", lambda s3, prefix: s3.get_object(Bucket=f"{prefix}-data-{ACCOUNT}-{REGION}", Key="raw/a"),
    ),
    "list a bucket": ("s3", lambda s3, prefix: s3.list_objects_v2(Bucket=f"{prefix}-artifacts-{ACCOUNT}-{REGION}")),
    "write an object": (
        "s3", lambda s3, prefix: s3.put_object(Bucket=f"{prefix}-artifacts-{ACCOUNT}-{REGION}", Key="flight_delays/a"),
    ),
    "use the key": ("kms", lambda kms, prefix: kms.generate_data_key(KeyId=f"alias/{prefix}", KeySpec="AES_256")),
    "start the pipeline": (
        "sagemaker", lambda sagemaker, prefix: sagemaker.start_pipeline_execution(PipelineName=prefix),
    ),
    "register a model": (
        "sagemaker", lambda sagemaker, prefix: sagemaker.create_model_package(ModelPackageGroupName=prefix),
    ),
    "stop the notebook": (
        "sagemaker",
        lambda sagemaker, prefix: sagemaker.stop_notebook_instance(NotebookInstanceName=f"{prefix}-explore"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize(("own", "other"), [PROJECTS[:2], PROJECTS[1::-1]])
def test_the_credentials_of_a_role_are_refused_with_another_project(
    ground: Ground, own: str, other: str, request_: str
) -> None:
    service, call = REQUESTS[request_]
    for role in ground.roles[own]:
        if role.kind in {"pipeline", "notebooks", "serving"}:
            client = session(ground.platform.server, role.arn).client(service)
            assert refusal(partial(call, client, f"{other}-{ENVIRONMENT}")), role.arn


def test_who_opens_the_notebook_of_a_project_opens_no_other(ground: Ground) -> None:
    assert {own: opened_notebooks(ground, own) for own in PROJECTS} == {own: {own} for own in PROJECTS}


def opened_notebooks(ground: Ground, project: str) -> set[str]:
    """The projects whose notebook the user of a project's notebook can open."""
    iam, name = ground.platform.client("iam"), "data-scientist@example.com"
    policy = opening_policy(ground.platform, project)
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    sagemaker = clients(ground.platform.server, key["AccessKeyId"], key["SecretAccessKey"])("sagemaker")
    opened = {
        other
        for other in PROJECTS
        if not refusal(
            partial(
                sagemaker.create_presigned_notebook_instance_url,
                NotebookInstanceName=f"{other}-{ENVIRONMENT}-explore",
            )
        )
    }
    iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.detach_user_policy(UserName=name, PolicyArn=policy)
    iam.delete_user(UserName=name)
    return opened


def test_a_role_that_may_read_the_buckets_of_all_projects_would_be_found(ground: Ground) -> None:
    statement = allow("s3:GetObject", f"arn:aws:s3:::*-{ENVIRONMENT}-data-*")
    arn = make_role(ground.platform.client, "reads-everything", statement)
    permission = Permission(action="s3:GetObject", resources=(statement["Resource"],), keys={})
    role = DeployedRole(kind="pipeline", arn=arn, permissions=(permission,))
    for project in PROJECTS:
        assert dict(ground.allowed(role, ground.resources[project]))
