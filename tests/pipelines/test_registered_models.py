"""The models that the template of `mlproject new` and the digits register are served by their inference scripts."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sklearn.datasets

from mlproject.runner import RunResult, run_definition_file
from mlproject.templates import NewProject, Stage, create_project
from mlproject.templates.dataset import SAMPLE
from tests.checkouts import lay_out_example
from tests.definition.folders import ROOT
from tests.runner.samples import ROLE, definition, write

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Served:
    """A pipeline whose model is registered and served on this machine.

    Args:
        pipeline: the pipeline's folder.
        data: its data set, a file.
        folder: contains what runs leave.
    """

    pipeline: Path
    data: Path
    folder: Path

    @property
    def code(self) -> Path:
        return self.pipeline / "steps"

    def register(self) -> dict[str, Any]:
        """Run the pipeline, and return the request that registered its model."""
        file = self.pipeline / "definition.json"
        parameters = {each["Name"]: each.get("DefaultValue") for each in json.loads(file.read_text())["Parameters"]}
        data = {f"s3://data/raw/{parameters['DataVersion']}/{self.data.name}": self.data}
        result = run_definition_file(file=file, code=self.code, data=data, parameters={}, folder=self.folder)
        assert result.failure is None
        request: dict[str, Any] = json.loads((self.folder / "model-packages" / "local" / "1.json").read_text())
        return request

    def transform(self, request: dict[str, Any], rows: str) -> RunResult:
        """Run a batch transform with the container of a registered model."""
        (container,) = request["InferenceSpecification"]["Containers"]
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://new/rows"}}
        model = {"ExecutionRoleArn": ROLE, "PrimaryContainer": container}
        score = {
            "ModelName": {"Get": "Steps.Model.ModelName"},
            "TransformInput": {"ContentType": "text/csv", "DataSource": source, "SplitType": "Line"},
            "TransformOutput": {"Accept": "text/csv", "AssembleWith": "Line", "S3OutputPath": "s3://new/predictions"},
            "TransformResources": {"InstanceCount": 1, "InstanceType": "ml.m5.large"},
        }
        document = definition(
            {"Name": "Model", "Type": "Model", "Arguments": model},
            {"Name": "Score", "Type": "Transform", "Arguments": score},
        )
        path = self.folder / "rows.csv"
        path.write_text(rows)
        data = {"s3://new/rows/rows.csv": path}
        return run_definition_file(
            file=write(self.folder, document), code=self.code, data=data, parameters={}, folder=self.folder
        )

    def predictions(self) -> list[str]:
        return (self.folder / "objects" / "new" / "predictions" / "rows.csv.out").read_text().splitlines()


@pytest.fixture(scope="module")
def wine(tmp_path_factory: pytest.TempPathFactory) -> Served:
    root = lay_out_example(tmp_path_factory.mktemp("wine") / "checkout")
    project = NewProject(name="wine", owner="team", cost_centre="CC-7", environments=("local",), stage=Stage.DEVELOP)
    create_project(project, root=root, validate=lambda _: ())
    return Served(pipeline=root / "pipelines" / "wine", data=SAMPLE, folder=root / "runs")


@pytest.fixture(scope="module")
def registered_wine(wine: Served) -> dict[str, Any]:
    return wine.register()


def test_the_model_of_a_new_project_predicts_in_a_transform(wine: Served, registered_wine: dict[str, Any]) -> None:
    features, cultivars = sklearn.datasets.load_wine(return_X_y=True)
    rows = "".join(",".join(map(str, row)) + "\n" for row in features)
    result = wine.transform(registered_wine, rows)
    assert result.failure is None
    predicted = wine.predictions()
    # Most rows are those of the training; the others decide how many are right.
    right = [int(found) == cultivar + 1 for found, cultivar in zip(predicted, cultivars, strict=True)]
    assert sum(right) / len(right) > 0.95


def test_rows_with_other_columns_fail_the_transform_in_words(wine: Served, registered_wine: dict[str, Any]) -> None:
    failure = wine.transform(registered_wine, "1,2\n").failure
    assert failure
    assert "a row has 2 columns; the model needs 13: alcohol, " in failure


@pytest.mark.slow
def test_the_model_of_the_digits_predicts_in_a_transform(tmp_path: Path) -> None:
    data = tmp_path / "digits.csv.gz"
    shutil.copy(Path(sklearn.datasets.__file__).with_name("data") / data.name, data)
    served = Served(pipeline=ROOT / "pipelines" / "digits", data=data, folder=tmp_path / "runs")
    images, digits = sklearn.datasets.load_digits(return_X_y=True)
    rows = "".join(",".join(str(int(pixel)) for pixel in row) + "\n" for row in images[:200])
    result = served.transform(served.register(), rows)
    assert result.failure is None
    right = [int(found) == digit for found, digit in zip(served.predictions(), digits[:200], strict=True)]
    assert sum(right) / len(right) > 0.95
