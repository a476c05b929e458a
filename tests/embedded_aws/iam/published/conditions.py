"""Condition blocks of AWS's pages, each with the tables of requests that match and that do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.embedded_aws.iam.ground import allow
from tests.embedded_aws.iam.published.model import GUIDE, Example, Keys, allows, denies
from tests.embedded_aws.iam.random_cases import OTHER, OWN

_OPERATORS = f"{GUIDE}/reference_policies_elements_condition_operators.html"
_SETS = f"{GUIDE}/reference_policies_condition-single-vs-multi-valued-context-keys.html"
_SINGLE = f"{GUIDE}/reference_policies_condition_examples-single-valued-context-keys.html"
_MULTIVALUED = f"{GUIDE}/reference_policies_condition_examples-multi-valued-context-keys.html"
_SEVERAL = f"{GUIDE}/reference_policies_condition-logic-multiple-context-keys-or-values.html"

_TOPIC = f"arn:aws:sns:eu-west-1:{OWN}:alarms"
_CLUSTER = f"arn:aws:ecs:eu-west-1:{OWN}:cluster"
_TAIL = f"arn:aws:cloudfront::{OWN}:distribution"


def _block(
    name: str, page: str, condition: Mapping[str, Any], *, matching: tuple[Keys, ...], others: tuple[Keys, ...]
) -> Example:
    """A statement that allows everything under a condition: it allows the requests that match."""
    return Example(
        name=name,
        page=page,
        identity=(allow("*", "*", condition),),
        requests=(
            *(allows("s3:GetObject", keys=keys) for keys in matching),
            *(denies("s3:GetObject", keys=keys) for keys in others),
        ),
    )


def _tags(*names: str) -> Keys:
    return {"aws:TagKeys": names}


CONDITIONS = (
    _block(
        "a string",
        f"{_OPERATORS}#Conditions_String",
        {"StringEquals": {"aws:PrincipalTag/job": "admin"}},
        matching=({"aws:PrincipalTag/job": "admin"}, {"AWS:principaltag/JOB": "admin"}),
        others=({"aws:PrincipalTag/job": "analyst"}, {"aws:PrincipalTag/job": "Admin"}, {}),
    ),
    _block(
        "a string with a variable",
        f"{_OPERATORS}#Conditions_String",
        {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}},
        matching=({"s3:prefix": "home/ana/"}, {"s3:prefix": "home/"}, {"s3:prefix": ""}),
        others=({"s3:prefix": "home/eva/"}, {"s3:prefix": "home/ana"}, {}),
    ),
    _block(
        "ForAnyValue of a string beside a string without regard to case",
        f"{_OPERATORS}#Conditions_String",
        {
            "StringEqualsIgnoreCase": {"aws:RequestTag/stage": ["preprod", "storage"]},
            "ForAnyValue:StringEquals": {"aws:TagKeys": "stage"},
        },
        matching=(
            {**_tags("stage"), "aws:RequestTag/stage": "preprod"},
            {**_tags("stage", "owner"), "aws:RequestTag/stage": "PreProd"},
        ),
        others=(
            {**_tags("Stage"), "aws:RequestTag/Stage": "preprod"},
            {**_tags("owner"), "aws:RequestTag/stage": "preprod"},
            {"aws:RequestTag/stage": "storage"},
            _tags("stage"),
            {},
        ),
    ),
    _block(
        "a number",
        f"{_OPERATORS}#Conditions_Numeric",
        {"NumericLessThanEquals": {"s3:max-keys": "10"}},
        matching=({"s3:max-keys": "10"}, {"s3:max-keys": "9"}),
        others=({"s3:max-keys": "11"}, {"s3:max-keys": "100"}, {}),
    ),
    _block(
        "a date",
        f"{_OPERATORS}#Conditions_Date",
        {"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}},
        matching=({"aws:TokenIssueTime": "2020-01-01T00:00:02Z"}, {"aws:TokenIssueTime": "1577836802"}),
        others=({"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}, {"aws:TokenIssueTime": "2019-12-31T23:59:59Z"}, {}),
    ),
    _block(
        "a period",
        f"{GUIDE}/reference_policies_examples_aws-dates.html",
        {
            "DateGreaterThan": {"aws:CurrentTime": "2026-04-01T00:00:00Z"},
            "DateLessThan": {"aws:CurrentTime": "2026-06-30T23:59:59Z"},
        },
        matching=({"aws:CurrentTime": "2026-05-01T12:00:00Z"},),
        others=({"aws:CurrentTime": "2026-03-31T12:00:00Z"}, {"aws:CurrentTime": "2026-07-01T00:00:00Z"}),
    ),
    _block(
        "a boolean",
        f"{_OPERATORS}#Conditions_Boolean",
        {"Bool": {"aws:SecureTransport": "false"}},
        matching=({"aws:SecureTransport": "false"},),
        others=({"aws:SecureTransport": "true"}, {}),
    ),
    _block(
        "bytes",
        f"{_OPERATORS}#Conditions_BinaryEquals",
        {"BinaryEquals": {"key": "UHVibGlzaGVkVmFsdWU="}},
        matching=({"key": "UHVibGlzaGVkVmFsdWU="},),
        others=({"key": "QW5vdGhlclZhbHVl"}, {}),
    ),
    _block(
        "an address",
        f"{_OPERATORS}#Conditions_IPAddress",
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        matching=({"aws:SourceIp": "203.0.113.1"}, {"aws:SourceIp": "203.0.113.255"}),
        others=({"aws:SourceIp": "198.51.100.1"}, {"aws:SourceIp": "203.0.114.0"}, {}),
    ),
    _block(
        "addresses of both versions",
        f"{_OPERATORS}#Conditions_IPAddress",
        {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}},
        matching=({"aws:SourceIp": "203.0.113.1"}, {"aws:SourceIp": "2001:db8:1234:5678::9"}),
        others=({"aws:SourceIp": "2001:db8:1234:5679::9"},),
    ),
    _block(
        "an ARN",
        f"{_OPERATORS}#Conditions_ARN",
        {"ArnEquals": {"aws:SourceArn": _TOPIC}},
        matching=({"aws:SourceArn": _TOPIC},),
        others=({"aws:SourceArn": _TOPIC.replace(OWN, OTHER)}, {}),
    ),
    _block(
        "the parts of an ARN",
        f"{_OPERATORS}#Conditions_ARN",
        {"ArnLike": {"aws:SourceArn": f"arn:aws:x:*:{OWN}:finance/*"}},
        matching=({"aws:SourceArn": f"arn:aws:x:eu-west-1:{OWN}:finance/report"},),
        others=({"aws:SourceArn": f"arn:aws:x:eu-west-1:{OTHER}:shop/a:{OWN}:finance/report"},),
    ),
    _block(
        "the same pattern, compared as a string",
        f"{_OPERATORS}#Conditions_ARN",
        {"StringLike": {"aws:SourceArn": f"arn:aws:x:*:{OWN}:finance/*"}},
        matching=({"aws:SourceArn": f"arn:aws:x:eu-west-1:{OTHER}:shop/a:{OWN}:finance/report"},),
        others=({"aws:SourceArn": f"arn:aws:x:eu-west-1:{OWN}:shop/a"},),
    ),
    _block(
        "ForAllValues of ARNs",
        f"{_OPERATORS}#Conditions_ARN",
        {"ForAllValues:ArnLike": {"logs:LogGeneratingResourceArns": [f"{_TAIL}/web*", f"{_TAIL}/app*"]}},
        matching=(
            {"logs:LogGeneratingResourceArns": (f"{_TAIL}/web1",)},
            {"logs:LogGeneratingResourceArns": (f"{_TAIL}/web1", f"{_TAIL}/app2")},
            {},
        ),
        others=(
            {"logs:LogGeneratingResourceArns": (f"{_TAIL}/web1", f"{_TAIL}/db")},
            {"logs:LogGeneratingResourceArns": (f"{_TAIL.replace(OWN, OTHER)}/web1",)},
        ),
    ),
    _block(
        "IfExists",
        f"{_OPERATORS}#Conditions_IfExists",
        {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}},
        matching=({"ec2:InstanceType": "t1.micro"}, {}),
        others=({"ec2:InstanceType": "m2.micro"},),
    ),
    _block(
        "Null",
        f"{_OPERATORS}#Conditions_Null",
        {"Null": {"aws:TokenIssueTime": "false"}},
        matching=({"aws:TokenIssueTime": "2026-01-01T00:00:00Z"},),
        others=({},),
    ),
    _block(
        "ForAllValues with Null",
        _SETS,
        {"ForAllValues:StringEquals": {"aws:TagKeys": ["stage", "owner"]}, "Null": {"aws:TagKeys": "false"}},
        matching=(_tags("stage"), _tags("owner"), _tags("stage", "owner")),
        others=(_tags("stage", "team"), {}),
    ),
    _block(
        "ForAnyValue",
        _SETS,
        {"ForAnyValue:StringEquals": {"aws:TagKeys": ["stage", "owner"]}},
        matching=(_tags("stage"), _tags("owner"), _tags("stage", "owner"), _tags("stage", "team")),
        others=(_tags("team"), {}),
    ),
    _block(
        "several keys, each with several values",
        _SINGLE,
        {
            "StringEquals": {"aws:RequestTag/stage": ["prod", "prod-backup"]},
            "ArnEquals": {"ecs:cluster": [f"{_CLUSTER}/one", f"{_CLUSTER}/two"]},
        },
        matching=(
            {"aws:RequestTag/stage": "prod", "ecs:cluster": f"{_CLUSTER}/one"},
            {"aws:RequestTag/stage": "prod-backup", "ecs:cluster": f"{_CLUSTER}/two"},
        ),
        others=(
            {"aws:RequestTag/server": "prod", "ecs:cluster": f"{_CLUSTER}/two"},
            {"ecs:cluster": f"{_CLUSTER}/two"},
        ),
    ),
    _block(
        "ForAllValues of a negated operator",
        _MULTIVALUED,
        {"ForAllValues:StringNotLike": {"aws:TagKeys": ["one*", "two*"]}},
        matching=(_tags("three:legal"), {}),
        others=(_tags("one:legal"), _tags("one:hr", "one:staff"), _tags("one:hr", "two:audit")),
    ),
    _block(
        "ForAnyValue of one value",
        _MULTIVALUED,
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "web"}},
        matching=(_tags("web"), _tags("stage", "web", "test")),
        others=(_tags("stage", "test"), {}),
    ),
    _block(
        "keys that must all match, each one of several values",
        f"{_SEVERAL}#reference_policies_multiple-conditions-eval",
        {
            "StringEqualsIgnoreCase": {"aws:PrincipalTag/team": ["hr", "legal"], "aws:PrincipalTag/job": ["audit"]},
            "StringEquals": {"aws:PrincipalAccount": OWN},
        },
        matching=({"aws:PrincipalTag/team": "HR", "aws:PrincipalTag/job": "audit", "aws:PrincipalAccount": OWN},),
        others=(
            {"aws:PrincipalTag/team": "hr", "aws:PrincipalTag/job": "audit", "aws:PrincipalAccount": OTHER},
            {"aws:PrincipalTag/team": "it", "aws:PrincipalTag/job": "audit", "aws:PrincipalAccount": OWN},
            {"aws:PrincipalTag/team": "hr", "aws:PrincipalAccount": OWN},
        ),
    ),
    _block(
        "a negated operator with several values",
        f"{_SEVERAL}#reference_policies_multiple-conditions-negated-matching-eval",
        {"StringNotEquals": {"aws:PrincipalAccount": [OWN, OTHER]}},
        matching=({"aws:PrincipalAccount": "777788889999"},),
        others=({"aws:PrincipalAccount": OWN}, {"aws:PrincipalAccount": OTHER}),
    ),
)
