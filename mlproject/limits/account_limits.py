"""The limits of an account and region that many projects reach together."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mlproject.limits.usage import Limit, Usage

STACKS = Limit(
    name="stacks",
    value=2_000,
    page="https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html",
    adjustable=True,
)
# Only resources of which a project has several, or whose limit is low.
TYPES: Mapping[str, Limit] = {
    "AWS::IAM::Role": Limit(
        name="IAM roles",
        value=1_000,
        page="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
        adjustable=True,
    ),
    "AWS::Events::Rule": Limit(
        name="EventBridge rules",
        value=300,
        page="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
        adjustable=True,
    ),
    "AWS::S3::Bucket": Limit(
        name="S3 buckets",
        value=10_000,
        page="https://docs.aws.amazon.com/general/latest/gr/s3.html",
        adjustable=True,
    ),
    "AWS::EC2::SecurityGroup": Limit(
        name="security groups",
        value=2_500,
        page="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
        adjustable=True,
    ),
    "AWS::CloudWatch::Alarm": Limit(
        name="CloudWatch alarms",
        value=5_000,
        page="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html",
        adjustable=True,
    ),
    "AWS::SSM::Parameter": Limit(
        name="SSM parameters",
        value=10_000,
        page="https://docs.aws.amazon.com/general/latest/gr/ssm.html",
        adjustable=True,
    ),
    "AWS::EC2::VPC": Limit(
        name="VPCs",
        value=5,
        page="https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html",
        adjustable=True,
    ),
}


@dataclass(frozen=True, kw_only=True)
class PlacedTemplate:
    """A template with the account and region to which it is deployed.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        template: text of the template.
    """

    account: str
    region: str
    template: str


def account_usage(templates: Iterable[PlacedTemplate]) -> Iterator[Usage]:
    """Yield the use of each limit of an account and region by all stacks of the platform together.

    Other stacks of the account are not counted. IAM roles count in every region of their account.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    stacks: Counter[str] = Counter()
    for each in templates:
        place = f"{each.account} {each.region}"
        stacks[place] += 1
        for resource in json.loads(each.template)["Resources"].values():
            kind = resource["Type"]
            counts[each.account if kind == "AWS::IAM::Role" else place][kind] += 1
    for place, count in stacks.items():
        yield Usage(subject=place, limit=STACKS, count=count)
    for place, found in counts.items():
        for kind, limit in TYPES.items():
            if found[kind]:
                yield Usage(subject=place, limit=limit, count=found[kind])
