"""JSON files beside the parameters: each error with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import FrozenModel, ParametersError, locate_json, parameter, read_json


class Settings(FrozenModel):
    """What the file of these tests contains."""

    title: str = parameter("The title.", allowed="text")
    size: int = parameter("The size.", allowed="a whole number", default=1)


def error(root: Path, content: str | bytes) -> str:
    """Write the file, and return the error that reading it raises."""
    file = root / "report" / "settings.json"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ParametersError) as raised:
        read_json(file, Settings, root=root)
    (finding,) = raised.value.findings
    return str(finding)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1]", 'report/settings.json:1: contains no JSON object. Write `{"key": value}`.'),
        (
            '{\n"title" "a"}',
            "report/settings.json:2: is not valid JSON (Expecting ':' delimiter). Check commas and quotes here and in "
            "the line above.",
        ),
        ("[" * 100_000, "report/settings.json: is nested too deeply."),
        (b"\xff", "report/settings.json: is not UTF-8 text. Save it as UTF-8."),
        (
            '{"title": "a",\n\t"size": "b"}',
            'report/settings.json:2: size: "b" is read as text. Allowed: a whole number.',
        ),
    ],
    ids=["no object", "no JSON", "too deep", "no text", "not of the model"],
)
def test_an_error_has_the_file_and_its_line(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert error(tmp_path, content) == message


def test_a_missing_file_is_reported_with_its_path_from_the_root(tmp_path: Path) -> None:
    with pytest.raises(ParametersError, match=r"^report/settings\.json: does not exist\. Create it\."):
        read_json(tmp_path / "report" / "settings.json", Settings, root=tmp_path)
    with pytest.raises(ParametersError, match=r"/settings\.json: does not exist\. Create it\."):
        locate_json(tmp_path / "settings.json", root=tmp_path / "elsewhere")


def test_a_valid_file_is_read_and_its_values_have_lines(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{\n\t"title": "é"\n}', "utf-8")
    assert read_json(file, Settings, root=tmp_path) == Settings(title="é")
    title = locate_json(file, root=tmp_path).at("title")
    assert title is not None
    assert (title.value, title.file, title.line) == ("é", "settings.json", 2)
