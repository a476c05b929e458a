"""Any mistake in valid files is accepted, or refused in sentences that name file, line, key and what is allowed."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlproject.parameters import Finding, ParametersError, load_parameters
from mlproject.translation import LANGUAGES, translated, use_language
from tests.properties.examples import examples
from tests.properties.mutations import Mutation, wrong_files, wrong_text, wrong_values
from tests.properties.platforms import PlatformFiles, platforms
from tests.properties.yaml_text import to_yaml

# Each platform has several mistakes, one after another, since it takes longer to draw than to load.
MISTAKES = 8
BRIEF, LONG = 10, 150


def mutated(root: Path, mutation: Mutation) -> ParametersError | None:
    """Load a platform with a mistake, and return the errors. The files are the valid ones again afterwards."""
    before = {path: (root / path).read_bytes() for path in mutation}
    for path, content in mutation.items():
        (root / path).unlink() if content is None else (root / path).write_bytes(content)
    try:
        load_parameters(root)
    except ParametersError as error:
        for finding in error.findings:
            assert_in_words(finding, root)
        return error
    finally:
        for path, content in before.items():
            (root / path).write_bytes(content)
    return None


def assert_in_words(finding: Finding, root: Path) -> None:
    """The error has a place and a reason, and pydantic's own words are in no language."""
    path = root / finding.file
    assert path.is_relative_to(root)
    if finding.line is not None:
        assert 1 <= finding.line <= len(yaml_lines(path.read_bytes().decode(errors="replace")))
    for language in LANGUAGES:
        with use_language(language):
            text = translated(finding.describe())
        assert re.fullmatch(r"\S.*[.?]", text, re.DOTALL), text
        assert not re.search(r"pydantic|Input should|value_error|Traceback|<class|object at 0x|\n\n", text), text


def yaml_lines(text: str) -> list[str]:
    """Split a text at the line breaks of YAML 1.2, no others: https://yaml.org/spec/1.2.2/#54-line-break-characters."""
    return re.split("\r\n|\n|\r", text)


def assert_located(finding: Finding, text: str) -> None:
    """The line has the key, or the key above it, where that one is missing; a list item has none of its own."""
    assert finding.line is not None
    line = yaml_lines(text)[finding.line - 1]
    *_, parent, name = ["", *finding.key.split(".")]
    is_in_list = name.endswith("]") or parent.endswith("]")
    assert is_in_list or not parent or parent in line or name in line, (str(finding), line)


@examples(BRIEF, shrink=True)
@given(st.data())
def test_a_wrong_value_is_accepted_or_refused_in_words(data: st.DataObject) -> None:
    check_wrong_values(data)


@pytest.mark.slow
@examples(LONG, shrink=True)
@given(st.data())
def test_thousands_of_wrong_values_are_accepted_or_refused_in_words(data: st.DataObject) -> None:
    check_wrong_values(data)


def check_wrong_values(data: st.DataObject) -> None:
    platform: PlatformFiles = data.draw(platforms())
    with tempfile.TemporaryDirectory() as folder:
        root = platform.write(Path(folder))
        for path, content in data.draw(st.lists(wrong_values(platform), min_size=MISTAKES, max_size=MISTAKES)):
            text = to_yaml(content)
            error = mutated(root, {path: text.encode("utf-8", "surrogatepass")})
            for finding in error.findings if error else ():
                # Keys with characters that no editor shows are quoted.
                if finding.file == path and not {'"', "'"} & set(finding.key):
                    assert_located(finding, text)


@examples(BRIEF, shrink=True)
@given(st.data())
def test_a_wrong_text_or_file_is_accepted_or_refused_in_words(data: st.DataObject) -> None:
    check_wrong_texts(data)


@pytest.mark.slow
@examples(LONG, shrink=True)
@given(st.data())
def test_thousands_of_wrong_texts_and_files_are_accepted_or_refused_in_words(data: st.DataObject) -> None:
    check_wrong_texts(data)


def check_wrong_texts(data: st.DataObject) -> None:
    platform: PlatformFiles = data.draw(platforms())
    mistakes = wrong_text(platform) | wrong_files(platform)
    with tempfile.TemporaryDirectory() as folder:
        root = platform.write(Path(folder))
        for mutation in data.draw(st.lists(mistakes, min_size=MISTAKES, max_size=MISTAKES)):
            mutated(root, mutation)
