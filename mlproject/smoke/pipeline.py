"""Whether the pipeline can be started, and runs what is committed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from mlproject.definition import Definition, Scalar, definition_difference
from mlproject.names import Names
from mlproject.outcome import Outcome, ok, problem

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribePipeline.html; moto returns the second code.
_NOT_FOUND = frozenset({"ResourceNotFound", "ValidationException"})
_SAGEMAKER = "sagemaker.amazonaws.com"


def check_pipeline(
    names: Names, definition: Definition, parameters: Mapping[str, Scalar], client: Callable[[str], Any]
) -> Iterator[Outcome]:
    """Check that the pipeline is active, and that its definition is the committed one.

    Args:
        names: names of the project's resources in the environment.
        definition: the committed definition.
        parameters: the values of pipeline parameters in project.yaml.
        client: returns the boto3 client of a service.
    """
    deploy = f"run `mlproject deploy {names.project} --environment {names.environment}`"
    try:
        found = client("sagemaker").describe_pipeline(PipelineName=names.pipeline)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NOT_FOUND:
            raise
        yield problem("pipeline", f"{names.pipeline} does not exist", deploy)
        return
    if found["PipelineStatus"] != "Active":
        yield problem("pipeline", f"{names.pipeline} is {found['PipelineStatus']}, so it cannot be started", deploy)
        return
    known = {
        "DataBucket": names.bucket("data"),
        "ArtifactsBucket": names.bucket("artifacts"),
        "ModelGroup": names.model_package_group,
        "DefinitionHash": definition.hash,
    }
    deployed = json.loads(found["PipelineDefinition"])
    difference = definition_difference(definition, deployed, parameters=parameters, values=known)
    if difference:
        yield problem(
            "pipeline",
            f"{names.pipeline} does not run the committed definition, which differs at {difference}",
            f"check out the commit that you want to run, and {deploy}",
        )
        return
    steps = len(deployed.get("Steps", ()))
    yield ok("pipeline", f"{names.pipeline} is Active and runs the committed definition ({steps} steps)")


def check_pipeline_role(names: Names, client: Callable[[str], Any]) -> Iterator[Outcome]:
    """Check that SageMaker may assume the pipeline's role, and that the role may pass itself to its jobs.

    https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-access.html
    """
    iam, name = client("iam"), names.role("pipeline")
    deploy = f"run `mlproject deploy {names.project} --environment {names.environment}`"
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield problem("pipeline role", f"{name} does not exist", deploy)
        return
    if not _is_trusted(role["AssumeRolePolicyDocument"]):
        yield problem("pipeline role", f"the trust policy of {name} does not allow {_SAGEMAKER} to assume it", deploy)
        return
    simulated = iam.simulate_principal_policy(
        PolicySourceArn=role["Arn"],
        ActionNames=["iam:PassRole"],
        ResourceArns=[role["Arn"]],
        ContextEntries=[
            {"ContextKeyName": "iam:PassedToService", "ContextKeyValues": [_SAGEMAKER], "ContextKeyType": "string"}
        ],
    )
    (result,) = simulated["EvaluationResults"]
    if result["EvalDecision"] != "allowed":
        yield problem(
            "pipeline role",
            f"{name} may not pass itself to its jobs (iam:PassRole: {result['EvalDecision']})",
            f"restore its policy: {deploy}",
        )
        return
    yield ok("pipeline role", f"SageMaker may assume {name}, which may be passed to the jobs")


def _is_trusted(policy: Mapping[str, Any]) -> bool:
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for statement in statements:
        principal = statement.get("Principal", {})
        services = principal.get("Service", []) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow" and _SAGEMAKER in ([services] if isinstance(services, str) else services):
            return True
    return False
