"""A SageMaker Pipeline whose placeholders CloudFormation replaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from mlproject.definition import LIST_SEPARATOR, LISTS, used_placeholders, validate_literal
from stacks.constructs.acknowledgment import acknowledge_lint


class SageMakerPipeline(Construct):
    """Pipeline with an inline definition, since Fn::Sub is not possible for a definition in S3.

    Args:
        name: name of the pipeline.
        text: definition for Fn::Sub, from `mlproject.definition.fn_sub_string`.
        values: value of each placeholder, a string or a sequence of strings. Tokens are allowed.
        role_arn: ARN of the pipeline's role.
        parallel_steps: maximum number of steps that run in parallel.
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
        pipeline = sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name=name,
            pipeline_definition={"PipelineDefinitionBody": cdk.Fn.sub(text, dict(sorted(used.items())))},
            role_arn=role_arn,
            parallelism_configuration={"MaxParallelExecutionSteps": parallel_steps},
        )
        if '"arn:aws' in text:
            acknowledge_lint(
                pipeline,
                "I3042",
                "The ARN is a project's value of a pipeline parameter, such as that of a Lambda function.",
            )


def _variable(name: str, value: str | Sequence[str]) -> str:
    if name in LISTS:
        return cdk.Fn.join(LIST_SEPARATOR, list(value))
    text = str(value)
    # A token looks like "${Token[...]}". Checking only such strings saves a call to Node for each literal.
    return text if "${" in text and cdk.Token.is_unresolved(text) else validate_literal(name, text)
