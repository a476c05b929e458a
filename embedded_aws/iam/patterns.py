"""How IAM compares texts: wildcards, ARNs, and the variables inside a policy's values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from embedded_aws.iam.context import Context
from embedded_aws.iam.errors import UndecidableError

# In a pattern, `*` and `?` are wildcards. The first pair stands for the characters themselves, `${*}` and `${?}`, the
# second for those of a variable's value: AWS's pages do not say whether they are wildcards there.
_LITERAL = str.maketrans("*?", "\ue000\ue001")
_DOUBTFUL = str.maketrans("*?", "\ue002\ue003")
_PLAIN = str.maketrans("\ue000\ue001\ue002\ue003", "*?*?")
_DOUBTFUL_AS_LITERAL = str.maketrans("\ue002\ue003", "\ue000\ue001")
_DOUBTFUL_AS_WILDCARD = str.maketrans("\ue002\ue003", "*?")
_REFERENCE = re.compile(r"\$\{([^}]*)(\}?)")
# `aws:PrincipalTag/team` or `aws:PrincipalTag/team, 'none'`
_VARIABLE = re.compile(r"([^\s,'$](?:[^,'$]*[^\s,'$])?)(?:, '([^'$]*)')?")
_ARN_PARTS = 6


def like(pattern: str, value: str) -> bool:
    """Whether a value matches: `*` is any text, `?` any character, all else itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_String

    Raises:
        ValueError: it depends on whether a character of a variable's value is a wildcard.
    """
    return _same(pattern, (_matches(each, value) for each in _readings(pattern)))


def resource_like(pattern: str, resource: str) -> bool:
    """Whether a resource's ARN matches; a `*` at the end of a segment covers colons.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html

    Raises:
        ValueError: it depends on whether another wildcard covers colons, or a variable's value has wildcards.
    """
    return _same(
        pattern,
        (_matches(each, resource, covers_colons=covers) for each in _readings(pattern) for covers in (True, False)),
    )


def arn_like(pattern: str, value: str) -> bool:
    """Whether an ARN matches; each of the six parts between colons is compared by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN

    Raises:
        ValueError: one of the two has fewer parts, of which the page says nothing.
    """
    given = value.split(":", _ARN_PARTS - 1)
    for text, parts in ((pattern, pattern.split(":", _ARN_PARTS - 1)), (value, given)):
        if len(parts) != _ARN_PARTS:
            raise ValueError(f"{plain(text)!r} does not have the six parts of an ARN")
    readings = (each.split(":", _ARN_PARTS - 1) for each in _readings(pattern))
    return _same(pattern, (all(map(_matches, wanted, given)) for wanted in readings))


def plain(text: str) -> str:
    """A value of a policy as it compares without wildcards."""
    return text.translate(_PLAIN)


def fill(text: str, context: Context, *, variables: bool) -> str | None:
    """A value of a policy with its variables filled; None where one has no value, since nothing equals that.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    Args:
        text: the value.
        context: of the request.
        variables: whether `${...}` are variables (not in policies of version 2008-10-17).

    Raises:
        UndecidableError: a variable is a key that nobody knows here, has several values, or is not written as the page
            says.
    """
    filled: list[str] = []
    end = 0
    for found in _REFERENCE.finditer(text):
        value = _value(found, context) if variables else found[0].translate(_DOUBTFUL)
        if value is None:
            return None
        filled += [text[end : found.start()], value]
        end = found.end()
    return "".join([*filled, text[end:]])


def _value(found: re.Match[str], context: Context) -> str | None:
    inner, brace = found.groups()
    if brace and inner in {"*", "?", "$"}:
        return inner.translate(_LITERAL)
    variable = _VARIABLE.fullmatch(inner)
    if variable is None or not brace:
        raise UndecidableError(f"the policy variable {found[0]} is not written as AWS documents it")
    value = context.single(variable[1])
    value = variable[2] if value is None else value
    return None if value is None else value.translate(_DOUBTFUL)


def _readings(pattern: str) -> tuple[str, ...]:
    """The pattern without and with the wildcards that may be none."""
    literal = pattern.translate(_DOUBTFUL_AS_LITERAL)
    return (literal,) if literal == pattern else (literal, pattern.translate(_DOUBTFUL_AS_WILDCARD))


def _same(pattern: str, answers: Iterable[bool]) -> bool:
    """The answer that all readings of a pattern give."""
    distinct = set(answers)
    if len(distinct) > 1:
        raise ValueError(f"AWS does not document which characters the wildcards of {plain(pattern)!r} cover")
    return distinct.pop()


def _matches(pattern: str, value: str, *, covers_colons: bool = True) -> bool:
    return _compiled(pattern, covers_colons).fullmatch(value) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str, covers_colons: bool) -> re.Pattern[str]:
    anything = "." if covers_colons else "[^:]"
    parts: list[str] = []
    for part, following in zip(pattern, f"{pattern[1:]}:", strict=False):
        if part == "*":
            parts.append(".*" if following == ":" else f"{anything}*")
        else:
            parts.append(anything if part == "?" else re.escape(plain(part)))
    return re.compile("".join(parts), re.DOTALL)
