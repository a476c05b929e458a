"""Dynamic references to Secrets Manager, which are resolved for the call of a handler only.

Properties, events, change sets and drift keep the reference, so that no value of a secret is shown:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from embedded_aws.cloudformation.errors import CloudFormationError

_REFERENCE = re.compile(r"\{\{resolve:secretsmanager:([^}]+)\}\}")
# arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME
_ARN_PARTS = 7


@dataclass(frozen=True, kw_only=True)
class SecretReference:
    """What a reference names: `SECRET:SecretString:JSON_KEY:VERSION_STAGE:VERSION_ID`, of which only SECRET must be.

    Args:
        secret_id: name or ARN.
        json_key: key in the secret's JSON; empty for the whole text.
        version_stage: such as AWSCURRENT; empty for the default.
        version_id: empty for the default.
    """

    secret_id: str
    json_key: str = ""
    version_stage: str = ""
    version_id: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what follows `secretsmanager:` in a reference.

        Raises:
            CloudFormationError: it has another form.
        """
        parts = text.split(":")
        width = _ARN_PARTS if parts[0] == "arn" else 1
        secret_id, rest = ":".join(parts[:width]), parts[width:]
        kind, json_key, stage, version = [*rest, "", "", "", ""][:4]
        if not secret_id or kind not in {"", "SecretString"} or (stage and version) or len(rest) > 4:
            raise CloudFormationError(
                f"Template error: {text} is not a reference to a secret; use "
                "SECRET:SecretString:JSON_KEY:VERSION_STAGE:VERSION_ID with a stage or an id"
            )
        return cls(secret_id=secret_id, json_key=json_key, version_stage=stage, version_id=version)


def contains_secret(value: Any) -> bool:
    """Whether there is a reference to a secret anywhere in a value."""
    if isinstance(value, Mapping):
        return any(map(contains_secret, value.values()))
    if isinstance(value, list):
        return any(map(contains_secret, value))
    return isinstance(value, str) and _REFERENCE.search(value) is not None


class SecretResolver:
    """Resolves the references of one resource, and removes the values from what is told about it.

    Args:
        client: gives the client of a service, with the permissions of the stack's role.
    """

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._client = client
        self._values: set[str] = set()

    def resolve(self, value: Any) -> Any:
        """The value with its references replaced.

        Raises:
            CloudFormationError: a secret has no text, or not the JSON key.
            ClientError: Secrets Manager refuses to give a secret.
        """
        if isinstance(value, Mapping):
            return {name: self.resolve(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        if isinstance(value, str):
            return _REFERENCE.sub(lambda match: self._fetch(SecretReference.parse(match[1])), value)
        return value

    def redact(self, text: str) -> str:
        """The text with `****` in place of each value that was resolved."""
        for value in sorted(self._values, key=len, reverse=True):
            text = text.replace(value, "****")
        return text

    def _fetch(self, reference: SecretReference) -> str:
        given = {"VersionStage": reference.version_stage, "VersionId": reference.version_id}
        version = {name: value for name, value in given.items() if value}
        answer = self._client("secretsmanager").get_secret_value(SecretId=reference.secret_id, **version)
        if "SecretString" not in answer:
            raise CloudFormationError(f"The secret {reference.secret_id} has no SecretString.")
        text = str(answer["SecretString"])
        value = _member(text, reference) if reference.json_key else text
        if value:
            self._values.add(value)
        return value


def _member(text: str, reference: SecretReference) -> str:
    try:
        members = json.loads(text)
    except ValueError:
        # Without the cause, whose traceback would contain the text.
        raise CloudFormationError(f"Could not parse SecretString JSON of {reference.secret_id}.") from None
    if not isinstance(members, dict) or reference.json_key not in members:
        raise CloudFormationError(
            f"Could not find a value associated with JSONKey {reference.json_key} in SecretString of "
            f"{reference.secret_id}."
        )
    value = members[reference.json_key]
    return value if isinstance(value, str) else json.dumps(value)
