"""Which units an assembly has, and how they are divided among processes."""

from __future__ import annotations

import pytest

from mlproject.assembly_cache import Unit, parse_units, select_units, split_evenly
from mlproject.errors import UserError
from tests.stacks.examples import PLATFORM


def names(**selection: str) -> list[str]:
    return [str(unit) for unit in select_units(PLATFORM, **selection)]


def test_a_project_comes_with_the_networks_of_its_environments() -> None:
    assert names(project="beta", environment="owned") == ["owned", "owned/beta"]
    of_beta = {each.environment.name for each in PLATFORM.projects["beta"]}
    assert set(names(project="beta")) == of_beta | {f"{name}/beta" for name in of_beta}


def test_every_environment_has_a_unit_even_without_projects() -> None:
    assert {name for name in names() if "/" not in name} == set(PLATFORM.environments)


@pytest.mark.parametrize("project", [None, "beta"])
def test_an_unknown_environment_is_refused_with_the_nearest(project: str | None) -> None:
    with pytest.raises(UserError, match=r"^ownd: no such environment.* Did you mean owned\?"):
        select_units(PLATFORM, project=project, environment="ownd")


def test_names_of_units_are_read_as_they_are_written() -> None:
    units = select_units(PLATFORM)
    assert parse_units(",".join(map(str, units))) == units


def test_groups_of_neighbours_contain_each_unit_once() -> None:
    units = [Unit(stage="dev", project=f"team{number}") for number in range(7)]
    groups = split_evenly(units, 3)
    assert [len(group) for group in groups] == [2, 2, 3]
    assert [unit for group in groups for unit in group] == units
