"""Fn::Sub replaces the allowed placeholders and leaves everything else unchanged."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlproject.definition import asset_placeholders, fill_placeholders, used_placeholders, validate_literal
from mlproject.definition.placeholders import SCALARS, allowed_placeholders, escape
from mlproject.errors import UserError

CLOSED = allowed_placeholders(["prepare.py"])


def test_each_script_has_a_placeholder_for_its_place_and_one_for_its_name() -> None:
    assert asset_placeholders("prepare.py") == ("PrepareCode", "PrepareFile")
    assert asset_placeholders("two_words.py") == ("TwoWordsCode", "TwoWordsFile")


@pytest.mark.parametrize("text", ["${not-a-name}", "${AWS::Region}", "$${ {x}", "${{y}}", "${!x}", "a${", "$ {Role}"])
def test_what_is_no_placeholder_comes_out_of_fn_sub_as_it_was(text: str) -> None:
    assert fill_placeholders(escape(text, allowed=CLOSED, where="x"), {}) == text


@given(st.lists(st.sampled_from(["$", "{", "}", "!", "{!", "${", "Role", "x", "-", ":", " "]), max_size=12))
def test_any_text_comes_out_of_fn_sub_as_it_was_with_the_placeholders_filled(parts: list[str]) -> None:
    text = "".join(parts)
    if used_placeholders(text) - CLOSED:
        with pytest.raises(UserError, match="is not a placeholder"):
            escape(text, allowed=CLOSED, where="x")
        return
    escaped = escape(text, allowed=CLOSED, where="x")
    assert fill_placeholders(escaped, {"Role": "<role>"}) == text.replace("${Role}", "<role>")


def test_a_typo_that_looks_like_a_placeholder_is_refused_by_name() -> None:
    with pytest.raises(UserError, match=r"here: \$\{HOME\} is not a placeholder"):
        escape('{"a":"${HOME}"}', allowed=CLOSED, where="here")


def test_a_list_placeholder_with_neighbours_in_its_list_is_refused() -> None:
    with pytest.raises(
        UserError, match=r"\$\{Subnets\} is replaced by several values, so it must be the only list item"
    ):
        escape('{"Subnets":["${Subnets}","subnet-1"]}', allowed=CLOSED, where="here")


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_list_placeholder_takes_any_number_of_values(count: int) -> None:
    subnets = [f"subnet-{number}" for number in range(count)]
    text = escape('{"Subnets":["${Subnets}"]}', allowed=CLOSED, where="here")
    assert json.loads(fill_placeholders(text, {"Subnets": subnets})) == {"Subnets": subnets}


@pytest.mark.parametrize("value", ['a"b', "a\\b", "a\nb", "\x00"])
def test_a_literal_that_json_would_escape_is_refused(value: str) -> None:
    with pytest.raises(UserError, match=r"Owner: .* is not allowed in a definition"):
        validate_literal("Owner", value)


def test_a_plain_literal_passes_accents_too() -> None:
    assert validate_literal("Owner", "señor@example.com") == "señor@example.com"


def test_a_placeholder_without_a_value_is_named() -> None:
    with pytest.raises(UserError, match=r"\$\{Role\} has no value"):
        fill_placeholders("${Role}", {})


def test_no_name_is_a_scalar_and_an_assets_name_at_once() -> None:
    assert not {name for name in SCALARS if name.endswith(("Code", "File"))}
