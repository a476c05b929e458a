"""A file that cannot be read gives one error that names it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parameters.sample_files import error_lines, write_files


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", ":1: is empty. Add at least `environments:`.", id="empty"),
        pytest.param(b"# nothing yet\n", ":1: is empty. Add at least `environments:`.", id="comments_only"),
        pytest.param(b"- dev\n- prod\n", ":1: contains no keys. Write `key: value` lines.", id="list"),
        pytest.param(b"dev\n", ":1: contains no keys. Write `key: value` lines.", id="text"),
        pytest.param(b"a: 1\nb: caf\xe9\n", ":2: is not UTF-8 text. Save it as UTF-8.", id="latin_1"),
        pytest.param("a: 1\n".encode("utf-16"), ":1: is not UTF-8 text. Save it as UTF-8.", id="utf_16"),
        pytest.param(b"\x00\x01\x02", ":1: contains a character that YAML does not allow. Remove it.", id="binary"),
        pytest.param(
            b'a: "\\U00110000"\n',
            ": is not valid YAML (ValueError in the reader). Check quotes and indentation.",
            id="escape_beyond_unicode",
        ),
        pytest.param(
            b"---\n%YAML 9.9\n",
            ": is not valid YAML (KeyError in the reader). Check quotes and indentation.",
            id="unknown_version",
        ),
        pytest.param(b"#" * 1_000_001, ": has 1,000,001 bytes, more than the limit of 1,000,000.", id="too_large"),
        pytest.param(
            b"a: " + b"[" * 50 + b"]" * 50,
            ":1: nests deeper than 30 levels. The parameters need far fewer.",
            id="too_deep",
        ),
        pytest.param(
            b"a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (letter, letter, b", ".join([b"*%c" % (letter - 1)] * 10)) for letter in b"bcdefghi"
            ),
            ":1: contains more than 10,000 values once its aliases are expanded.",
            id="billion_laughs",
        ),
    ],
)
def test_an_environments_file_of_odd_content_is_one_mistake(tmp_path: Path, content: bytes, expected: str) -> None:
    write_files(tmp_path, projects={})
    (tmp_path / "environments.yaml").write_bytes(content)
    assert error_lines(tmp_path) == [f"environments.yaml{expected}"]


def test_a_missing_environments_file_does_not_hide_the_projects_mistakes(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": "name: trains\n"})
    (tmp_path / "environments.yaml").unlink()
    lines = error_lines(tmp_path)
    assert lines[0] == "environments.yaml: does not exist. Create it."
    assert lines[2] == (
        "projects/flights/project.yaml:1: environments: required key is missing. Allowed: a mapping from environment "
        "name to overrides, such as `environments: {dev: {}}`."
    )


def test_a_folder_without_its_project_file_is_a_mistake(tmp_path: Path) -> None:
    write_files(tmp_path)
    (tmp_path / "projects" / "trains").mkdir()
    assert error_lines(tmp_path) == ["projects/trains/project.yaml: does not exist. Create it."]


def test_a_file_that_the_system_does_not_let_us_read_is_a_mistake(tmp_path: Path) -> None:
    write_files(tmp_path, projects={})
    (tmp_path / "projects" / "trains" / "project.yaml").mkdir(parents=True)
    assert error_lines(tmp_path) == [
        "projects/trains/project.yaml: cannot be read (Is a directory). Check the file and its permissions."
    ]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    write_files(tmp_path)
    file = tmp_path / "environments.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert error_lines(tmp_path) == []
