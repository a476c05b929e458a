"""What a call needs besides its own action: roles that it passes, tags that it sets, keys that it uses.

The table of roles holds the operations of the services that this project uses; a role that another operation is given
is refused by name instead of being passed unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.iam import context
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.request_context import SYSTEM_TAG, request_tags
from embedded_aws.iam.resources import AccountRegion
from embedded_aws.iam.services import kms, s3
from embedded_aws.iam.services.iam_sts import passing, role_arns

_SAGEMAKER = "sagemaker.amazonaws.com"

# Operation, parameter, and the service that gets the role.
# https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-roles.html
# https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/security-iam-runtime-role.html
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-identity-based.html
# https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
# https://docs.aws.amazon.com/glue/latest/dg/security_iam_service-with-iam.html
PASSES: Mapping[str, Mapping[str, str]] = {
    "cloudformation": {"RoleARN": "cloudformation.amazonaws.com"},
    "ec2": {"DeliverLogsPermissionArn": "vpc-flow-logs.amazonaws.com"},
    "emr": {
        "ServiceRole": "elasticmapreduce.amazonaws.com",
        "JobFlowRole": "ec2.amazonaws.com",
        "AutoScalingRole": "application-autoscaling.amazonaws.com",
    },
    "emr-serverless": {"executionRoleArn": "emr-serverless.amazonaws.com"},
    "events": {"RoleArn": "events.amazonaws.com", "Targets.RoleArn": "events.amazonaws.com"},
    "glue": {"JobUpdate.Role": "glue.amazonaws.com", "Role": "glue.amazonaws.com"},
    "lambda": {"Role": "lambda.amazonaws.com"},
    "sagemaker": {"RoleArn": _SAGEMAKER, "ExecutionRoleArn": _SAGEMAKER},
    "scheduler": {"Target.RoleArn": "scheduler.amazonaws.com"},
}
# Operations that name a role and pass none.
_ONLY_NAME = frozenset({"iam", "sts"})

_CREATE = ("Create", "Put", "Run", "Allocate")
# The parameter that tags a new resource, and the action for it.
TAGS: Mapping[str, Mapping[str, str]] = {
    "athena": {"Tags": "TagResource"},
    "cloudwatch": {"Tags": "TagResource"},
    "dynamodb": {"Tags": "TagResource"},
    "ec2": {"TagSpecifications": "CreateTags"},
    "ecr": {"tags": "TagResource"},
    "emr": {"Tags": "AddTags"},
    "emr-serverless": {"tags": "TagResource"},
    "events": {"Tags": "TagResource"},
    "glue": {"Tags": "TagResource"},
    "iam": {"Tags": "Tag"},
    "kms": {"Tags": "TagResource"},
    "lambda": {"Tags": "TagResource"},
    "logs": {"tags": "TagResource"},
    "sagemaker": {"Tags": "AddTags"},
    "scheduler": {"Tags": "TagResource"},
    "secretsmanager": {"Tags": "TagResource"},
    "sns": {"Tags": "TagResource"},
    "sqs": {"tags": "TagQueue"},
    "ssm": {"Tags": "AddTagsToResource"},
}


def passed_roles(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """iam:PassRole for every role that a call is given.

    Raises:
        UndecidableError: a role stands where the table knows none.
    """
    if call.service in _ONLY_NAME:
        return []
    table = PASSES.get(call.service, {})
    found: list[PermissionCheck] = []
    for path, value in _texts(call.parameters):
        if path in table:
            found += [passing(arn, table[path]) for arn in role_arns(value, place)]
        elif _is_role(value) and path.rpartition(".")[2].lower().endswith(("rolearn", "role")):
            raise UndecidableError(
                f"the embedded AWS does not know to which service {call.prefix}:{call.operation} passes the role in "
                f"{path}"
            )
    return list({(each.resource, str(each.context.keys)): each for each in found}.values())


def set_tags(call: Call, own: list[PermissionCheck], place: AccountRegion) -> list[PermissionCheck]:
    """The action that tags what a call creates: on the same resources, with the same tags in the context."""
    table = TAGS.get(call.service, {})
    if not any(call.parameters.get(parameter) for parameter in table) or not call.operation.startswith(_CREATE):
        return []
    tags = request_tags(call.parameters)
    if tags and all(key.startswith(SYSTEM_TAG) for key in tags):
        return []
    (action,) = table.values()
    if action == "Tag":  # IAM has one for each kind: TagRole, TagPolicy
        action += call.operation.removeprefix("Create")
    told = context.of({"ec2:CreateAction": call.operation if call.service == "ec2" else None})
    resources = [check.resource for check in own]
    if call.service == "kms":
        resources = [place.arn("kms", "key/*")]
    elif call.service == "emr-serverless":
        resources = [place.arn("emr-serverless", "/applications/*")]
    elif call.service == "ec2":
        resources = [resource for resource in resources if resource is None or resource.endswith("/*")]
    elif call.service == "logs":
        resources = [resource and resource.removesuffix(":log-stream:") for resource in resources]
    return [
        PermissionCheck(action=f"{call.prefix}:{action}", resource=resource, context=check.context.also(told))
        for resource, check in zip(resources, own, strict=False)
    ]


def used_keys(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """The key of a secret, a secure parameter, a topic or a queue, which the service uses with the caller's rights."""
    readers = {
        ("secretsmanager", "GetSecretValue"): _key_of_secret,
        ("ssm", "GetParameter"): _keys_of_parameters,
        ("ssm", "GetParameters"): _keys_of_parameters,
        ("sns", "Publish"): _key_of_topic,
        ("sns", "PublishBatch"): _key_of_topic,
        ("sqs", "ReceiveMessage"): _key_of_queue,
        ("sqs", "SendMessage"): _key_of_queue,
        ("sqs", "SendMessageBatch"): _key_of_queue,
    }
    reader = readers.get((call.service, call.operation))
    return reader(call, place) if reader else []


