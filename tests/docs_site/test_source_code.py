"""Source code in pages is that of the repository, and a name that disappears is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs_site.source_code import include_source

SOURCE = """\
LIMIT = 3


@decorated
def outer():
    inner = call(
        LIMIT,
    )
    return inner


class Kind:
    pass
"""


def included(tmp_path: Path, name: str) -> str:
    (tmp_path / "code.py").write_text(SOURCE)
    return include_source(f'before\n--8<-- "code.py:{name}"\nafter', root=tmp_path)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("LIMIT", "LIMIT = 3"),
        ("outer", "@decorated\ndef outer():\n    inner = call(\n        LIMIT,\n    )\n    return inner"),
        ("inner", "inner = call(\n    LIMIT,\n)"),
        ("Kind", "class Kind:\n    pass"),
    ],
)
def test_a_name_becomes_its_definition(name: str, source: str, tmp_path: Path) -> None:
    assert included(tmp_path, name) == f"before\n```python\n{source}\n```\nafter"


def test_a_name_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"code\.py defines no gone"):
        included(tmp_path, "gone")


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"gone\.py: there is no such file"):
        include_source('--8<-- "gone.py:name"', root=tmp_path)


def test_an_example_of_the_syntax_stays_as_it_is(tmp_path: Path) -> None:
    text = ';--8<-- "code.py:LIMIT"'
    assert include_source(text, root=tmp_path) == text
