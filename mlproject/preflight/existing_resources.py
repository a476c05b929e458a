"""Check that names for new resources are available, and that existing resources that the projects use exist."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Literal

from botocore.exceptions import ClientError

from mlproject.certificates import expiry_warning, renewal_command
from mlproject.names import BUCKET_USES
from mlproject.outcome import Outcome, ok, problem, unknown, warning
from mlproject.parameters import Deployment
from mlproject.preflight.account_reader import AccountReader

_NOT_FOUND = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NotFound",
        "EntityNotFoundException",
        "ResourceNotFoundException",
        "InvalidRequestException",
        "NoSuchEntity",
        "ValidationException",  # SageMaker's code for a resource that does not exist
    }
)
_ACCESS_DENIED = frozenset({"403", "AccessDenied", "AccessDeniedException"})
Lookup = Literal["exists", "not found", "access denied"]


def check_bucket_names(account: AccountReader) -> Iterator[Outcome]:
    """Check that the bucket names are available: names are global, and a retained bucket keeps its name."""
    for deployment in account.requirements.deployments:
        names = deployment.names
        if names.stack("storage") in account.stacks:
            continue
        for use in BUCKET_USES:
            yield _check_bucket_name(account, names.bucket(use))


def check_fixed_names(account: AccountReader) -> Iterator[Outcome]:
    """Check that no resource with a fixed name is left over from a deleted stack."""
    for deployment in account.requirements.deployments:
        for stack, resource, call in _retained_resources(account, deployment):
            if deployment.names.stack(stack) not in account.stacks and _look_up(call) == "exists":
                yield problem(
                    "name",
                    f"{resource} already exists without its stack, so the first deployment of {stack} would fail",
                    "save its contents and delete it, import it (`cdk import`), or use another name in project.yaml",
                )


def _retained_resources(account: AccountReader, deployment: Deployment) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """The stack, the resource, and the call that succeeds if the resource exists."""
    names, client = deployment.names, account.client
    group = names.model_package_group
    yield (
        "pipeline",
        f"model package group {group}",
        partial(client("sagemaker").describe_model_package_group, ModelPackageGroupName=group),
    )
    if deployment.notebooks:
        role = names.role("notebooks")
        yield "notebooks", f"role {role}", partial(client("iam").get_role, RoleName=role)
    for notebook in deployment.notebooks:
        name = names.notebook(notebook.name)
        yield (
            "notebooks",
            f"notebook instance {name}",
            partial(client("sagemaker").describe_notebook_instance, NotebookInstanceName=name),
        )


def _check_bucket_name(account: AccountReader, bucket: str) -> Outcome:
    lookup = _look_up(partial(account.client("s3").head_bucket, Bucket=bucket))
    if lookup == "not found":
        return ok("bucket name", f"{bucket} is available")
    reason = "belongs to another account" if lookup == "access denied" else "already exists without its stack"
    return problem(
        "bucket name",
        f"{bucket} {reason}, so the first deployment would fail",
        "delete it if it is empty and yours, import it (`cdk import`), or rename the project",
    )


def check_existing_data(account: AccountReader) -> Iterator[Outcome]:
    """Check that the data that the projects read, and the secrets of their repositories, exist."""
    for deployment in account.requirements.deployments:
        for resource, call in _required_resources(account, deployment):
            lookup = _look_up(call)
            where = f"projects/{deployment.project}/project.yaml"
            if lookup == "exists":
                yield ok("existing", resource)
            elif lookup == "access denied":
                yield unknown("existing", f"{resource}: access denied", "ask its owner whether it exists")
            else:
                yield problem("existing", f"{resource} does not exist", f"create it, or correct {where}")


def check_certificates(account: AccountReader) -> Iterator[Outcome]:
    """Check that no certificate of clusters expires soon. Nodes read it only when they are created."""
    for deployment in account.requirements.deployments:
        message = expiry_warning(deployment, now=account.now)
        if message:
            yield warning("certificate", message, renewal_command(deployment))


def _required_resources(account: AccountReader, deployment: Deployment) -> Iterator[tuple[str, Callable[[], Any]]]:
    data, client = deployment.existing_data, account.client
    for bucket in data.buckets:
        yield f"bucket {bucket.name}", partial(client("s3").head_bucket, Bucket=bucket.name)
    for database in data.glue_databases:
        yield f"Glue database {database}", partial(client("glue").get_database, Name=database)
    if data.glue_databases and deployment.emr:
        # Spark creates it if it is missing, which the cluster's role does not allow.
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


def _look_up(call: Callable[[], Any]) -> Lookup:
    try:
        call()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _NOT_FOUND:
            return "not found"
        if code in _ACCESS_DENIED:
            return "access denied"
        raise
    return "exists"
