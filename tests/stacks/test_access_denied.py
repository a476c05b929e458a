"""`mlproject why` knows every statement of every role: if one is missing, it names the stack and the key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from mlproject.access_denied import (
    ProjectRole,
    RoleContext,
    RoleTemplate,
    Verdict,
    explain_denial,
    find_role,
    parse_denials,
)
from mlproject.access_denied.role_grants import role_grants
from mlproject.aws_rules.partitions import partition_of
from mlproject.cli.common.deployed_definition import read_deployed_definition
from mlproject.parameters import Deployment, NewNetwork, Platform
from tests.checkouts import ROOT
from tests.stacks import serving_examples
from tests.stacks.assembly import Stack, listed
from tests.stacks.examples import EXISTING, EXPLORE, NIGHT, OWNED, PLAIN, deployment

pytestmark = pytest.mark.slow

KEY_ID = "01234567-89ab-cdef-0123-456789abcdef"
# The keys that cause the statements, by use of the role and id of the statement.
ROLE_KEYS = {
    "pipeline": "pipeline",
    "notebooks": "notebooks",
    "notebook-hours": "notebooks.NAME.hours",
    "emr-nodes": "emr",
    "emr-service": "emr",
    "emr-serverless": "emr_serverless",
    "schedule": "operations.schedule",
    "promotion": "promoted_from",
    "approval": "promoted_on_approval",
    "serving": "serving.batch",
    "batch-schedule": "serving.batch.schedule",
}
MODEL_SIDS = ("ListModels", "ListScripts", "LogInToRegistry", "PullImages", "ReadModels", "UseKey")
INSTANCE_SIDS = ("CreateNetworkInterface", "DescribeNetwork", "EncryptVolumes", "UseNetworkInterface")
APPLICATION_SIDS = ("PassJobRole", "ShowSessions", "UseLivy")
ENDPOINT_SIDS = ("CaptureData", "PublishEndpointMetrics", "ReadAlarms", "WriteEndpointLogs")
STEP_SIDS = ("ReadData", "WriteWork")
OTHER_KEYS = {
    ("notebooks", "RunPipeline"): {"pipeline"},
    ("notebooks", "FollowPipeline"): {"pipeline"},
    ("notebooks", "FindSpark"): {"emr", "emr_serverless"},
    **{("notebooks", sid): {"emr_serverless"} for sid in APPLICATION_SIDS},
    ("notebooks", "ReadGitSecrets"): {"notebooks.NAME.repository.secret_arn"},
    ("emr-nodes", "ReadNodeFiles"): {"emr.libraries", "emr.certificate_s3", "pipeline.engine"},
    ("emr-serverless", "ReadNodeFiles"): {"pipeline.engine"},
    # With `engine: spark` these two also contain the prefix of the steps' results.
    **{("emr-nodes", sid): {"emr", "pipeline.engine"} for sid in STEP_SIDS},
    **{("emr-serverless", sid): {"emr_serverless", "pipeline.engine"} for sid in STEP_SIDS},
    **{("serving", sid): {"serving"} for sid in MODEL_SIDS},
    **{("serving", sid): {"serving.batch", "serving.endpoint"} for sid in INSTANCE_SIDS},
    **{("serving", sid): {"serving.endpoint"} for sid in ENDPOINT_SIDS},
}
EXISTING_DATA_KEYS = {
    r"(Read|Decrypt)ExistingObjects|ListExistingBucket\d|LocateExistingBuckets": "existing_data.buckets",
    r"ReadExistingTables|FindDefaultDatabases": "existing_data.glue_databases",
    r"RunQueries|(Keep|List|Locate|Encrypt)QueryResults": "existing_data.athena",
}


def expected_keys(use: str, sid: str) -> set[str]:
    for pattern, key in EXISTING_DATA_KEYS.items():
        if re.fullmatch(pattern, sid):
            return {key}
    if sid.startswith("FindStepScript"):
        return {"pipeline.engine"}
    return OTHER_KEYS.get((use, sid), {ROLE_KEYS[use]})


def template_of(stack: Stack) -> RoleTemplate:
    """The template as it is deployed: with values that AWS would have assigned."""
    location = f"{stack.region}:{stack.account}"
    values = {name: f"{name.lower()}-0" for name in stack.template["Resources"]}
    for name in stack.template.get("Parameters", {}):
        values[name] = "subnet-0,subnet-1" if "SubnetIds" in name else f"{name.lower()}-0"
    values["KeyArn"] = f"arn:{partition_of(stack.region)}:kms:{location}:key/{KEY_ID}"
    partition = partition_of(stack.region)
    pseudo = {"AWS::AccountId": stack.account, "AWS::Partition": partition, "AWS::Region": stack.region}
    return RoleTemplate(origin="the template", body=stack.template, values=values, pseudo=pseudo)


def roles_of(stack: Stack, platform: Platform) -> Iterator[tuple[ProjectRole, str]]:
    """The roles of a project's stack, with their logical ids."""
    if stack.name.count("/") != 2:
        return  # shared by the projects of an environment
    for logical_id, resource in stack.resources("AWS::IAM::Role").items():
        name = resource["Properties"]["RoleName"]
        yield find_role(platform, f"arn:aws:sts::{stack.account}:assumed-role/{name}/session"), logical_id


