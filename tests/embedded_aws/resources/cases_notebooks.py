"""The cases of SageMaker's notebook instances and of what they refer to."""

from __future__ import annotations

import base64
from typing import Any

from tests.embedded_aws.moto_server import ACCOUNT, REGION
from tests.embedded_aws.resources.cases_ec2 import GROUPS, SUBNETS, ref, tags
from tests.embedded_aws.resources.harness import Case

ROLE = f"arn:aws:iam::{ACCOUNT}:role/notebooks"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:git"


def script(text: str) -> list[dict[str, str]]:
    """A lifecycle script as the API takes it."""
    return [{"Content": base64.b64encode(text.encode()).decode()}]


def encoded(text: str) -> list[dict[str, Any]]:
    """The same, encoded by CloudFormation."""
    return [{"Content": {"Fn::Base64": text}}]


CONFIGS = {
    name: {
        "Type": "AWS::SageMaker::NotebookInstanceLifecycleConfig",
        "Properties": {"NotebookInstanceLifecycleConfigName": f"contract-{name.lower()}"},
    }
    for name in ("ConfigOne", "ConfigTwo")
}


def config(name: str) -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, "NotebookInstanceLifecycleConfigName"]}


FIXED = {
    "NotebookInstanceName": "contract",
    "DirectInternetAccess": "Disabled",
    "KmsKeyId": KEY,
    "SecurityGroupIds": [ref("GroupOne")],
    "SubnetId": ref("SubnetOne"),
}

NOTEBOOK_CASES = (
    Case(
        type="AWS::SageMaker::NotebookInstance",
        dependencies={**SUBNETS, **GROUPS, **CONFIGS},
        first={
            **FIXED,
            "InstanceType": "ml.t3.medium",
            "RoleArn": ROLE,
            "VolumeSizeInGB": "20",
            "PlatformIdentifier": "notebook-al2023-v1",
            "RootAccess": "Disabled",
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "2"},
            "LifecycleConfigName": config("ConfigOne"),
            "DefaultCodeRepository": "https://git.example.com/team/one.git",
            "AdditionalCodeRepositories": ["https://git.example.com/team/two.git"],
            "Tags": tags(a="1", b="1"),
        },
        # The volume stays: it cannot shrink, so nothing leads back from a larger one (test_notebooks.py).
        changed={
            **FIXED,
            "InstanceType": "ml.m7i.large",
            "RoleArn": f"{ROLE}-other",
            "VolumeSizeInGB": 20,
            "PlatformIdentifier": "notebook-al2023-v2",
            "RootAccess": "Enabled",
            "Tags": tags(a="2"),
        },
        replaced={"NotebookInstanceName": "contract-other", "InstanceType": "ml.t3.medium", "RoleArn": ROLE},
        defaults={
            "DirectInternetAccess": "Enabled",
            "VolumeSizeInGB": 5,
            "PlatformIdentifier": "notebook-al2023-v1",
            "RootAccess": "Enabled",
            "InstanceMetadataServiceConfiguration": {"MinimumInstanceMetadataServiceVersion": "1"},
        },
    ),
    Case(
        type="AWS::SageMaker::NotebookInstanceLifecycleConfig",
        first={
            "NotebookInstanceLifecycleConfigName": "contract",
            "OnCreate": script("echo created"),
            "OnStart": encoded("#!/bin/bash\necho 'señal'\n"),
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "NotebookInstanceLifecycleConfigName": "contract",
            "OnStart": script("echo started again"),
            "Tags": tags(a="2"),
        },
        replaced={"NotebookInstanceLifecycleConfigName": "contract-other", "OnCreate": script("echo created")},
    ),
    Case(
        type="AWS::SageMaker::CodeRepository",
        first={
            "CodeRepositoryName": "contract",
            "GitConfig": {
                "RepositoryUrl": "https://git.example.com/team/one.git",
                "Branch": "main",
                "SecretArn": SECRET,
            },
            "Tags": tags(a="1", b="1"),
        },
        changed={
            "CodeRepositoryName": "contract",
            "GitConfig": {
                "RepositoryUrl": "https://git.example.com/team/one.git",
                "Branch": "main",
                "SecretArn": f"{SECRET}-other",
            },
            "Tags": tags(a="2"),
        },
        replaced={
            "CodeRepositoryName": "contract-other",
            "GitConfig": {"RepositoryUrl": "https://git.example.com/team/two.git"},
        },
    ),
)
