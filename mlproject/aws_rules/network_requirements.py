"""Requirements of a project's stacks for the network of their environment: endpoints and S3 buckets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlproject.aws_rules import endpoints
from mlproject.aws_rules.endpoints import Endpoint
from mlproject.parameters import Deployment, ExistingData


@dataclass(frozen=True, kw_only=True)
class NetworkRequirements:
    """Endpoints and S3 buckets that a network must provide, in addition to those of every network.

    Args:
        endpoints: endpoints in addition to `endpoints.INTERFACES`.
        emr_buckets: whether EMR nodes must reach AWS's buckets of packages.
        buckets: names of existing buckets that must be reachable, sorted.
    """

    endpoints: tuple[Endpoint, ...] = ()
    emr_buckets: bool = False
    buckets: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        """Descriptions of the SSM parameters that represent the requirements, by the last part of their name.

        The network stack creates a parameter for each requirement it meets, and a project's stack reads those that it
        requires. CloudFormation thus reports the name of a missing requirement and does not deploy the stack.
        """
        found = {f"endpoint-{endpoint.service}": f"The endpoint of {endpoint.service}" for endpoint in self.endpoints}
        if self.emr_buckets:
            found["s3-emr"] = "S3's endpoint, open to the buckets of EMR"
        return found | {f"s3-bucket-{bucket}": f"S3's endpoint, open to the bucket {bucket}" for bucket in self.buckets}

    def __or__(self, other: NetworkRequirements) -> NetworkRequirements:
        """Combine two sets of requirements without duplicates."""
        return NetworkRequirements(
            endpoints=tuple(dict.fromkeys((*self.endpoints, *other.endpoints))),
            emr_buckets=self.emr_buckets or other.emr_buckets,
            buckets=tuple(sorted({*self.buckets, *other.buckets})),
        )


def pipeline_requirements(deployment: Deployment) -> NetworkRequirements:
    """Return the requirements of pipeline jobs, which are those of the existing data."""
    data = deployment.existing_data
    return NetworkRequirements(
        endpoints=(
            *((endpoints.GLUE,) if data.glue_databases else ()),
            *((endpoints.ATHENA,) if data.athena else ()),
        ),
        buckets=_buckets(data),
    )


def notebook_requirements(deployment: Deployment) -> NetworkRequirements:
    """Return the requirements of notebooks: existing data, URL of Livy, secrets of repositories, browser access."""
    notebooks = deployment.notebooks
    secrets = any(each.repository and each.repository.secret_arn for each in notebooks)
    own = NetworkRequirements(
        endpoints=(
            *((endpoints.SSM,) if any(deployment.spark_of(each) for each in notebooks) else ()),
            *((endpoints.LIVY,) if deployment.notebooks_use_application else ()),
            *((endpoints.SECRETS_MANAGER,) if secrets else ()),
            *((endpoints.JUPYTER,) if any(each.open_from_vpc_only for each in notebooks) else ()),
        )
    )
    return own | pipeline_requirements(deployment)


def cluster_requirements(deployment: Deployment) -> NetworkRequirements:
    """Return the requirements of cluster nodes: keys of disks, packages, existing data."""
    return NetworkRequirements(endpoints=(endpoints.KMS,), emr_buckets=True) | pipeline_requirements(deployment)


def application_requirements(deployment: Deployment) -> NetworkRequirements:
    """Return the requirements of the workers of an EMR Serverless application, which are those of the existing data.

    Their images and packages do not come through the network, and S3 calls KMS itself. Logs are not kept in EMR's own
    storage, for which the endpoint of S3 would have to allow a bucket of AWS:
    https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
    """
    return pipeline_requirements(deployment)


def deployment_requirements(deployment: Deployment) -> NetworkRequirements:
    """Return the requirements of all stacks of a deployment."""
    found = pipeline_requirements(deployment) if deployment.pipeline else NetworkRequirements()
    if deployment.notebooks:
        found |= notebook_requirements(deployment)
    if deployment.emr:
        found |= cluster_requirements(deployment)
    if deployment.emr_serverless:
        found |= application_requirements(deployment)
    return found


def combined_requirements(deployments: Iterable[Deployment]) -> NetworkRequirements:
    """Return the requirements of several deployments, in an order independent of the names of the projects."""
    found = NetworkRequirements()
    for deployment in deployments:
        found |= deployment_requirements(deployment)
    ordered = tuple(endpoint for endpoint in endpoints.ON_DEMAND if endpoint in found.endpoints)
    return NetworkRequirements(endpoints=ordered, emr_buckets=found.emr_buckets, buckets=found.buckets)


def interfaces(deployments: Iterable[Deployment]) -> tuple[Endpoint, ...]:
    """Return the interface endpoints in the network of these deployments.

    Args:
        deployments: all deployments in one environment.
    """
    return (*endpoints.INTERFACES, *combined_requirements(deployments).endpoints)


def _buckets(data: ExistingData) -> tuple[str, ...]:
    """Names of the existing buckets, including the bucket of query results, sorted and without duplicates."""
    found = {bucket.name for bucket in data.buckets}
    if data.athena:
        found.add(data.athena.results.removeprefix("s3://").partition("/")[0])
    return tuple(sorted(found))
