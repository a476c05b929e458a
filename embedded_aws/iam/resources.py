"""The ARNs that a call acts on, from the reviewed table and from what moto knows of names and paths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from embedded_aws.iam import catalogue
from embedded_aws.iam.resource_table import ALSO, CREATED, EC2_KINDS, TABLE, Row

ANYTHING = "*"
_TOKEN = re.compile(r"\{([/!]?)([A-Za-z.]+)(?:\|([^}]*))?\}")
# A parameter with this value says what its absence says.
_DEFAULTS = {("events", "EventBusName"): "default"}


@dataclass(frozen=True, kw_only=True)
class AccountRegion:
    """Where a call is made.

    Args:
        partition: such as `aws`.
        region: such as `eu-west-1`.
        account: twelve digits; the owner of the resources.
        caller: the account of the principal; empty for the same account.
    """

    partition: str = "aws"
    region: str
    account: str
    caller: str = ""

    def arn(self, service: str, resource: str, *, is_global: bool = False) -> str:
        """An ARN here."""
        return f"arn:{self.partition}:{service}:{'' if is_global else self.region}:{self.account}:{resource}"


def account_in(resource: str | None) -> str:
    """The account id in a resource's ARN; empty where there is none, or AWS itself owns the resource."""
    if not resource or not resource.startswith("arn:"):
        return ""
    account = resource.split(":", 5)[4:5]
    return account[0] if account and account[0].isdigit() else ""


def named(prefix: str, action: str, parameters: Mapping[str, Any], place: AccountRegion) -> list[str | None]:
    """The resources of an action; `[None]` where the table does not say which.

    Args:
        prefix: of the action, such as `sagemaker`.
        action: without the prefix, such as `DescribePipeline`.
        parameters: of the call.
        place: where.
    """
    kinds = (*catalogue.kinds(prefix, action), *ALSO.get(f"{prefix}:{action}", ()))
    if not kinds:
        return [ANYTHING]
    given = {name: value for name, value in parameters.items() if _DEFAULTS.get((prefix, name)) != value}
    found = [arn for row in TABLE.get(prefix, ()) if row.kind in {*kinds, ANYTHING} for arn in _arns(row, given, place)]
    created = CREATED.get(prefix, {}).get(action)
    if created in kinds:
        found.append(place.arn(prefix, f"{created}/{ANYTHING}"))
    if prefix == "ec2" and action in {"CreateTags", "DeleteTags"}:
        found += [arn for each in given.get("Resources", ()) if (arn := _ec2(each, place))]
    return list(dict.fromkeys(found)) or [None]


def _arns(row: Row, parameters: Mapping[str, Any], place: AccountRegion) -> Iterable[str]:
    """The row filled; once for each value of a list."""
    template = row.arn
    for name, value in (("partition", place.partition), ("region", place.region), ("account", place.account)):
        template = template.replace(f"{{{name}}}", value)
    tokens = list(_TOKEN.finditer(template))
    choices: list[list[str]] = []
    for token in tokens:
        mark, path, default = token.groups()
        values = texts(parameters, path.split("."))
        if mark == "!":
            choices.append([""] if not values else [])
            continue
        if not values and default is not None:
            values = [default]
        choices.append([value.removeprefix("/") for value in values] if mark == "/" else values)
    for chosen in product(*choices):
        whole = next((value for value in chosen if value.startswith("arn:")), None)
        yield whole or _filled(template, tokens, chosen)


def _filled(template: str, tokens: list[re.Match[str]], values: tuple[str, ...]) -> str:
    parts: list[str] = []
    end = 0
    for token, value in zip(tokens, values, strict=True):
        parts += [template[end : token.start()], value]
        end = token.end()
    return "".join([*parts, template[end:]])


def texts(value: Any, path: list[str]) -> list[str]:
    """The texts at a path; of every item where there are lists."""
    if isinstance(value, list):
        return [text for item in value for text in texts(item, path)]
    if not path:
        return [str(value)] if isinstance(value, str | int) and value != "" else []
    if not isinstance(value, Mapping) or path[0] not in value:
        return []
    return texts(value[path[0]], path[1:])


def _ec2(identifier: str, place: AccountRegion) -> str | None:
    kind = EC2_KINDS.get(identifier.partition("-")[0])
    return place.arn("ec2", f"{kind}/{identifier}") if kind else None
