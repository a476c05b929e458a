"""The generated part of the pages about the stacks: `<!-- stack: NAME -->` becomes picture, resources and permissions.

The written part is in docs/*/stacks/. Texts of the code are English; `texts/stacks.es.json` has their translations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby
from pathlib import Path

from docs_site.reference.stack_facts import Cost, Resource, Role, Stack, read_facts
from docs_site.reference.stack_picture import draw_stack
from mlproject.deployment.stateful_types import STATEFUL_TYPES
from mlproject.translation import Language

_TEXTS = Path(__file__).parent / "texts"
_MARKER = re.compile(r"^<!-- stack: (?P<name>[a-z-]+) -->$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The words of the pages in a language."""

    picture: str
    resources: str
    resource_head: str
    stays: str
    guarded: str
    deleted: str
    nothing: str
    permissions: str
    no_role: str
    permission_head: str
    cost: str
    cost_head: str
    per: dict[str, str]
    unknown: str
    total: str
    incomplete: str
    no_cost: str
    cost_note: str
    decimal: str


_WORDS: dict[Language, _Words] = {
    "en": _Words(
        picture="Picture",
        resources="Resources",
        resource_head="| resource | purpose | when it is removed or replaced | replaced by a change of |",
        stays="stays",
        guarded="stays, and the [guard](../guard.md) stops the deployment: {}",
        deleted="is deleted",
        nothing="-",
        permissions="Permissions",
        no_role="The stack has no role.",
        permission_head="| statement | actions | required for |",
        cost="Cost",
        cost_head="| what | USD | price of |",
        per={"month": "a month", "hour": "an hour"},
        unknown="unknown",
        total="Idle, the stack costs **{} USD a month**.",
        incomplete="Idle, the stack costs **at least {} USD a month**: a price is unknown.",
        no_cost="IAM is free.",
        cost_note=(
            "List prices of eu-west-1, as [`mlproject cost`](../cost.md) computes them. Requests, stored data, jobs "
            "and logs come on top."
        ),
        decimal=".",
    ),
    "es": _Words(
        picture="Esquema",
        resources="Recursos",
        resource_head="| recurso | para qué sirve | al eliminarlo o reemplazarlo | se reemplaza al cambiar |",
        stays="se conserva",
        guarded="se conserva, y la [guarda](../guard.md) detiene el despliegue: {}",
        deleted="se borra",
        nothing="-",
        permissions="Permisos",
        no_role="El stack no tiene ningún rol.",
        permission_head="| sentencia | acciones | para qué se necesita |",
        cost="Coste",
        cost_head="| concepto | USD | precio de |",
        per={"month": "al mes", "hour": "por hora"},
        unknown="desconocido",
        total="En reposo, el stack cuesta **{} USD al mes**.",
        incomplete="En reposo, el stack cuesta **al menos {} USD al mes**: falta un precio.",
        no_cost="IAM es gratuito.",
        cost_note=(
            "Precios de lista de eu-west-1, tal como los calcula [`mlproject cost`](../cost.md). Aparte van las "
            "peticiones, los datos guardados, los trabajos y los registros."
        ),
        decimal=",",
    ),
}


def include_stack(markdown: str, *, language: Language) -> str:
    """Replace each marker of a stack with the generated part of its page."""
    return _MARKER.sub(lambda match: stack_section(match["name"], language), markdown)


def stack_section(name: str, language: Language) -> str:
    """Return the generated part of the page of a stack as Markdown.

    Args:
        name: kind of the stack, such as `network`.
        language: the language of the page.
    """
    facts, words = read_facts(), _WORDS[language]
    stack = facts.stacks[name]
    picture = draw_stack(facts.architecture, name, translate=lambda text: translated(text, language))
    parts = [
        *([f"## {words.picture}", picture] if picture else []),
        f"## {words.resources}",
        "\n".join(_resource_table(name, stack, language)),
        f"## {words.permissions}",
        *(_role_section(role, language) for role in stack.roles),
        *([] if stack.roles else [words.no_role]),
        f"## {words.cost}",
        *_cost_section(stack.costs, language),
    ]
    return "\n\n".join(parts)


