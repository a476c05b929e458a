"""Secrets Manager."""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend

from embedded_aws.gaps._registry import fills

_update_secret = SecretsManagerBackend.update_secret


@fills(
    SecretsManagerBackend,
    "update_secret",
    service="secretsmanager",
    what="UpdateSecret to an empty description",
    why="moto leaves the description as it is",
)
def update_secret(self: Any, secret_id: str, *positional: Any, description: str | None = None, **rest: Any) -> str:
    answer: str = _update_secret(self, secret_id, *positional, description=description, **rest)
    if description is not None:
        self.secrets[secret_id].description = description
    return answer
