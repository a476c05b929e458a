"""The lineage of a registered model: what its registration and its pipeline execution recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from mlproject.aws_rules.partitions import partition_of
from mlproject.definition.data_version import PARAMETER as DATA_VERSION
from mlproject.errors import UserError
from mlproject.names import Names

COMMIT = "CommitId"
GENERATED_BY = "GeneratedBy"
DEFINITION_HASH = "DefinitionHash"
PROMOTED_FROM = "PromotedFrom"
DIRTY = "-dirty"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html, and each operation's own errors.
_MISSING = frozenset({"ValidationException", "ResourceNotFound", "ResourceNotFoundException"})


@dataclass(frozen=True, kw_only=True)
class Lineage:
    """What is recorded about the training of a model.

    Args:
        package_arn: the model package.
        commit: full hash of the commit.
        execution_arn: the pipeline execution that registered the model.
        definition_hash: hash of the sources of the definition.
        definition: the definition that the execution ran.
        parameters: the values of all parameters of the execution that are known, by name.
        data_version: version of the data set; None if the pipeline has no such parameter.
        artifact: S3 URI of the model.tar.gz.
        metrics: S3 URI of the metrics; None if the model was registered without.
    """

    package_arn: str
    commit: str
    execution_arn: str
    definition_hash: str
    definition: Mapping[str, Any]
    parameters: Mapping[str, Any]
    data_version: str | None
    artifact: str
    metrics: str | None


def read_lineage(sagemaker: Any, names: Names, *, version: int) -> Lineage:
    """Return the lineage of a registered model.

    Args:
        sagemaker: a boto3 client.
        names: names of the project in the environment.
        version: version of the model in the project's model package group.

    Raises:
        UserError: the model does not exist, its lineage is incomplete, or its execution no longer exists.
    """
    package = _describe(sagemaker, names, version)
    arn = str(package["ModelPackageArn"])
    properties = package.get("MetadataProperties", {})
    metadata = package.get("CustomerMetadataProperties", {})
    if origin := metadata.get(PROMOTED_FROM):
        raise _promoted(names, version, origin)
    artifact = next(
        (each["ModelDataUrl"] for each in package.get("InferenceSpecification", {}).get("Containers", [])
         if each.get("ModelDataUrl")),
        None,
    )  # fmt: skip
    recorded = {
        COMMIT: properties.get(COMMIT),
        GENERATED_BY: properties.get(GENERATED_BY),
        DEFINITION_HASH: metadata.get(DEFINITION_HASH),
        "ModelDataUrl": artifact,
    }
    missing = [name for name, value in recorded.items() if not value or value == "unknown"]
    if missing:
        raise UserError(
            f"model {version} of {names.model_package_group} has no lineage to rebuild it from: {', '.join(missing)} "
            "was not registered. Register models as pipelines/flight_delays/pipeline.py does, and start the pipeline "
            "with `mlproject run`, which records the commit.",
            topic="model-not-rebuildable",
        )
    commit = _require_clean(str(recorded[COMMIT]), names, version)
    definition, parameters = _execution(sagemaker, names, version, arn=str(recorded[GENERATED_BY]))
    data_version = parameters.get(DATA_VERSION)
    statistics = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {})
    return Lineage(
        package_arn=arn,
        commit=commit,
        execution_arn=str(recorded[GENERATED_BY]),
        definition_hash=str(recorded[DEFINITION_HASH]),
        definition=definition,
        parameters=parameters,
        data_version=None if data_version is None else str(data_version),
        artifact=str(artifact),
        metrics=statistics.get("S3Uri"),
    )


def _describe(sagemaker: Any, names: Names, version: int) -> Mapping[str, Any]:
    group = f"{names.region}:{names.account}:model-package/{names.model_package_group}"
    arn = f"arn:{partition_of(names.region)}:sagemaker:{group}/{version}"
    try:
        package: Mapping[str, Any] = sagemaker.describe_model_package(ModelPackageName=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        raise UserError(
            f"model {version} of {names.model_package_group} does not exist: {arn}. List the versions with "
            f"`aws sagemaker list-model-packages --model-package-group-name {names.model_package_group}`."
        ) from error
    return package


def _promoted(names: Names, version: int, origin: str) -> UserError:
    group, _, number = origin.rpartition(":model-package/")[2].partition("/")
    environment = group.removeprefix(f"{names.project}-")
    return UserError(
        f"model {version} of {names.model_package_group} was not trained in {names.environment}, but promoted from "
        f"{origin}. Run `mlproject rebuild {names.project} --environment {environment} --model {number}`.",
        topic="model-not-rebuildable",
    )


def _execution(sagemaker: Any, names: Names, version: int, *, arn: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return the definition that an execution ran, and the values of its parameters."""
    try:
        described = sagemaker.describe_pipeline_definition_for_execution(PipelineExecutionArn=arn)
        given = sagemaker.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        raise UserError(
            f"model {version} of {names.model_package_group} was registered by {arn}, which no longer exists, and so "
            "its parameters are not known. Only models whose execution exists can be rebuilt.",
            exit_code=1,
            topic="model-not-rebuildable",
        ) from error
    definition = json.loads(described["PipelineDefinition"])
    defaults = {
        each["Name"]: each["DefaultValue"] for each in definition.get("Parameters", []) if "DefaultValue" in each
    }
    return definition, {**defaults, **{each["Name"]: each["Value"] for each in given}}


def _require_clean(commit: str, names: Names, version: int) -> str:
    if commit.endswith(DIRTY):
        raise UserError(
            f"model {version} of {names.model_package_group} was trained from commit {commit.removesuffix(DIRTY)} with "
            "changes that were not committed, and so cannot be rebuilt. Commit, and train it again.",
            topic="model-not-rebuildable",
        )
    return commit
