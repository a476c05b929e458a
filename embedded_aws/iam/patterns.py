"""How IAM compares texts: wildcards, ARNs, and the variables inside a policy's values."""

from __future__ import annotations

import re
from functools import lru_cache

from embedded_aws.iam.context import Context

# Stand for the letters `*` and `?` themselves, which a policy writes `${*}` and `${?}`.
_STAR, _QUESTION = "\ue000", "\ue001"
_ESCAPES = {"*": _STAR, "?": _QUESTION, "$": "$"}
_PLAIN = str.maketrans({_STAR: "*", _QUESTION: "?"})
_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
# `${aws:PrincipalTag/team, 'none'}`
_DEFAULT = re.compile(r"\s*([^,]+?)\s*,\s*'([^']*)'\s*")


def like(pattern: str, value: str) -> bool:
    """Whether a value matches: `*` is any text, `?` any character, all else itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    return _compiled(pattern).fullmatch(value) is not None


def arn_like(pattern: str, value: str) -> bool:
    """Whether an ARN matches; each of the six parts between colons is compared by itself.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_ARN

    Raises:
        ValueError: the pattern has fewer parts, as in an example of SageMaker's pages; IAM's page says nothing of it.
    """
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) != 6:
        raise ValueError(f"{plain(pattern)!r} does not have the six parts of an ARN")
    return len(given) == 6 and all(map(like, wanted, given))


def plain(text: str) -> str:
    """A value of a policy as it compares without wildcards."""
    return text.translate(_PLAIN)


def substitute(text: str, context: Context) -> str | None:
    """A value of a policy with its variables filled; None where one has no value, since nothing equals that.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html

    Raises:
        UndecidableError: a variable is a key that nobody knows here, or has several values.
    """
    if "${" not in text:
        return text
    filled: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        value = _value(found[1], context)
        if value is None:
            return None
        filled += [text[end : found.start()], value]
        end = found.end()
    return "".join([*filled, text[end:]])


def _value(variable: str, context: Context) -> str | None:
    if variable in _ESCAPES:
        return _ESCAPES[variable]
    with_default = _DEFAULT.fullmatch(variable)
    name, default = (with_default[1], with_default[2]) if with_default else (variable.strip(), None)
    value = context.single(name)
    # What a request brings is no pattern.
    return default if value is None else value.replace("*", _STAR).replace("?", _QUESTION)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(plain(part)) for part in pattern)
    return re.compile("".join(parts), re.DOTALL)
