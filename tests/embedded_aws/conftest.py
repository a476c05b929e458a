"""What the tests of handlers and gaps share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded_aws.moto_server import Services, running_services


@pytest.fixture(scope="session")
def moto_services() -> Iterator[Services]:
    with running_services() as services:
        yield services
