"""KMS: its own calls, and what S3, Secrets Manager, Systems Manager and SNS ask of it for the caller."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from embedded_aws.iam import catalogue, context
from embedded_aws.iam.api_call import Call
from embedded_aws.iam.context import Context
from embedded_aws.iam.permission_check import PermissionCheck
from embedded_aws.iam.resources import ANYTHING, AccountRegion

# moto's ciphertexts begin with the id of the key.
_ID_LENGTH = 36
# Grants of the service are not read: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
_ALIAS = "alias/"


def find(identifier: str, place: AccountRegion) -> Any:
    """moto's key with this id, ARN or alias; None if there is none, or if the alias is AWS's own."""
    from moto.kms.models import kms_backends  # moto takes long to import

    region, account = identifier.split(":")[3:5] if identifier.startswith("arn:") else (place.region, place.account)
    backend = kms_backends[account][region]
    name = identifier.split(":", 5)[5] if identifier.startswith("arn:") else identifier
    if name.startswith(_ALIAS):
        return next((key for key in list(backend.keys.values()) if name in key.aliases), None)
    return backend.keys.get(name.removeprefix("key/"))


def checks(call: Call, place: AccountRegion) -> list[PermissionCheck]:
    """https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html"""
    given = call.parameters
    action = f"kms:{call.operation}"
    if call.operation == "ReEncrypt":
        source = given.get("SourceKeyId") or _of_ciphertext(given["CiphertextBlob"])
        return [
            _on_key("kms:ReEncryptFrom", source, place, _told(given.get("SourceEncryptionContext"), place)),
            _on_key(
                "kms:ReEncryptTo",
                given["DestinationKeyId"],
                place,
                _told(given.get("DestinationEncryptionContext"), place),
            ),
        ]
    kinds = catalogue.kinds("kms", call.operation)
    told = _told(given.get("EncryptionContext"), place)
    found: list[PermissionCheck] = []
    if "alias" in kinds and "AliasName" in given:
        found.append(PermissionCheck(action=action, resource=place.arn("kms", given["AliasName"]), context=told))
    identifier = given.get("KeyId") or given.get("TargetKeyId")
    if not identifier and "CiphertextBlob" in given:
        identifier = _of_ciphertext(given["CiphertextBlob"])
    if not identifier and call.operation == "DeleteAlias":
        identifier = given["AliasName"]
    if "key" in kinds and identifier:
        found.append(_on_key(action, identifier, place, told))
    return found or [PermissionCheck(action=action, resource=None if kinds else ANYTHING, context=told)]


def through(
    service: str, action: str, identifier: str | None, place: AccountRegion, told: Mapping[str, str]
) -> list[PermissionCheck]:
    """What a service asks of KMS with the caller's permissions.

    Args:
        service: such as `s3`.
        action: such as `kms:Decrypt`.
        identifier: of the key; none is AWS's own key for the service, which everybody in the account may use.
        place: where.
        told: the encryption context.
    """
    if not identifier or f"{_ALIAS}aws/" in identifier:
        return []
    key = find(identifier, place)
    if key is not None and any(alias.startswith(f"{_ALIAS}aws/") for alias in key.aliases):
        return []
    via = context.of({"kms:ViaService": f"{service}.{place.region}.amazonaws.com", "aws:ViaAWSService": "true"})
    return [_on_key(action, identifier, place, _told(told, place).also(via))]


def _on_key(action: str, identifier: str, place: AccountRegion, told: Context) -> PermissionCheck:
    key = find(identifier, place)
    if key is None:
        # The service will say that there is no such key; who may not ask must not learn it.
        arn = identifier if identifier.startswith("arn:") else place.arn("kms", _path(identifier))
        return PermissionCheck(action=action, resource=arn, context=told)
    asked = identifier.split(":", 5)[-1]
    described = context.of(
        {
            "kms:KeySpec": key.key_spec,
            "kms:KeyUsage": key.key_usage,
            "kms:KeyOrigin": key.origin,
            "kms:MultiRegion": str(bool(key.multi_region)).lower(),
            "kms:ResourceAliases": tuple(key.aliases),
            "kms:RequestAlias": asked if asked.startswith(_ALIAS) else None,
        }
    )
    return PermissionCheck(action=action, resource=key.arn, context=told.also(described))


def _path(identifier: str) -> str:
    return identifier if identifier.startswith(_ALIAS) else f"key/{identifier}"


def _told(encryption: Mapping[str, str] | None, place: AccountRegion) -> Context:
    """https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html"""
    pairs = encryption or {}
    known = context.of(
        {
            "kms:CallerAccount": place.caller or place.account,
            "kms:ViaService": None,
            "kms:GrantIsForAWSResource": "false",
            "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "kms:EncryptionContextKeys": tuple(pairs),
        }
    )
    return Context(known.keys, {"kms:encryptioncontext:": context.tags(pairs)})


def _of_ciphertext(blob: Any) -> str:
    content = base64.b64decode(blob) if isinstance(blob, str) else bytes(blob)
    return content[:_ID_LENGTH].decode(errors="replace")
