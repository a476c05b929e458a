"""Look up deployments by project and environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.parameters import Platform, load_parameters
from tests.parameters.sample_files import PROJECT, replaced, write_files


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    trains = replaced(PROJECT, "name: flights", "name: trains")
    trains = replaced(trains, "  prod:\n    storage:\n      archive_after_days: 60\n", "")
    return load_parameters(write_files(tmp_path, projects={"trains": trains, "flights": PROJECT}))


def names(platform: Platform, *, project: str | None = None, environment: str | None = None) -> list[str]:
    return [each.names.prefix for each in platform.deployments(project=project, environment=environment)]


def test_deployments_come_by_project_then_in_the_environments_order(platform: Platform) -> None:
    assert names(platform) == ["flights-dev", "flights-prod", "trains-dev"]


def test_deployments_can_be_narrowed(platform: Platform) -> None:
    assert names(platform, project="flights") == ["flights-dev", "flights-prod"]
    assert names(platform, environment="dev") == ["flights-dev", "trains-dev"]
    assert names(platform, project="trains", environment="prod") == []


def test_an_unknown_project_is_refused_with_the_nearest(platform: Platform) -> None:
    with pytest.raises(UserError) as caught:
        platform.deployments(project="flight")
    assert str(caught.value) == ("flight: no such project in projects/. Did you mean flights? Known: flights, trains.")


def test_an_unknown_environment_is_refused_with_those_that_there_are(platform: Platform) -> None:
    with pytest.raises(UserError) as caught:
        platform.deployment("flights", "live")
    assert str(caught.value) == "live: no such environment in environments.yaml. Known: dev, prod."


def test_an_environment_that_the_project_does_not_name_is_refused(platform: Platform) -> None:
    with pytest.raises(UserError) as caught:
        platform.deployment("trains", "prod")
    assert str(caught.value) == (
        "projects/trains/project.yaml does not list the environment prod. "
        "Add `prod: {}` under `environments:`, or choose one of: dev."
    )
