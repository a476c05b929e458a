"""The READMEs name commands, targets and places that exist, and say the same in both languages."""

from __future__ import annotations

import re

import pytest
from typer.main import get_command

from mlproject.cli.main import build_app
from tests.checkouts import EXAMPLE, ROOT
from tests.docs.pages import links

TEXTS = {name: (ROOT / name).read_text() for name in ("README.md", "README.es.md")}


def commands(text: str) -> list[str]:
    """What the reader types: the lines of console blocks, without comments."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line.removeprefix("$ ").partition(" #")[0].strip() for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("name", TEXTS)
def test_every_make_target_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z-]+)", TEXTS[name]))
    assert named
    assert named <= targets


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_of_mlproject_exists(name: str) -> None:
    named = re.findall(r"(?:^\$ |`|\()mlproject ((?:[a-z][a-z-]* ?)+)", TEXTS[name], re.MULTILINE)
    assert named
    for words in named:
        command = get_command(build_app())
        for word in words.split():
            inside = getattr(command, "commands", None)
            if inside is None:
                break  # an argument of the command, such as a project's name
            assert word in inside, words
            command = inside[word]


@pytest.mark.parametrize("name", TEXTS)
def test_every_place_in_the_table_exists(name: str) -> None:
    rows = re.findall(r"^\| [^|]+ \| (`.+`) \|$", TEXTS[name], re.MULTILINE)
    places = [place for row in rows for place in re.findall(r"`([^`]+)`", row)]
    assert len(places) > 8
    for place in places:
        pattern = re.sub("<[^>]+>", "*", place).rstrip("/")
        # A project need not have everything; the example has.
        assert [*ROOT.glob(pattern), *EXAMPLE.glob(pattern)], place


@pytest.mark.parametrize("name", TEXTS)
def test_every_link_leads_somewhere(name: str) -> None:
    inside = [link for link in links(TEXTS[name]) if not link.startswith("https://")]
    assert len(inside) > 5
    for link in inside:
        path, _, anchor = link.partition("#")
        assert (ROOT / path).is_file(), link
        headings = re.findall(r"^#+ (.+)$", (ROOT / path).read_text(), re.MULTILINE)
        assert not anchor or anchor in {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("name", TEXTS)
def test_the_picture_has_every_stack_of_the_application(name: str) -> None:
    stacks = {path.parent.name.replace("_", "-") for path in (ROOT / "stacks").glob("*/stack.py")}
    (picture,) = re.findall(r"```mermaid\n(.*?)```", TEXTS[name], re.DOTALL)
    assert set(re.findall("<b>([a-z-]+)</b>", picture)) == stacks


def test_both_languages_show_the_same_commands_and_output() -> None:
    english, spanish = TEXTS.values()
    assert commands(english) == commands(spanish)
    assert re.findall(r"```text\n.*?```", english, re.DOTALL) == re.findall(r"```text\n.*?```", spanish, re.DOTALL)
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", spanish, re.MULTILINE))
