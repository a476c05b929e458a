"""Whatever environments.yaml, projects/ and pipelines/ of this repository say, synthesized once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from mlproject.errors import UserError
from mlproject.parameters import Platform, load_valid_parameters
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, once, run_app, stacks_of

SEE = "the application cannot be synthesized; see test_mlproject_check_finds_no_mistake"


@pytest.fixture(scope="session")
def platforms() -> Sequence[Platform]:
    """The environments, and the projects without mistakes; those with mistakes have no stacks."""
    found: list[Platform] = []
    # Outside of a handler, since pytest would show the error that was caught, with each test.
    with suppress(UserError):
        found.append(load_valid_parameters(ROOT))
    if not found:
        pytest.fail(SEE, pytrace=False)
    return found


@pytest.fixture(scope="session")
def assemblies(tmp_path_factory: pytest.TempPathFactory, platforms: Sequence[Platform]) -> Sequence[Path]:
    """What `python app.py` makes of this repository."""

    def synthesize(folder: Path) -> None:
        done = run_app(ROOT, folder, validate=True)
        if done.returncode:
            pytest.fail(f"{SEE}\n{done.stderr}", pytrace=False)

    return (once(tmp_path_factory, "repository-assembly", synthesize),)


@pytest.fixture(scope="session")
def every_stack(assemblies: Sequence[Path]) -> Mapping[str, Stack]:
    """The stacks of this repository by name, such as `dev/flights/storage` and `identity/111111111111`."""
    return {name: stack for folder in assemblies for name, stack in stacks_of(folder).items()}


@pytest.fixture(scope="session")
def all_stacks(every_stack: Mapping[str, Stack]) -> Mapping[str, Stack]:
    """The stacks of environments. Those of identity have roles that a person deploys (tests/identity)."""
    return {name: stack for name, stack in every_stack.items() if not name.startswith("identity/")}
