"""The frozen values that the rest of the application reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from mlproject.names import Names
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.existing_data import ExistingData
from mlproject.parameters.input_models.keys import Follows, Value, key, single
from mlproject.parameters.input_models.notebook import Notebook
from mlproject.parameters.input_models.operations import Operations

Scalar = str | int | float | bool

_DAYS: Mapping[str, Any] = {
    "allowed": f"whole days, 1 to {constraints.DAYS_LIMIT}",
    "ge": 1,
    "le": constraints.DAYS_LIMIT,
}


class NewNetwork(Value):
    """A network that the environment's own stack creates: one VPC, an isolated subnet in each of two zones."""

    cidr: str
    zones: tuple[str, str]


class ImportedNetwork(Value):
    """A network that exists; its interface endpoints exist too, or this application adds them."""

    vpc_id: Annotated[str, Follows(constraints.VPC_ID)] = key(
        "The VPC's id.", allowed="an id such as vpc-0123456789abcdef0"
    )
    subnet_ids: tuple[Annotated[str, Follows(constraints.SUBNET_ID)], ...] = key(
        "The private subnets in which jobs run.",
        allowed=f"a list of 1 to {constraints.SUBNETS_LIMIT} ids such as subnet-0123456789abcdef0",
        min_length=1,
        max_length=constraints.SUBNETS_LIMIT,
    )
    zones: tuple[str, ...] = key(
        "The zones of the subnets, in the same order.",
        allowed="a list of zones of the region, such as [eu-west-1a, eu-west-1b]",
        min_length=1,
    )
    endpoints: Literal["create", "exist"] = key(
        "Whether this application adds the interface endpoints or finds them there.", allowed="create or exist"
    )
    cidr: Annotated[str, AfterValidator(constraints.vpc_cidr)] | None = key(
        "The VPC's address range, which may call the new endpoints. Default: every private range.",
        allowed="an IPv4 range of /16 to /28, such as 10.40.0.0/16",
        default=None,
    )
    route_table_ids: tuple[Annotated[str, Follows(constraints.ROUTE_TABLE_ID)], ...] = key(
        "The subnets' route tables, for S3's gateway endpoint, which is free of charge. Default: none, so that S3 "
        "gets an interface endpoint.",
        allowed="a list of ids such as rtb-0123456789abcdef0",
        default=(),
        max_length=constraints.SUBNETS_LIMIT,
    )


class Environment(Value):
    """An account and region with what the platform team demands of everything in it."""

    name: str
    account: str
    region: str
    network: NewNetwork | ImportedNetwork
    bootstrap_qualifier: str
    permissions_boundary: str | None
    role_path: str
    tags: Mapping[str, str]
    retain_data: bool
    owner: str = "platform"
    cost_centre: str = "shared"
    library_index: str | None = None

    @property
    def has_network_stack(self) -> bool:
        """Whether it has a network stack: not where the network and its endpoints exist already."""
        return not (isinstance(self.network, ImportedNetwork) and self.network.endpoints == "exist")


class Storage(Value):
    """How long the project's buckets keep what. What deletes has no default: it must be written."""

    archive_after_days: int = key(
        "Age in days at which data moves to a cheaper storage class; nothing is deleted. Default 90.",
        allowed=(
            f"whole days, {constraints.ARCHIVE_DAYS_MINIMUM} to {constraints.DAYS_LIMIT} (S3 moves nothing younger)"
        ),
        default=90,
        ge=constraints.ARCHIVE_DAYS_MINIMUM,
        le=constraints.DAYS_LIMIT,
    )
    noncurrent_days: int = key("Days for which an overwritten or deleted object can be brought back.", **_DAYS)
    artifacts_expire_days: int = key(
        "Age in days at which the pipeline's intermediate outputs are deleted.",
        allowed=(
            f"whole days, {constraints.ARTIFACTS_DAYS_MINIMUM} to {constraints.DAYS_LIMIT} "
            "(younger ones are taken again)"
        ),
        ge=constraints.ARTIFACTS_DAYS_MINIMUM,
        le=constraints.DAYS_LIMIT,
    )
    access_logs_expire_days: int = key(
        "Age in days at which the buckets' access logs and the cluster's logs are deleted.", **_DAYS
    )


class Pipeline(Value):
    """Which folder of pipelines/ is deployed, and with which defaults of its parameters."""

    folder: str = key("The pipeline's folder below pipelines/.", allowed="a folder of pipelines/")
    parallel_steps: int = key(
        "Steps that run at the same time at most. Default 2.",
        allowed=f"a whole number, 1 to {constraints.PARALLEL_STEPS_LIMIT}",
        default=2,
        ge=1,
        le=constraints.PARALLEL_STEPS_LIMIT,
    )
    parameters: Mapping[str, Annotated[Scalar, BeforeValidator(single)]] = key(
        "Values that replace the defaults of the pipeline's parameters. Default: none.",
        allowed="names of the pipeline's parameters with a value each",
        default={},
    )


class Deployment(Value):
    """One project in one environment, every value resolved."""

    project: str
    owner: str
    cost_centre: str
    project_tags: Mapping[str, str] = {}
    environment: Environment
    storage: Storage
    pipeline: Pipeline
    notebooks: tuple[Notebook, ...] = ()
    emr: Emr | None = None
    operations: Operations | None = None
    existing_data: ExistingData = ExistingData()

    @property
    def names(self) -> Names:
        return Names(
            project=self.project,
            environment=self.environment.name,
            account=self.environment.account,
            region=self.environment.region,
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags of everything that this deployment creates."""
        return {
            **self.environment.tags,
            **self.project_tags,
            "project": self.project,
            "environment": self.environment.name,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
        }
