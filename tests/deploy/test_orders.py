"""Any selection of stacks is deployed and destroyed in the right order by the ordinary CDK CLI.

One project's name sorts before the environment's and its network's, the other's after both.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded_aws import ACCOUNT, Server
from tests.checkouts import ROOT, inherited_variables
from tests.deploy.conftest import REGION, Cli, client_of

pytestmark = pytest.mark.deploy
Client = Callable[[str], Any]
FIRST, LAST = "aardvark", "zebra"
ENVIRONMENT = "local"
PROJECT = """\
name: {name}
owner: {name}@example.com
cost_centre: CC-2
storage: {{noncurrent_days: 7, artifacts_expire_days: 60, access_logs_expire_days: 60}}
pipeline: {{folder: flight_delays}}
environments: {{{environment}: {{}}}}
"""
NOTEBOOK = "notebooks: {explore: {instance_type: ml.t3.medium, open_from_vpc_only: true}}\n"


def synthesize(folder: Path, **extra: str) -> Path:
    """The cloud assembly of both projects; `extra` is more of a project's parameters, by its name."""
    folder.mkdir()
    for name in ("app.py", "cdk.json"):
        shutil.copy2(ROOT / name, folder / name)
    for name in ("pipeline_builder", "pipelines", "requirements"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "environments.yaml").write_text(
        f"region: {REGION}\nenvironments:\n  {ENVIRONMENT}:\n    account: '{ACCOUNT}'\n    retain_data: false\n"
        "    network: {new: {cidr: 10.77.0.0/16}}\n"
    )
    for name in (FIRST, LAST):
        project = folder / "projects" / name
        project.mkdir(parents=True)
        (project / "project.yaml").write_text(PROJECT.format(name=name, environment=ENVIRONMENT) + extra.get(name, ""))
    subprocess.run(
        [sys.executable, "app.py"],
        cwd=folder,
        env={**inherited_variables(), "PYTHONPATH": str(ROOT), "CDK_OUTDIR": str(folder / "cdk.out")},
        check=True,
    )
    return folder / "cdk.out"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthesize(tmp_path_factory.mktemp("orders") / "checkout", zebra=NOTEBOOK)


def stacks(client: Client) -> dict[str, str]:
    """Name to status of the stacks that exist, without the bootstrap's."""
    found = client("cloudformation").describe_stacks()["Stacks"]
    return {each["StackName"]: each["StackStatus"] for each in found if each["StackName"] != "CDKToolkit"}


@pytest.fixture
def nothing_left(cdk: Cli, assembly: Path, bootstrapped: Server) -> Iterator[Client]:
    """Nothing of it exists before and after."""
    client = client_of(bootstrapped)
    assert stacks(client) == {}
    yield client
    cdk("destroy", "--app", str(assembly), f"{ENVIRONMENT}/**", "--force")
    assert stacks(client) == {}


ZEBRA = {f"{LAST}-{ENVIRONMENT}-{name}" for name in ("storage", "pipeline", "notebooks")}
AARDVARK = {f"{FIRST}-{ENVIRONMENT}-{name}" for name in ("storage", "pipeline")}
NETWORK = f"{ENVIRONMENT}-network"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ((), (f"{ENVIRONMENT}/{FIRST}/*", f"{ENVIRONMENT}/{LAST}/*")),
        ((), (f"{ENVIRONMENT}/{LAST}/*", f"{ENVIRONMENT}/**", "--concurrency", "4")),
        ((f"{ENVIRONMENT}/*/storage",), (f"{ENVIRONMENT}/**", "--concurrency", "4")),
        ((f"{ENVIRONMENT}/{LAST}/pipeline",), (f"{ENVIRONMENT}/{FIRST}/pipeline", f"{ENVIRONMENT}/{LAST}/notebooks")),
    ],
    ids=["from nothing", "at once", "after the storage", "one stack after the other"],
)
def test_every_order_of_deployment_ends_complete_and_destroys_to_nothing(
    first: tuple[str, ...], then: tuple[str, ...], cdk: Cli, assembly: Path, nothing_left: Client
) -> None:
    if first:
        cdk.deploy(assembly, *first)
    cdk.deploy(assembly, *then)
    assert stacks(nothing_left) == dict.fromkeys({NETWORK, *ZEBRA, *AARDVARK}, "CREATE_COMPLETE")


@pytest.mark.parametrize("name", [FIRST, LAST])
def test_one_project_is_deployed_with_the_network_and_destroyed_without_it(
    name: str, cdk: Cli, assembly: Path, nothing_left: Client
) -> None:
    own = {FIRST: AARDVARK, LAST: ZEBRA}[name]
    assert f"{ENVIRONMENT}/network" in cdk.deploy(assembly, f"{ENVIRONMENT}/{name}/*")
    assert set(stacks(nothing_left)) == {NETWORK, *own}
    cdk("destroy", "--app", str(assembly), f"{ENVIRONMENT}/{name}/*", "--force", "--concurrency", "4")
    assert set(stacks(nothing_left)) == {NETWORK}


def test_the_network_is_destroyed_after_all_that_stands_in_it(cdk: Cli, assembly: Path, nothing_left: Client) -> None:
    cdk.deploy(assembly, f"{ENVIRONMENT}/**")
    said = cdk("destroy", "--app", str(assembly), f"{ENVIRONMENT}/network", "--force", "--concurrency", "4")
    assert "Including depending stacks" in said
    assert "DELETE_FAILED" not in said
    # What needs no network stays.
    assert set(stacks(nothing_left)) == {f"{name}-{ENVIRONMENT}-storage" for name in (FIRST, LAST)}


def test_a_first_notebook_brings_the_endpoints_that_it_needs_or_is_refused_by_their_name(
    cdk: Cli, assembly: Path, nothing_left: Client, tmp_path: Path
) -> None:
    cdk.deploy(assembly, f"{ENVIRONMENT}/{FIRST}/*")
    cdk.deploy(assembly, f"{ENVIRONMENT}/network")
    more = synthesize(tmp_path / "more", aardvark="existing_data: {glue_databases: [airports]}\n", zebra=NOTEBOOK)
    assert "glue" not in endpoints(nothing_left)

    refused = cdk.deploy(more, f"{ENVIRONMENT}/{FIRST}/pipeline", "--exclusively", fails=True)
    assert f"/mlproject/{ENVIRONMENT}/network/endpoint-glue" in refused
    assert f"{ENVIRONMENT}/network" in cdk("diff", "--app", str(more), f"{ENVIRONMENT}/{FIRST}/pipeline")
    cdk.deploy(more, f"{ENVIRONMENT}/{FIRST}/pipeline")
    assert "glue" in endpoints(nothing_left)


def endpoints(client: Client) -> set[str]:
    """The last part of the names of the services that have an endpoint."""
    found = client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return {each["ServiceName"].rpartition(".")[2] for each in found}
