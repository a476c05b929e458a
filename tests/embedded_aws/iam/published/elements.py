"""Examples of the elements of a policy: NotAction, NotResource, NotPrincipal, variables and tags."""

from __future__ import annotations

from tests.embedded_aws.iam.ground import allow, deny
from tests.embedded_aws.iam.published.model import GUIDE, Example, allows, denies, for_principal
from tests.embedded_aws.iam.random_cases import OTHER, OWN, ROLE, SESSION, USER

_NOT_PRINCIPAL = f"{GUIDE}/reference_policies_elements_notprincipal.html"
_VARIABLES = f"{GUIDE}/reference_policies_variables.html"
_TAGS = f"{GUIDE}/access_tags.html"
_OBJECT = "arn:aws:s3:::pay/run/may"
_EVERYTHING = allow("*", "*")


def _without(statement: dict[str, object], **changes: object) -> dict[str, object]:
    """The statement with other members; None takes one out."""
    return {name: value for name, value in {**statement, **changes}.items() if value is not None}


_NOT_IAM = _without({**deny("*", "*")}, Action=None, NotAction="iam:*")
_WITHOUT_MFA = {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
_INSTANCE = f"arn:aws:ec2:eu-west-1:{OWN}:instance/i-1"
_OWNED = {"StringEquals": {"aws:ResourceTag/Owner": "${aws:username}"}}

ELEMENTS = (
    Example(
        name="NotAction with Allow",
        page=f"{GUIDE}/reference_policies_elements_notaction.html",
        identity=(_without({**allow("*", "arn:aws:s3:::*")}, Action=None, NotAction="s3:DeleteBucket"),),
        requests=(
            allows("s3:GetObject", _OBJECT),
            denies("s3:DeleteBucket", "arn:aws:s3:::pay"),
            denies("s3:ListAllMyBuckets"),
            denies("ec2:StartInstances", _INSTANCE),
        ),
    ),
    Example(
        name="NotAction with Deny, for all but IAM",
        page=f"{GUIDE}/reference_policies_elements_notaction.html",
        identity=(_EVERYTHING, _without(_NOT_IAM, Condition=_WITHOUT_MFA)),
        requests=(
            denies("s3:GetObject", _OBJECT, {"aws:MultiFactorAuthPresent": "false"}),
            denies("s3:GetObject", _OBJECT),
            allows("s3:GetObject", _OBJECT, {"aws:MultiFactorAuthPresent": "true"}),
            allows("iam:ListUsers", "*", {"aws:MultiFactorAuthPresent": "false"}),
        ),
    ),
    Example(
        name="regions, except for global services",
        page=f"{GUIDE}/reference_policies_examples_aws_deny-requested-region.html",
        identity=(
            _EVERYTHING,
            _without(
                {**deny("*", "*")},
                Action=None,
                NotAction=["iam:*", "support:*"],
                Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-south-2"]}},
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT, {"aws:RequestedRegion": "eu-south-2"}),
            denies("s3:GetObject", _OBJECT, {"aws:RequestedRegion": "us-east-1"}),
            allows("iam:ListUsers", "*", {"aws:RequestedRegion": "us-east-1"}),
        ),
    ),
    Example(
        name="NotResource with Deny",
        page=f"{GUIDE}/reference_policies_elements_notresource.html",
        identity=(
            _EVERYTHING,
            _without(
                {**deny("s3:*", "*")}, Resource=None, NotResource=["arn:aws:s3:::pay/run", "arn:aws:s3:::pay/run/*"]
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT),
            denies("s3:GetObject", "arn:aws:s3:::pay/hidden"),
            denies("s3:GetObject", "arn:aws:s3:::new/a"),
            allows("ec2:StartInstances", _INSTANCE),
        ),
    ),
    Example(
        name="one bucket and no other service",
        page=f"{GUIDE}/reference_policies_examples_s3_deny-except-bucket.html",
        identity=(
            allow("s3:*", ["arn:aws:s3:::pay", "arn:aws:s3:::pay/*"]),
            allow("ec2:*", "*"),
            _without(
                {**deny("*", "*")},
                Action=None,
                NotAction="s3:*",
                Resource=None,
                NotResource=["arn:aws:s3:::pay", "arn:aws:s3:::pay/*"],
            ),
        ),
        requests=(
            allows("s3:GetObject", _OBJECT),
            denies("s3:GetObject", "arn:aws:s3:::new/a"),
            denies("ec2:StartInstances", _INSTANCE),
        ),
    ),
    Example(
        name="NotPrincipal that names the user and the account",
        page=_NOT_PRINCIPAL,
        identity=(_EVERYTHING,),
        resource=({**deny("s3:*", "*"), "NotPrincipal": {"AWS": [USER, f"arn:aws:iam::{OWN}:root"]}},),
        requests=(allows("s3:GetObject", _OBJECT),),
    ),
    Example(
        name="NotPrincipal that names another user",
        page=_NOT_PRINCIPAL,
        identity=(_EVERYTHING,),
        resource=({**deny("s3:*", "*"), "NotPrincipal": {"AWS": [f"{USER}2", f"arn:aws:iam::{OTHER}:root"]}},),
        requests=(denies("s3:GetObject", _OBJECT),),
    ),
    Example(
        name="NotPrincipal denies whoever has a permissions boundary, also those that it names",
        page=f"{_NOT_PRINCIPAL}#notprincipal-key-points",
        identity=(_EVERYTHING,),
        boundary=(_EVERYTHING,),
        by=SESSION,
        resource=({**deny("s3:*", "*"), "NotPrincipal": {"AWS": [SESSION, ROLE, f"arn:aws:iam::{OWN}:root"]}},),
        requests=(denies("s3:GetObject", _OBJECT),),
    ),
    Example(
        name="aws:PrincipalArn instead of NotPrincipal",
        page=_NOT_PRINCIPAL,
        identity=(_EVERYTHING,),
        by=SESSION,
        resource=(for_principal("*", deny("s3:*", "*", {"ArnNotEquals": {"aws:PrincipalArn": ROLE}})),),
        requests=(
            allows("s3:GetObject", _OBJECT),
            denies("s3:GetObject", _OBJECT, {"aws:PrincipalArn": f"{ROLE}2"}),
        ),
    ),
    Example(
        name="a variable in a resource",
        page=f"{_VARIABLES}#policy-vars-using-variables",
        identity=(
            allow("s3:ListBucket", "arn:aws:s3:::team", {"StringLike": {"s3:prefix": ["${aws:username}/*"]}}),
            allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::team/${aws:username}/*"),
        ),
        requests=(
            allows("s3:GetObject", "arn:aws:s3:::team/ana/a"),
            denies("s3:GetObject", "arn:aws:s3:::team/eva/a"),
            allows("s3:ListBucket", "arn:aws:s3:::team", {"s3:prefix": "ana/a"}),
            denies("s3:ListBucket", "arn:aws:s3:::team", {"s3:prefix": "eva/a"}),
            denies("s3:ListBucket", "arn:aws:s3:::team"),
        ),
    ),
    Example(
        name="a variable with a default",
        page=f"{_VARIABLES}#policy-vars-default-values",
        identity=(allow("s3:*", "arn:aws:s3:::team-${aws:PrincipalTag/team, 'all'}"),),
        requests=(
            allows("s3:ListBucket", "arn:aws:s3:::team-blue", {"aws:PrincipalTag/team": "blue"}),
            denies("s3:ListBucket", "arn:aws:s3:::team-all", {"aws:PrincipalTag/team": "blue"}),
            allows("s3:ListBucket", "arn:aws:s3:::team-all"),
            denies("s3:ListBucket", "arn:aws:s3:::team-blue"),
        ),
    ),
    Example(
        name="a variable without a value, with a negated operator",
        page=f"{_VARIABLES}#policy-vars-no-value",
        identity=(
            _EVERYTHING,
            deny("s3:GetObject", "*", {"StringNotEquals": {"s3:ExistingObjectTag/Team": "${aws:PrincipalTag/Team}"}}),
        ),
        requests=(
            denies("s3:GetObject", _OBJECT, {"s3:ExistingObjectTag/Team": "blue"}),
            denies("s3:GetObject", _OBJECT, {"s3:ExistingObjectTag/Team": "blue", "aws:PrincipalTag/Team": "red"}),
            allows("s3:GetObject", _OBJECT, {"s3:ExistingObjectTag/Team": "blue", "aws:PrincipalTag/Team": "blue"}),
        ),
    ),
    Example(
        name="instances that the user has tagged, whatever the case of the key",
        page=f"{_TAGS}#access_tags_control-resources",
        identity=(allow(["ec2:StartInstances", "ec2:StopInstances"], "arn:aws:ec2:*:*:instance/*", _OWNED),),
        requests=(
            allows("ec2:StartInstances", _INSTANCE, {"aws:ResourceTag/Owner": "ana"}),
            allows("ec2:StartInstances", _INSTANCE, {"aws:ResourceTag/owner": "ana"}),
            denies("ec2:StartInstances", _INSTANCE, {"aws:ResourceTag/Owner": "eva"}),
            denies("ec2:StartInstances", _INSTANCE),
        ),
    ),
    Example(
        name="tags that a request may set",
        page=f"{_TAGS}#access_tags_control-requests",
        identity=(
            allow(
                "ec2:CreateTags",
                "arn:aws:ec2:*:*:instance/*",
                {
                    "StringEquals": {"aws:RequestTag/stage": ["preprod", "prod"]},
                    "ForAllValues:StringEquals": {"aws:TagKeys": "stage"},
                },
            ),
        ),
        requests=(
            allows("ec2:CreateTags", _INSTANCE, {"aws:RequestTag/stage": "prod", "aws:TagKeys": ("stage",)}),
            denies("ec2:CreateTags", _INSTANCE, {"aws:RequestTag/stage": "dev", "aws:TagKeys": ("stage",)}),
            denies("ec2:CreateTags", _INSTANCE, {"aws:RequestTag/stage": "prod", "aws:TagKeys": ("stage", "Stage")}),
        ),
    ),
)
