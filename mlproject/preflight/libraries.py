"""Whether the libraries are in S3 that a cluster's nodes install while the cluster is created."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.node_scripts.keys import Target, list_key
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Deployment
from mlproject.preflight.look import Look


def libraries(look: Look) -> Iterator[Outcome]:
    """Whether each list is pushed: without its list a cluster ends with BOOTSTRAP_FAILURE, and its stack fails."""
    for deployment in look.wanted.deployments:
        names = deployment.names
        push = f"mlproject libraries push {deployment.project} --environment {look.environment.name}"
        wanted = sorted(_wanted(deployment))
        if not wanted:
            continue
        if names.stack("storage") not in look.stacks:
            yield warning(
                "libraries",
                f"{names.prefix} has no bucket for its libraries yet, and a cluster needs them when it is created",
                f"cdk deploy '{names.path}/storage'\n{push}\ncdk deploy '{names.path}/*'",
            )
            continue
        for target, stem in wanted:
            key = list_key(target, stem)
            if _exists(look, names.bucket("artifacts"), key):
                yield ok("libraries", f"{names.prefix}: {key}")
            elif target == "emr":
                message = f"{names.prefix}: {key} is not pushed, without which the cluster cannot be created"
                yield problem("libraries", message, push)
            else:
                message = f"{names.prefix}: {key} is not pushed; notebooks start without it"
                yield warning("libraries", message, push)


def _wanted(deployment: Deployment) -> set[tuple[Target, str]]:
    wanted: set[tuple[Target, str]] = {("notebook", each.libraries) for each in deployment.notebooks if each.libraries}
    if deployment.emr and deployment.emr.libraries:
        wanted.add(("emr", deployment.emr.libraries))
    return wanted


def _exists(look: Look, bucket: str, key: str) -> bool:
    try:
        look.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey", "NoSuchBucket"}:
            raise
        return False
    return True
