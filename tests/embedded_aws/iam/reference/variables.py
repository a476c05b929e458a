"""Policy variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from tests.embedded_aws.iam.reference.model import ContextValue, UndeterminedError
from tests.embedded_aws.iam.reference.wildcards import Token, to_tokens

CURRENT_VERSION = "2012-10-17"
Wildcards = Literal["active", "literal", "doubtful"]


@dataclass(frozen=True)
class Piece:
    """A part of an expanded string, and whether its `*` and `?` are wildcards."""

    text: str
    wildcards: Wildcards


Expansion = tuple[Piece, ...]


def find_context_value(context: Mapping[str, ContextValue], key: str) -> ContextValue | None:
    """Return the value of a context key, or None if the key is not present."""
    # Key names are not case-sensitive.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html
    found = [value for name, value in context.items() if name.lower() == key.lower()]
    if len(found) > 1:
        # The page only says that two tag keys that differ by case fail unexpectedly.
        raise UndeterminedError(f"context keys that differ only by case: {key}")
    return found[0] if found else None


def expand(text: str, version: str, context: Mapping[str, ContextValue]) -> Expansion | None:
    """Replace the variables of a policy string. Return None if a variable has no value."""
    pieces: list[Piece] = []
    rest = text
    while "${" in rest:
        before, _, after = rest.partition("${")
        inner, brace, rest = after.partition("}")
        pieces.append(Piece(before, "active"))
        # Without Version 2012-10-17, variables are literal strings.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
        if version != CURRENT_VERSION:
            pieces.append(Piece("${" + inner + brace, "doubtful"))
            continue
        if brace == "":
            raise UndeterminedError(f"a variable without a closing brace: {text}")
        piece = resolve(inner, context)
        if piece is None:
            return None
        pieces.append(piece)
    pieces.append(Piece(rest, "active"))
    return tuple(pieces)


def resolve(inner: str, context: Mapping[str, ContextValue]) -> Piece | None:
    """Return the value of one variable, or None if it has no value."""
    # ${*}, ${?} and ${$} stand for the characters themselves.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars
    if inner in ("*", "?", "$"):
        return Piece(inner, "literal")
    key, separator, quoted = inner.partition(",")
    default = read_default(inner, quoted) if separator else None
    if key == "" or key != key.strip() or "$" in key or "'" in key:
        raise UndeterminedError(f"a variable of an undocumented form: {inner}")
    value = find_context_value(context, key)
    if value is None:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-default-values
        return None if default is None else Piece(default, "doubtful")
    if not isinstance(value, str):
        # A multivalued key cannot be a variable, the page does not say what happens.
        raise UndeterminedError(f"a multivalued context key as a variable: {key}")
    if value == "":
        # An empty string is a null value, the pages do not say if it is replaced.
        raise UndeterminedError(f"a variable whose value is an empty string: {key}")
    return Piece(value, "doubtful")


def read_default(inner: str, quoted: str) -> str:
    """Return the default value that follows the comma in a variable."""
    # The default is in single quotes, after a comma and a space.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-default-values
    default = quoted[2:-1]
    if quoted != f" '{default}'" or "'" in default or "$" in default:
        raise UndeterminedError(f"a default value of an undocumented form: {inner}")
    return default


def join_text(expansion: Expansion) -> str:
    """Return the expanded string, for operators without wildcards."""
    return "".join(piece.text for piece in expansion)


def read_patterns(expansion: Sequence[Piece]) -> list[tuple[Token, ...]]:
    """Return every reading of the expanded string as a pattern."""
    # No page says if `*` and `?` in the value of a variable are wildcards.
    readings = []
    for doubtful in (False, True):
        tokens: tuple[Token, ...] = ()
        for piece in expansion:
            active = piece.wildcards == "active" or (piece.wildcards == "doubtful" and doubtful)
            tokens += to_tokens(piece.text, wildcards=active)
        readings.append(tokens)
    return readings
