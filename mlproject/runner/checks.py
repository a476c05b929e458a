"""Everything in a definition that this machine cannot do, said by name before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.errors import UserError
from mlproject.runner import references
from mlproject.runner.container import images
from mlproject.runner.container.isolation import ISOLATIONS, Isolation, isolation_problem
from mlproject.runner.container.script_paths import code_addresses, names_base, refusal
from mlproject.runner.plan import STEP_TYPES, Node
from mlproject.runner.services import Services
from mlproject.runner.steps import conditions
from mlproject.runner.steps.job import Job
from mlproject.runner.steps.processing import ProcessingJob
from mlproject.runner.steps.training import TrainingJob
from mlproject.runner.steps.transform import TransformJob, model_refusals
from mlproject.runner.storage.object_store import UnreachableError

JOBS: Mapping[str, type[Job]] = {
    "Processing": ProcessingJob,
    "Training": TrainingJob,
    "Transform": TransformJob,
}


def check_supported(nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, isolation: Isolation) -> None:
    """Refuse a definition that cannot run here.

    Args:
        nodes: the graph.
        parameters: the value of every pipeline parameter.
        isolation: how steps will run.

    Raises:
        UserError: every finding, a line each, naming the step.
    """
    findings = []
    if problem := isolation_problem(isolation):
        findings.append(f"--isolation {isolation}: {problem}; leave the option out to use what works here.")
    transforms = any(node.type == "Transform" for node in nodes)
    for node in nodes:
        findings += [
            f"step {node.name} ({node.type}): {clause}."
            for clause in _refusals(node, parameters, isolated=isolation != "prefix", transforms=transforms)
        ]
    if findings:
        raise UserError("\n".join(findings))


def check_scripts(nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, services: Services, role_arn: str) -> None:
    """Refuse scripts that name /opt/ml themselves, before anything runs; for runs without a private /opt/ml.

    A script that cannot be read yet is left to its step, which says why or looks at it when it is there.

    Raises:
        UserError: every such script, a line each, naming the step.
    """
    findings = []
    for node in nodes:
        if node.type not in JOBS:
            continue
        arguments = known(node.arguments, parameters)
        role = arguments.get("RoleArn")
        store = services.for_step(node.name).store(role if isinstance(role, str) else role_arn)
        for uri in code_addresses(arguments):
            try:
                content = store.read(uri)
            except UnreachableError:
                raise
            except UserError:
                continue
            script = names_base(uri, content)
            if script:
                findings.append(f"step {node.name} ({node.type}): {refusal(script.rpartition('/')[2])}.")
    if findings:
        raise UserError("\n".join(findings))


def supported() -> dict[str, list[str]]:
    """What a definition may use, by kind."""
    return {
        "step types": list(STEP_TYPES),
        "images": [name for name in images.IMAGES if images.refusal(name) is None],
        "images that need a package": [name for name in images.IMAGES if images.refusal(name) is not None],
        "functions": list(references.FUNCTIONS),
        "conditions": list(conditions.CONDITIONS),
        "execution variables": list(references.EXECUTION_VARIABLES),
        "training": ["script mode", "own ContainerEntrypoint"],
        "transform": ["text/csv with a model of image sagemaker-xgboost, without an inference script"],
        "isolation": [each for each in ISOLATIONS if isolation_problem(each) is None],
    }


def _refusals(node: Node, parameters: Mapping[str, Any], *, isolated: bool, transforms: bool) -> Iterator[str]:
    arguments = known(node.arguments, parameters)
    try:
        if node.type in JOBS:
            yield from JOBS[node.type].refusals(arguments, isolated=isolated)
        elif node.type == "Model" and transforms:
            yield from model_refusals(arguments)
    except KeyError as error:
        yield f"its arguments lack {error.args[0]!r}"


def known(value: Any, parameters: Mapping[str, Any]) -> Any:
    """A JSON value resolved as far as the parameters go; what needs a run stays as it is."""
    if isinstance(value, list):
        return [known(item, parameters) for item in value]
    if not isinstance(value, dict):
        return value
    if references.function_of(value):
        scope = references.Scope(parameters=parameters, execution={}, steps={}, property_files={}, read_json=_unread)
        try:
            return references.resolve(value, scope)
        except UserError:
            return value
    return {key: known(item, parameters) for key, item in value.items()}


def _unread(uri: str) -> Any:
    raise UserError(f"{uri} is not read before the run.")
