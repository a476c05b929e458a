"""`mlproject pipeline`: fresh is 0, stale is 2 with the sentence, a missing SDK names its cure."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.definition.folders import copied
from tests.mlproject_command import run_mlproject


def mlproject(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_mlproject("pipeline", *arguments, folder=folder)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copied(tmp_path)
    return tmp_path


def test_a_fresh_definition_passes_without_the_sdk(root: Path) -> None:
    done = mlproject(root, "build", "--check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "digits: fresh\nflight_delays: fresh\n", "")


def test_a_stale_definition_fails_with_the_sentence(root: Path) -> None:
    with (root / "pipelines" / "flight_delays" / "pipeline.py").open("a") as file:
        file.write("# changed\n")
    done = mlproject(root, "build", "--check", "flight_delays")
    assert done.returncode == 2
    assert done.stderr == (
        f"error: {root}/pipelines/flight_delays/definition.json is stale: pipelines/flight_delays/pipeline.py "
        "changed. Run `mlproject pipeline build flight_delays`.\n"
    )


def test_a_definition_that_the_service_would_refuse_fails_by_name(root: Path) -> None:
    path = root / "pipelines" / "flight_delays" / "definition.json"
    path.write_text(path.read_text().replace('"ml.m5.large"', '"ml.m5.larg"'))
    done = mlproject(root, "build", "--check")
    assert done.returncode == 2
    assert "it was edited after it was built" in done.stderr
    assert "Train: ResourceConfig.InstanceType: 'ml.m5.larg' is not one of the" in done.stderr


def test_an_unknown_pipeline_is_refused_with_the_nearest_name(root: Path) -> None:
    done = mlproject(root, "build", "--check", "flight_delay")
    assert done.returncode == 2
    assert done.stderr == "error: pipelines/flight_delay: no such pipeline. Did you mean flight_delays?\n"


def test_building_without_the_sdk_names_the_command_that_installs_it(root: Path) -> None:
    done = mlproject(root, "build")
    assert done.returncode == 2
    assert "the SageMaker SDK is not fully installed. Run `make pipelines`." in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_images_of_a_region_are_shown(root: Path) -> None:
    done = mlproject(root, "images", "us-east-1")
    assert "683313688378.dkr.ecr.us-east-1.amazonaws.com" in done.stdout
    assert {"  sagemaker-xgboost:3.2-0", "  pytorch-training:2.5.1"} <= set(done.stdout.splitlines())


def test_a_region_without_images_is_refused(root: Path) -> None:
    done = mlproject(root, "images", "us-east-9")
    assert done.returncode == 2
    assert done.stderr.startswith("error: region us-east-9: AWS publishes no containers there. Did you mean us-")
