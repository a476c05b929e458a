"""The lists of libraries of a project, and their targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.libraries import LibraryList, read_library_lists
from mlproject.parameters import load_parameters
from tests.libraries.project import project
from tests.libraries.registry import Registry


def lists_of(tmp_path: Path, *, science: str = "pandas\n") -> tuple[LibraryList, ...]:
    project(tmp_path, Registry(folder=tmp_path / "r"), name="tiny", science=science, cluster=True)
    return read_library_lists(load_parameters(tmp_path).deployment("tiny", "dev"), tmp_path)


def test_a_list_of_several_notebooks_is_resolved_once_and_the_clusters_for_its_own_python(tmp_path: Path) -> None:
    assert [(each.target, each.stem, each.python, each.platform, each.key) for each in lists_of(tmp_path)] == [
        ("notebook", "science", "3.10", "x86_64-manylinux_2_34", "libraries/notebook/science/requirements.txt"),
        ("emr", "spark", "3.9", "x86_64-manylinux_2_34", "libraries/emr/spark/requirements.txt"),
    ]


@pytest.mark.parametrize(
    ("text", "requirements"),
    [
        ("pandas>=2.2,<3  # frames\n\n# alone\n  boto3 \n", ("pandas>=2.2,<3", "boto3", "ipykernel")),
        ("uvicorn[standard]>=0.3; python_version < '4'", ("uvicorn[standard]>=0.3; python_version < '4'", "ipykernel")),
        ("IPyKernel==6.*\n", ("IPyKernel==6.*",)),
    ],
)
def test_comments_and_blanks_go_and_a_kernel_gets_what_it_needs(
    tmp_path: Path, text: str, requirements: tuple[str, ...]
) -> None:
    assert lists_of(tmp_path, science=text)[0].requirements == requirements
