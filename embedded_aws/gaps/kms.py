"""KMS."""

from __future__ import annotations

import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.responses import KmsResponse

from embedded_aws.gaps._registry import fills

# https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html, in days
DEFAULT_PERIOD = 365

_enable = KmsResponse.enable_key_rotation
_schedule = KmsResponse.schedule_key_deletion
_WHY = "moto forgets the period"


@fills(KmsResponse, "enable_key_rotation", service="kms", what="EnableKeyRotation with a period", why=_WHY)
def enable_key_rotation(self: Any) -> str:
    answer: str = _enable(self)
    _key(self).rotation_period = self._get_param("RotationPeriodInDays") or DEFAULT_PERIOD
    return answer


@fills(KmsResponse, "get_key_rotation_status", service="kms", what="GetKeyRotationStatus with the period", why=_WHY)
def get_key_rotation_status(self: Any) -> str:
    self._validate_cmk_id(self._get_param("KeyId"))
    key = _key(self)
    status = {"KeyId": key.id, "KeyRotationEnabled": key.key_rotation_status}
    period = {"RotationPeriodInDays": key.rotation_period} if key.key_rotation_status else {}
    return json.dumps({**status, **period})


@fills(
    KmsResponse,
    "schedule_key_deletion",
    service="kms",
    what="ScheduleKeyDeletion, refused for a key that is to be deleted already",
    why="moto begins the waiting anew",
)
def schedule_key_deletion(self: Any) -> str:
    """https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html"""
    self._validate_cmk_id(self._get_param("KeyId"))
    key = _key(self)
    if key.key_state == "PendingDeletion":
        raise JsonRESTError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    answer: str = _schedule(self)
    return answer


def _key(response: Any) -> Any:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]
