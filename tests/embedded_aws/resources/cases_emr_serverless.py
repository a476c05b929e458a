"""The cases of EMR Serverless."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.resources.cases_ec2 import NOWHERE, SUBNETS, ref, resource, tags
from tests.embedded_aws.resources.cases_emr import KEY
from tests.embedded_aws.resources.harness import Case

NETWORK = {
    **SUBNETS,
    "Group": resource("SecurityGroup", GroupDescription="workers", VpcId=ref("VpcOne"), SecurityGroupEgress=[NOWHERE]),
}
APPLICATION: dict[str, Any] = {
    "Name": "contract",
    "Type": "SPARK",
    "ReleaseLabel": "emr-7.12.0",
    "Architecture": "ARM64",
    "AutoStartConfiguration": {"Enabled": True},
    "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": "30"},
    "InteractiveConfiguration": {"LivyEndpointEnabled": "true", "StudioEnabled": False},
    "MaximumCapacity": {"Cpu": "16 vCPU", "Memory": "64 GB", "Disk": "200 GB"},
    "MonitoringConfiguration": {
        "ManagedPersistenceMonitoringConfiguration": {"Enabled": False},
        "S3MonitoringConfiguration": {"LogUri": "s3://contract-logs/", "EncryptionKeyArn": KEY},
    },
    "NetworkConfiguration": {"SubnetIds": [ref("SubnetOne")], "SecurityGroupIds": [ref("Group")]},
    "RuntimeConfiguration": [
        {"Classification": "spark-defaults", "Properties": {"spark.executor.cores": "4", "Upper": "x"}}
    ],
    "Tags": tags(a="1", b="1"),
}

EMR_SERVERLESS_CASES = (
    Case(
        type="AWS::EMRServerless::Application",
        dependencies=NETWORK,
        first=APPLICATION,
        changed={
            "Name": "contract",
            "Type": "SPARK",
            "ReleaseLabel": "emr-7.13.0",
            "MaximumCapacity": {"Cpu": "32 vCPU", "Memory": "128 GB"},
            "NetworkConfiguration": {
                "SubnetIds": [ref("SubnetOne"), ref("SubnetTwo")],
                "SecurityGroupIds": [ref("Group")],
            },
            "Tags": tags(a="2"),
        },
        replaced={**APPLICATION, "Name": "contract-other"},
        defaults={
            "Architecture": "X86_64",
            "AutoStartConfiguration": {"Enabled": True},
            "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": 15},
            "InteractiveConfiguration": {"LivyEndpointEnabled": False, "StudioEnabled": False},
        },
    ),
)
