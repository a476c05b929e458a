"""Run an EMR step: its `spark-submit` on Spark of this machine, with the role of the cluster's nodes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.runner.plan import Node
from mlproject.runner.services import StepServices
from mlproject.runner.steps.emr_arguments import submit_arguments
from mlproject.runner.steps.outcome import Outcome
from mlproject.runner.steps.run_context import RunContext
from mlproject.runner.steps.spark_process import run_spark_submit


def run_emr_step(context: RunContext, node: Node, arguments: Mapping[str, Any], services: StepServices) -> Outcome:
    """Run an EMR step until it ends. Its result is never reused, since what Spark reads is not known.

    Raises:
        StepFailedError: `spark-submit` failed.
        UserError: the cluster does not exist or cannot be created, or the pipeline's role may not use it.
    """
    with services.cluster_step(context.role_arn, node.name, arguments) as step:
        run_spark_submit(context, node, submit_arguments(arguments), variables=step.variables)
    config = arguments["StepConfig"]["HadoopJarStep"]
    return Outcome(
        properties={
            "Id": step.step_id,
            "Name": node.name,
            "Config": config,
            "ActionOnFailure": "CONTINUE",
            "Status": {"State": "COMPLETED"},
            "ClusterId": step.cluster_id,
        },
        metadata={"EMR": {"ClusterId": step.cluster_id, "StepId": step.step_id, "StepName": node.name}},
    )
