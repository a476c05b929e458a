"""Status, termination and re-creation of a cluster on the embedded AWS."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.cluster import (
    NodeGroup,
    Polling,
    describe_cluster,
    describe_clusters,
    recreate_cluster,
    terminate_cluster,
)
from mlproject.errors import UserError
from mlproject.names import named_cluster_id
from tests.cluster.cluster_stack import Client, clients, cluster_id, deploy, names, parameters, profile, restarts
from tests.cluster.slow_cloudformation import SlowCloudFormation, SlowEmr


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


class Messages(list[str]):
    """Progress messages. The embedded AWS answers at once, so that a sleep is an error."""

    @property
    def polling(self) -> Polling:
        def sleep() -> None:
            raise AssertionError("the embedded AWS answers at once")

        return Polling(report=self.append, sleep=sleep)


def test_without_a_stack_there_is_no_cluster(client: Client) -> None:
    view = describe_cluster(names("nowhere"), client)
    assert (view.stack, view.stack_status, view.cluster_id, view.is_alive) == ("nowhere-local-emr", None, None, False)


def test_a_cluster_that_works_is_shown_with_its_nodes_its_idle_time_and_livy(client: Client) -> None:
    own = names("works")
    made = deploy(client, own, idle_minutes=45)
    view = describe_cluster(own, client)
    assert (view.stack_status, view.cluster_id, view.state) == ("CREATE_COMPLETE", made, "WAITING")
    assert (view.name, view.release, view.idle_minutes) == ("works-local-1-0", "emr-7.13.0", 45)
    assert view.nodes == (
        NodeGroup(role="primary", instance_type="m5.xlarge", running=1, requested=1),
        NodeGroup(role="core", instance_type="m5.xlarge", running=2, requested=2),
    )
    host = client("emr").describe_cluster(ClusterId=made)["Cluster"]["MasterPublicDnsName"]
    assert view.livy == f"http://{host}:8998"
    assert view.is_alive
    assert view.reason is None
    assert view.since is not None
    assert abs(datetime.now(UTC) - view.since) < timedelta(minutes=10)


def test_a_cluster_that_ended_is_told_although_its_stack_looks_complete(client: Client) -> None:
    own = names("ended")
    client("emr").terminate_job_flows(JobFlowIds=[deploy(client, own)])
    view = describe_cluster(own, client)
    assert (view.stack_status, view.state, view.is_alive) == ("CREATE_COMPLETE", "TERMINATED", False)
    assert view.reason == "Terminated by user request"
    assert (view.nodes, view.livy, view.idle_minutes) == ((), None, None)


def test_a_cluster_that_emr_has_forgotten_is_told(client: Client, embedded_aws: aws.Server) -> None:
    own = names("forgotten")
    made = deploy(client, own)
    elsewhere = clients(embedded_aws, "eu-north-1")
    view = describe_cluster(own, lambda service: elsewhere(service) if service == "emr" else client(service))
    assert (view.cluster_id, view.state, view.is_alive) == (made, None, False)


def test_a_refusal_by_emr_is_not_taken_for_a_forgotten_cluster(client: Client) -> None:
    own = names("refused")
    deploy(client, own)

    class Refusing:
        def describe_cluster(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "DescribeCluster")

    with pytest.raises(ClientError, match="AccessDeniedException"):
        describe_cluster(own, lambda service: Refusing() if service == "emr" else client(service))


def test_rule_11_an_ended_cluster_comes_back_as_it_was_deployed_with_nothing_but_the_deployed_stack(
    client: Client,
) -> None:
    own = names("back")
    first = deploy(client, own, idle_minutes=45)
    client("emr").terminate_job_flows(JobFlowIds=[first])
    messages = Messages()

    recreate_cluster(own, client, polling=messages.polling)

    view = describe_cluster(own, client)
    assert view.cluster_id != first
    assert (view.stack_status, view.state, view.name) == ("UPDATE_COMPLETE", "WAITING", "back-local-1-1")
    # Parameters keep their deployed values instead of their defaults.
    assert parameters(client, own) == {"Restarts": "1", "IdleSeconds": "2700"}
    assert view.idle_minutes == 45
    host = client("emr").describe_cluster(ClusterId=view.cluster_id)["Cluster"]["MasterPublicDnsName"]
    assert view.livy == f"http://{host}:8998"
    assert messages == ["stack back-local-emr: UPDATE_COMPLETE", f"cluster {view.cluster_id}: WAITING"]

    client("emr").terminate_job_flows(JobFlowIds=[view.cluster_id])
    recreate_cluster(own, client, polling=Messages().polling)
    assert restarts(client, own) == "2"
    assert describe_cluster(own, client).is_alive


def test_a_new_cluster_that_fails_is_told_with_the_reason_and_nothing_has_changed(client: Client) -> None:
    own = names("fails")
    first = deploy(client, own)
    client("emr").terminate_job_flows(JobFlowIds=[first])
    iam = client("iam")
    (role,) = iam.get_instance_profile(InstanceProfileName=profile(own))["InstanceProfile"]["Roles"]
    iam.remove_role_from_instance_profile(InstanceProfileName=profile(own), RoleName=role["RoleName"])
    iam.delete_instance_profile(InstanceProfileName=profile(own))

    with pytest.raises(UserError, match=r"ended with UPDATE_ROLLBACK_COMPLETE .*Invalid InstanceProfile") as caught:
        recreate_cluster(own, client, polling=Messages().polling)

    assert caught.value.exit_code == 1
    assert cluster_id(client, own) == first
    assert restarts(client, own) == "0"
    iam.create_instance_profile(InstanceProfileName=profile(own))
    iam.add_role_to_instance_profile(InstanceProfileName=profile(own), RoleName=role["RoleName"])
    recreate_cluster(own, client, polling=Messages().polling)
    assert describe_cluster(own, client).is_alive


def test_what_was_never_deployed_cannot_come_back(client: Client) -> None:
    with pytest.raises(UserError, match=r"`cdk deploy 'local/never/emr'` creates the cluster") as caught:
        recreate_cluster(names("never"), client, polling=Messages().polling)
    assert caught.value.exit_code == 1


def test_a_stack_of_before_the_parameter_is_to_be_deployed_anew(client: Client) -> None:
    own = names("older")
    group = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/older", "Type": "String", "Value": "x"}}
    client("cloudformation").create_stack(
        StackName=own.stack("emr"), TemplateBody=f'{{"Resources": {{"Only": {group}}}}}'.replace("'", '"')
    )
    assert describe_cluster(own, client).cluster_id is None
    with pytest.raises(UserError, match="Deploy the stack again with `cdk deploy 'local/older/emr'`"):
        recreate_cluster(own, client, polling=Messages().polling)


def test_ending_a_cluster_leaves_its_stack(client: Client) -> None:
    own = names("ending")
    made = deploy(client, own)
    messages = Messages()
    terminate_cluster(client, made, polling=messages.polling)
    assert messages == [f"cluster {made}: TERMINATED"]
    assert describe_cluster(own, client).stack_status == "CREATE_COMPLETE"


def test_an_end_that_takes_its_time_is_waited_for_and_each_state_is_told_once() -> None:
    slow = SlowEmr("TERMINATING", "TERMINATING", "TERMINATED")
    messages: list[str] = []
    terminate_cluster(
        lambda _: slow, "j-1", polling=Polling(report=messages.append, sleep=lambda: messages.append("sleep"))
    )
    assert slow.terminated == ["j-1"]
    assert messages == ["cluster j-1: TERMINATING", "sleep", "sleep", "cluster j-1: TERMINATED"]


def slowly(cloudformation: SlowCloudFormation, emr: SlowEmr | None = None) -> list[str]:
    """Re-create the cluster of a slow AWS, and return the messages and the sleeps."""
    messages: list[str] = []
    services = {"cloudformation": cloudformation, "emr": emr}
    recreate_cluster(
        names("slow"),
        services.__getitem__,
        polling=Polling(report=messages.append, sleep=lambda: messages.append("sleep")),
    )
    return messages


def test_a_new_cluster_that_takes_its_time_is_waited_for_and_each_step_is_told_once_until_it_answers() -> None:
    cloudformation = SlowCloudFormation(
        "UPDATE_COMPLETE",
        "UPDATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    )
    assert slowly(cloudformation, SlowEmr("STARTING", "STARTING", "BOOTSTRAPPING", "WAITING")) == [
        "stack slow-local-emr: UPDATE_IN_PROGRESS",
        "cluster j-NEW: STARTING",
        "sleep",
        "sleep",
        "cluster j-NEW: BOOTSTRAPPING",
        "sleep",
        "stack slow-local-emr: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "cluster j-NEW: WAITING",
    ]


def test_another_operation_on_the_stack_is_not_disturbed() -> None:
    with pytest.raises(UserError, match="UPDATE_IN_PROGRESS: another operation is in progress") as caught:
        slowly(SlowCloudFormation("UPDATE_IN_PROGRESS"))
    assert caught.value.exit_code == 1


def test_a_rollback_that_met_the_dead_cluster_is_finished_without_it_first() -> None:
    cloudformation = SlowCloudFormation(
        "UPDATE_ROLLBACK_FAILED",
        "UPDATE_ROLLBACK_IN_PROGRESS",
        "UPDATE_ROLLBACK_COMPLETE",
        "UPDATE_COMPLETE",
    )
    messages = slowly(cloudformation, SlowEmr("WAITING"))
    assert cloudformation.skipped == ["Cluster"]
    assert messages[:2] == ["sleep", "stack slow-local-emr: UPDATE_ROLLBACK_COMPLETE"]
    assert messages[2:] == ["stack slow-local-emr: UPDATE_COMPLETE", "cluster j-NEW: WAITING"]


def test_a_refusal_by_cloudformation_is_not_taken_for_a_stack_that_is_not_there(client: Client) -> None:
    class Refusing:
        def describe_stacks(self, **_: Any) -> Any:
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not authorized"}}, "DescribeStacks")

    with pytest.raises(ClientError, match="not authorized"):
        describe_cluster(names("hidden"), lambda _: Refusing())


def test_each_of_several_clusters_is_described_and_replaced_for_itself(client: Client) -> None:
    own = names("several")
    main = deploy(client, own, named=["large", "small"])
    large, small = (cluster_id(client, own, named_cluster_id(each)) for each in ("large", "small"))
    assert len({main, large, small}) == 3
    client("emr").terminate_job_flows(JobFlowIds=[large, small])

    recreate_cluster(own, client, polling=Messages().polling, cluster="large")

    found = {each.cluster: each for each in describe_clusters(own, client, ["planned"])}
    assert list(found) == ["main", "large", "planned", "small"]
    assert {name: each.state for name, each in found.items()} == {
        "main": "WAITING",
        "large": "WAITING",
        "planned": None,
        "small": "TERMINATED",
    }
    assert (found["main"].cluster_id, found["small"].cluster_id) == (main, small)
    assert found["large"].name == "several-local.large-1-1"
    assert len({each.livy for each in found.values()} - {None}) == 2
    assert parameters(client, own) == {
        "IdleSeconds": "3600", "Restarts": "0", "RestartsLarge": "1", "RestartsSmall": "0",
    }  # fmt: skip


def test_a_cluster_that_is_not_deployed_yet_cannot_come_back(client: Client) -> None:
    own = names("planned")
    deploy(client, own)
    with pytest.raises(
        UserError, match=r"no cluster large yet\. `cdk deploy 'local/planned/emr'` creates it"
    ) as caught:
        recreate_cluster(own, client, polling=Messages().polling, cluster="large")
    assert caught.value.exit_code == 1


def test_fleets_are_shown_by_their_units(client: Client) -> None:
    own = names("fleets")
    deploy(client, own, fleets=True)
    view = describe_cluster(own, client)
    assert view.nodes == (
        NodeGroup(role="primary", instance_type="m5.xlarge", running=1, requested=1, is_fleet=True),
        NodeGroup(role="task", instance_type="m5.2xlarge, m5.xlarge", running=4, requested=3, spot=4, is_fleet=True),
    )
