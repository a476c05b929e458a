"""Page about the use of each permission: the run that uses it, or the reason why it is granted all the same.

Both are files of tests/least_privilege, which compares them with the templates and with what runs do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from mlproject.translation import Language

_TEXTS = Path(__file__).parent / "texts"
_FILES = Path(__file__).parents[2] / "tests" / "least_privilege"
USED_FILE, _UNUSED_FILE = _FILES / "used_permissions.json", _FILES / "unused_permissions.yaml"
# The names of roles that do not end in their kind.
_NAMES = {
    "gitlab-deploy": "mlproject-deploy-ENVIRONMENT",
    "gitlab-diff": "mlproject-diff-ENVIRONMENT",
    "flow-logs": "FlowLogsDeliveryRole",
    "open-notebook": "PROJECT-ENVIRONMENT-open-NOTEBOOK",
}
_HEADS: dict[Language, tuple[str, str]] = {
    "en": ("| statement | used | by |", "| statement | not used | why it is granted |"),
    "es": ("| sentencia | se usa | en |", "| sentencia | no se usa | por qué se concede |"),
}
_RUNS: dict[Language, dict[str, str]] = {
    "en": {
        "demo": "`make demo`",
        "deployment": "deployment",
        "pipeline": "pipeline run",
        "notebook": "notebook",
        "cluster": "cluster",
        "serving": "served model",
        "promotion": "promotion",
        "GitLab": "GitLab CI",
    },
    "es": {
        "demo": "`make demo`",
        "deployment": "despliegue",
        "pipeline": "ejecución del pipeline",
        "notebook": "notebook",
        "cluster": "clúster",
        "serving": "modelo servido",
        "promotion": "promoción",
        "GitLab": "GitLab CI",
    },
}

# By role, by statement: the run of each action and of each kind of resource.
Used = Mapping[str, Mapping[str, Mapping[str, str]]]


@dataclass(frozen=True, kw_only=True)
class Unused:
    """Permissions that no recorded run uses: an entry of unused_permissions.yaml.

    Args:
        roles: kinds of roles.
        statements: ids of statements.
        permissions: actions and kinds of resources in them; `*` stands for any text.
        reason: why they are granted, by language.
        source: AWS's page, if a service of AWS uses them.
    """

    roles: tuple[str, ...]
    statements: tuple[str, ...]
    permissions: tuple[str, ...]
    reason: dict[Language, str]
    source: str | None = None


def read_used() -> Used:
    """Return the uses that recorded runs made."""
    used: Used = json.loads(USED_FILE.read_text())
    return used


@cache
def read_unused() -> tuple[Unused, ...]:
    """Return the permissions that no run uses, with their reasons."""
    content = YAML(typ="safe").load(_UNUSED_FILE)
    return TypeAdapter(tuple[Unused, ...]).validate_python(content)


def least_privilege_page(language: Language) -> str:
    """Return the page as Markdown."""
    used, unused = read_used(), read_unused()
    found = {*used, *(role for entry in unused for role in entry.roles)}
    # Those of projects first.
    roles = sorted(found, key=lambda role: (role in _NAMES, role))
    sections = "\n\n".join("\n".join(_section(role, language)) for role in roles)
    text = (_TEXTS / f"least-privilege.{language}.md").read_text(encoding="utf-8")
    return text.format(sections=sections, **_counts(used))


def role_name(kind: str) -> str:
    """Return the name of the roles of a kind, with the variable parts in capitals."""
    return _NAMES.get(kind, f"PROJECT-ENVIRONMENT-{kind}")


def _section(role: str, language: Language) -> Iterator[str]:
    used_head, unused_head = _HEADS[language]
    yield f"## `{role_name(role)}`"
    if statements := read_used().get(role):
        yield from ("", used_head, "|---|---|---|")
        for sid, uses in statements.items():
            runs = dict.fromkeys(_RUNS[language][run] for run in uses.values())
            yield f"| {sid} | {_codes(uses)} | {', '.join(runs)} |"
    if entries := [entry for entry in read_unused() if role in entry.roles]:
        yield from ("", unused_head, "|---|---|---|")
        for entry in entries:
            source = f" ([AWS]({entry.source}))" if entry.source else ""
            why = f"{entry.reason[language]}{source}"
            yield f"| {', '.join(entry.statements)} | {_codes(entry.permissions)} | {why} |"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _counts(used: Used) -> dict[str, int]:
    statements = [uses for role in used.values() for uses in role.values()]
    return {"statements": len(statements), "uses": sum(map(len, statements))}
