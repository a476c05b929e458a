"""The role of the notebooks allows the calls of the lifecycle scripts, and the status names one that it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.libraries.registry import Registry
from tests.lifecycle_scripts.fault_cases import CASES, PERMISSIONS, STATUS_FILE, TEXTS
from tests.lifecycle_scripts.instance import Instance
from tests.lifecycle_scripts.jupyter import start_jupyter
from tests.lifecycle_scripts.test_person import text
from tests.node_scripts.machine import sandbox_problem, wait_until
from tests.stacks.assembly import Stack
from tests.stacks.notebook_account import (
    FLIGHTS,
    Account,
    instance,
    notebook_account,
    publish_libraries,
    registry,
    restricted,
)

pytestmark = pytest.mark.slow

DATA = FLIGHTS.names.bucket("data")
LIST = "libraries/notebook/notebook/requirements.txt"
# A file of this size is uploaded in parts.
LARGE = b"1" * 9_000_000
LOG_GROUP = "/aws/sagemaker/NotebookInstances"
STOP = "sagemaker:StopNotebookInstance"
DENIED = "is not authorized to perform: "
ENGLISH = TEXTS["en"]
MISSING = ENGLISH["permission"]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, stacks: Mapping[str, Stack]) -> Iterator[Account]:
    if problem := sandbox_problem():
        pytest.skip(f"NOT PROVEN HERE: {problem}")
    with notebook_account(tmp_path_factory.mktemp("notebook-role"), stacks["local/flights/notebooks"]) as made:
        yield made


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    uv_wheel = Registry(folder=tmp_path_factory.mktemp("uv")).add_uv()
    return registry(tmp_path_factory.mktemp("libraries"), uv_wheel)


def saved(account: Account) -> dict[str, bytes]:
    s3, under = account.client("s3"), "notebooks/explore/"
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=DATA, Prefix=under).get("Contents", [])]
    return {key.removeprefix(under): s3.get_object(Bucket=DATA, Key=key)["Body"].read() for key in keys}


def test_the_permissions_of_the_scripts_let_a_notebook_install_follow_save_and_stop_with_all_others_denied(
    account: Account, libraries: Registry, tmp_path: Path
) -> None:
    publish_libraries(account, libraries)
    session = account.session()
    own = instance(account, tmp_path, session, idle_minutes=0)
    sagemaker = account.client("sagemaker")
    name = own.settings.notebook
    with restricted(account, NotAction=[*PERMISSIONS]), own.started() as machine:
        (own.volume / "one.ipynb").write_text("{}")
        (own.volume / "large.bin").write_bytes(LARGE)
        own.wait_installed()
        config = machine.file("/home/ec2-user/.sparkmagic/config.json")
        wait_until(lambda: config.exists() and "ip-10-23-0-5" in config.read_text())
        # Without Jupyter, the instance keeps running.
        start_jupyter(machine)
        wait_until(
            lambda: (
                sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"] != "InService"
            )
        )
    assert saved(account) == {"one.ipynb": b"{}", "large.bin": LARGE}
    assert account.refusals(session) == []


@pytest.mark.timeout(300)
@pytest.mark.tries_permissions
def test_each_missing_permission_is_named_with_what_to_do_and_the_next_start_recovers(
    account: Account, libraries: Registry, tmp_path: Path
) -> None:
    """A volume is started without one permission after the other, and each start recovers from the one before."""
    own = instance(account, tmp_path, account.session())
    expected = saved(account)
    for number, action in enumerate(PERMISSIONS, start=2):
        file = own.volume / f"{number}.ipynb"
        file.write_text(action)
        expected[file.name] = action.encode()
        publish_libraries(account, libraries, version=number)
        let_every_call_happen(account, own, action)
        assert refused_in_start_without(account, own, action, advice=CASES["permission"].shown) == {action}
    own.credentials = account.session()
    own.with_settings(idle_minutes=100_000)
    publish_libraries(account, libraries, version=100)
    with own.started():
        own.wait_installed()
        wait_until(lambda: saved(account) == expected)
        wait_until(lambda: MISSING not in rows(own))
    assert account.refusals(own.credentials) == []


def let_every_call_happen(account: Account, own: Instance, action: str) -> None:
    """Prepare a start in which the scripts need this permission."""
    # Only a failed installation is counted.
    if action == "cloudwatch:PutMetricData":
        account.client("s3").delete_object(Bucket=FLIGHTS.names.bucket("artifacts"), Key=LIST)
    # Only a notebook without the group creates it. The start after that creates the stream.
    if action == "logs:CreateLogGroup":
        account.client("logs").delete_log_group(logGroupName=LOG_GROUP)
    own.with_settings(idle_minutes=0 if action == STOP else 100_000)


def refused_in_start_without(account: Account, own: Instance, action: str, *, advice: str) -> set[str]:
    """Start the instance, wait until it says what to do about the permission, and return the actions that were refused.

    The start itself succeeds, or `started` fails.
    """
    session = account.session()
    own.credentials = session
    with restricted(account, Action=[action]), own.started() as machine:
        if action == STOP:
            own.wait_installed()
            start_jupyter(machine)
        wait_until(lambda: explains(own, action, advice))
    return {refusal["action"] for refusal in account.refusals(session)}


def explains(own: Instance, action: str, advice: str) -> bool:
    """Whether the status names this permission and no other, with AWS's message in its place."""
    if PERMISSIONS[action] == STATUS_FILE:
        return f"{DENIED}{action} " in own.status and "Run `mlproject why` with this message" in own.status
    shown = rows(own)
    message, named = shown.get(ENGLISH[PERMISSIONS[action]], ""), shown.get(MISSING, "")
    return f"{DENIED}{action} " in message and named.startswith(f"{advice}`{action}`. Run `mlproject why`")


def rows(own: Instance) -> dict[str, str]:
    """Return the status in START HERE by the names of its rows."""
    return dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.*) \|$", text(own.volume / "START HERE.ipynb"), re.MULTILINE))
