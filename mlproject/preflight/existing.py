"""Whether names are free that must be free, and what must exist does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from mlproject.names import BUCKET_USES
from mlproject.outcome import Outcome, ok, problem, unknown
from mlproject.parameters import Deployment
from mlproject.preflight.look import Look

_ABSENT = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NotFound",
        "EntityNotFoundException",
        "ResourceNotFoundException",
        "InvalidRequestException",
        "NoSuchEntity",
        "ValidationException",  # SageMaker's word for what does not exist
    }
)
_FORBIDDEN = frozenset({"403", "AccessDenied", "AccessDeniedException"})


def bucket_names(look: Look) -> Iterator[Outcome]:
    """Whether the buckets can be made: a name is the whole world's, and a retained bucket keeps its name."""
    for deployment in look.wanted.deployments:
        names = deployment.names
        if names.stack("storage") in look.stacks:
            continue
        for use in BUCKET_USES:
            yield _bucket_name(look, names.bucket(use))


def fixed_names(look: Look) -> Iterator[Outcome]:
    """Whether what keeps its fixed name when its stack goes is there without its stack."""
    for deployment in look.wanted.deployments:
        for stack, what, call in _kept(look, deployment):
            if deployment.names.stack(stack) not in look.stacks and _state(call) == "there":
                yield problem(
                    "name",
                    f"{what} exists already, without its stack, so the first deploy of {stack} would fail",
                    "save what is in it and delete it, import it (`cdk import`), or take another name in project.yaml",
                )


def _kept(look: Look, deployment: Deployment) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """The stack, the thing, and the call that succeeds if the thing exists."""
    own, client = deployment.names, look.client
    group = own.model_package_group
    yield (
        "pipeline",
        f"model package group {group}",
        partial(client("sagemaker").describe_model_package_group, ModelPackageGroupName=group),
    )
    if deployment.notebooks:
        role = own.role("notebooks")
        yield "notebooks", f"role {role}", partial(client("iam").get_role, RoleName=role)
    for notebook in deployment.notebooks:
        name = own.notebook(notebook.name)
        yield (
            "notebooks",
            f"notebook instance {name}",
            partial(client("sagemaker").describe_notebook_instance, NotebookInstanceName=name),
        )


def _bucket_name(look: Look, bucket: str) -> Outcome:
    state = _state(partial(look.client("s3").head_bucket, Bucket=bucket))
    if state == "absent":
        return ok("bucket name", f"{bucket} is free")
    owner = "somebody else has it" if state == "forbidden" else "it exists already, without its stack"
    return problem(
        "bucket name",
        f"{bucket}: {owner}, so the first deploy would fail",
        "delete it if it is empty and yours, import it (`cdk import`), or rename the project",
    )


def existing_data(look: Look) -> Iterator[Outcome]:
    """Whether the data that the projects read, and the secrets of their repositories, exist."""
    for deployment in look.wanted.deployments:
        for what, call in _needed(look, deployment):
            state = _state(call)
            where = f"projects/{deployment.project}/project.yaml"
            if state == "there":
                yield ok("existing", what)
            elif state == "forbidden":
                yield unknown("existing", f"{what}: these credentials may not look", "ask its owner")
            else:
                yield problem("existing", f"{what} does not exist", f"create it, or mend {where}")


def _needed(look: Look, deployment: Deployment) -> Iterator[tuple[str, Callable[[], Any]]]:
    data, client = deployment.existing_data, look.client
    for bucket in data.buckets:
        yield f"bucket {bucket.name}", partial(client("s3").head_bucket, Bucket=bucket.name)
    for database in data.glue_databases:
        yield f"Glue database {database}", partial(client("glue").get_database, Name=database)
    if data.glue_databases and deployment.emr:
        # Spark would make it if it were missing, and may not.
        # https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-spark-glue.html
        yield "Glue database default", partial(client("glue").get_database, Name="default")
    if data.athena:
        workgroup = data.athena.workgroup
        yield f"Athena workgroup {workgroup}", partial(client("athena").get_work_group, WorkGroup=workgroup)
    for notebook in deployment.notebooks:
        if notebook.repository and notebook.repository.secret_arn:
            arn = notebook.repository.secret_arn
            yield f"secret {arn}", partial(client("secretsmanager").describe_secret, SecretId=arn)
    if deployment.emr and deployment.emr.certificate_s3:
        bucket_name, _, key = deployment.emr.certificate_s3.removeprefix("s3://").partition("/")
        yield deployment.emr.certificate_s3, partial(client("s3").head_object, Bucket=bucket_name, Key=key)


def _state(call: Callable[[], Any]) -> str:
    """`there`, `absent` or `forbidden`."""
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _ABSENT:
            return "absent"
        if code in _FORBIDDEN:
            return "forbidden"
        raise
    return "there"
