"""Lifetime a cluster without its stack, and bringing back one that ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from mlproject.cluster import stack as stacks
from mlproject.cluster.looking import ENDED, STACK, state
from mlproject.cluster.stack import Polling
from mlproject.errors import UserError
from mlproject.names import RESTARTS, Names


def restart(names: Names, client: Callable[[str], Any], *, polling: Polling) -> None:
    """Make another cluster in the place of one that ended, exactly as it was deployed.

    CloudFormation does not notice that a cluster has ended: to it the stack is complete. So the deployed stack is
    updated with the template that it has and a larger number of restarts, which is part of the cluster's name: the
    cluster is replaced. Nothing of a checkout is needed, and `cdk deploy` keeps the number (--previous-parameters,
    its default).

    A deploy that met the dead cluster first has left the stack between two states, since its rollback met it too; that
    rollback is finished without the cluster.

    Args:
        names: the project's, in its environment.
        client: gives a boto3 client by the service's name.
        polling: how to wait.

    Raises:
        UserError: there is no such stack, it cannot be updated now, or the new cluster failed.
    """
    cloudformation = client("cloudformation")
    name = names.stack(STACK)
    deployed = stacks.find(cloudformation, name)
    if deployed is None:
        raise UserError(
            f"stack {name} is not deployed: `cdk deploy '{names.path}/emr'` makes the cluster.", exit_code=1
        )
    if deployed.is_busy:
        raise UserError(
            f"stack {name} is {deployed.status}: another operation goes on; wait for its end, then repeat the command.",
            exit_code=1,
        )
    if deployed.status == "UPDATE_ROLLBACK_FAILED" and set(deployed.failed.values()) == {stacks.CLUSTER}:
        deployed = stacks.finish_rollback(cloudformation, deployed, polling=polling)
    if deployed.status not in stacks.UPDATABLE or RESTARTS not in deployed.parameters:
        raise UserError(
            f"stack {name} is {deployed.status} and cannot be brought back as it is: "
            f"deploy it anew with `cdk deploy '{names.path}/emr'`.",
            exit_code=1,
        )
    token = f"mlproject-{uuid.uuid4()}"
    number = str(int(deployed.parameters[RESTARTS]) + 1)
    stacks.update(cloudformation, deployed, parameter=RESTARTS, value=number, token=token)
    stacks.follow(
        cloudformation, deployed, token=token, state_of=lambda cluster: state(client("emr"), cluster), polling=polling
    )


def end(client: Callable[[str], Any], cluster_id: str, *, polling: Polling) -> None:
    """Terminate a cluster and wait until it has ended; its stack stays.

    Args:
        client: gives a boto3 client by the service's name.
        cluster_id: EMR's id.
        polling: how to wait.
    """
    emr = client("emr")
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    told = None
    while True:
        now = state(emr, cluster_id)
        if now != told:
            told = now
            polling.tell(f"cluster {cluster_id}: {now}")
        if now is None or now in ENDED:
            return
        polling.pause()
