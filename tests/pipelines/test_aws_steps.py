"""The SageMaker SDK builds the steps that only AWS runs, `mlproject pipeline build` accepts them, and so does AWS."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlproject.definition import check_definition, read_definition
from mlproject.definition.build import build_definition, check_images_text
from mlproject.definition.images.check_images import CHECK_TABLE
from tests.definition.folders import ROOT, copied

pytestmark = pytest.mark.pipelines
COMMITTED = ROOT / "tests" / "stacks" / "pipelines" / "aws_steps"


def test_a_build_gives_the_committed_definition_of_these_steps(tmp_path: Path) -> None:
    copied(tmp_path)
    folder = tmp_path / "pipelines" / "aws_steps"
    shutil.copytree(COMMITTED, folder, ignore=shutil.ignore_patterns("definition.json", "__pycache__"))
    (folder / "__init__.py").touch()
    (tmp_path / ".venv-pipelines").symlink_to(ROOT / ".venv-pipelines")
    assert build_definition("aws_steps", root=tmp_path) == "new"
    assert (folder / "definition.json").read_text() == (COMMITTED / "definition.json").read_text()
    assert check_definition(read_definition(folder).document) == ()


def test_the_committed_table_of_the_images_of_checks_is_the_sdks() -> None:
    assert check_images_text(root=ROOT) == CHECK_TABLE.read_text()
