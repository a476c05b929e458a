"""What the roles of CI jobs may do: exactly what the commands of `mlproject` call in their environment."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from embedded_aws.iam.evaluator import Request, decide
from embedded_aws.iam.policy_documents import WITH_VARIABLES, parse
from embedded_aws.iam.principal import Principal
from mlproject.identity import Permission, deploy_permissions, diff_permissions
from mlproject.parameters import Environment
from tests.identity.test_trust import REGION, environment

DEV = environment("dev", "111111111111")
PRE = environment("pre", "111111111111", role_path="/ml/", retain_data=True)
HERE = f"{REGION}:111111111111"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:mlproject/dev/gitlab-token"
Permissions = Callable[..., tuple[Permission, ...]]


def is_allowed(permissions: Permissions, own: Environment, action: str, resource: str) -> bool:
    """Whether the statements without conditions allow a request."""
    statements = [
        {"Effect": "Allow", "Action": list(each.actions), "Resource": list(each.resources)}
        for each in permissions(own, partition="aws")
        if not each.condition
    ]
    policy = parse("role", json.dumps({"Version": WITH_VARIABLES, "Statement": statements}))
    principal = Principal(arn="role", account="", identity=(policy,))
    return decide(principal, Request(action=action, resource=resource)).allowed


# Action, resource, whether the role of dev that deploys may do it, and the one that compares.
REQUESTS = {
    "promote": ("sts:AssumeRole", "arn:aws:iam::111111111111:role/flights-dev-promotion", True, False),
    "promote another project": ("sts:AssumeRole", "arn:aws:iam::111111111111:role/weather-dev-promotion", True, False),
    "promote into pre": ("sts:AssumeRole", "arn:aws:iam::111111111111:role/ml/flights-pre-promotion", False, False),
    "promote elsewhere": ("sts:AssumeRole", "arn:aws:iam::222222222222:role/flights-dev-promotion", False, False),
    "the pipeline's role": ("sts:AssumeRole", "arn:aws:iam::111111111111:role/flights-dev-pipeline", False, False),
    "simulate": ("iam:SimulatePrincipalPolicy", "arn:aws:iam::111111111111:role/flights-dev-pipeline", True, False),
    "read a role": ("iam:GetRole", "arn:aws:iam::111111111111:role/flights-dev-pipeline", True, True),
    "read a commit": ("ssm:GetParameter", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/f/deployed-commit", True, True),
    "record": ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/flights/deployed-commit", True, False),
    "forget": (
        "ssm:DeleteParameters", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/flights/deployed-commit", True, False,
    ),
    "record in pre": (
        "ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/mlproject/pre/flights/deployed-commit", False, False,
    ),
    "override": ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/f/guard-override", True, False),
    "hide an override": (
        "ssm:DeleteParameters", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/f/guard-override", False, False,
    ),
    "replace a key": ("ssm:PutParameter", f"arn:aws:ssm:{HERE}:parameter/mlproject/dev/f/key-arn", False, False),
    "drift": ("cloudformation:DetectStackDrift", f"arn:aws:cloudformation:{HERE}:stack/f-dev-serving/1", True, True),
    "template": ("cloudformation:GetTemplate", f"arn:aws:cloudformation:{HERE}:stack/f-dev-emr/1", True, True),
    "template of pre": ("cloudformation:GetTemplate", f"arn:aws:cloudformation:{HERE}:stack/f-pre-emr/1", False, False),
    "find the token": (
        "secretsmanager:DescribeSecret", f"{SECRET}-1-a", True, True,
    ),
    "read the token": (
        "secretsmanager:GetSecretValue", f"{SECRET}-1-a", False, False,
    ),
    "destroy": ("cloudformation:DeleteStack", f"arn:aws:cloudformation:{HERE}:stack/f-dev-storage/1", True, False),
    "destroy in pre": ("cloudformation:DeleteStack", f"arn:aws:cloudformation:{HERE}:stack/f-pre-emr/1", False, False),
    "destroy network": (
        "cloudformation:DeleteStack", f"arn:aws:cloudformation:{HERE}:stack/dev-network/1", False, False,
    ),
    "empty": ("s3:DeleteObjectVersion", f"arn:aws:s3:::f-dev-access-logs-111111111111-{REGION}/a", True, False),
    "models": ("sagemaker:DeleteModelPackage", f"arn:aws:sagemaker:{HERE}:model-package/flights-dev/3", True, False),
    "endpoint": ("sagemaker:DescribeEndpoint", f"arn:aws:sagemaker:{HERE}:endpoint/f-dev-real-time", True, True),
    "endpoint of pre": ("sagemaker:DescribeEndpoint", f"arn:aws:sagemaker:{HERE}:endpoint/f-pre-x", False, False),
    "groups of a network": ("ec2:DescribeSecurityGroups", "*", True, True),
    "notebooks in use": ("sagemaker:ListNotebookInstances", "*", True, True),
    "run": ("sagemaker:StartPipelineExecution", f"arn:aws:sagemaker:{HERE}:pipeline/flights-dev", True, False),
    "run in pre": ("sagemaker:StartPipelineExecution", f"arn:aws:sagemaker:{HERE}:pipeline/flights-pre", False, False),
    "batch": ("sagemaker:DescribePipeline", f"arn:aws:sagemaker:{HERE}:pipeline/flights-dev-batch", True, True),
    "cluster": ("elasticmapreduce:GetAutoTerminationPolicy", f"arn:aws:elasticmapreduce:{HERE}:cluster/j", True, True),
}  # fmt: skip


@pytest.mark.parametrize("case", REQUESTS)
def test_the_roles_of_an_environment_may_do_this_and_nothing_in_another_one(case: str) -> None:
    action, resource, deploying, comparing = REQUESTS[case]
    assert is_allowed(deploy_permissions, DEV, action, resource) == deploying
    assert is_allowed(diff_permissions, DEV, action, resource) == comparing


def test_the_promotion_roles_of_an_environment_with_a_role_path_are_found_below_it() -> None:
    role = "arn:aws:iam::111111111111:role/ml/flights-pre-promotion"
    assert is_allowed(deploy_permissions, PRE, "sts:AssumeRole", role)
    assert not is_allowed(deploy_permissions, PRE, "sts:AssumeRole", role.replace("/ml/", "/"))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("cloudformation:DeleteStack", f"arn:aws:cloudformation:{HERE}:stack/flights-pre-emr/1"),
        ("s3:DeleteObject", f"arn:aws:s3:::flights-pre-data-111111111111-{REGION}/raw/x"),
        ("sagemaker:DeleteModelPackage", f"arn:aws:sagemaker:{HERE}:model-package/flights-pre/3"),
    ],
)
def test_nothing_is_deleted_where_data_is_retained(action: str, resource: str) -> None:
    assert not is_allowed(deploy_permissions, PRE, action, resource)
    unprotected = PRE.model_copy(update={"retain_data": False})
    assert is_allowed(deploy_permissions, unprotected, action, resource)


def test_only_applications_of_the_environment_are_read_and_only_the_deploy_role_stops_them() -> None:
    applications = (f"arn:aws:emr-serverless:{HERE}:/applications/*",)

    def own(permissions: Permissions, where: Environment) -> dict[str, Permission]:
        return {each.sid: each for each in permissions(where, partition="aws") if each.resources == applications}

    for place in (DEV, PRE):
        assert set(own(deploy_permissions, place)) == {"ReadApplications", "StopApplications"}
        assert set(own(diff_permissions, place)) == {"ReadApplications"}
        for permission in own(deploy_permissions, place).values():
            assert permission.condition == {"StringEquals": {"aws:ResourceTag/environment": (place.name,)}}
