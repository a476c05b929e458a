"""What the tests of handlers and gaps share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded_aws.moto_server import Services, running_services


@pytest.fixture(scope="session")
def moto_services() -> Iterator[Services]:
    with running_services() as services:
        yield services


@pytest.fixture
def services(moto_services: Services) -> Iterator[Services]:
    """The worker's moto server, with nothing in it; for tests that leave something behind."""
    yield moto_services
    moto_services.reset()
