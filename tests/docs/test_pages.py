"""The pages of docs/: the same in both languages, and what they name exists."""

from __future__ import annotations

import functools
import re
from typing import Any

import pytest
from typer.main import get_command

from mlproject.cli.main import build_app
from mlproject.parameters import Platform, load_parameters
from tests.checkouts import EXAMPLE
from tests.docs.pages import DOCS, LANGUAGES, ROOT, links, page, rows

NAMES = sorted(path.relative_to(DOCS / "en").as_posix() for path in (DOCS / "en").rglob("*.md"))
PAGES = [(language, name) for language in LANGUAGES for name in NAMES]


@functools.cache
def program() -> Any:
    return get_command(build_app())


@functools.cache
def example_platform() -> Platform:
    return load_parameters(EXAMPLE)


def blocks(text: str, kind: str) -> list[str]:
    """The fenced blocks of a kind, such as `console`."""
    return re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)


def test_both_languages_have_the_same_pages() -> None:
    assert len(NAMES) > 5
    assert sorted(path.relative_to(DOCS / "es").as_posix() for path in (DOCS / "es").rglob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_structure_and_show_the_same(name: str) -> None:
    english, spanish = (page(language, name) for language in LANGUAGES)
    assert len(re.findall("^## ", english, re.MULTILINE)) == len(re.findall("^## ", spanish, re.MULTILINE))
    assert [len(cells) for cells in rows(english)] == [len(cells) for cells in rows(spanish)]
    for kind in ("console", "python", "yaml", "text", "json"):
        assert blocks(english, kind) == blocks(spanish, kind)


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_a_page_leads_to_its_other_language_and_every_link_leads_somewhere(language: str, name: str) -> None:
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    inside = [link for link in links(page(language, name)) if not link.startswith("https://")]
    this = DOCS / language / name
    targets = {link: (this.parent / link.partition("#")[0]).resolve() if link[0] != "#" else this for link in inside}
    assert DOCS / other / name in targets.values()
    for link, target in targets.items():
        assert target.is_file(), link


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_every_command_on_a_page_exists(language: str, name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = page(language, name)
    assert set(re.findall(r"(?:^\$ |`)make ([a-z-]+)", text, re.MULTILINE)) <= targets
    for line in re.findall(r"(?:^\$ |`)mlproject ([^`\n]+)", text, re.MULTILINE):
        command = program()
        words = line.split()
        while words and not words[0].startswith("-") and (inside := getattr(command, "commands", None)) is not None:
            assert words[0] in inside, line
            command = inside[words.pop(0)]
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in words if word.startswith("-")} <= options | {"--help", "--language"}, line


@pytest.mark.parametrize(("language", "name"), PAGES)
def test_every_stack_on_a_page_is_one_of_the_application(language: str, name: str) -> None:
    platform = example_platform()
    paths = {deployment.names.path for deployment in platform.deployments()} | set(platform.environments)
    stacks = {path.parent.name for path in (ROOT / "stacks").glob("*/stack.py")}
    for line in re.findall(r"^\$ cdk (?:deploy|destroy|diff) (.*)$", page(language, name), re.MULTILINE):
        words = line.removesuffix(" --require-approval never").split()
        for word in (word.strip("'") for word in words if not word.startswith("-")):
            path, _, stack = word.rpartition("/")
            if path == "identity":  # the stacks of the accounts
                assert stack in {each.account for each in platform.environments.values()}, line
                continue
            assert path in paths, line
            assert stack in {"*", "**"} or stack in stacks, line
