"""CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from moto.logs.exceptions import ResourceNotFoundException
from moto.logs.responses import LogsResponse

from embedded_aws.gaps._registry import fills

_WHY = "moto keeps a log group's key from its creation but cannot change it"


@fills(LogsResponse, "associate_kms_key", service="logs", what="AssociateKmsKey", why=_WHY)
def associate_kms_key(self: Any) -> str:
    _group(self).kms_key_id = self._get_param("kmsKeyId")
    return ""


@fills(LogsResponse, "disassociate_kms_key", service="logs", what="DisassociateKmsKey", why=_WHY)
def disassociate_kms_key(self: Any) -> str:
    _group(self).kms_key_id = None
    return ""


def _group(response: Any) -> Any:
    group = response.logs_backend.groups.get(response._get_param("logGroupName"))
    if group is None:
        raise ResourceNotFoundException
    return group
