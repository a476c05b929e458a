"""`mlproject cluster history`: the address of the Spark history server, of the newest cluster or of another one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import embedded_aws as aws
from mlproject.cluster import create_history_url
from mlproject.errors import UserError
from tests.cli.test_cluster import checkout_of, run
from tests.cluster.cluster_stack import Client, clients, deploy


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


def test_the_url_is_all_that_the_standard_output_contains(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "history", embedded_aws)
    nothing = run(checkout, "history")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr == (
        "error: history-local has no cluster. Deploy one with `cdk deploy 'local/history/emr'`, or give the ID of an "
        "earlier one with --cluster.\n"
    )

    cluster = deploy(client, checkout.names())
    client("emr").terminate_job_flows(JobFlowIds=[cluster])
    shown = run(checkout, "history")
    assert shown.returncode == 0
    assert shown.stdout.startswith("https://p-")
    assert shown.stdout.count("\n") == 1
    assert shown.stderr.startswith("The embedded AWS runs no Spark history server, so this URL does not respond.")
    document = json.loads(run(checkout, "history", "--cluster", cluster, "--json").stdout)
    assert document == {"cluster": cluster, "url": document["url"], "served": False}

    unknown = run(checkout, "history", "--cluster", "j-OTHER")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr == (
        "error: EMR does not know cluster j-OTHER. It keeps terminated clusters for two months, and their history for "
        "30 days.\n"
    )


class StartingServer:
    """EMR whose history server becomes ready after some requests."""

    def __init__(self, *, ready_after: int) -> None:
        self.missing = ready_after

    def describe_cluster(self, **_: str) -> dict[str, Any]:
        return {"Cluster": {"ClusterArn": "arn:aws:elasticmapreduce:eu-west-1:111111111111:cluster/j-1"}}

    def create_persistent_app_ui(self, **_: str) -> dict[str, Any]:
        return {"PersistentAppUIId": "p-1"}

    def get_persistent_app_ui_presigned_url(self, **_: str) -> dict[str, Any]:
        self.missing -= 1
        return {"PresignedURLReady": self.missing < 0, "PresignedURL": "https://p-1.example.com/shs"}


def test_the_command_waits_for_a_history_server_that_starts() -> None:
    waits: list[None] = []
    url = create_history_url(StartingServer(ready_after=3), "j-1", sleep=lambda: waits.append(None))
    assert (url, len(waits)) == ("https://p-1.example.com/shs", 3)


def test_a_history_server_that_does_not_start_is_reported_after_five_minutes() -> None:
    waits: list[None] = []
    with pytest.raises(UserError, match="did not start within 5 minutes"):
        create_history_url(StartingServer(ready_after=1000), "j-1", sleep=lambda: waits.append(None))
    assert len(waits) == 60
