"""The closed list of `${Name}` in a definition, and how CloudFormation's Fn::Sub fills them."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping

from mlproject.errors import UserError

SCALARS = frozenset(
    {
        "Role",
        "KmsKey",
        "DataBucket",
        "ArtifactsBucket",
        "ModelGroup",
        "XgboostImage",
        "SklearnImage",
        "DefinitionHash",
    }
)
LISTS = frozenset({"Subnets", "SecurityGroups"})
# A value between two items of a JSON list of strings: `["${Subnets}"]` becomes `["subnet-1","subnet-2"]`.
LIST_SEPARATOR = '","'

_NAME = re.compile(r"\$\{(\w+)\}")


def asset_placeholders(script: str) -> tuple[str, str]:
    """The placeholders of a script's code: where it is ("bucket/key") and the key's last part.

    Args:
        script: the script's file name, such as `prepare.py`.
    """
    stem = "".join(word.capitalize() for word in script.removesuffix(".py").split("_"))
    return f"{stem}Code", f"{stem}File"


def allowed_placeholders(scripts: Iterable[str]) -> frozenset[str]:
    """The whole closed list for a pipeline with these scripts in its folder steps/."""
    return SCALARS | LISTS | {name for script in scripts for name in asset_placeholders(script)}


def used_placeholders(text: str) -> frozenset[str]:
    """The names that a definition's text, or what `substitution` makes of it, leaves to be filled."""
    return frozenset(_NAME.findall(text))


def escape(text: str, *, allowed: frozenset[str], where: str) -> str:
    """Keep the placeholders of the closed list; protect every other `${` from Fn::Sub by writing `${!`.

    Raises:
        UserError: something looks like a placeholder and is none, or a list placeholder has neighbours in its list.
    """
    for name in sorted(used_placeholders(text) - allowed):
        raise UserError(f"{where}: ${{{name}}} {_unknown(name, allowed)}")
    for name in sorted(LISTS & used_placeholders(text)):
        if text.count(f"${{{name}}}") != text.count(f'["${{{name}}}"]'):
            raise UserError(f"{where}: ${{{name}}} stands for a list, so it must be the only item of its list.")
    return protect(text, keep=allowed)


def _unknown(name: str, allowed: frozenset[str]) -> str:
    stem = name.removesuffix("Code").removesuffix("File")
    if stem == name or not stem:
        return f"is no placeholder; {nearest(name, allowed)}"
    script = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
    return f"stands for a script that steps/ does not have, such as {script}.py; {nearest(name, allowed)}"


def protect(text: str, *, keep: Iterable[str]) -> str:
    """Write `${!` for every `${` that begins none of the placeholders to keep: Fn::Sub gives it back as it was."""
    kept = "|".join(sorted(keep)) or r"\b\B"  # without names a pattern that never matches
    return re.sub(rf"\$\{{(?!(?:{kept})\}})", "${!", text)


def literal(name: str, value: str) -> str:
    """A value known at synth, checked: Fn::Sub pastes it into a JSON string as it is.

    Raises:
        UserError: JSON would have to escape it.
    """
    if json.dumps(value, ensure_ascii=False)[1:-1] != value:
        raise UserError(f"{name}: {value!r} cannot stand in a definition; leave out quotes, backslashes and controls.")
    return value


def fill(text: str, values: Mapping[str, str | Iterable[str]]) -> str:
    """What CloudFormation makes of `substitution`'s text.

    Args:
        text: the text with placeholders, with `${!` for every other `${`.
        values: a string for a scalar, strings for a list.

    Raises:
        UserError: a value is missing, or JSON would have to escape it.
    """

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise UserError(f"${{{name}}} has no value; {nearest(name, values)}")
        value = values[name]
        items = [value] if isinstance(value, str) else list(value)
        return LIST_SEPARATOR.join(literal(name, item) for item in items)

    return _NAME.sub(replace, text).replace("${!", "${")


def without_hint(finding: str) -> tuple[str, str]:
    """A finding without its full stop, and the name that `nearest` suggests in it; empty if it suggests none."""
    rule, _, suggestion = finding.partition("; did you mean ")
    return rule.removesuffix("."), suggestion.removesuffix("?")


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The end of a sentence: the closest valid name, or all of them."""
    names = sorted(allowed)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"allowed: {', '.join(names) or 'none'}."