def translated(text: str, language: Language) -> str:
    """Return a text of the code in a language.

    Raises:
        KeyError: the catalogue has no translation.
    """
    return text if language == "en" else _catalogue()[text]


@cache
def _catalogue() -> dict[str, str]:
    catalogue: dict[str, str] = json.loads((_TEXTS / "stacks.es.json").read_text(encoding="utf-8"))
    return catalogue


@cache
def purposes() -> dict[str, dict[str, dict[Language, str]]]:
    """Return the purpose of resources by stack, by pattern of their logical ID, and by language."""
    texts: dict[str, dict[str, dict[Language, str]]] = json.loads(
        (_TEXTS / "resources.json").read_text(encoding="utf-8")
    )
    return texts


def pattern_of(stack: str, resource: Resource) -> str:
    """Return the first pattern that fits a resource.

    Raises:
        ValueError: no pattern fits, so that the page would not explain the resource.
    """
    for pattern in purposes()[stack]:
        if fnmatchcase(resource.id, pattern):
            return pattern
    raise ValueError(f"docs_site/reference/texts/resources.json explains no resource {resource.id} of {stack}.")


def _resource_table(name: str, stack: Stack, language: Language) -> Iterator[str]:
    """Yield a row for each type and purpose."""
    yield from (_WORDS[language].resource_head, "|---|---|---|---|")

    def key(resource: Resource) -> tuple[str, str]:
        return pattern_of(name, resource), resource.type

    order = {key(resource): number for number, resource in reversed(list(enumerate(stack.resources)))}
    rows = sorted(stack.resources, key=lambda resource: order[key(resource)])
    for (pattern, type_name), members in groupby(rows, key=key):
        yield _resource_row(tuple(members), type_name, purposes()[name][pattern][language], language)


def _resource_row(members: Sequence[Resource], type_name: str, purpose: str, language: Language) -> str:
    words = _WORDS[language]
    which = f"{members[0].id} `{type_name}`" if len(members) == 1 else f"{len(members)} `{type_name}`"
    names = sorted({name for member in members for name in member.replaced_by})
    return (
        f"| {which} | {purpose} | {_fate(members[0], language)} | "
        f"{', '.join(f'`{name}`' for name in names) or words.nothing} |"
    )


def _fate(resource: Resource, language: Language) -> str:
    words = _WORDS[language]
    if not resource.retained:
        return words.deleted
    reason = STATEFUL_TYPES.get(resource.type)
    return words.guarded.format(translated(reason, language)) if reason else words.stays


def _role_section(role: Role, language: Language) -> str:
    rows = (
        f"| {each.sid} | {_actions(each.actions)} | {translated(each.reason, language)} |" for each in role.statements
    )
    return "\n".join([f"### `{role.name}`", "", _WORDS[language].permission_head, "|---|---|---|", *rows])


def _actions(actions: Sequence[str]) -> str:
    return ", ".join(f"`{action}`" for action in actions)


def _cost_section(costs: Sequence[Cost], language: Language) -> Iterator[str]:
    words = _WORDS[language]
    if not costs:
        yield words.no_cost
        return
    rows = [
        f"| {translated(each.what, language)} | {_amount(each, language)} | {_date(each, language)} |" for each in costs
    ]
    yield "\n".join([words.cost_head, "|---|---|---|", *rows])
    monthly = [each.usd for each in costs if each.per == "month"]
    sentence = words.incomplete if None in monthly else words.total
    total = sum((usd for usd in monthly if usd is not None), Decimal(0))
    yield f"{sentence.format(_number(total, places=2, language=language))} {words.cost_note}"


def _amount(cost: Cost, language: Language) -> str:
    words = _WORDS[language]
    if cost.usd is None:
        return words.unknown
    return f"{_number(cost.usd, places=2 if cost.per == 'month' else 4, language=language)} {words.per[cost.per]}"


def _date(cost: Cost, language: Language) -> str:
    """Return the date of the price; none for what is free, whose page has no date."""
    if not cost.usd:
        return _WORDS[language].nothing
    return cost.date if cost.date[:1].isdigit() else translated(cost.date, language)


def _number(value: Decimal, *, places: int, language: Language) -> str:
    return f"{value:.{places}f}".replace(".", _WORDS[language].decimal)
