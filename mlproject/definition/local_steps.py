"""Which types of steps run on this machine, and what replaces the outputs of the others there.

Sources of the properties: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_QualityCheckStepMetadata.html
and API_ClarifyCheckStepMetadata.html, API_OutputParameter.html with the SDK's LambdaOutput and CallbackOutput,
API_DescribeAutoMLJob.html, API_DescribeEndpoint.html, API_DescribeInferenceComponent.html, the SDK's LineageStep and
ForEachStep, https://docs.aws.amazon.com/emr/latest/APIReference/API_Step.html and
https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_GetJobRun.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition.graph import Step, steps_of

LOCAL_STEP_TYPES = (
    "Processing",
    "Training",
    "Tuning",
    "Transform",
    "EMR",
    "EMRServerless",
    "Condition",
    "Model",
    "RegisterModel",
    "Fail",
)
# The types that Spark of this machine runs.
SPARK_STEP_TYPES = frozenset({"EMR", "EMRServerless"})
OUTPUTS = "OutputParameters"
_CONSTRAINTS = ("CalculatedBaselineConstraints", "BaselineUsedForDriftCheckConstraints")
_STATISTICS = ("CalculatedBaselineStatistics", "BaselineUsedForDriftCheckStatistics")
# The properties that a stand-in can have, by step type.
STAND_IN_PROPERTIES: Mapping[str, tuple[str, ...]] = {
    "Lambda": (OUTPUTS,),
    "Callback": (OUTPUTS,),
    "QualityCheck": (*_STATISTICS, *_CONSTRAINTS),
    "ClarifyCheck": _CONSTRAINTS,
    "EMR": ("Id", "Name", "Config", "ActionOnFailure", "Status", "ExecutionRoleArn", "ClusterId"),
    "EMRServerless": ("jobRun",),
    "AutoML": (
        "BestCandidate",
        "BestCandidateProperties",
        "AutoMLJobName",
        "AutoMLJobArn",
        "AutoMLJobArtifacts",
        "AutoMLJobObjective",
        "OutputDataConfig",
        "ProblemType",
        "ResolvedAttributes",
    ),
    "EndpointConfig": ("EndpointConfigName", "EndpointConfigArn"),
    "Endpoint": ("EndpointName", "EndpointArn", "EndpointConfigName", "EndpointStatus"),
    "InferenceComponent": ("InferenceComponentName", "InferenceComponentArn", "EndpointName", "EndpointArn"),
    "Lineage": ("ActionArns", "ArtifactArns", "ContextArns", "Associations"),
    "Cleanup": (),
    "ForEach": (
        "IterationOutputs",
        "Selected",
        "Status",
        "InputItemCount",
        "TotalStepCount",
        "SucceededStepCount",
        "FailedStepCount",
        "StoppedStepCount",
    ),
}
# The types whose properties are all S3 URIs.
CHECK_TYPES = frozenset({"QualityCheck", "ClarifyCheck"})


def declared_outputs(step: Step) -> dict[str, str]:
    """Return the types of the outputs of a Lambda or Callback step by name."""
    return {output["OutputName"]: output.get("OutputType", "String") for output in step.get(OUTPUTS) or ()}


def stand_in_example(step: Step) -> dict[str, Any]:
    """Return an example of the properties of a step's stand-in."""
    kind = step["Type"]
    if OUTPUTS in STAND_IN_PROPERTIES[kind]:
        return {OUTPUTS: dict.fromkeys(declared_outputs(step), "...")}
    if kind in CHECK_TYPES:
        return dict.fromkeys(STAND_IN_PROPERTIES[kind], "s3://...")
    return dict.fromkeys(STAND_IN_PROPERTIES[kind][:1], "...")


def steps_only_on_aws(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each step that does not run on this machine."""
    for step in steps_of(document):
        name, kind = step["Name"], step["Type"]
        if kind in LOCAL_STEP_TYPES:
            continue
        hint = f" `mlproject run --stand-in {name}=FILE.json` gives its outputs." if kind in STAND_IN_PROPERTIES else ""
        yield f"step {name} ({kind}) cannot run here; it runs on AWS.{hint}"
