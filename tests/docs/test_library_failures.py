"""The table of reasons why an installation fails shows messages that tests provoke."""

from __future__ import annotations

import ast

import pytest

from tests.docs.pages import LANGUAGES, ROOT, codes, page, rows
from tests.lifecycle_scripts.fault_cases import CASES

# In the order of the table: the key of a fault of a start, or the test of `mlproject libraries` that causes it.
FAULTS = ("S3 denied", None, None, None, None, "out of memory")
TESTS = (
    None,
    "test_a_conflict_names_the_libraries_and_the_lines_that_ask_for_them",
    "test_without_a_network_nothing_is_locked_but_a_check_passes",
    "test_a_missing_wheel_names_the_versions_that_have_one",
    "test_libraries_that_do_not_fit_on_the_volume_are_found_before_a_deployment",
    None,
)


def messages(language: str) -> list[str]:
    """The messages of the table."""
    return [codes(cells[2])[0] for cells in rows(page(language, "libraries.md")) if len(cells) == 4]


def texts(test: str) -> list[str]:
    """The texts in the source of a test."""
    tree = ast.parse((ROOT / "tests" / "libraries" / "test_lock.py").read_text())
    (function,) = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == test)
    constants = (node.value for node in ast.walk(function) if isinstance(node, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_one_that_its_test_reads(language: str) -> None:
    for message, fault, test in zip(messages(language), FAULTS, TESTS, strict=True):
        if fault:
            assert message == CASES[fault].shown
        else:
            assert any(message in text for text in texts(str(test))), message
