"""What a project's stacks need of their environment's network beside what every network has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mlproject.aws_rules import endpoints
from mlproject.aws_rules.endpoints import Endpoint
from mlproject.parameters import Deployment, ExistingData


@dataclass(frozen=True, kw_only=True)
class NetworkNeeds:
    """Endpoints, and buckets that S3's endpoint has to let through.

    Args:
        endpoints: the services beside those of `endpoints.INTERFACES`.
        emr_buckets: whether nodes fetch packages from the buckets of AWS without which no EMR node starts.
        buckets: the names of the buckets that exist already and are read, sorted.
    """

    endpoints: tuple[Endpoint, ...] = ()
    emr_buckets: bool = False
    buckets: tuple[str, ...] = ()

    @property
    def parameters(self) -> dict[str, str]:
        """The last part of the name of the SSM parameter that stands for each need, with what it is.

        The network's stack writes them and a project's stack reads those that it needs, so that CloudFormation
        refuses, by name, to deploy into a network that lacks one.
        """
        found = {f"endpoint-{endpoint.service}": f"The endpoint of {endpoint.service}" for endpoint in self.endpoints}
        if self.emr_buckets:
            found["s3-emr"] = "S3's endpoint, open to the buckets of EMR"
        return found | {f"s3-bucket-{bucket}": f"S3's endpoint, open to the bucket {bucket}" for bucket in self.buckets}

    def __or__(self, other: NetworkNeeds) -> NetworkNeeds:
        """What both need, each once."""
        return NetworkNeeds(
            endpoints=tuple(dict.fromkeys((*self.endpoints, *other.endpoints))),
            emr_buckets=self.emr_buckets or other.emr_buckets,
            buckets=tuple(sorted({*self.buckets, *other.buckets})),
        )


def pipeline_needs(deployment: Deployment) -> NetworkNeeds:
    """What the jobs of a project's pipeline need: its existing data."""
    data = deployment.existing_data
    return NetworkNeeds(
        endpoints=(
            *((endpoints.GLUE,) if data.glue_databases else ()),
            *((endpoints.ATHENA,) if data.athena else ()),
        ),
        buckets=_buckets(data),
    )


def notebook_needs(deployment: Deployment) -> NetworkNeeds:
    """What a project's notebooks need: its existing data, the cluster's address, a repository's secret, a browser."""
    notebooks = deployment.notebooks
    secrets = any(each.repository and each.repository.secret_arn for each in notebooks)
    own = NetworkNeeds(
        endpoints=(
            *((endpoints.SSM,) if deployment.emr else ()),
            *((endpoints.SECRETS_MANAGER,) if secrets else ()),
            *((endpoints.JUPYTER,) if any(each.open_from_vpc_only for each in notebooks) else ()),
        )
    )
    return own | pipeline_needs(deployment)


def cluster_needs(deployment: Deployment) -> NetworkNeeds:
    """What the nodes of a project's cluster need: disk keys, packages, its existing data."""
    return NetworkNeeds(endpoints=(endpoints.KMS,), emr_buckets=True) | pipeline_needs(deployment)


def needs_of(deployment: Deployment) -> NetworkNeeds:
    """What all stacks of a project in an environment need."""
    found = pipeline_needs(deployment)
    if deployment.notebooks:
        found |= notebook_needs(deployment)
    if deployment.emr:
        found |= cluster_needs(deployment)
    return found


def needs_of_all(deployments: Iterable[Deployment]) -> NetworkNeeds:
    """What the network of these deployments has to offer, in an order that does not depend on the projects' names."""
    found = NetworkNeeds()
    for deployment in deployments:
        found |= needs_of(deployment)
    ordered = tuple(endpoint for endpoint in endpoints.ON_DEMAND if endpoint in found.endpoints)
    return NetworkNeeds(endpoints=ordered, emr_buckets=found.emr_buckets, buckets=found.buckets)


def interfaces(deployments: Iterable[Deployment]) -> tuple[Endpoint, ...]:
    """The interface endpoints that the network of these deployments has, each once.

    Args:
        deployments: all deployments in one environment.
    """
    return (*endpoints.INTERFACES, *needs_of_all(deployments).endpoints)


def _buckets(data: ExistingData) -> tuple[str, ...]:
    """The names of the buckets that are read, with those of query results; each once, sorted."""
    found = {bucket.name for bucket in data.buckets}
    if data.athena:
        found.add(data.athena.results.removeprefix("s3://").partition("/")[0])
    return tuple(sorted(found))
