"""The pages on instance types and costs show what the commands print, and what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import training_guide
from mlproject.cli.main import build_app
from tests.checkouts import EXAMPLE
from tests.docs.pages import DOCS, LANGUAGES, page

SHOWN = re.compile(r"```console\n\$ mlproject ([^\n]+)\n```\n\n```text\n(.*?)```", re.DOTALL)


def shown() -> Iterator[tuple[str, str]]:
    """The commands of the English pages that are followed by their output; the Spanish ones show the same."""
    for name in ("instances.md", "cost.md"):
        yield from SHOWN.findall(page("en", name))


def test_the_output_on_the_pages_is_that_of_the_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(EXAMPLE)
    commands = list(shown())
    assert [command.split()[0] for command, _ in commands] == ["instances", "cost"]
    for command, output in commands:
        build_app()(command.split(), standalone_mode=False)
        printed = [line.rstrip() for line in capsys.readouterr().out.strip("\n").splitlines()]
        assert "\n".join(printed).strip() == output.strip(), (
            f"copy the output of `mlproject {command}` in tests/example"
        )


def test_the_plot_of_the_costs_is_that_of_the_example(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(EXAMPLE)
    build_app()(["cost", "flights", "--plot", str(tmp_path / "cost.svg")], standalone_mode=False)
    assert (DOCS / "images" / "cost.svg").read_text() == (tmp_path / "cost.svg").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_measured_table_and_its_plot_are_those_of_the_last_measurement(language: str) -> None:
    result, words = training_guide.read_result(), training_guide.WORDS[language]
    again = "run `python -m benchmarks.training_guide`"
    assert training_guide.render_section(result, words) in page(language, "instances.md"), again
    assert training_guide.plot_path(language).read_text() == training_guide.draw(result, words), again
