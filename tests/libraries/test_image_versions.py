"""`mlproject libraries check` compares the notebook's lock with the libraries of the pipeline's images."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlproject.definition import read_definition
from mlproject.libraries import image_notes
from tests.cli.checkout import Checkout
from tests.libraries.project import lists_of, project, write_lock
from tests.libraries.registry import Registry

LIST = "projects/compared/libraries/science.txt"
SKLEARN = "${SageMakerRegistry}/sagemaker-scikit-learn:1.9-0-cpu-py3"
XGBOOST = "${SageMakerRegistry}/sagemaker-xgboost:3.2-0"
OWN = "111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/forecast:7"
REMEDY = "To test code and models in the notebook with the versions of the image, require these in the list."
VERSIONS = {"ipykernel": "6.0", "numpy": "2.2.6", "pandas": "2.3.3", "scipy": "1.15.3", "xgboost-cpu": "3.2.0"}
PINS = "numpy==2.2.6\npandas==1.1.3 \\\n    --hash=sha256:00\nscipy==1.5.0\nxgboost==3.1.0\n"


def compared(root: Path, images: dict[str, str], *, pins: str | None) -> Checkout:
    """Create a checkout whose pipeline has a step for each image."""
    checkout = project(root, Registry(folder=root / "registry"), name="compared", science="pandas\nxgboost-cpu\n")
    (notebook,) = lists_of(checkout)
    write_lock(notebook, VERSIONS)
    steps = [
        {"Name": name, "Type": "Training", "Arguments": {"AlgorithmSpecification": {"TrainingImage": image}}}
        for name, image in images.items()
    ]
    folder = root / "pipelines" / "tiny"
    (folder / "definition.json").write_text(json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": steps}))
    (folder / "image.in").write_text("numpy==2.2.6\n")
    if pins is not None:
        (folder / "image.txt").write_text(pins)
    return checkout


@pytest.mark.parametrize(
    ("images", "pins", "notes"),
    [
        pytest.param(
            {"Train": SKLEARN},
            PINS,
            [
                f"{LIST}: the notebook has other versions than sagemaker-scikit-learn:1.9-0-cpu-py3 in "
                f"pipelines/tiny/image.txt: pandas 2.3.3 instead of 1.1.3. {REMEDY}"
            ],
            id="scipy is required by nobody, and this image has no xgboost",
        ),
        pytest.param(
            {"Train": XGBOOST, "Prepare": SKLEARN},
            PINS,
            [
                f"{LIST}: the notebook has other versions than sagemaker-scikit-learn:1.9-0-cpu-py3 and "
                "sagemaker-xgboost:3.2-0 in pipelines/tiny/image.txt: pandas 2.3.3 instead of 1.1.3, xgboost-cpu 3.2.0 "
                f"instead of 3.1.0. {REMEDY}"
            ],
            id="the build for CPUs is the same library",
        ),
        pytest.param({"Train": XGBOOST}, "numpy==2.2.6\npandas==2.3.3\n", [], id="equal"),
        pytest.param(
            {"Train": OWN},
            PINS,
            [f"{LIST}: is not compared with forecast:7 of pipelines/tiny, whose library versions are not known."],
            id="an image of the team",
        ),
        pytest.param(
            {"Train": SKLEARN},
            None,
            [
                f"{LIST}: is not compared with sagemaker-scikit-learn:1.9-0-cpu-py3 of pipelines/tiny, whose library "
                "versions are not known."
            ],
            id="no image.txt",
        ),
    ],
)
def test_differing_versions_are_named_and_unknown_contents_are_not_guessed(
    tmp_path: Path, images: dict[str, str], pins: str | None, notes: list[str]
) -> None:
    (notebook,) = lists_of(compared(tmp_path, images, pins=pins))
    assert list(image_notes(notebook, read_definition(tmp_path / "pipelines" / "tiny"), {})) == notes


def test_check_prints_each_notice_once_for_all_environments_and_passes(tmp_path: Path) -> None:
    done = compared(tmp_path, {"Train": SKLEARN, "Own": OWN}, pins=PINS).run("libraries", "check", "compared")
    lines = done.stdout.splitlines()
    assert (done.returncode, len(lines)) == (0, 3), done.stderr
    assert "pandas 2.3.3 instead of 1.1.3" in lines[1]
    assert "forecast:7 of pipelines/tiny, whose library versions are not known" in lines[2]
