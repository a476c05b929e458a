"""What the tests of handlers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded_aws.moto_server import Services
from tests.embedded_aws.resources.harness import Driver


@pytest.fixture
def driver(moto_services: Services) -> Iterator[Driver]:
    """A stack on the worker's moto server; deleted afterwards, or all is forgotten where that fails."""
    driver = Driver(moto_services)
    yield driver
    if driver.delete() != "DELETE_COMPLETE":
        moto_services.reset()
