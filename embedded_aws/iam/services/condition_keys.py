"""The condition keys that come from the parameters of a call, by service: those that policies here use.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.iam.context import Context
from embedded_aws.iam.resources import texts

# Key and the parameter's path; a key is absent where the call does not give the parameter.
KEYS: Mapping[str, Mapping[str, str]] = {
    "cloudformation": {
        "cloudformation:ChangeSetName": "ChangeSetName",
        "cloudformation:RoleArn": "RoleARN",
        "cloudformation:StackPolicyUrl": "StackPolicyURL",
        "cloudformation:TemplateUrl": "TemplateURL",
    },
    "cloudwatch": {
        "cloudwatch:AlarmActions": "AlarmActions",
        "cloudwatch:namespace": "Namespace",
    },
    "glue": {},
    "sagemaker": {
        "sagemaker:DirectInternetAccess": "DirectInternetAccess",
        "sagemaker:InstanceTypes": "InstanceType",
        "sagemaker:MinimumInstanceMetadataServiceVersion": (
            "InstanceMetadataServiceConfiguration.MinimumInstanceMetadataServiceVersion"
        ),
        "sagemaker:ModelApprovalStatus": "ModelApprovalStatus",
        "sagemaker:RootAccess": "RootAccess",
        "sagemaker:VolumeKmsKey": "KmsKeyId",
    },
    "secretsmanager": {
        "secretsmanager:SecretId": "SecretId",
        "secretsmanager:VersionId": "VersionId",
        "secretsmanager:VersionStage": "VersionStage",
    },
    "sns": {"sns:Endpoint": "Endpoint", "sns:Protocol": "Protocol"},
    "ssm": {},
}


def keys_of(prefix: str, parameters: Mapping[str, Any]) -> Context:
    """The keys of one call."""
    table = KEYS.get(prefix, {})
    return Context({key.lower(): tuple(texts(parameters, path.split("."))) for key, path in table.items()})
