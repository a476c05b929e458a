"""Run a definition file that is deployed nowhere, with objects and code from local folders."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType
from typing import Any

from mlproject.definition import LISTS, REGISTRIES, asset_placeholders, fill_placeholders, used_placeholders
from mlproject.definition.document import LOCK_FILE
from mlproject.errors import UserError
from mlproject.runner.aws_calls import absent_uris, buckets, region, steps_that_call_aws
from mlproject.runner.container.interpreters import Interpreter
from mlproject.runner.container.isolation import Isolation
from mlproject.runner.execution import run_pipeline
from mlproject.runner.input_checks import check_inputs
from mlproject.runner.parameters import Scalar
from mlproject.runner.plan import Node
from mlproject.runner.results import Observer, RunResult
from mlproject.runner.script_aws import StartAws
from mlproject.runner.services import OBJECTS, FolderServices, Services
from mlproject.runner.spark import NoSpark, StartSpark
from mlproject.runner.stand_ins import StandIns
from mlproject.runner.storage.cache import Cache
from mlproject.runner.storage.run_folders import CACHE, RUNS, clean_up_killed_runs, marked_as_running

ROLE = "arn:aws:iam::000000000000:role/local"
# Values for the placeholders of this project's definitions, which CloudFormation replaces in a deployment.
_PLACEHOLDERS: Mapping[str, str] = {
    "Role": ROLE,
    "KmsKey": "local",
    "DataBucket": "data",
    "ArtifactsBucket": "artifacts",
    "ModelGroup": "local",
    **dict.fromkeys(REGISTRIES, "registry.local"),
    "ModelMonitorImage": "local/sagemaker-model-monitor-analyzer",
    "ClarifyImage": "local/sagemaker-clarify-processing:1.0",
    "DefinitionHash": "local",
}
_ID_LENGTH = 12


def run_definition_file(
    *,
    file: Path,
    code: Path | None,
    data: Mapping[str, Path],
    parameters: Mapping[str, Scalar],
    folder: Path,
    reuse: bool = True,
    observer: Observer = lambda _: None,
    isolation: Isolation | None = None,
    interpreters: Mapping[str, Interpreter] = MappingProxyType({}),
    stand_ins: StandIns = MappingProxyType({}),
    start_spark: StartSpark = NoSpark,
    start_aws: StartAws | None = None,
) -> RunResult:
    """Run a definition file, such as one written by the SageMaker SDK or an AWS sample.

    Args:
        file: the definition in JSON.
        code: the folder of step scripts, found by the last part of their S3 URI.
        data: local file or folder by S3 URI.
        parameters: values of pipeline parameters.
        folder: contains `runs/`, `cache/` and `objects/` (the objects behind `s3://`).
        reuse: whether to reuse results of earlier runs.
        observer: called when a step starts or ends.
        isolation: how the processes get their /opt/ml; None for the best isolation that works on this machine.
        interpreters: the Pythons that replace images, by image name.
        stand_ins: the properties of steps that do not run, by step name.
        start_spark: returns the Spark for EMR and EMRServerless steps; called before the first step if there are any.
        start_aws: starts the embedded AWS of a run whose scripts call AWS; None if they get no credentials.

    Raises:
        UserError: the file, a folder, a parameter or the definition is invalid.
    """
    absent = [place for place in [*([code] if code else []), *data.values()] if not place.exists()]
    if absent:
        raise UserError("\n".join(f"{place}: no such file or folder." for place in absent), topic="input-missing")
    definition = read_definition(file, code)
    folder = folder.resolve()
    clean_up_killed_runs(folder, lambda _: None)
    execution_id = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(_ID_LENGTH))
    arn = f"arn:aws:sagemaker:local:000000000000:pipeline/{file.stem}/execution/{execution_id}"
    run_folder = folder / RUNS / execution_id
    services = FolderServices(folder, code=code, data=data)
    with marked_as_running(run_folder, arn), ExitStack() as stack:

        def prepare(nodes: tuple[Node, ...], values: Mapping[str, Scalar]) -> Services:
            callers = steps_that_call_aws(nodes, values, store=services.objects)
            check_inputs(nodes, values, store=services.objects, writers=callers)
            if not callers or not start_aws:
                return services
            from mlproject.runner.script_services import script_services  # needs botocore

            aws = stack.enter_context(start_aws(run_folder / "aws", region(definition, values)))
            return stack.enter_context(
                script_services(
                    local=services,
                    aws=aws,
                    buckets=sorted(buckets(definition, values, data)),
                    data=data,
                    callers={
                        node.name: absent_uris(node, values, store=services.objects)
                        for node in nodes
                        if node.name in callers
                    },
                    uploads=run_folder / OBJECTS,
                )
            )

        return run_pipeline(
            definition=definition,
            parameters=parameters,
            services=services,
            execution_arn=arn,
            role_arn=ROLE,
            folder=run_folder,
            cache=Cache(folder / CACHE, reuse=reuse),
            observer=observer,
            isolation=isolation,
            interpreters=interpreters,
            stand_ins=stand_ins,
            start_spark=start_spark,
            prepare=prepare,
        )


def read_definition(file: Path, code: Path | None) -> dict[str, Any]:
    """Parse a definition file, and replace the placeholders in a definition that `mlproject pipeline build` wrote.

    In any other definition, `${Name}` is text.

    Raises:
        UserError: the file does not exist, is not a JSON object, or has no steps.
    """
    try:
        text = file.read_text()
    except OSError as error:
        raise UserError(f"{file}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{file}: is not text in UTF-8.") from error
    used = used_placeholders(text)
    if used and file.with_name(LOCK_FILE).is_file():
        text = fill_placeholders(text, _placeholder_values(used, code))
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UserError(f"{file}: is not valid JSON ({error}).") from error
    if not isinstance(document, dict) or not isinstance(document.get("Steps"), list):
        raise UserError(
            f"{file}: is not a pipeline definition. It must be an object with a list `Steps`.",
            topic="definition-invalid",
        )
    return document


def _placeholder_values(used: frozenset[str], code: Path | None) -> dict[str, str | list[str]]:
    values: dict[str, str | list[str]] = {**_PLACEHOLDERS, **{name: ["local"] for name in LISTS}}
    for script in sorted(code.glob("*.py")) if code else ():
        where, name = asset_placeholders(script.name)
        # A script that is used only by its location is training code, which containers expect as an archive.
        key = script.name if name in used else f"{script.stem}.tar.gz"
        values |= {where: f"code/{key}", name: key}
    return values
