"""SQS."""

from __future__ import annotations

from typing import Any

from moto.sqs.models import Queue, SQSBackend

from embedded_aws.gaps._registry import fills

_ALLOW = "RedriveAllowPolicy"

_set_attributes = Queue._set_attributes
_get_queue_attributes = SQSBackend.get_queue_attributes


@fills(
    Queue,
    "_set_attributes",
    service="sqs",
    what="SetQueueAttributes, which leaves the policy alone and turns off the encryption that a KMS key replaces",
    why="moto drops the policy with every other attribute that is set, and shows both encryptions as enabled",
)
def set_attributes(self: Any, attributes: dict[str, Any], now: float | None = None) -> None:
    policy = getattr(self, "policy", None)
    _set_attributes(self, attributes, now)
    if "Policy" not in attributes:
        self.policy = policy
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
    if attributes.get("KmsMasterKeyId"):
        self.sqs_managed_sse_enabled = False
    elif str(attributes.get("SqsManagedSseEnabled")).lower() == "true":
        self.kms_master_key_id = None


@fills(
    SQSBackend,
    "get_queue_attributes",
    service="sqs",
    what=f"GetQueueAttributes of {_ALLOW}",
    why="moto keeps it and refuses to show it",
)
def get_queue_attributes(self: Any, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
    names = [name for name in attribute_names if name != _ALLOW]
    shown: dict[str, Any] = _get_queue_attributes(self, queue_name, names)
    policy = getattr(self.get_queue(queue_name), "redrive_allow_policy", None)
    return {**shown, _ALLOW: policy} if policy and {"All", _ALLOW} & {*attribute_names} else shown
