"""Small CDK apps as everyone writes them, deployed through the engine in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import aws_cdk as cdk
import pytest

from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services
from tests.embedded_aws.resources.harness import Driver

# jsii starts the first `node` on PATH.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

Build = Callable[[cdk.Stack], None]
Deploy = Callable[[Build], dict[str, str]]
# What `cdk synth` looks up in an account, and keeps in cdk.context.json.
ZONES = {f"availability-zones:account={ACCOUNT}:region={REGION}": [f"{REGION}{letter}" for letter in "abc"]}


@pytest.fixture
def driver(moto_services: Services) -> Iterator[Driver]:
    """A stack on the worker's moto server, which every test deletes; all is forgotten where one fails before."""
    driver = Driver(moto_services)
    yield driver
    if driver.delete() != "DELETE_COMPLETE":
        moto_services.reset()


@pytest.fixture
def deploy(driver: Driver) -> Deploy:
    """Synthesize a stack and deploy it; the physical ids, by resource type (of the types that it has once)."""

    def deployed(build: Build) -> dict[str, str]:
        app = cdk.App(analytics_reporting=False, context=ZONES)
        environment = cdk.Environment(account=ACCOUNT, region=REGION)
        build(cdk.Stack(app, "contract", env=environment, synthesizer=cdk.BootstraplessSynthesizer()))
        template = app.synth().get_stack_by_name("contract").template
        if driver.engine.find("contract"):
            stack = driver.engine.update("contract", template)
        else:
            stack = driver.engine.create("contract", template)
        assert stack.status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, driver.reasons()
        return {each.type_name: each.physical_id for each in stack.resources.values() if each.physical_id}

    return deployed
