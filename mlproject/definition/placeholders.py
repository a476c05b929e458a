"""The placeholders `${Name}` allowed in a definition, and their substitution as in CloudFormation's Fn::Sub."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable, Mapping

from mlproject.errors import UserError

# The registries of AWS's containers, such as `763104351884.dkr.ecr.eu-west-1.amazonaws.com`.
REGISTRIES = frozenset(
    {
        "BuiltInAlgorithmsRegistry",
        "DeepLearningContainersRegistry",
        "SageMakerFrameworksRegistry",
        "SageMakerRegistry",
    }
)
SCALARS = REGISTRIES | frozenset(
    {
        "Role",
        "KmsKey",
        "DataBucket",
        "ArtifactsBucket",
        "ModelGroup",
        "ModelMonitorImage",
        "ClarifyImage",
        "DefinitionHash",
    }
)
LISTS = frozenset({"Subnets", "SecurityGroups"})
# Separator of the values of a list placeholder: `["${Subnets}"]` becomes `["subnet-1","subnet-2"]`.
LIST_SEPARATOR = '","'

_NAME = re.compile(r"\$\{(\w+)\}")


def asset_placeholders(script: str) -> tuple[str, str]:
    """Return the placeholders for a script's location ("bucket/key") and for the last part of its key.

    Args:
        script: the script's file name, such as `prepare.py`.
    """
    stem = "".join(word.capitalize() for word in script.removesuffix(".py").split("_"))
    return f"{stem}Code", f"{stem}File"


def allowed_placeholders(scripts: Iterable[str]) -> frozenset[str]:
    """Return all placeholders allowed in a pipeline with these scripts in steps/."""
    return SCALARS | LISTS | {name for script in scripts for name in asset_placeholders(script)}


def used_placeholders(text: str) -> frozenset[str]:
    """Return the names of the placeholders in the text of a definition or in a string for Fn::Sub."""
    return frozenset(_NAME.findall(text))


def escape(text: str, *, allowed: frozenset[str], where: str) -> str:
    """Escape every `${` for Fn::Sub as `${!`, except in the allowed placeholders.

    Raises:
        UserError: a placeholder is not allowed, or a list placeholder is not the only item of its list.
    """
    for name in sorted(used_placeholders(text) - allowed):
        raise UserError(f"{where}: {_unknown(name, allowed)}")
    for name in sorted(LISTS & used_placeholders(text)):
        if text.count(f"${{{name}}}") != text.count(f'["${{{name}}}"]'):
            raise UserError(f"{where}: ${{{name}}} is replaced by several values, so it must be the only list item.")
    return protect(text, keep=allowed)


def _unknown(name: str, allowed: frozenset[str]) -> str:
    """Return why a placeholder is not allowed, and the remedy, as sentences."""
    stem = name.removesuffix("Code").removesuffix("File")
    if stem == name or not stem:
        return f"${{{name}}} is not a placeholder. {name_hint(name, allowed)}"
    existing = sorted(_script_name(each.removesuffix("Code")) for each in allowed if each.endswith("Code"))
    others = f", or rename the step after a script in steps/ ({', '.join(existing)})" if existing else ""
    return f"steps/{_script_name(stem)} does not exist, but ${{{name}}} refers to it. Create it{others}."


def _script_name(stem: str) -> str:
    """Return the script of `asset_placeholders`, such as `my_model.py` for `MyModel`."""
    return f"{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', stem).lower()}.py"


def protect(text: str, *, keep: Iterable[str]) -> str:
    """Replace every `${` with `${!`, which Fn::Sub restores, except in the placeholders to keep."""
    kept = "|".join(sorted(keep)) or r"\b\B"  # never matches
    return re.sub(rf"\$\{{(?!(?:{kept})\}})", "${!", text)


def validate_literal(name: str, value: str) -> str:
    """Return a value that is known at synth, after checking that Fn::Sub can insert it into a JSON string unescaped.

    Raises:
        UserError: JSON requires escapes in the value.
    """
    if json.dumps(value, ensure_ascii=False)[1:-1] != value:
        raise UserError(
            f"{name}: {value!r} is not allowed in a definition. Remove quotes, backslashes and control characters."
        )
    return value


def fill_placeholders(text: str, values: Mapping[str, str | Iterable[str]]) -> str:
    """Replace the placeholders as CloudFormation does.

    Args:
        text: the result of `fn_sub_string`.
        values: a string for a scalar placeholder, strings for a list.

    Raises:
        UserError: a value is missing, or JSON requires escapes in it.
    """

    def replace(match: re.Match[str]) -> str:
        name = match[1]
        if name not in values:
            raise UserError(f"${{{name}}} has no value. {name_hint(name, values)}")
        value = values[name]
        items = [value] if isinstance(value, str) else list(value)
        return LIST_SEPARATOR.join(validate_literal(name, item) for item in items)

    return _NAME.sub(replace, text).replace("${!", "${")


def split_hint(finding: str) -> tuple[str, str]:
    """Split a finding into its message, without the final period, and the name that `name_hint` suggests, if any."""
    rule, _, suggestion = finding.partition(". Did you mean ")
    return rule.removesuffix("."), suggestion.removesuffix("?")


def name_hint(name: str, allowed: Iterable[str]) -> str:
    """Return a sentence with the closest valid name, or with all of them."""
    names = sorted(allowed)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else f"Allowed: {', '.join(names) or 'none'}."
