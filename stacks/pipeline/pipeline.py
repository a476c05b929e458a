"""A SageMaker Pipeline whose definition CloudFormation fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.definition import LIST_SEPARATOR, LISTS, literal, used_placeholders


class SageMakerPipeline(Construct):
    """A pipeline with its definition inline: a definition in S3 would take no Fn::Sub.

    Args:
        name: the pipeline's name.
        text: the definition for Fn::Sub, from `mlproject.definition.substitution`.
        values: a value for each placeholder: a string, or strings for a list; tokens are welcome.
        role_arn: the pipeline's role.
        parallel_steps: how many steps run at the same time at most.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        text: str,
        values: Mapping[str, str | Sequence[str]],
        role_arn: str,
        parallel_steps: int,
    ) -> None:
        super().__init__(scope, construct_id)
        used = {placeholder: _variable(placeholder, values[placeholder]) for placeholder in used_placeholders(text)}
        sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name=name,
            pipeline_definition={"PipelineDefinitionBody": cdk.Fn.sub(text, dict(sorted(used.items())))},
            role_arn=role_arn,
            parallelism_configuration={"MaxParallelExecutionSteps": parallel_steps},
        )


def _variable(name: str, value: str | Sequence[str]) -> str:
    if name in LISTS:
        return cdk.Fn.join(LIST_SEPARATOR, list(value))
    text = str(value)
    # A token looks like "${Token[...]}"; asking CDK about every literal would cost a call to Node each.
    return text if "${" in text and cdk.Token.is_unresolved(text) else literal(name, text)
