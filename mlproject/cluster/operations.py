"""Terminate a cluster without deleting its stack, and replace a terminated cluster."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from mlproject.cluster import stack as stacks
from mlproject.cluster.stack import Polling
from mlproject.cluster.status import STACK, TERMINATED_STATES, cluster_state
from mlproject.errors import UserError
from mlproject.names import MAIN_CLUSTER, Names, restarts_parameter


def recreate_cluster(
    names: Names, client: Callable[[str], Any], *, polling: Polling, cluster: str = MAIN_CLUSTER
) -> None:
    """Replace a terminated cluster with a new one that has the same deployed configuration.

    CloudFormation does not notice that a cluster has terminated and still reports the stack as complete. This function
    therefore updates the deployed stack with its current template and a higher number of restarts. The number is part
    of the cluster's name, so that CloudFormation replaces the cluster. Nothing is read from a checkout, and
    `cdk deploy` keeps the number (--previous-parameters, its default).

    A deployment that tried to change the terminated cluster fails, and so does its rollback. In this case the rollback
    is completed first, and skips the cluster.

    Args:
        names: names of the project's resources in the environment.
        client: returns the boto3 client of a service.
        polling: how to report progress and wait.
        cluster: name of the cluster in project.yaml, or `main`.

    Raises:
        UserError: the stack or the cluster does not exist or cannot be updated, or the new cluster failed.
    """
    cloudformation = client("cloudformation")
    name = names.stack(STACK)
    deployed = stacks.find_stack(cloudformation, name)
    if deployed is None:
        raise UserError(
            f"stack {name} is not deployed. `cdk deploy '{names.path}/emr'` creates the cluster.",
            exit_code=1,
            topic="not-deployed",
        )
    if deployed.is_busy:
        raise UserError(
            f"stack {name} is {deployed.status}: another operation is in progress. "
            "Wait until it has finished, then run the command again.",
            exit_code=1,
            topic="deployment-in-progress",
        )
    if deployed.status == "UPDATE_ROLLBACK_FAILED" and set(deployed.failed.values()) == {stacks.CLUSTER}:
        deployed = stacks.continue_rollback(cloudformation, deployed, polling=polling)
    parameter = restarts_parameter(cluster)
    if cluster != MAIN_CLUSTER and parameter not in deployed.parameters:
        raise UserError(
            f"stack {name} has no cluster {cluster} yet. `cdk deploy '{names.path}/emr'` creates it.",
            exit_code=1,
            topic="not-deployed",
        )
    if deployed.status not in stacks.UPDATABLE or parameter not in deployed.parameters:
        raise UserError(
            f"stack {name} is {deployed.status} and cannot re-create the cluster. "
            f"Deploy the stack again with `cdk deploy '{names.path}/emr'`.",
            exit_code=1,
            topic="deployment-failed",
        )
    token = f"mlproject-{uuid.uuid4()}"
    restarts = str(int(deployed.parameters[parameter]) + 1)
    stacks.update_parameter(cloudformation, deployed, parameter=parameter, value=restarts, token=token)
    stacks.wait_for_new_cluster(
        cloudformation,
        deployed,
        cluster=cluster,
        token=token,
        state_of=lambda cluster_id: cluster_state(client("emr"), cluster_id),
        polling=polling,
    )


def unprotect_cluster(client: Callable[[str], Any], cluster_id: str) -> None:
    """Turn off the termination protection of a cluster.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/UsingEMR_TerminationProtection.html

    Args:
        client: returns the boto3 client of a service.
        cluster_id: id of the cluster in EMR, which is starting or running.
    """
    client("emr").set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=False)


def terminate_cluster(client: Callable[[str], Any], cluster_id: str, *, polling: Polling) -> None:
    """Terminate a cluster and wait until it has terminated. The stack is not deleted.

    Args:
        client: returns the boto3 client of a service.
        cluster_id: id of the cluster in EMR.
        polling: how to report progress and wait.
    """
    emr = client("emr")
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    reported = None
    while True:
        state = cluster_state(emr, cluster_id)
        if state != reported:
            reported = state
            polling.report(f"cluster {cluster_id}: {state}")
        if state is None or state in TERMINATED_STATES:
            return
        polling.sleep()
