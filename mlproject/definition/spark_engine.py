"""A definition whose processing steps run with Spark: `engine: spark` in project.yaml.

Each Processing step that has a script `<step>_spark.py` in steps/ becomes an EMR step that runs it with `spark-submit`,
with the S3 URIs of its inputs and outputs as arguments: `--<input> URI ... --<output> URI ...`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mlproject.definition.document import Definition
from mlproject.definition.graph import Step, steps_of
from mlproject.definition.placeholders import asset_placeholders
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
    cluster = cluster_config(deployment, bootstrap=bootstrap)
    steps = {
        step["Name"]: _EmrStep.create(step, scripts[step["Name"]], cluster)
        for step in steps_of(definition.document)
        if step["Name"] in scripts
    }
    return replace(
        definition, document=_replaced(definition.document, steps), cluster_placeholders=frozenset(CLUSTER_PLACEHOLDERS)
    )


@dataclass(frozen=True, kw_only=True)
class _EmrStep:
    """An EMR step in place of a Processing step.

    Args:
        step: the EMR step.
        outputs: reference to the URI of each output by the reference in the Processing step.
    """

    step: Step
    outputs: Mapping[str, str]

    @classmethod
    def create(cls, step: Step, script: Path, cluster: Mapping[str, Any]) -> _EmrStep:
        if step.get("PropertyFiles"):
            raise UserError(
                f"{script}: step {step['Name']} has property files, which an EMR step cannot have. Let another step "
                "write them, or remove the Spark script."
            )
        name, arguments = step["Name"], step["Arguments"]
        code, _ = asset_placeholders(script.name)
        words: list[Any] = [*_COMMAND, f"s3://${{{code}}}"]
        for item in arguments.get("ProcessingInputs", ()):
            if item["InputName"] != "code":
                words += [f"--{item['InputName']}", item["S3Input"]["S3Uri"]]
        outputs = {}
        for item in arguments.get("ProcessingOutputConfig", {}).get("Outputs", ()):
            output = item["OutputName"]
            words += [f"--{output}", item["S3Output"]["S3Uri"]]
            # As the SDK's EMRStep refers to its output_args.
            outputs[f"Steps.{name}.ProcessingOutputConfig.Outputs['{output}'].S3Output.S3Uri"] = (
                f"Steps.{name}.Config.Args[{len(words) - 1}]"
            )
        jar = {"Jar": "command-runner.jar", "Args": words}
        kept = {key: step[key] for key in ("DependsOn", "DisplayName", "Description") if key in step}
        return cls(
            step={
                **kept,
                "Name": name,
                "Type": "EMR",
                "Arguments": {"ClusterConfig": cluster, "StepConfig": {"HadoopJarStep": jar}},
            },
            outputs=outputs,
        )


def _replaced(value: Any, steps: Mapping[str, _EmrStep]) -> Any:
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
