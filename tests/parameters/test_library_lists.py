"""Library lists contain plain requirements; every other line is reported with its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.parameters.sample_files import LIBRARIES, SERVICES, error_lines, replaced, write_files

FILE = "projects/flights/libraries/notebook.txt"
PLAIN = (
    "Allowed: a package name with an optional version range and hashes, such as pandas>=2.2,<3; no other option, URL, "
    "path or variable."
)


def found(root: Path, text: str, *, stem: str = "notebook") -> list[str]:
    return error_lines(write_files(root, projects={"flights": SERVICES}, libraries=LIBRARIES | {stem: text}))


@pytest.mark.parametrize(
    "line",
    [
        "pandas",
        "pandas==2.3.3",
        "pandas >= 2.2, < 3  # Frames.",
        "scikit_learn~=1.5",
        "fsspec[s3]>=2024",
        "tomli; python_version < '3.11'",
        "  plotly  ",
        "pandas\r",
    ],
)
def test_a_plain_requirement_passes(tmp_path: Path, line: str) -> None:
    assert found(tmp_path, f"# What we need.\n\n{line}\n") == []


WHEEL = "build a wheel of it, publish it in your package index, and list its name and version."
EDITABLE = f"is an editable installation of a folder, which only this machine has. Instead, {WHEEL}"
INCLUDED = "includes another list. Copy the lines of that list into this one."
CONSTRAINTS = "refers to a list of constraints. Write each version range into the line of its library."
INDEX = (
    "sets a package index. Set the index of `lock` in the configuration of uv and pip on your machine "
    "(UV_DEFAULT_INDEX and UV_INDEX, PIP_INDEX_URL and PIP_EXTRA_INDEX_URL), and an index that the instances use in "
    "`library_index` of environments.yaml."
)
OPTION = "is an option of pip. Remove it: the lock contains only wheels, each with its version and hash."
URL = (
    "is a URL, whose content can change and which instances may not reach. List the name and version of the library; "
    f"if your package index lacks it, {WHEEL}"
)
PATH = f"is a file or folder of this machine. Instead, {WHEEL}"
INVALID = "is not a valid requirement."


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("--index-url https://packages.example.com/simple", INDEX),
        ("--extra-index-url https://packages.example.com/simple", INDEX),
        ("-i https://packages.example.com/simple", INDEX),
        ("--find-links wheels", INDEX),
        ("-r other.txt", INCLUDED),
        ("--requirement=other.txt", INCLUDED),
        ("-c limits.txt", CONSTRAINTS),
        ("-e .", EDITABLE),
        ("--editable ./pandas", EDITABLE),
        ("-e git+https://example.com/pandas.git#egg=pandas", EDITABLE),
        ("--no-binary :all:", OPTION),
        ("--pre", OPTION),
        ("pandas @ https://example.com/pandas.whl", URL),
        ("git+https://example.com/pandas.git", URL),
        ("https://example.com/pandas-2.3.3.tar.gz", URL),
        ("pandas @ file:///tmp/pandas.whl", PATH),
        ("./pandas", PATH),
        ("..", PATH),
        ("/opt/wheels/pandas", PATH),
        ("~/pandas", PATH),
        ("wheels/pandas", PATH),
        (r"C:\wheels\pandas", PATH),
        ("pandas-2.3.3-py3-none-any.whl", PATH),
        ("pandas-2.3.3.tar.gz", PATH),
        ("other.txt", PATH),
        ("${PACKAGE}", INVALID),
        ("pandas==", INVALID),
        ("pandas scikit-learn", INVALID),
        ("pandas, scikit-learn", INVALID),
        ("!", INVALID),
    ],
)
def test_every_other_line_is_reported_with_its_number_and_the_alternative(
    tmp_path: Path, line: str, problem: str
) -> None:
    assert found(tmp_path, f"numpy\n{line}\n") == [f"{FILE}:2: '{line}' {problem} {PLAIN}"]


def test_the_password_in_the_address_of_an_index_is_not_shown(tmp_path: Path) -> None:
    (said,) = found(tmp_path, "--extra-index-url https://me:secret@packages.example.com/simple\n")
    assert "'--extra-index-url https://***@packages.example.com/simple' sets a package index." in said


def test_a_line_is_shown_short_and_without_what_nobody_sees(tmp_path: Path) -> None:
    (line,) = found(tmp_path, f"-\x1b[31m{'x' * 200}\n")
    assert line == f"{FILE}:1: ''-\\x1b[31m{'x' * 67}...' is not a valid requirement. {PLAIN}"


def test_a_library_that_is_listed_twice_is_told(tmp_path: Path) -> None:
    assert found(tmp_path, "scikit-learn\n\nScikit_Learn>=1.5\n") == [
        f"{FILE}:3: scikit-learn is already listed in line 1. Keep one of them."
    ]


def test_a_library_may_have_a_line_for_each_python(tmp_path: Path) -> None:
    assert found(tmp_path, "pandas<3; python_version < '3.11'\npandas; python_version >= '3.11'\n") == []


def test_the_cluster_keeps_its_own_spark(tmp_path: Path) -> None:
    assert found(tmp_path, "tabulate\nPySpark==3.5.6\n", stem="emr") == [
        "projects/flights/libraries/emr.txt:2: pyspark is part of Spark on EMR, and a second copy would shadow it. "
        "Remove the line."
    ]


def test_a_notebook_may_have_a_spark_of_its_own(tmp_path: Path) -> None:
    assert found(tmp_path, "pyspark\n") == []


@pytest.mark.parametrize("text", ["", "\n# pandas\n"])
def test_a_list_of_nothing_is_a_mistake(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, text) == [
        f"{FILE}: contains no requirements. Add one, or remove the `libraries:` key that names the file."
    ]


def test_a_list_that_only_holds_mistakes_is_not_called_empty_too(tmp_path: Path) -> None:
    assert found(tmp_path, "-r x\n") == [f"{FILE}:1: '-r x' {INCLUDED} {PLAIN}"]


def test_a_list_that_nobody_uses_is_not_read(tmp_path: Path) -> None:
    assert found(tmp_path, "-r x\n", stem="other") == []


def test_a_list_that_two_environments_use_is_told_once(tmp_path: Path) -> None:
    project = replaced(SERVICES, "  dev: {}\n", "  dev: {}\n  prod: {notebooks: {explore: {repository: null}}}\n")
    write_files(tmp_path, projects={"flights": project}, libraries=LIBRARIES | {"notebook": "-r x\n"})
    assert len(error_lines(tmp_path)) == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"pandas # caf\xe9\n", "is not UTF-8 text. Save it as UTF-8.", id="latin_1"),
        pytest.param(b"#" * 1_000_001, "has 1,000,001 bytes, more than the limit of 1,000,000.", id="too_large"),
    ],
)
def test_a_list_of_odd_content_is_one_mistake(tmp_path: Path, content: bytes, problem: str) -> None:
    write_files(tmp_path, projects={"flights": SERVICES})
    (tmp_path / FILE).write_bytes(content)
    assert error_lines(tmp_path) == [f"{FILE}: {problem}"]


def test_a_list_that_the_system_does_not_let_us_read_is_a_mistake(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": SERVICES})
    (tmp_path / FILE).unlink()
    (tmp_path / FILE).mkdir()
    assert error_lines(tmp_path) == [f"{FILE}: cannot be read (Is a directory). Check the file and its permissions."]


def test_a_project_without_lists_is_told_that_there_are_none(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": SERVICES}, libraries={})
    assert error_lines(tmp_path)[0] == (
        "projects/flights/project.yaml:18: notebooks.explore.libraries: "
        "projects/flights/libraries/notebook.txt does not exist. Allowed: none."
    )


DIGEST = "a" * 64


def test_a_compiled_list_with_hashes_is_valid(tmp_path: Path) -> None:
    compiled = (
        "# This file was autogenerated\n"
        f"numpy==2.2.0 ; python_version >= '3.10' \\\n    --hash=sha256:{DIGEST} \\\n    --hash=sha256:{'b' * 64}\n"
        f"    # via pandas\npandas==2.2.3 --hash=sha256:{DIGEST}\n"
    )
    assert found(tmp_path, compiled) == []


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (f"numpy==2.2.0 \\\n  --hash=sha256:{DIGEST}\npandas==2.2.3\n", 3, "has no hash, but line 1 has one"),
        (f"numpy==2.2.0 --hash=md5:{'a' * 32}\n", 1, "is not a sha256"),
        (f"numpy>=2.2 --hash=sha256:{DIGEST}\n", 1, "has a hash but no exact version (==)"),
        (f"numpy==2.* --hash=sha256:{DIGEST}\n", 1, "has a hash but no exact version (==)"),
        (
            f"numpy==2.2.0 \\\n  --hash=sha256:{DIGEST}\nnumpy==2.2.0 --hash=sha256:{DIGEST}\n",
            3,
            "already listed in line 1",
        ),
    ],
)
def test_what_is_wrong_with_a_compiled_list_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    (problem,) = found(tmp_path, text)
    assert problem.startswith(f"{FILE}:{line}: ")
    assert words in problem
