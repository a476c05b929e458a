"""Check that the requirements lists that the clusters and notebooks install are in S3."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.node_scripts.keys import CLUSTER_TARGETS, Target, cluster_target, list_key, notebook_target
from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Deployment
from mlproject.preflight.account_reader import AccountReader


def check_libraries(account: AccountReader) -> Iterator[Outcome]:
    """Check that each list is pushed. Without its list a cluster ends with BOOTSTRAP_FAILURE, and its stack fails."""
    for deployment in account.requirements.deployments:
        names = deployment.names
        push = f"mlproject libraries push {deployment.project} --environment {account.environment.name}"
        lists = sorted(_required_lists(deployment))
        if not lists:
            continue
        if names.stack("storage") not in account.stacks:
            yield warning(
                "libraries",
                f"{names.prefix} does not have a bucket yet, and a cluster needs its libraries when it is created",
                f"cdk deploy '{names.path}/storage'\n{push}\ncdk deploy '{names.path}/*'",
            )
            continue
        for target, name in lists:
            key = list_key(target, name)
            if _exists(account, names.bucket("artifacts"), key):
                yield ok("libraries", f"{names.prefix}: {key}")
            elif target in CLUSTER_TARGETS:
                message = f"{names.prefix}: {key} is not pushed, so the cluster cannot be created"
                yield problem("libraries", message, push)
            else:
                message = f"{names.prefix}: {key} is not pushed, so notebooks start without these libraries"
                yield warning("libraries", message, push)


def _required_lists(deployment: Deployment) -> set[tuple[Target, str]]:
    lists: set[tuple[Target, str]] = {
        (notebook_target(each.instance_type), each.libraries) for each in deployment.notebooks if each.libraries
    }
    return lists | {(cluster_target(each), each.libraries) for each in deployment.clusters.values() if each.libraries}


def _exists(account: AccountReader, bucket: str, key: str) -> bool:
    try:
        account.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey", "NoSuchBucket"}:
            raise
        return False
    return True
