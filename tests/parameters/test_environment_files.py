"""An environment file of conda in place of a library list: what pip can install, and a sentence for the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.parameters import read_list
from tests.parameters.sample_files import SERVICES, error_lines, write_files

FILE = "projects/flights/libraries/notebook.yml"
RANGE = "Allowed: a package name with an optional version range, such as pandas=2.2 or pandas>=2.2,<3."


def found(root: Path, text: str) -> list[str]:
    write_files(root, projects={"flights": SERVICES})
    (root / FILE).with_suffix(".txt").unlink()
    (root / FILE).write_text(text)
    return error_lines(root)


def listed(*dependencies: str) -> str:
    return "".join(["name: flights\ndependencies:\n", *(f"  - {each}\n" for each in dependencies)])


@pytest.mark.parametrize(
    ("conda", "pip"),
    [
        ("pandas", "pandas"),
        ("pandas=2.2", "pandas==2.2.*"),
        ("pandas=2.2.*", "pandas==2.2.*"),
        ("pandas==2.2.3", "pandas==2.2.3"),
        ("pandas 2.2.3", "pandas==2.2.3"),
        ("pandas 2.2.*", "pandas==2.2.*"),
        ("Pandas >=2.2, <3", "pandas>=2.2,<3"),
        ("pandas=*", "pandas"),
        ("pytorch=2.1", "torch==2.1.*"),
        ("conda-forge::matplotlib-base", "matplotlib"),
        ("py-xgboost-cpu>=2", "xgboost-cpu>=2"),
    ],
)
def test_a_package_of_conda_is_required_as_pip_writes_it(conda: str, pip: str) -> None:
    result = read_list(listed(f'"{conda}"'), file=FILE)
    assert ([line.text for line in result.lines], result.findings) == ([pip], [])


def test_a_whole_file_has_lines_of_its_own_and_notes_about_what_is_ignored() -> None:
    text = (
        "name: flights\nchannels:\n  - conda-forge\n  - defaults\ndependencies:\n  - python=3.10\n  - pip\n"
        "  - pytorch  # comment\n  - pip:\n      - plotly>=6\n      - tiny[extra]; extra == 'gpu'\nprefix: /opt/conda\n"
    )
    result = read_list(text, file=FILE)
    assert result.findings == []
    assert [(line.number, line.text) for line in result.lines] == [
        (8, "torch"),
        (10, "plotly>=6"),
        (11, "tiny[extra]; extra == 'gpu'"),
    ]
    assert result.python == ("==3.10.*", 6)
    assert result.notes == [
        f"{FILE}:2: channels: conda-forge, defaults ignored, since pip reads the package index.",
        f"{FILE}:8: pytorch is torch for pip.",
    ]


@pytest.mark.parametrize(
    ("dependency", "problem"),
    [
        (
            "cudatoolkit=11.8",
            "'cudatoolkit=11.8' belongs to CUDA, which pip installs as a part of a library's build for GPUs. Remove "
            "the line.",
        ),
        (
            "gcc_linux-64",
            "'gcc_linux-64' is a compiler, which pip cannot install, and wheels need none. Remove the line.",
        ),
        ("r-base", "'r-base' belongs to R, which pip cannot install. Remove the line."),
        (
            "libgdal",
            "'libgdal' is not a Python library, so pip cannot install it. Remove the line if only another package "
            "needs it (`conda env export --from-history` lists only what you have asked for), or install it with the "
            "notebook's `start_script`.",
        ),
        ("opencv", "'opencv' has no equal library for pip. List opencv-python-headless below `pip:`."),
        (
            "numpy=1.26.4=py310hb13e2d6_0",
            "'numpy=1.26.4=py310hb13e2d6_0' names a build of conda, which pip does not have. Remove it (`conda env "
            "export --no-builds` omits builds).",
        ),
        ("numpy 1.26|1.27", f"'numpy 1.26|1.27' is not a version range that pip has. {RANGE}"),
        ("numpy>>1", f"'numpy>>1' is not a version range that pip has. {RANGE}"),
        ("[numpy]", "'a list' is not a dependency. Allowed: names of packages, and one list `pip:`."),
    ],
)
def test_what_pip_cannot_install_is_one_sentence_with_the_line(tmp_path: Path, dependency: str, problem: str) -> None:
    assert found(tmp_path, listed("pandas", dependency)) == [f"{FILE}:4: {problem}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "contains no requirements. Add one, or remove the `libraries:` key that names the file."),
        (
            listed("python=3.10"),
            "contains no requirements. Add one, or remove the `libraries:` key that names the file.",
        ),
        (listed("pandas", "pip: [-r more.txt]"), "includes another list. Copy the lines of that list into this one."),
        (listed("pandas", "pip: [pandas]"), "pandas is already listed in line 3. Keep one of them."),
        (listed("pandas") + "variables: {A: b}\n", "variables: pip sets no environment variables. Remove the key."),
        (listed("pandas") + "dependences: [numpy]\n", "dependences: unknown key. Did you mean dependencies?"),
        ("dependencies: pandas\n", "dependencies: must be a list."),
    ],
)
def test_a_file_that_is_not_a_list_is_reported(tmp_path: Path, text: str, problem: str) -> None:
    (line,) = found(tmp_path, text)
    assert problem in line


def test_a_list_and_an_environment_file_of_one_name_are_refused_together(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": SERVICES})
    (tmp_path / FILE).write_text(listed("pandas"))
    (line,) = error_lines(tmp_path)
    assert line.endswith(
        "projects/flights/libraries/notebook.txt and projects/flights/libraries/notebook.yml both exist. Keep one of "
        "them."
    )
