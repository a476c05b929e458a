"""Every command name of the page about SparkMagic: the response to it, and what does what it promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.deployed_projects.platform import DeployedPlatform
from tests.spark.kernels import SparkKernel
from tests.spark.livy import Livy
from tests.spark.magic_cases import CASES, Command

pytestmark = [pytest.mark.spark, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def python(jupyter: dict[str, str]) -> Iterator[SparkKernel]:
    """The Python kernel, with the magics."""
    with SparkKernel("sparkmagic", jupyter) as kernel:
        kernel.run("%load_ext sparkmagic.magics")
        yield kernel


@pytest.mark.parametrize("name", CASES)
def test_the_python_kernel_responds_as_the_page_says(
    name: str, python: SparkKernel, livy: Livy, platform: DeployedPlatform
) -> None:
    assert_response(python, name, CASES[name].python)
    assert_works(python, CASES[name].in_python, livy=livy, platform=platform)


@pytest.mark.parametrize("name", CASES)
def test_the_pyspark_kernel_responds_as_the_page_says(
    name: str, pyspark: SparkKernel, livy: Livy, platform: DeployedPlatform
) -> None:
    # In this order, since %%configure is instant before the session exists, which the other name starts.
    assert_works(pyspark, CASES[name].in_pyspark, livy=livy, platform=platform)
    assert_response(pyspark, name, CASES[name].pyspark)


def assert_response(kernel: SparkKernel, name: str, response: str) -> None:
    shown = kernel.run(f"{name}\ndelays" if name.startswith("%%") else name)
    if response:
        assert response in f"{shown.text}{shown.errors}{shown.error}"
    else:
        assert shown.errors + shown.error == ""


def assert_works(kernel: SparkKernel, command: Command, *, livy: Livy, platform: DeployedPlatform) -> None:
    bucket = platform.deployment("flights").names.bucket("data")
    shown = kernel.run(command.code.replace("BUCKET", bucket).replace("URL", livy.url))
    assert shown.errors + shown.error == ""
    assert command.shows in shown.text
