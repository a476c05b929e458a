"""Find the steps whose scripts call AWS themselves, and what they need: buckets and a region."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from mlproject.definition import steps_of
from mlproject.definition.local_steps import SPARK_STEP_TYPES
from mlproject.runner.checks import JOBS, resolve_known
from mlproject.runner.container import script_mode
from mlproject.runner.container.script_paths import is_script, script_texts
from mlproject.runner.plan import Node
from mlproject.runner.storage.folder_store import FolderStore

# Clients of AWS, S3 URIs (which pandas and others open), and the AWS CLI. A script that only mentions one of them costs
# the start of a server; a client that is not in this list finds no credentials.
_CALLS_AWS = re.compile(
    rb"\b(?:boto3|botocore|aioboto3|aiobotocore|awswrangler|s3fs|smart_open|cloudpathlib)\b"
    rb"|\bs3a?://|\baws\s+(?:s3|s3api|sts|ssm|secretsmanager|dynamodb)\b"
    rb"|^\s*(?:import|from)\s+sagemaker\b",
    re.MULTILINE,
)
# The name of the archive in which the SDK uploads the code of a step.
_CODE_ARCHIVE = "sourcedir.tar.gz"
_URI = re.compile(r"s3://[^/\s]+/\S+")
_BUCKET = re.compile(r"s3://([a-z0-9][a-z0-9.\-]{1,61}[a-z0-9])(?=[/\"])")
# The SDK also joins the parts of a URI: {"On": "/", "Values": ["s3:/", "bucket", ...]}.
_JOINED_BUCKET = re.compile(r'"s3:/", "([a-z0-9][a-z0-9.\-]{1,61}[a-z0-9])"')
_REGION = re.compile(r"\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com")
_DEFAULT_REGION = "us-east-1"


def steps_that_call_aws(
    nodes: tuple[Node, ...], parameters: Mapping[str, Any], *, store: FolderStore
) -> frozenset[str]:
    """Return the names of the steps with a script that calls AWS. Spark always does.

    Args:
        nodes: the steps.
        parameters: the value of every pipeline parameter.
        store: the local objects, code and data.

    Raises:
        UserError: an archive of code cannot be read.
    """
    return frozenset(
        node.name
        for node in nodes
        if node.type in SPARK_STEP_TYPES
        or (node.type in JOBS and any(map(_CALLS_AWS.search, _texts(resolve_known(node.arguments, parameters), store))))
    )


def absent_uris(node: Node, parameters: Mapping[str, Any], *, store: FolderStore) -> tuple[str, ...]:
    """Return the S3 URIs that a step passes to its script and that no local data is behind.

    They may be inputs that the script reads itself, or outputs that it writes.
    """
    arguments = resolve_known(node.arguments, parameters)
    application = arguments.get("AppSpecification", {})
    values = [
        *application.get("ContainerArguments", ()),
        *arguments.get("StepConfig", {}).get("HadoopJarStep", {}).get("Args", ()),
        *arguments.get("JobConfig", {}).get("jobDriver", {}).get("sparkSubmit", {}).get("entryPointArguments", ()),
        *arguments.get("Environment", {}).values(),
        *script_mode.decode_hyperparameters(arguments.get("HyperParameters", {})).values(),
    ]
    uris = [value for value in values if isinstance(value, str) and _URI.fullmatch(value)]
    return tuple(uri for uri in dict.fromkeys(uris) if not store.contains(uri))


def buckets(document: Mapping[str, Any], parameters: Mapping[str, Any], data: Mapping[str, Any]) -> frozenset[str]:
    """Return the buckets of the S3 URIs in a definition and in `--data`."""
    resolved = [resolve_known(step.get("Arguments", {}), parameters) for step in steps_of(document)]
    text = json.dumps([resolved, list(parameters.values()), [f"{uri}/" for uri in data]])
    return frozenset([*_BUCKET.findall(text), *_JOINED_BUCKET.findall(text)])


def region(document: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Return the region of the first image in a definition; us-east-1 if no image has a region."""
    found = _REGION.search(json.dumps([document, dict(parameters)]))
    return found[1] if found else _DEFAULT_REGION


def _texts(arguments: Mapping[str, Any], store: FolderStore) -> Iterator[bytes]:
    """Yield the scripts that a step reads from local folders."""
    submitted = script_mode.decode_hyperparameters(arguments.get("HyperParameters", {})).get(
        script_mode.SUBMIT_DIRECTORY
    )
    inputs = [item.get("S3Input", {}).get("S3Uri") for item in arguments.get("ProcessingInputs", ())]
    for uri in [*inputs, submitted]:
        if isinstance(uri, str) and uri.startswith("s3://"):
            for found, path in store.paths(uri).items():
                if is_script(found) or found == submitted or found.endswith(f"/{_CODE_ARCHIVE}"):
                    yield from (text for _, text in script_texts(found, path.read_bytes()))
