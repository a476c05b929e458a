"""What `mlproject why` concludes: keys that would grant a request, and requests that nothing should grant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mlproject.access_denied import Denial, Explanation, RoleContext, RoleTemplate, Verdict, explain_denial, find_role
from mlproject.access_denied.grantable_actions import grantable_actions
from mlproject.access_denied.message import KINDS
from mlproject.access_denied.role_grants import _OWN_GRANTS
from mlproject.access_denied.roles import _STACKS
from mlproject.definition import read_definition
from mlproject.errors import UserError
from mlproject.names import ROLE_USES
from mlproject.parameters import Platform, load_parameters
from tests.checkouts import EXAMPLE, ROOT
from tests.stacks.examples import PLATFORM

HERE = "eu-west-1:111111111111"


@pytest.fixture(scope="module")
def flights() -> Platform:
    return load_parameters(EXAMPLE)


def explain(platform: Platform, role: str, action: str, resource: str, **more: object) -> Explanation:
    found = find_role(platform, role)
    denial = replace(Denial(principal=role, action=action, resource=resource), **more)  # type: ignore[arg-type]
    pipeline = found.deployment.require_pipeline()
    context = RoleContext(definition=read_definition(ROOT / "pipelines" / pipeline.folder))
    return explain_denial(denial, role=found, platform=platform, context=context, template=None)


@pytest.mark.parametrize(
    ("role", "action", "resource", "key"),
    [
        ("pipeline", "s3:GetObject", "arn:aws:s3:::lake/raw/x.csv", "existing_data.buckets"),
        ("notebooks", "s3:ListBucket", "arn:aws:s3:::lake", "existing_data.buckets"),
        (
            "emr-nodes",
            "kms:Decrypt",
            "arn:aws:kms:eu-west-1:999999999999:key/01234567-89ab-cdef-0123-456789abcdef",
            "existing_data.buckets",
        ),
        ("notebooks", "glue:GetTable", f"arn:aws:glue:{HERE}:table/weather/daily", "existing_data.glue_databases"),
        (
            "notebooks",
            "athena:StartQueryExecution",
            f"arn:aws:athena:{HERE}:workgroup/analysts",
            "existing_data.athena",
        ),
        (
            "notebooks",
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:{HERE}:secret:git-a1B2c3",
            "notebooks.NAME.repository.secret_arn",
        ),
        ("pipeline", "lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:score", "pipeline"),
        (
            "pipeline",
            "sagemaker:CreateTransformJob",
            f"arn:aws:sagemaker:{HERE}:transform-job/pipelines-abc-Score",
            "pipeline",
        ),
    ],
)
def test_the_key_that_would_grant_a_request_is_named(
    flights: Platform, role: str, action: str, resource: str, key: str
) -> None:
    found = explain(flights, f"flights-dev-{role}", action, resource)
    assert (found.verdict, found.key) == (Verdict.GRANTABLE, key), found.reason
    assert found.statement is not None
    assert (found.statement["Action"], found.statement["Resource"]) == ([action], [resource])
    assert "--environment dev" in found.remedy


def test_a_step_type_that_would_grant_a_request_is_named_with_the_commands(flights: Platform) -> None:
    found = explain(flights, "flights-dev-pipeline", "lambda:InvokeFunction", f"arn:aws:lambda:{HERE}:function:score")
    assert "a step of type Lambda to pipelines/flight_delays/pipeline.py" in found.remedy
    assert "`mlproject pipeline build flight_delays`" in found.remedy


@pytest.mark.parametrize(
    ("role", "action", "resource", "reason"),
    [
        # Another project's data, and deletion of it.
        ("alpha-owned-notebooks", "s3:GetObject", "arn:aws:s3:::beta-owned-data-ACCOUNT-REGION/raw/x", "beta in owned"),
        ("alpha-owned-notebooks", "s3:DeleteBucket", "arn:aws:s3:::beta-owned-data-ACCOUNT-REGION", "beta in owned"),
        (
            "beta-owned-pipeline",
            "sagemaker:DescribeModelPackage",
            "arn:aws:sagemaker:REGION:ACCOUNT:model-package/alpha-owned/3",
            "alpha in owned",
        ),
        # A project that is not in the parameters.
        (
            "alpha-owned-pipeline",
            "s3:GetObject",
            "arn:aws:s3:::gone-owned-data-ACCOUNT-REGION/raw/x",
            "the project with the prefix gone-owned",
        ),
        # Another environment of the same project.
        (
            "alpha-owned-pipeline",
            "s3:GetObject",
            "arn:aws:s3:::alpha-lent-data-LENT/raw/x",
            "environments of a project",
        ),
        # Administration, wildcards, and what only another role may do.
        ("alpha-owned-notebooks", "iam:CreateRole", "arn:aws:iam::ACCOUNT:role/admin", "permissions"),
        ("alpha-owned-notebooks", "s3:*", "*", "wildcard"),
        ("alpha-owned-notebooks", "ec2:RunInstances", "*", "only to other roles of a project (emr-service)"),
        (
            "alpha-owned-notebooks",
            "dynamodb:PutItem",
            "arn:aws:dynamodb:REGION:ACCOUNT:table/t",
            "no role of a project",
        ),
        # Its own resources, beyond what its role is for.
        (
            "alpha-owned-pipeline",
            "s3:GetObject",
            "arn:aws:s3:::alpha-owned-data-ACCOUNT-REGION/private/x",
            "alpha-owned-data-ACCOUNT-REGION/raw/*",
        ),
        ("alpha-owned-notebooks", "s3:PutObject", "arn:aws:s3:::alpha-owned-artifacts-ACCOUNT-REGION/x", "only on"),
        ("alpha-owned-pipeline", "iam:PassRole", "arn:aws:iam::ACCOUNT:role/admin", "extend its own permissions"),
        (
            "alpha-owned-notebooks",
            "s3:GetObject",
            "arn:aws:s3:::cdk-hnb659fds-assets-ACCOUNT-REGION/a",
            "every project",
        ),
    ],
)
def test_nothing_grants_what_no_role_should_do_and_the_reason_is_said(
    role: str, action: str, resource: str, reason: str
) -> None:
    owned, lent = PLATFORM.environments["owned"], PLATFORM.environments["lent"]

    def located(text: str) -> str:
        text = text.replace("LENT", f"{lent.account}-{lent.region}")
        return text.replace("ACCOUNT", owned.account).replace("REGION", owned.region)

    found = explain(PLATFORM, role, action, located(resource))
    assert found.verdict == Verdict.NEVER, found
    assert located(reason) in found.reason
    assert (found.key, found.statement) == (None, None)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "identity-based policy"])
def test_a_denial_of_another_policy_is_not_blamed_on_the_role(flights: Platform, kind: str) -> None:
    resource = "arn:aws:s3:::flights-dev-data-111111111111-eu-west-1/raw/x.csv"
    for explicit in (False, True):
        found = explain(flights, "flights-dev-pipeline", "s3:GetObject", resource, policy=kind, explicit=explicit)
        assert found.verdict == Verdict.OTHER_POLICY
        assert found.statement is None
        assert ("denies it explicitly" if explicit else "does not allow it") in found.reason


def test_the_boundary_is_named_with_its_environment() -> None:
    boundary = PLATFORM.environments["owned"].permissions_boundary
    resource = "arn:aws:s3:::lake/x"
    found = explain(PLATFORM, "alpha-owned-pipeline", "s3:GetObject", resource, policy="permissions boundary")
    assert f"the environment owned ({boundary})" in found.reason


def test_an_explicit_deny_in_an_identity_policy_was_attached_by_hand(flights: Platform) -> None:
    found = explain(
        flights,
        "flights-dev-pipeline",
        "s3:GetObject",
        "arn:aws:s3:::x/y",
        policy="identity-based policy",
        explicit=True,
    )
    assert "attached manually" in found.reason


def statement(**more: object) -> dict[str, object]:
    return {"Sid": "Read", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::lake/*"], **more}


def evaluate(platform: Platform, *statements: dict[str, object]) -> Explanation:
    policy = {"PolicyName": "permissions", "PolicyDocument": {"Statement": list(statements)}}
    properties = {"RoleName": "flights-dev-pipeline", "Policies": [policy]}
    body = {"Resources": {"Role1": {"Type": "AWS::IAM::Role", "Properties": properties}}}
    role = find_role(platform, "flights-dev-pipeline")
    return explain_denial(
        Denial(principal=role.name, action="s3:GetObject", resource="arn:aws:s3:::lake/x"),
        role=role,
        platform=platform,
        context=RoleContext(),
        template=RoleTemplate(origin="the deployed stack", body=body, pseudo={}),
    )


def test_what_the_template_grants_is_not_missing(flights: Platform) -> None:
    found = evaluate(flights, statement())
    assert (found.verdict, found.logical_id, [match.sid for match in found.matches]) == (
        Verdict.GRANTED,
        "Role1",
        ["Read"],
    )
    assert "aws iam get-role-policy --role-name flights-dev-pipeline" in found.remedy


def test_a_condition_that_the_request_did_not_meet_is_shown(flights: Platform) -> None:
    found = evaluate(flights, statement(Condition={"StringLike": {"s3:prefix": ["raw/*", "work/*"]}}))
    assert found.verdict == Verdict.CONDITIONAL
    assert "Read: s3:prefix StringLike raw/*, work/*" in found.reason


def test_a_statement_for_another_resource_or_action_does_not_count(flights: Platform) -> None:
    others = (statement(Resource=["arn:aws:s3:::other/*"]), statement(Action=["s3:PutObject"]))
    assert evaluate(flights, *others).verdict == Verdict.GRANTABLE


def test_every_role_of_a_project_has_a_stack_that_creates_it() -> None:
    stacks = {path.parent.name.replace("_", "-") for path in (ROOT / "stacks").glob("*/stack.py")}
    assert {_STACKS.get(use, use) for use in ROLE_USES} <= stacks


def test_the_grants_of_every_role_are_known(flights: Platform) -> None:
    role = find_role(flights, "flights-dev-pipeline")
    assert set(_OWN_GRANTS) == set(ROLE_USES)
    assert all(grantable_actions(role, RoleContext())[use] for use in ROLE_USES)


@pytest.mark.parametrize(
    ("principal", "sentence"),
    [
        ("arn:aws:sts::111111111111:assumed-role/Admin/ana", "no project has a role of this name in dev"),
        ("arn:aws:iam::111111111111:role/team/flights-pre-pipeline", "no project has a role of this name in dev"),
        ("arn:aws:sts::999999999999:assumed-role/flights-dev-pipeline/x", "belongs to no environment"),
        ("arn:aws:iam::111111111111:user/ana", "is not a role"),
        ("flights-dev-everything", "no project has a role"),
    ],
)
def test_a_principal_that_is_no_role_of_a_project_is_rejected_in_one_sentence(
    flights: Platform, principal: str, sentence: str
) -> None:
    with pytest.raises(UserError, match=sentence) as caught:
        find_role(flights, principal)
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)
