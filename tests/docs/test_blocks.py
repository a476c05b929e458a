"""Every block of the pages is run by a test: one of this folder, or the one that a comment names."""

from __future__ import annotations

import ast
import functools
import os
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from mlproject.cli.main import build_app
from tests.docs.blocks import Block, Status, parse_blocks, read_blocks
from tests.docs.pages import LANGUAGES, ROOT, page
from tests.docs.shell import commands_of, run_commands, shows

# Each with a test of this folder that runs it.
LANGUAGES_THAT_RUN = {"console", "python", "yaml", "json"}
TESTED = [block for block in read_blocks() if block.status is Status.TESTED]
MARK = "<!-- not run: it asks -->\n\n"
CONSOLE = "```console\n$ mlproject check\n```\n"


@functools.cache
def program() -> Any:
    return get_command(build_app())


def subcommand(command: str) -> tuple[str, ...]:
    """The words that select what a command does, such as `cluster status`, `describe-endpoint` or `deploy`."""
    words = shlex.split(command, comments=True)
    if words[0] == "mlproject":
        group, names = program(), []
        for word in words[1:]:
            inside = getattr(group, "commands", {})
            if word not in inside:
                break
            group = inside[word]
            names.append(word)
        return tuple(names)
    return (words[2],) if words[0] == "aws" and words[1] != "s3" else (words[1],) if words[0] == "cdk" else ()


@functools.cache
def words_of(test: str) -> set[str]:
    """The words in the strings and the names of a test's file."""
    tree = ast.parse((ROOT / test).read_text())
    strings = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    names = {node.attr.replace("_", "-") for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {word for text in strings for word in re.findall(r"[\w.-]+", text)} | names


@functools.cache
def subcommands_that_run() -> set[tuple[str, ...]]:
    return {
        subcommand(each.text)
        for block in read_blocks()
        if block.language == "console" and block.status is Status.RUN
        for each in commands_of(block.text)
    }


@pytest.mark.parametrize("block", TESTED, ids=lambda block: block.place)
def test_the_test_that_a_comment_names_has_the_commands_of_the_block_or_reads_the_page(block: Block) -> None:
    tests = block.reason.split(", ")
    words = set().union(*(words_of(test) for test in tests))
    if block.language != "console" or block.page.rpartition("/")[2] in words or "runbooks" in words:
        return
    for command in (subcommand(each.text) for each in commands_of(block.text)):
        assert set(command) <= words or command in subcommands_that_run(), (command, tests)


def test_every_block_that_no_comment_marks_has_a_language_whose_blocks_are_run() -> None:
    unmarked = [block for block in read_blocks() if block.status is Status.RUN and not block.output_of]
    assert [each.place for each in unmarked if each.language not in LANGUAGES_THAT_RUN] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_on_what_is_verified_counts_the_blocks_of_each_language_and_class(language: str) -> None:
    counted = Counter((block.language, block.status) for block in read_blocks())
    languages = sorted({block.language for block in read_blocks()})
    table = "".join(
        f"| `{each}` | {' | '.join(str(counted[each, status]) for status in Status)} |\n" for each in languages
    )
    assert table in page(language, "verified.md"), f"replace the table:\n{table}"


def test_a_block_is_run_unless_a_comment_marks_it() -> None:
    first, second = parse_blocks("page.md", f"# Page\n\n{CONSOLE}\n{MARK}{CONSOLE}")
    assert (first.status, first.line, first.text) == (Status.RUN, 3, "$ mlproject check\n")
    assert (second.status, second.reason) == (Status.NOT_RUN, "it asks")


def test_a_comment_below_the_title_marks_the_blocks_that_have_none_of_their_own() -> None:
    text = f"# Page\n\n<!-- all blocks tested by tests/test_x.py -->\n\n{CONSOLE}\n{MARK}{CONSOLE}"
    assert [block.status for block in parse_blocks("page.md", text)] == [Status.TESTED, Status.NOT_RUN]


def test_a_comment_without_a_block_is_an_error_with_its_line() -> None:
    with pytest.raises(ValueError, match=r"page\.md:3: no block follows this comment"):
        parse_blocks("page.md", f"# Page\n\n{MARK}Text.\n")


def test_text_after_commands_is_their_output_and_is_run_where_they_are() -> None:
    console, output, file = parse_blocks(
        "page.md", f"{CONSOLE}\nIt prints:\n\n```text\nok\n```\n\n{MARK}```text\na\n```\n"
    )
    assert (output.output_of, output.status) == (console, Status.RUN)
    assert (file.output_of, file.status) == (None, Status.NOT_RUN)


def test_an_indented_block_of_a_tab_is_a_block() -> None:
    (block,) = parse_blocks("page.md", '=== "Tab"\n\n    ```console\n    $ ls\n    ```\n')
    assert block.text == "$ ls\n"


def test_a_command_may_be_continued_and_have_output() -> None:
    commands = commands_of("$ a \\\n    b\nprinted\nmore\n$ c\n")
    assert [(each.text, each.shown) for each in commands] == [("a \\\n    b", "printed\nmore\n"), ("c", "")]


def test_a_block_ends_with_its_first_command_that_fails_also_in_a_pipe(tmp_path: Path) -> None:
    commands = commands_of("$ export NAME=a\n$ echo $NAME\n$ false | cat\n$ echo b\n")
    done, printed = run_commands(commands, folder=tmp_path, variables=os.environ)
    assert (done.returncode, printed) == (1, ["", "a\n", ""])


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a\nb\n", "\n  \na\nb  \n", True),
        ("a\n...\n", "a\nb\nc\n", True),
        ("a\n...\nd\n", "a\nb\nc\n", False),
        ("a\n", "a\nb\n", False),
        ("run in 1.5 s", "run in 230 ms", True),
        ("version sha-55880572b3b7", "version sha-0123456789ab", True),
        ("s3://x/5f0c.../model", "s3://x/9a1f77/model", True),
        ("s3://x/5f0c.../model", "s3://x/9a1f77/modem", False),
        ("12 files", "13 files", False),
    ],
)
def test_output_is_compared_without_what_differs_between_two_runs(shown: str, printed: str, same: bool) -> None:
    assert shows(shown, printed) is same
