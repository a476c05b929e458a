"""Permissions of the role of a schedule."""

from __future__ import annotations

from mlproject.aws_rules.grants import Grant


def schedule_grants(*, pipeline_arn: str) -> list[Grant]:
    """Return the grants of a schedule that starts a pipeline.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html

    Args:
        pipeline_arn: ARN of the pipeline.
    """
    return [
        Grant(
            sid="StartPipeline",
            actions=["sagemaker:StartPipelineExecution"],
            resources=[pipeline_arn],
            reason="the schedule starts only this pipeline",
        )
    ]
