"""Strategies for mistakes: in one key or value of a valid file, in its text, and in files that it names."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

from tests.properties.key_values import CERTIFICATES, LIBRARY_LISTS, START_SCRIPT
from tests.properties.platforms import PlatformFiles
from tests.properties.yaml_text import to_yaml

# Changed files by path: the content, or None for a file that is gone.
Mutation = Mapping[str, bytes | None]
Place = tuple[str | int, ...]

_NUMBERS = [0, -1, 1, 7, 99_999, 2**31, 2**53, 2**70, -(2**64), 0.5, 1e300, float("inf"), float("-inf"), float("nan")]
_WORDS = ["", " ", "x", "null", "true", "1", "1e3", "007", "2013-01-31", "missing", "main", "*", "?", "${x}", "{x}"]
_PATHS = ["..", "../../etc/passwd", "/etc/passwd", "a/../b", "~", "s3://", "https://", "arn:aws:iam::aws:policy/"]
_LONG = ["x" * 64, "a-" * 200, "9" * 5_000, "é" * 300]
_ODD = [*"\u200b\u202e\u00a0\ufeff\U0001f600ß\u0130\u0661\u2163\u2028", "a\u200bb", "e\u0301"]
_ESCAPES = ["{{resolve:ssm:/x}}", "${AWS::AccountId}", "%s", "%(x)s", "{0}", "{value.raw}", "\\ud800", "a\nb", "a\tb"]
_NESTED: list[Any] = [None, True, False, [], {}, [[]], [{}], {"": None}, {"a": {"b": {}}}, [None], ["x", "x"], {"0": 0}]
VALUES = st.one_of(
    st.sampled_from([*_NUMBERS, *_WORDS, *_PATHS, *_LONG, *_ODD, *_ESCAPES]),
    st.sampled_from(_NESTED),
    st.integers(-(10**6), 10**6),
    st.text(max_size=8),
)
_SYNTAX = [
    *"""\t\r\n\x00\x85\ufeff:{}[],"'#@`!""",
    "- ",
    "? ",
    "| ",
    "> ",
    "  ",
    "---\n",
    "...\n",
    "&a ",
    "*a",
    "<<: *a",
]
_TAGS = ["!!binary ", "!!python/object:x ", "!!set ", "%YAML 9.9\n"]
_SNIPPETS = st.sampled_from([*_SYNTAX, *_TAGS])
# Of a file that parameters name; None for none.
_CONTENTS = [None, b"", b"\n", b"\xff\xfe", b"\x00", b"x" * 2_000_000, "a\u200b\n".encode(), b"a==1\r\n"]
_LISTS = [b"pandas numpy\n", b"pyspark\n", b"a\na\n", b"a --hash=sha256:0\n", b"name: x\ndependencies:\n  - python\n"]
_PEM_FILES = [b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", b"-----BEGIN PRIVATE KEY-----\n"]


def places(document: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the place of each key and list item."""
    items: Any = document.items() if isinstance(document, dict) else ()
    items = enumerate(document) if isinstance(document, list) else items
    for name, item in items:
        yield (*place, name)
        yield from places(item, (*place, name))


@st.composite
def wrong_values(draw: st.DrawFn, platform: PlatformFiles) -> tuple[str, Any]:
    """Draw a file with a mistake in a key or a value, and its content.

    Args:
        platform: a valid platform.
    """
    path, content = draw(st.sampled_from(list(platform.documents().items())))
    place = draw(st.sampled_from(list(places(content))))
    changed = copy.deepcopy(content)
    parent: Any = changed
    for name in place[:-1]:
        parent = parent[name]
    draw(st.sampled_from([_delete, _rename, _replace, _replace, _replace, _shift, _repeat, _move]))(
        draw, parent, place[-1], content
    )
    return path, changed


def wrong_text(platform: PlatformFiles) -> st.SearchStrategy[Mutation]:
    """Return a strategy for a file with a mistake in its text: syntax, encoding, repeated and missing lines."""

    def change(path: str) -> st.SearchStrategy[Mutation]:
        lines = to_yaml(platform.documents()[path]).splitlines(keepends=True)
        numbers = st.integers(0, len(lines) - 1)
        return st.one_of(
            numbers.map(lambda at: "".join([*lines[: at + 1], *lines[at:]]).encode()),
            numbers.map(lambda at: "".join([*lines[:at], *lines[at + 1 :]]).encode()),
            numbers.map(lambda at: "".join(lines[:at]).encode()),
            st.builds(lambda at, start: _inserted(lines, at, start).encode(), numbers, _SNIPPETS),
            st.builds(lambda at, end: _inserted(lines, at, end, at_end=True).encode(), numbers, _SNIPPETS),
            st.builds(lambda at, odd: "".join(lines[:at]).encode() + odd, numbers, st.binary(max_size=6)),
        ).map(lambda text: {path: text})

    return st.sampled_from(list(platform.documents())).flatmap(change)


def wrong_files(platform: PlatformFiles) -> st.SearchStrategy[Mutation]:
    """Return a strategy for a file that is missing or has a wrong content, among those that the parameters name."""
    named = [CERTIFICATES, START_SCRIPT, *(f"libraries/{name}.txt" for name in LIBRARY_LISTS)]
    folders = ["", *(f"projects/{name}/" for name in platform.projects)]
    paths = [f"{folder}{name}" for folder in folders for name in named] + list(platform.documents())
    contents = st.sampled_from([*_CONTENTS, *_LISTS, *_PEM_FILES])
    return st.builds(lambda path, content: {path: content}, st.sampled_from(paths), contents)


def _inserted(lines: list[str], at: int, snippet: str, *, at_end: bool = False) -> str:
    line = f"{lines[at][:-1]}{snippet}\n" if at_end else f"{snippet}{lines[at]}"
    return "".join([*lines[:at], line, *lines[at + 1 :]])


def _delete(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    del parent[name]


def _rename(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    if isinstance(name, int):
        _replace(draw, parent, name, content)
        return
    misspelled: list[Callable[[str], str]] = [
        str.upper,
        lambda each: each[:-1],
        lambda each: f"{each}s",
        lambda each: each[::-1],
    ]
    other = draw(
        st.sampled_from(misspelled).map(lambda change: change(name)) | st.sampled_from([*_WORDS, *_ODD, *_ESCAPES])
    )
    items = list(parent.items())
    parent.clear()
    parent.update({other if key == name else key: value for key, value in items})


def _replace(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    parent[name] = draw(VALUES)


def _shift(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    """Change a number a little or much, and a text by one character."""
    value = parent[name]
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        _replace(draw, parent, name, content)
    elif isinstance(value, str):
        at = draw(st.integers(0, len(value)))
        parent[name] = f"{value[:at]}{draw(st.sampled_from([*_ODD, 'x', '0', ' ', '-', '.', '/']))}{value[at + 1 :]}"
    else:
        parent[name] = draw(st.sampled_from([value + 1, value - 1, -value, value * 1000, value + 0.5, str(value)]))


def _repeat(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    """Write a list item again, or many times."""
    if isinstance(parent, list):
        parent.extend([parent[int(name)]] * draw(st.sampled_from([1, 60])))
    else:
        parent[name] = [parent[name]]


def _move(draw: st.DrawFn, parent: Any, name: str | int, content: Any) -> None:
    """Write a value that another key of the file has."""
    other: Any = content
    for each in draw(st.sampled_from(list(places(content)))):
        other = other[each]
    parent[name] = copy.deepcopy(other)
