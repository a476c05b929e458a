"""Wildcard patterns, matched character by character."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "star", "question"]


@dataclass(frozen=True)
class Token:
    """One character of a pattern."""

    kind: Kind
    text: str
    crosses_colon: bool = True


def to_token(character: str, wildcards: bool) -> Token:
    """Return the token for one character of a pattern."""
    if wildcards and character == "*":
        return Token("star", character)
    if wildcards and character == "?":
        return Token("question", character)
    return Token("text", character)


def to_tokens(text: str, wildcards: bool = True) -> tuple[Token, ...]:
    """Return the tokens of a pattern."""
    return tuple(to_token(character, wildcards) for character in text)


def matches(tokens: Sequence[Token], value: str) -> bool:
    """Report whether the pattern matches the whole value."""
    if not tokens:
        return value == ""
    first = tokens[0]
    rest = tokens[1:]
    # `*` is any combination of characters, also none ("1/test/" matches "*/test/*").
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    if first.kind == "star":
        if matches(rest, value):
            return True
        if value == "" or (value[0] == ":" and not first.crosses_colon):
            return False
        return matches(tokens, value[1:])
    if value == "":
        return False
    # `?` is any single character.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    if first.kind == "question":
        if value[0] == ":" and not first.crosses_colon:
            return False
        return matches(rest, value[1:])
    return first.text == value[0] and matches(rest, value[1:])


def keep_within_segments(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """Return the pattern in which only a `*` that ends a segment crosses a colon."""
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    kept = []
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        ends_segment = following is None or following == Token("text", ":")
        crosses = token.kind == "star" and ends_segment
        if token.kind == "text":
            kept.append(token)
        else:
            kept.append(Token(token.kind, token.text, crosses_colon=crosses))
    return tuple(kept)


def split_components(tokens: Sequence[Token], count: int) -> list[tuple[Token, ...]]:
    """Split a pattern at its first `count - 1` colons."""
    components: list[list[Token]] = [[]]
    for token in tokens:
        if token == Token("text", ":") and len(components) < count:
            components.append([])
        else:
            components[-1].append(token)
    return [tuple(component) for component in components]
