"""Where a price is in AWS's price list: the service's offer and the usage type.

https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# A usage type starts with the region's code, such as EU- or EUW2-, except in us-east-1; that of KMS with its name.
_REGION_PREFIX = r"([A-Z]{2,4}[0-9]?-|[a-z]+(-[a-z]+)+-[0-9]-)?"
# On-demand Linux instances without licences, of which EC2's offer has one price for each type.
_LINUX: Mapping[str, str] = {
    "operatingSystem": "Linux",
    "preInstalledSw": "NA",
    "tenancy": "Shared",
    "capacitystatus": "Used",
}


@dataclass(frozen=True, kw_only=True)
class Query:
    """How to find the price of an item.

    Args:
        service: service code of the offer, such as `AmazonSageMaker`.
        usage: usage type without the region's prefix, such as `Notebk:ml.t3.medium`.
        unit: the unit of prices.json.
        attributes: other attributes that the product has.
        is_part: whether `usage` is only a part of the usage type.
    """

    service: str
    usage: str
    unit: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_part: bool = False

    def filters(self, region: str) -> list[dict[str, str]]:
        """Return the filters of GetProducts. The prefix of the usage type is left to `matches`."""
        equal = {"regionCode": region, **self.attributes}
        return [
            *({"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in equal.items()),
            {"Type": "CONTAINS", "Field": "usagetype", "Value": self.usage},
        ]

    def matches(self, attributes: Mapping[str, Any]) -> bool:
        """Return whether a product has this usage type, whose end could also be that of another one."""
        usage = str(attributes.get("usagetype"))
        if self.is_part:
            return self.usage in usage
        return re.fullmatch(_REGION_PREFIX + re.escape(self.usage), usage) is not None


# As AWS's own tool finds them: https://github.com/aws-samples/aws-emr-advisor (AwsPricing.scala).
_SERVERLESS = (
    ("", "vcpu", "vCPU and hour", "CPUHours"),
    ("", "gb", "GB and hour", "GBHours"),
    ("-arm", "vcpu", "vCPU and hour", "ARMCPUHours"),
    ("-arm", "gb", "GB and hour", "ARMGBHours"),
)
_SAGEMAKER, _EC2 = "AmazonSageMaker", "AmazonEC2"
_FIXED: Mapping[str, Query] = {
    "alarm": Query(service="AmazonCloudWatch", usage="CW:AlarmMonitorUsage", unit="month"),
    **{
        f"emr-serverless{processor}/{item}": Query(
            service="ElasticMapReduce",
            usage="SERVERLESS",
            unit=unit,
            attributes={"meterunit": meter},
            is_part=True,
        )
        for processor, item, unit, meter in _SERVERLESS
    },
    "ebs-gp3": Query(service=_EC2, usage="EBS:VolumeUsage.gp3", unit="GB and month"),
    "interface-endpoint": Query(service="AmazonVPC", usage="VpcEndpoint-Hours", unit="hour in each zone"),
    "kms-key": Query(service="awskms", usage="KMS-Keys", unit="month"),
    "notebook-volume": Query(service=_SAGEMAKER, usage="Notebk:VolumeUsage.gp2", unit="GB and month"),
    "processing-volume": Query(service=_SAGEMAKER, usage="Processing:VolumeUsage.gp2", unit="GB and month"),
    "training-volume": Query(service=_SAGEMAKER, usage="Train:VolumeUsage.gp2", unit="GB and month"),
    "s3-standard": Query(service="AmazonS3", usage="TimedStorage-ByteHrs", unit="GB and month"),
}
# Kinds of items with an instance type: service, beginning of the usage type, other attributes.
_INSTANCES: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "ec2": (_EC2, "BoxUsage", _LINUX),
    "emr": ("ElasticMapReduce", "BoxUsage", {}),
    "hosting": (_SAGEMAKER, "Host", {}),
    "notebook": (_SAGEMAKER, "Notebk", {}),
    "processing": (_SAGEMAKER, "Processing", {}),
    "training": (_SAGEMAKER, "Train", {}),
    "transform": (_SAGEMAKER, "Tsform", {}),
}


def query_for(item: str) -> Query | None:
    """Return how to find the price of an item of prices.json; None if it is not in the price list in this form."""
    if item in _FIXED:
        return _FIXED[item]
    kind, _, instance_type = item.partition("/")
    if kind not in _INSTANCES or not instance_type:
        return None
    service, usage, attributes = _INSTANCES[kind]
    return Query(service=service, usage=f"{usage}:{instance_type}", unit="hour", attributes=attributes)
