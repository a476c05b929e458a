"""What several folders of tests share."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

import embedded_aws as aws
from mlproject.cdk_cli import VALIDATION
from stacks.synthesis import CACHE, CACHE_VARIABLE
from tests.checkouts import ROOT, inherited_variables
from tests.least_privilege.labels import label_log, use_own_log
from tests.properties.examples import LONG_PROFILE

# A runner in the background may have been started with Ctrl-C ignored, which all its children would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)

# tests/stacks/test_checkers.py looks at checked templates; each other synthesis would take twice as long with it.
os.environ[VALIDATION] = "false"

# The checkouts of the tests share what they synthesize, also with the suites that run within a test.
os.environ.setdefault(CACHE_VARIABLE, str(ROOT / CACHE))

# For a search over night: tests/properties/examples.py.
settings.register_profile(LONG_PROFILE)
# Before the tests are imported, since their own settings take the others from the profile.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

use_own_log()


_VARIABLES = pytest.StashKey[set[tuple[str, str]]]()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before its fixtures."""
    label_log(item)
    item.stash[_VARIABLES] = variables_of_aws()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """After its fixtures: the next test must not depend on this one, nor on a fixture that lasts longer."""
    assert variables_of_aws() == item.stash[_VARIABLES], "variables of AWS or the CDK must be removed after use"


def variables_of_aws() -> set[tuple[str, str]]:
    """The variables that select an AWS account or a checkout."""
    return os.environ.items() - inherited_variables().items()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the longest tests first, so that the other workers have enough to do until they end."""
    items.sort(key=lambda item: item.get_closest_marker("gitlab") is None)


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[aws.Server]:
    """A running embedded AWS of this worker's own; tests share it, so each names what it creates for itself."""
    folder = tmp_path_factory.mktemp("embedded-aws")
    server = aws.start(folder, lifetime=aws.Lifetime.OF_STARTER)
    yield server
    aws.stop(folder)