def read_template(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """CloudFormation reads a template in S3 with the caller's rights.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
    """
    url = call.parameters.get("TemplateURL") if call.service == "cloudformation" else None
    if not url:
        return []
    from embedded_aws.cloudformation.errors import CloudFormationError
    from embedded_aws.cloudformation.templates import location

    try:
        bucket, key, version = location(url)
    except CloudFormationError:
        return []  # the engine says what is wrong with it
    parameters = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    read = Call(
        service="s3", operation="GetObject", parameters=parameters, protocol="rest-xml", region=call.region,
        headers={"authorization": "the caller's"}, method="GET",
    )  # fmt: skip
    return s3.checks(read, place)


def _is_role(value: str) -> bool:
    return value.startswith("arn:") and ":iam:" in value and ":role/" in value


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in the parameters, with the names above it."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _texts(member, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, str):
        yield path, value


def _key_of_secret(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html"""
    from moto.secretsmanager.models import secretsmanager_backends  # moto takes long to import

    secret = secretsmanager_backends[place.account][place.region].secrets.get(call.parameters.get("SecretId", ""))
    if secret is None:
        return []
    told = {"SecretARN": secret.arn}
    return kms.through("secretsmanager", "kms:Decrypt", getattr(secret, "kms_key_id", None), place, told)


def _keys_of_parameters(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html"""
    if not call.parameters.get("WithDecryption"):
        return []
    from moto.ssm.models import ssm_backends

    names = call.parameters.get("Names") or [call.parameters.get("Name", "")]
    held = ssm_backends[place.account][place.region]._parameters
    found = [versions[-1] for name in names if (versions := held.get(name))]
    return [
        check
        for each in found
        if each.parameter_type == "SecureString"
        for check in kms.through("ssm", "kms:Decrypt", each.keyid, place, {"PARAMETER_ARN": _parameter(each, place)})
    ]


def _parameter(parameter: Any, place: AccountRegion) -> str:
    return place.arn("ssm", f"parameter/{parameter.name.removeprefix('/')}")


def _key_of_topic(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""
    from moto.sns.models import sns_backends

    arn = call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or ""
    topic = sns_backends[place.account][place.region].topics.get(arn)
    if topic is None:
        return []
    told = {"aws:sns:topicArn": arn}
    return [
        check
        for action in ("kms:GenerateDataKey", "kms:Decrypt")
        for check in kms.through("sns", action, topic.kms_master_key_id, place, told)
    ]


def _key_of_queue(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """Who sends encrypts, and both decrypt.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    """
    from moto.sqs.models import sqs_backends

    name = str(call.parameters.get("QueueUrl", "")).rpartition("/")[2]
    queue = sqs_backends[place.account][place.region].queues.get(name)
    if queue is None:
        return []
    actions = ("kms:Decrypt",) if call.operation == "ReceiveMessage" else ("kms:GenerateDataKey", "kms:Decrypt")
    told = {"aws:sqs:arn": queue.queue_arn}
    return [check for action in actions for check in kms.through("sqs", action, queue.kms_master_key_id, place, told)]
