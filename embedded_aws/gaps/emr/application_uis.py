"""EMR: the addresses of user interfaces that show applications of a cluster, also after its end."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.emr.exceptions import InvalidRequestException
from moto.emr.responses import ElasticMapReduceResponse
from moto.moto_api._internal import mock_random

from embedded_aws.gaps._registry import fills

_WHY = "moto does not know it"


def _uis(backend: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = backend.__dict__.setdefault("persistent_app_uis", {})
    return found


def _ui(backend: Any, ui_id: str) -> dict[str, Any]:
    try:
        return _uis(backend)[ui_id]
    except KeyError:
        raise InvalidRequestException(f"Persistent application UI {ui_id} does not exist.") from None


@fills(
    ElasticMapReduceResponse,
    "create_persistent_app_ui",
    service="emr",
    what="CreatePersistentAppUI of a cluster; nothing answers at its address",
    why=_WHY,
)
def create_persistent_app_ui(self: Any) -> Any:
    arn = self._get_param("TargetResourceArn")
    self.backend.describe_cluster(arn.rpartition("/")[2])
    ui = {
        "PersistentAppUIId": f"p-{mock_random.get_random_hex(13).upper()}",
        "PersistentAppUITypeList": [self._get_param("ProfilerType") or "SHS"],
        "PersistentAppUIStatus": "ATTACHED",
        "CreationTime": utcnow(),
        "Tags": self._get_param("Tags") or [],
    }
    _uis(self.backend)[ui["PersistentAppUIId"]] = ui
    return ActionResult({"PersistentAppUIId": ui["PersistentAppUIId"], "RuntimeRoleEnabledCluster": False})


@fills(
    ElasticMapReduceResponse,
    "describe_persistent_app_ui",
    service="emr",
    what="DescribePersistentAppUI",
    why=_WHY,
)
def describe_persistent_app_ui(self: Any) -> Any:
    return ActionResult({"PersistentAppUI": _ui(self.backend, self._get_param("PersistentAppUIId"))})


@fills(
    ElasticMapReduceResponse,
    "get_persistent_app_ui_presigned_url",
    service="emr",
    what="GetPersistentAppUIPresignedURL",
    why=_WHY,
)
def get_persistent_app_ui_presigned_url(self: Any) -> Any:
    ui = _ui(self.backend, self._get_param("PersistentAppUIId"))
    token = mock_random.get_random_hex(40)
    host = f"{ui['PersistentAppUIId'].lower()}.emrappui-prod.{self.region}.amazonaws.com"
    return ActionResult({"PresignedURLReady": True, "PresignedURL": f"https://{host}/shs?authToken={token}"})
