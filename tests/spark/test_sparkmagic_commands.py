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


@pytest.fixture(scope="module")
def pyspark(jupyter: dict[str, str]) -> Iterator[SparkKernel]:
    with SparkKernel("pysparkkernel", jupyter) as kernel:
        yield kernel


@pytest.mark.parametrize("name", CASES)
def test_the_python_kernel_responds_as_the_page_says(
    name: str, python: SparkKernel, livy: Livy, platform: DeployedPlatform
) -> None:
    assert_row(python, name, CASES[name].python, CASES[name].in_python, livy=livy, platform=platform)


@pytest.mark.parametrize("name", CASES)
def test_the_pyspark_kernel_responds_as_the_page_says(
    name: str, pyspark: SparkKernel, livy: Livy, platform: DeployedPlatform
) -> None:
    assert_row(pyspark, name, CASES[name].pyspark, CASES[name].in_pyspark, livy=livy, platform=platform)


def assert_row(
    kernel: SparkKernel, name: str, response: str, instead: Command, *, livy: Livy, platform: DeployedPlatform
) -> None:
    code = f"{name}\ndelays" if name.startswith("%%") else name
    shown = kernel.run(code)
    if response:
        assert response in f"{shown.text}{shown.errors}{shown.error}"
    else:
        assert shown.errors + shown.error == ""
    bucket = platform.deployment("flights").names.bucket("data")
    worked = kernel.run(instead.code.replace("BUCKET", bucket).replace("URL", livy.url))
    assert worked.errors + worked.error == ""
    assert instead.shows in worked.text
