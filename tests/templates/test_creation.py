"""Creation as a whole or not at all, also when the file system or another process interferes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.parameters import Finding
from mlproject.templates import NewProject, Stage, create_project
from tests.checkouts import lay_out_example
from tests.templates.new_project import files

WINE = NewProject(name="wine", owner="team", cost_centre="CC-7", environments=("local",), stage=Stage.DEVELOP)


def test_a_project_that_appears_meanwhile_is_kept_and_the_moved_folders_are_taken_back(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")

    def validate(_: Path) -> Sequence[Finding]:
        (root / "projects" / "wine").mkdir()
        (root / "projects" / "wine" / "project.yaml").write_text("somebody else's")
        return ()

    before = files(root)
    with pytest.raises(UserError, match=r"projects/wine: cannot be created .* so nothing was"):
        create_project(WINE, root=root, validate=validate)
    assert files(root) == {**before, "projects/wine/project.yaml": b"somebody else's"}


def test_an_error_in_a_generated_file_is_reported_and_nothing_is_written(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    before = files(root)
    finding = Finding(file="pipelines/wine/steps/train.py", line=3, key="", message="no such module")
    with pytest.raises(UserError, match=r"pipelines/wine/steps/train.py:3: no such module."):
        create_project(WINE, root=root, validate=lambda _: [finding])
    assert files(root) == before
