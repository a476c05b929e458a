"""The definition that is committed with the template: current, and not used if it is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlproject.definition import check_definition, read_definition
from mlproject.errors import UserError
from mlproject.templates import NewProject, Stage, create_project, is_template_current
from tests.checkouts import ROOT, lay_out_example

WINE = NewProject(name="wine", owner="team", cost_centre="CC-7", environments=("local",), stage=Stage.DEVELOP)


def test_the_committed_definition_is_current() -> None:
    assert is_template_current(root=ROOT), "run `mlproject pipeline build`"


def test_the_definition_of_a_new_pipeline_is_up_to_date_and_names_nothing_of_the_template(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    create_project(WINE, root=root, validate=lambda _: ())
    definition = read_definition(root / "pipelines" / "wine")
    assert definition.staleness() is None
    assert not check_definition(definition.document)
    assert "template" not in (root / "pipelines" / "wine" / "definition.json").read_text()
    assert "template" not in (root / "pipelines" / "wine" / "pipeline.py").read_text()


def test_a_changed_pipeline_builder_needs_the_sdk(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    with (root / "pipeline_builder" / "steps.py").open("a") as file:
        file.write("# changed\n")
    assert not is_template_current(root=root)
    with pytest.raises(UserError, match="Run `make pipelines`, then run the command again"):
        create_project(WINE, root=root, validate=lambda _: ())
    assert not (root / "pipelines" / "wine").exists()
    assert not (root / "data").exists()


@pytest.mark.pipelines
@pytest.mark.parametrize("change", ["", "# changed\n"], ids=["committed", "built anew"])
def test_the_sdk_builds_the_same_bytes(tmp_path: Path, change: str) -> None:
    from mlproject.definition.build import definition_text

    root = lay_out_example(tmp_path / "checkout")
    with (root / "pipeline_builder" / "steps.py").open("a") as file:
        file.write(change)
    (root / ".venv-pipelines").symlink_to((ROOT / ".venv-pipelines").resolve(), target_is_directory=True)
    create_project(WINE, root=root, validate=lambda _: ())
    assert (root / "pipelines" / "wine" / "definition.json").read_text() == definition_text("wine", root=root)
    assert read_definition(root / "pipelines" / "wine").staleness() is None


def test_the_sample_is_the_one_of_scikit_learn(tmp_path: Path) -> None:
    import csv

    from sklearn.datasets import load_wine

    from mlproject.templates.dataset import SAMPLE

    shutil.copy(SAMPLE, tmp_path)
    header, *rows = csv.reader((tmp_path / SAMPLE.name).read_text().splitlines())
    data = load_wine()
    assert header[-1] == "cultivar"
    assert [[float(cell) for cell in row[:-1]] for row in rows] == data.data.tolist()
    assert [int(row[-1]) - 1 for row in rows] == data.target.tolist()
