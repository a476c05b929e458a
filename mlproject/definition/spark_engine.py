"""A definition whose processing steps run with Spark: `engine: spark` in project.yaml.

Each Processing step that has a script `<step>_spark.py` in steps/ becomes an EMR step that runs it with `spark-submit`,
or an EMRServerless step if the project has an application instead of a cluster. The script gets the S3 URIs of its
inputs and outputs as arguments: `--<input> URI ... --<output> URI ...`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import Step, steps_of
from mlproject.definition.placeholders import asset_placeholders
from mlproject.definition.step_application import APPLICATION_PLACEHOLDERS, application_step_arguments
from mlproject.definition.step_cluster import CLUSTER_PLACEHOLDERS, cluster_config
from mlproject.errors import UserError
from mlproject.parameters import Deployment

_SUFFIX = "_spark.py"
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-submit-step.html
_COMMAND = ("spark-submit", "--deploy-mode", "cluster")


def spark_scripts(definition: Definition) -> dict[str, Path]:
    """Return the Spark script of each Processing step that has one, by the step's name."""
    scripts = {script.name: script for script in definition.scripts}
    names = [step["Name"] for step in steps_of(definition.document) if step["Type"] == "Processing"]
    return {name: scripts[script] for name in names if (script := f"{name.lower()}{_SUFFIX}") in scripts}


def with_engine(definition: Definition, deployment: Deployment, *, bootstrap: Sequence[str]) -> Definition:
    """Return the definition that a deployment uses: unchanged unless its engine is Spark.

    Args:
        definition: the pipeline's definition.
        deployment: the project in an environment.
        bootstrap: arguments of the script that installs the libraries on the nodes.

    Raises:
        UserError: the engine is Spark, but no step has a Spark script, or a step uses what EMR steps do not have.
    """
    pipeline = deployment.pipeline
    if pipeline is None or not pipeline.uses_spark:
        return definition
    scripts = spark_scripts(definition)
    if not scripts:
        raise UserError(
            f"{definition.folder}: engine: spark, but no Processing step has a Spark script. Write one, such as "
            f"steps/prepare{_SUFFIX} for a step Prepare, or remove the engine from project.yaml."
        )
    if deployment.spark_steps == "emr_serverless":
        place, placeholders = _on_application(deployment.tags), APPLICATION_PLACEHOLDERS
    else:
        place, placeholders = _on_cluster(cluster_config(deployment, bootstrap=bootstrap)), CLUSTER_PLACEHOLDERS
    steps = {
        step["Name"]: _SparkStep.create(step, scripts[step["Name"]], place)
        for step in steps_of(definition.document)
        if step["Name"] in scripts
    }
    return replace(
        definition, document=_replaced(definition.document, steps), spark_placeholders=frozenset(placeholders)
    )


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where Spark runs.

    Args:
        step_type: type of the steps.
        arguments: returns the arguments of a step from its name, the URI of its script and the script's arguments.
        words: the property of a step that lists the script's arguments.
        first: position of the first one in the list.
    """

    step_type: str
    arguments: Callable[[str, str, Sequence[Any]], Mapping[str, Any]]
    words: str
    first: int


def _on_cluster(cluster: Mapping[str, Any]) -> _Place:
    """Return a cluster that each step creates. Properties: as the SDK's EMRStep refers to its output_args."""

    def arguments(_: str, script: str, words: Sequence[Any]) -> Mapping[str, Any]:
        jar = {"Jar": "command-runner.jar", "Args": [*_COMMAND, script, *words]}
        return {"ClusterConfig": cluster, "StepConfig": {"HadoopJarStep": jar}}

    return _Place(step_type="EMR", arguments=arguments, words="Config.Args", first=len(_COMMAND) + 1)


def _on_application(tags: Mapping[str, str]) -> _Place:
    """Return the project's application. Properties: those of GetJobRun, as the SDK's EMRServerlessStep has them."""

    def arguments(name: str, script: str, words: Sequence[Any]) -> Mapping[str, Any]:
        return application_step_arguments(name, script, words, tags=tags)

    words = "jobRun.jobDriver.sparkSubmit.entryPointArguments"
    return _Place(step_type="EMRServerless", arguments=arguments, words=words, first=0)


@dataclass(frozen=True, kw_only=True)
class _SparkStep:
    """An EMR or EMRServerless step in place of a Processing step.

    Args:
        step: the step.
        outputs: reference to the URI of each output by the reference in the Processing step.
    """

    step: Step
    outputs: Mapping[str, str]

    @classmethod
    def create(cls, step: Step, script: Path, place: _Place) -> _SparkStep:
        if step.get("PropertyFiles"):
            raise UserError(
                f"{script}: step {step['Name']} has property files, which an EMR step cannot have. Let another step "
                "write them, or remove the Spark script."
            )
        name, arguments = step["Name"], step["Arguments"]
        code, _ = asset_placeholders(script.name)
        words: list[Any] = []
        for item in arguments.get("ProcessingInputs", ()):
            if item["InputName"] != "code":
                words += [f"--{item['InputName']}", item["S3Input"]["S3Uri"]]
        outputs = {}
        for item in arguments.get("ProcessingOutputConfig", {}).get("Outputs", ()):
            output = item["OutputName"]
            words += [f"--{output}", item["S3Output"]["S3Uri"]]
            outputs[f"Steps.{name}.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"] = (
                f"Steps.{name}.{place.words}[{place.first + len(words) - 1}]"
            )
        kept = {key: step[key] for key in ("DependsOn", "DisplayName", "Description") if key in step}
        return cls(
            step={
                **kept,
                "Name": name,
                "Type": place.step_type,
                "Arguments": place.arguments(name, f"s3://${{{code}}}", words),
            },
            outputs=outputs,
        )


def _replaced(value: Any, steps: Mapping[str, _SparkStep]) -> Any:
    """Replace steps, and references to their outputs, anywhere in a definition."""
    if isinstance(value, list):
        return [_replaced(item, steps) for item in value]
    if not isinstance(value, Mapping):
        return value
    if value.get("Type") == "Processing" and value.get("Name") in steps:
        return _replaced(steps[value["Name"]].step, steps)
    if set(value) == {"Get"}:
        references = {old: new for step in steps.values() for old, new in step.outputs.items()}
        return {"Get": references.get(value["Get"], value["Get"])}
    return {key: _replaced(item, steps) for key, item in value.items()}
