"""Check before a run that this machine supports every step of a definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from mlproject.definition import job_image
from mlproject.definition.local_steps import LOCAL_STEP_TYPES, SPARK_STEP_TYPES, STAND_IN_PROPERTIES
from mlproject.errors import UserError
from mlproject.runner import references
from mlproject.runner.container import images
from mlproject.runner.container.interpreters import Interpreter, interpreter_for
from mlproject.runner.container.isolation import ISOLATIONS, Isolation, isolation_problem
from mlproject.runner.container.script_paths import code_uris, find_fixed_path, fixed_path_error
from mlproject.runner.mapped_images import check_image_names
from mlproject.runner.plan import Node
from mlproject.runner.services import Services
from mlproject.runner.steps import conditions
from mlproject.runner.steps.emr_arguments import unsupported_emr_reasons
from mlproject.runner.steps.emr_serverless_arguments import unsupported_serverless_reasons
from mlproject.runner.steps.instances import instance_reasons
from mlproject.runner.steps.job import Job
from mlproject.runner.steps.processing import ProcessingJob
from mlproject.runner.steps.search import STRATEGIES
from mlproject.runner.steps.training import TrainingJob
from mlproject.runner.steps.transform import TransformJob, unsupported_model_reasons
from mlproject.runner.steps.tuning import unsupported_tuning_reasons
from mlproject.runner.storage.object_store import UnreachableError

# Arguments of CreateModel by name.
Models = Mapping[str, Mapping[str, Any]]
JOBS: Mapping[str, type[Job]] = {
    "Processing": ProcessingJob,
    "Training": TrainingJob,
    "Transform": TransformJob,
}


def check_supported(
    nodes: tuple[Node, ...],
    parameters: Mapping[str, Any],
    *,
    isolation: Isolation,
    interpreters: Mapping[str, Interpreter] = MappingProxyType({}),
    models: Models = MappingProxyType({}),
) -> None:
    """Raise if this machine does not support a definition.

    Args:
        nodes: the steps.
        parameters: the value of every pipeline parameter.
        isolation: the isolation of the steps.
        interpreters: the Pythons that replace images, by image name.
        models: the deployed models that Transform steps name.

    Raises:
        UserError: something is not supported; one line per problem, with the step.
    """
    findings = []
    if problem := isolation_problem(isolation):
        findings.append(f"--isolation {isolation}: {problem}. Omit the option to use an isolation that works here.")
    transforms = any(node.type == "Transform" for node in nodes)
    for node in nodes:
        findings += [
            f"step {node.name} ({node.type}): {clause}."
            for clause in _unsupported_reasons(
                node,
                parameters,
                isolated=isolation != "prefix",
                transforms=transforms,
                interpreters=interpreters,
                models=models,
            )
        ]
    if findings:
        raise UserError("\n".join(findings))
    arguments = {node.name: resolve_known(node.job_arguments, parameters) for node in nodes}
    check_image_names(nodes, arguments, interpreters)


def check_scripts(nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, services: Services, role_arn: str) -> None:
    """Raise for scripts that use the path /opt/ml directly, in runs without a private /opt/ml.

    Scripts that cannot be read yet are checked when their step starts.

    Raises:
        UserError: there are such scripts; one line per script, with the step.
    """
    findings = []
    for node in nodes:
        if node.job_type not in JOBS:
            continue
        arguments = resolve_known(node.job_arguments, parameters)
        role = arguments.get("RoleArn")
        store = services.for_step(node.name).store(role if isinstance(role, str) else role_arn)
        for uri in code_uris(arguments):
            try:
                content = store.read(uri)
            except UnreachableError:
                raise
            except UserError:
                continue
            script = find_fixed_path(uri, content)
            if script:
                findings.append(f"step {node.name} ({node.type}): {fixed_path_error(script.rpartition('/')[2])}.")
    if findings:
        raise UserError("\n".join(findings))


def supported_features() -> dict[str, list[str]]:
    """Return the supported features of definitions by kind."""
    return {
        "step types": list(LOCAL_STEP_TYPES),
        "step types with a stand-in": list(STAND_IN_PROPERTIES),
        "images": [name for name in images.IMAGES if images.unsupported_reason(name) is None],
        "images that need a package": [name for name in images.IMAGES if images.unsupported_reason(name) is not None],
        "functions": list(references.FUNCTIONS),
        "conditions": list(conditions.CONDITIONS),
        "execution variables": list(references.EXECUTION_VARIABLES),
        "training": ["script mode", "own ContainerEntrypoint", "built-in XGBoost with text/csv or text/libsvm"],
        "transform": [
            "text/csv with a model of image sagemaker-xgboost",
            "text/csv with a model that has an inference script (SAGEMAKER_PROGRAM)",
        ],
        "EMR": ["spark-submit, by command-runner.jar"],
        "EMRServerless": ["sparkSubmit"],
        "tuning": list(STRATEGIES),
        "isolation": [each for each in ISOLATIONS if isolation_problem(each) is None],
    }


def _unsupported_reasons(
    node: Node,
    parameters: Mapping[str, Any],
    *,
    isolated: bool,
    transforms: bool,
    interpreters: Mapping[str, Interpreter],
    models: Models,
) -> Iterator[str]:
    arguments = resolve_known(node.arguments, parameters)
    try:
        if node.job_type in JOBS:
            image = job_image(node.job_type, resolve_known(node.job_arguments, parameters))
            # An interpreter replaces any image.
            replaced = images.unsupported_reason(image) if interpreter_for(image, interpreters) else None
            find_reasons = unsupported_tuning_reasons if node.type == "Tuning" else JOBS[node.type].unsupported_reasons
            yield from (reason for reason in find_reasons(arguments, isolated=isolated) if reason != replaced)
            if node.type == "Transform" and isinstance(arguments.get("ModelName"), str):
                yield from _unsupported_named_model(arguments["ModelName"], models)
        elif node.type == "Model" and transforms:
            yield from unsupported_model_reasons(arguments)
        elif node.type in SPARK_STEP_TYPES:
            find_spark_reasons = unsupported_emr_reasons if node.type == "EMR" else unsupported_serverless_reasons
            for reason in find_spark_reasons(arguments):
                yield f"{reason}. --stand-in {node.name}=FILE.json gives recorded outputs instead"
        yield from instance_reasons(node.type, node.arguments, arguments)
    except KeyError as error:
        yield f"its arguments lack {error.args[0]!r}"


def _unsupported_named_model(name: str, models: Models) -> Iterator[str]:
    """Yield each reason why a Transform step cannot use a model that no step of the definition creates."""
    if name not in models:
        yield (
            f"ModelName {name!r} is a fixed name; supported: the ModelName of a Model step, and a model that is "
            "deployed in the embedded AWS"
        )
    else:
        yield from unsupported_model_reasons(models[name])


def resolve_known(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Resolve the references to parameters in a JSON value; leave those that only a run can resolve."""
    if isinstance(value, list):
        return [resolve_known(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if references.function_of(value):
        scope = references.Scope(parameters=parameters, execution={}, steps={}, property_files={}, read_json=_unread)
        try:
            return references.resolve(value, scope)
        except UserError:
            return value
    return {key: resolve_known(item, parameters) for key, item in value.items()}


def _unread(uri: str) -> Any:
    raise UserError(f"{uri} is not read before the run.")
