"""The proofs of IAM's policy simulator."""

from __future__ import annotations

import json
from typing import Any

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, Services

BUCKET = "arn:aws:s3:::simulated"
TRUST = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(effect: str, action: str, resource: str, **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


ALLOW = policy(statement("Allow", "s3:*", f"{BUCKET}/*"), statement("Deny", "s3:DeleteObject", "*"))


@proves("IamResponse.simulate_principal_policy")
def a_roles_policies_decide(services: Services, name: str) -> None:
    iam = services("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=ALLOW)
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role,
        ActionNames=["s3:PutObject", "s3:DeleteObject", "ec2:RunInstances"],
        ResourceArns=[f"{BUCKET}/a"],
    )
    found = [(each["EvalActionName"], each["EvalDecision"]) for each in answer["EvaluationResults"]]
    assert found == [
        ("s3:PutObject", "allowed"),
        ("s3:DeleteObject", "explicitDeny"),
        ("ec2:RunInstances", "implicitDeny"),
    ]
    refused(
        "NoSuchEntity",
        iam.simulate_principal_policy,
        PolicySourceArn=f"arn:aws:iam::{ACCOUNT}:role/{name}-other",
        ActionNames=["s3:PutObject"],
    )


@proves("IamResponse.simulate_custom_policy")
def policies_without_a_principal_decide(services: Services, _: str) -> None:
    answer = services("iam").simulate_custom_policy(
        PolicyInputList=[ALLOW], ActionNames=["s3:GetObject"], ResourceArns=[f"{BUCKET}/a", "arn:aws:s3:::other/a"]
    )
    found = [(each["EvalResourceName"], each["EvalDecision"]) for each in answer["EvaluationResults"]]
    assert found == [(f"{BUCKET}/a", "allowed"), ("arn:aws:s3:::other/a", "implicitDeny")]
