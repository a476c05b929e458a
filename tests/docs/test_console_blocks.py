"""The commands on the pages succeed, one after another, and print what the pages show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.blocks import Status, read_blocks
from tests.docs.reader import create_reader, environment_of, prepare_account
from tests.docs.shell import commands_of, shows

OUTPUT = {block.output_of: block.text for block in read_blocks() if block.output_of}
BLOCKS = [block for block in read_blocks() if block.language == "console" and block.status is Status.RUN]


@pytest.mark.slow
@pytest.mark.timeout(2700)
def test_every_command_on_a_page_succeeds_and_prints_what_the_page_shows(tmp_path: Path) -> None:
    reader = create_reader(tmp_path)
    reader.run("mlproject local up")
    problems: list[str] = []
    try:
        names = prepare_account(reader)
        # Several runbooks have the same block.
        for block in {block.text: block for block in BLOCKS}.values():
            text = block.text
            for placeholder, name in names.items():
                text = text.replace(placeholder, name)
            commands = commands_of(text)
            try:
                printed = reader.follow(commands, environment=environment_of(text))
            except AssertionError as error:
                problems.append(f"{block.place}: {error}")
                continue
            shown = [(each.shown, output) for each, output in zip(commands, printed, strict=True) if each.shown]
            if block in OUTPUT:
                shown.append((OUTPUT[block], printed[-1]))
            problems += [
                f"{block.place} does not show what is printed:\n{output}"
                for page, output in shown
                if not shows(page, output)
            ]
    finally:
        reader.run("mlproject local down")
    assert problems == [], "\n\n".join(problems)
