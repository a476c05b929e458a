"""Find the project and environment to which a resource belongs, by its name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlproject.names import BUCKET_USES, ROLE_USES
from mlproject.parameters import Deployment, Platform

_BUCKET = re.compile(rf"(?P<prefix>.+)-(?:{'|'.join(BUCKET_USES)})-\d{{12}}-[a-z0-9-]+")
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
_BOOTSTRAP = re.compile(r"cdk-[a-z0-9]+-assets-\d{12}-[a-z0-9-]+")


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The owner of a resource.

    Args:
        deployment: the project in an environment, or None if it is not in the parameters.
        name: such as `flights in dev`, or the prefix of the names of an unknown project.
    """

    deployment: Deployment | None
    name: str


def find_owner(platform: Platform, resource: str) -> Owner | None:
    """Return the project that owns a resource, or None if no project does.

    Args:
        platform: parameters of all projects and environments.
        resource: ARN of the resource.
    """
    if not resource.startswith("arn:"):
        return None
    _, _, service, region, account, name = resource.split(":", 5)
    for deployment in platform.deployments():
        environment = deployment.environment
        is_there = account in ("", environment.account) and region in ("", environment.region)
        if is_there and _names(deployment, service, name):
            return Owner(deployment=deployment, name=f"{deployment.project} in {environment.name}")
    match = _BUCKET.fullmatch(name.partition("/")[0]) if service == "s3" else None
    return Owner(deployment=None, name=f"the project with the prefix {match['prefix']}") if match else None


def is_bootstrap_bucket(resource: str) -> bool:
    """Whether a resource is the bucket of the CDK bootstrap, with the code of every project, or an object in it."""
    parts = resource.split(":", 5)
    return parts[2:3] == ["s3"] and bool(_BOOTSTRAP.fullmatch(parts[5].partition("/")[0]))


def _names(deployment: Deployment, service: str, name: str) -> bool:
    """Whether the last part of an ARN is the name of a deployment's resource, or below it."""
    names = deployment.names
    kind, _, rest = name.partition("/")
    first = rest.partition("/")[0]
    if service == "s3":
        return kind in {names.bucket(use) for use in BUCKET_USES}
    if service == "iam":
        return kind in ("role", "instance-profile") and rest.rpartition("/")[2] in {
            names.role(use) for use in ROLE_USES
        }
    if service == "sagemaker":
        notebooks = {names.notebook(notebook.name) for notebook in deployment.notebooks}
        own = {
            "endpoint": {names.endpoint(kind) for kind in ("real_time", "serverless")},
            "pipeline": {names.pipeline, names.batch_pipeline},
            "model-package-group": {names.model_package_group},
            "model-package": {names.model_package_group},
            "notebook-instance": notebooks,
        }
        return first in own.get(kind, set())
    if service == "ssm":
        return f"/{rest}".startswith(names.parameter(""))
    return service == "kms" and name == names.key_alias
