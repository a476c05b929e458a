"""The steps of EMR clusters in the embedded AWS, added with the pipeline's role as SageMaker Pipelines does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from mlproject.errors import UserError
from mlproject.runner.storage.s3_store import translate_errors

_ENDED = ("TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS")


@dataclass(frozen=True, kw_only=True)
class AddedStep:
    """A step that a cluster has received.

    Args:
        cluster_id: such as `j-1ABCDEFGH2IJK`.
        step_id: such as `s-1ABCDEFGH2IJK`.
        instance_profile: of the cluster's nodes.
    """

    cluster_id: str
    step_id: str
    instance_profile: str


@contextmanager
def added_step(emr: Any, name: str, arguments: Mapping[str, Any], *, endpoint: str) -> Iterator[AddedStep]:
    """Add a step to its cluster. A cluster of the step's own is created before and terminated after it.

    Args:
        emr: a boto3 client with the credentials of the pipeline's role.
        name: name of the step.
        arguments: resolved arguments of the step.
        endpoint: the client's endpoint, for error messages.

    Raises:
        UserError: the cluster does not exist, has ended or cannot be created, or the role may not use it.
    """
    step = {"Name": name, "ActionOnFailure": "CONTINUE", **arguments["StepConfig"]}
    config = arguments.get("ClusterConfig")
    with translate_errors(f"the cluster of step {name}", endpoint):
        cluster_id = _create(emr, name, config, step) if config else str(arguments["ClusterId"])
    try:
        with translate_errors(f"cluster {cluster_id}", endpoint):
            cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
            status = cluster["Status"]
            if status["State"] in _ENDED:
                reason = status.get("StateChangeReason", {}).get("Message") or "no reason given"
                raise UserError(
                    f"cluster {cluster_id} is {status['State']}: {reason}.", exit_code=1, topic="cluster-not-running"
                )
            if config:
                step_id = emr.list_steps(ClusterId=cluster_id)["Steps"][0]["Id"]
            else:
                (step_id,) = emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step])["StepIds"]
            emr.describe_step(ClusterId=cluster_id, StepId=step_id)
        yield AddedStep(
            cluster_id=cluster_id,
            step_id=step_id,
            instance_profile=cluster["Ec2InstanceAttributes"]["IamInstanceProfile"],
        )
    finally:
        if config:
            with translate_errors(f"cluster {cluster_id}", endpoint):
                emr.terminate_job_flows(JobFlowIds=[cluster_id])


def _create(emr: Any, name: str, config: Mapping[str, Any], step: Mapping[str, Any]) -> str:
    """Create a cluster with its step and the settings that SageMaker Pipelines adds.

    https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html#step-type-emr
    """
    instances = {**config["Instances"], "KeepJobFlowAliveWhenNoSteps": True, "TerminationProtected": False}
    own = {"Name": f"sagemaker-pipelines-{name}", "Instances": instances, "Steps": [step]}
    return str(emr.run_job_flow(**{**config, **own})["JobFlowId"])
