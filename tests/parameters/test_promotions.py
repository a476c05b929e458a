"""`promoted_from`: the environments between which models are promoted, and those between which they cannot be."""

from __future__ import annotations

from pathlib import Path

from mlproject.parameters import load_parameters
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, error_lines, replaced, write_files

PROMOTING = replaced(PROJECT, "  prod:\n", "  prod:\n    promoted_from: dev\n")


def test_each_deployment_knows_its_source_and_its_targets(tmp_path: Path) -> None:
    write_files(tmp_path, projects={"flights": PROMOTING})
    platform = load_parameters(tmp_path)
    dev, prod = platform.deployment("flights", "dev"), platform.deployment("flights", "prod")
    assert dev.promoted_from is None
    assert [target.name for target in dev.promoted_to] == ["prod"]
    assert prod.promoted_from == platform.environments["dev"]
    assert prod.promoted_to == ()
    assert prod.names_in(platform.environments["dev"]) == dev.names


def test_two_projects_are_promoted_independently(tmp_path: Path) -> None:
    other = replaced(PROJECT, "name: flights", "name: another").replace("  dev: {}", "  dev: {promoted_from: prod}")
    write_files(tmp_path, projects={"flights": PROMOTING, "another": other})
    platform = load_parameters(tmp_path)
    assert [each.name for each in platform.deployment("another", "prod").promoted_to] == ["dev"]
    assert [each.name for each in platform.deployment("flights", "prod").promoted_to] == []


def test_environments_in_two_regions_are_refused(tmp_path: Path) -> None:
    far = replaced(ENVIRONMENTS, "    retain_data: false\n", "    retain_data: false\n    region: eu-central-1\n")
    write_files(tmp_path, environments=far, projects={"flights": PROMOTING})
    assert error_lines(tmp_path) == [
        "projects/flights/project.yaml:15: environments.prod.promoted_from: dev is in eu-central-1 and prod in "
        "eu-west-1, but the images of a model belong to a region. Allowed: an environment in eu-west-1."
    ]