def context_of(deployment: Deployment, template: RoleTemplate) -> RoleContext:
    definition = read_deployed_definition(ROOT, deployment)
    return RoleContext(definition=definition, key_arn=template.values["KeyArn"])


def without(template: RoleTemplate, logical_id: str, sid: str) -> RoleTemplate:
    """The template without a statement of a role."""
    resources = template.body["Resources"]
    properties = resources[logical_id]["Properties"]
    (policy,) = properties["Policies"]
    statements = [each for each in policy["PolicyDocument"]["Statement"] if each["Sid"] != sid]
    reduced = {**properties, "Policies": [{**policy, "PolicyDocument": {"Statement": statements}}]}
    changed = {**resources, logical_id: {**resources[logical_id], "Properties": reduced}}
    return replace(template, body={**template.body, "Resources": changed})


def requests_of(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Requests that a statement allows: each action on its first resource, and its first action on each."""
    actions = listed(statement["Action"])
    resources = [each if each == "*" else each.replace("*", "sample") for each in listed(statement["Resource"])]
    yield from ((action, resources[0]) for action in actions)
    yield from ((actions[0], resource) for resource in resources[1:])


def message(role: ProjectRole, action: str, resource: str) -> str:
    account = role.deployment.environment.account
    if action.startswith("s3:"):
        resource = f'"{resource}"'  # as S3 does, so that a key may end in a comma
    return (
        f"User: arn:aws:sts::{account}:assumed-role/{role.name}/session is not authorized to perform: {action} on "
        f"resource: {resource} because no identity-based policy allows the {action} action"
    )


def test_a_missing_statement_of_any_role_is_named_with_its_stack_and_its_key(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    roles = explained = 0
    for platform in platforms:
        own = [stack for name, stack in all_stacks.items() if name.split("/")[0] in platform.environments]
        for stack in own:
            for role, logical_id in roles_of(stack, platform):
                roles += 1
                template = template_of(stack)
                context = context_of(role.deployment, template)
                for statement in template.statements(logical_id):
                    reduced = without(template, logical_id, statement["Sid"])
                    for action, resource in requests_of(statement):
                        (denial,) = parse_denials(message(role, action, resource))
                        found = explain_denial(denial, role=role, platform=platform, context=context, template=reduced)
                        where = (stack.name, statement["Sid"], action, resource)
                        if found.verdict in (Verdict.GRANTED, Verdict.CONDITIONAL):
                            # Another statement allows it too.
                            assert found.matches, where
                            continue
                        explained += 1
                        assert found.verdict == Verdict.NOT_DEPLOYED, where
                        assert role.stack_name == stack.properties["stackName"], where
                        assert found.key in expected_keys(role.use, statement["Sid"]), where
                        assert found.statement is not None
                        assert (found.statement["Action"], found.statement["Resource"]) == ([action], [resource]), where
    # A repository without projects has no roles.
    assert bool(explained) == bool(roles)


def test_the_complete_template_of_every_role_grants_each_of_its_statements(
    all_stacks: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    for platform in platforms:
        for name, stack in all_stacks.items():
            if name.split("/")[0] not in platform.environments:
                continue
            for role, logical_id in roles_of(stack, platform):
                template = template_of(stack)
                context = context_of(role.deployment, template)
                for statement in template.statements(logical_id):
                    action, resource = next(requests_of(statement))
                    (denial,) = parse_denials(message(role, action, resource))
                    found = explain_denial(denial, role=role, platform=platform, context=context, template=template)
                    conditional = Verdict.CONDITIONAL if "Condition" in statement else Verdict.GRANTED
                    assert found.verdict in (conditional, Verdict.GRANTED), (name, statement["Sid"])


def test_the_same_holds_for_every_way_to_serve_a_model(serving_stacks: Mapping[str, Stack]) -> None:
    test_a_missing_statement_of_any_role_is_named_with_its_stack_and_its_key(
        serving_stacks, [serving_examples.PLATFORM]
    )
    test_the_complete_template_of_every_role_grants_each_of_its_statements(serving_stacks, [serving_examples.PLATFORM])


@pytest.mark.parametrize(("region", "partition"), [("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")])
def test_the_grants_of_every_role_are_in_the_partition_of_the_region(region: str, partition: str) -> None:
    network = NewNetwork(cidr="10.1.0.0/16", zones=(f"{region}a", f"{region}b"))
    environment = OWNED.model_copy(update={"region": region, "network": network, "permissions_boundary": None})
    project = deployment("alpha", environment, notebooks=(EXPLORE, NIGHT), emr=PLAIN, existing_data=EXISTING)
    for use in ("notebooks", "notebook-hours", "emr-service", "emr-nodes"):
        found = role_grants(ProjectRole(deployment=project, use=use), RoleContext(definition=None))
        arns = [arn for each in found for arn in each.grant.resources if arn.startswith("arn:")]
        # Keys are named by their ARN in project.yaml.
        assert {arn.split(":")[1] for arn in arns if arn not in json.dumps(EXISTING.model_dump())} == {partition}
