"""The validated, frozen values that the rest of the application uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from mlproject.errors import UserError
from mlproject.names import APPLICATION, Names
from mlproject.parameters.approval_pipeline import ApprovalPipeline
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.emr_serverless import EmrServerless
from mlproject.parameters.input_models.existing_data import ExistingData
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter, validate_scalar
from mlproject.parameters.input_models.notebook import Notebook
from mlproject.parameters.input_models.operations import Operations
from mlproject.parameters.input_models.replacements import AllowedReplacement
from mlproject.parameters.input_models.serving import Serving
from mlproject.translation import Message

Scalar = str | int | float | bool

_DAYS: Mapping[str, Any] = {
    "allowed": f"whole days, 1 to {constraints.DAYS_LIMIT}",
    "ge": 1,
    "le": constraints.DAYS_LIMIT,
}


class NewNetwork(FrozenModel):
    """A network that the environment's network stack creates: one VPC with an isolated subnet in each of two zones."""

    cidr: str
    zones: tuple[str, str]


class ImportedNetwork(FrozenModel):
    """An existing network. Its interface endpoints exist too, or this application adds them."""

    vpc_id: Annotated[str, MatchesPattern(constraints.VPC_ID)] = parameter(
        "The ID of the VPC.", allowed="an ID such as vpc-0123456789abcdef0"
    )
    subnet_ids: tuple[Annotated[str, MatchesPattern(constraints.SUBNET_ID)], ...] = parameter(
        "The private subnets in which jobs run.",
        allowed=f"a list of 1 to {constraints.SUBNETS_LIMIT} IDs such as subnet-0123456789abcdef0",
        min_length=1,
        max_length=constraints.SUBNETS_LIMIT,
    )
    zones: tuple[str, ...] = parameter(
        "The zones of the subnets, in the same order.",
        allowed="a list of zones of the region, such as [eu-west-1a, eu-west-1b]",
        min_length=1,
    )
    endpoints: Literal["create", "exist"] = parameter(
        "Whether this application creates the interface endpoints or they already exist.", allowed="create or exist"
    )
    cidr: Annotated[str, AfterValidator(constraints.validate_existing_cidr)] | None = parameter(
        "The CIDR block of the VPC, which may call the new endpoints. Default: every private range.",
        allowed="an IPv4 CIDR block from /16 to /28, such as 10.40.0.0/16",
        default=None,
    )
    route_table_ids: tuple[Annotated[str, MatchesPattern(constraints.ROUTE_TABLE_ID)], ...] = parameter(
        "The route tables of the subnets, for the free gateway endpoint of S3. Default: none, so S3 gets an interface "
        "endpoint.",
        allowed="a list of IDs such as rtb-0123456789abcdef0",
        default=(),
        max_length=constraints.SUBNETS_LIMIT,
    )


class Environment(FrozenModel):
    """An account and region with the settings of the platform team."""

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
    proxy: str | None = None
    # Content of the file that ca_bundle names.
    ca_certificates: str | None = None

    @property
    def has_network_stack(self) -> bool:
        """Whether the environment has a network stack. It has none if the network and its endpoints already exist."""
        return not (isinstance(self.network, ImportedNetwork) and self.network.endpoints == "exist")


class Storage(FrozenModel):
    """Lifecycle rules of the project's buckets. Keys that delete objects have no default."""

    archive_after_days: int = parameter(
        "Age in days at which data moves to a cheaper storage class; nothing is deleted. Default 90.",
        allowed=f"whole days, {constraints.ARCHIVE_DAYS_MINIMUM} (the minimum of S3) to {constraints.DAYS_LIMIT}",
        default=90,
        ge=constraints.ARCHIVE_DAYS_MINIMUM,
        le=constraints.DAYS_LIMIT,
    )
    noncurrent_days: int = parameter("Days for which an overwritten or deleted object can be restored.", **_DAYS)
    artifacts_expire_days: int = parameter(
        "Age in days at which the pipeline's intermediate outputs are deleted.",
        allowed=(
            f"whole days, {constraints.ARTIFACTS_DAYS_MINIMUM} (the step cache reuses younger ones) "
            f"to {constraints.DAYS_LIMIT}"
        ),
        ge=constraints.ARTIFACTS_DAYS_MINIMUM,
        le=constraints.DAYS_LIMIT,
    )
    access_logs_expire_days: int = parameter(
        "Age in days at which the buckets' access logs and the cluster's logs are deleted.", **_DAYS
    )


class Pipeline(FrozenModel):
    """The pipeline to deploy: its folder in pipelines/ and the defaults of its parameters."""

    folder: str = parameter("The pipeline's folder in pipelines/.", allowed="a folder in pipelines/")
    parallel_steps: int = parameter(
        "Maximum number of steps that run in parallel. Default 2.",
        allowed=f"a whole number, 1 to {constraints.PARALLEL_STEPS_LIMIT}",
        default=2,
        ge=1,
        le=constraints.PARALLEL_STEPS_LIMIT,
    )
    engine: Literal["pandas", "spark"] = parameter(
        "What runs the processing steps that have a script `steps/NAME_spark.py`: the container, or Spark on an EMR "
        "cluster that exists only for the step and has the parameters of `emr`, or without `emr` on the application of "
        "`emr_serverless`. Default pandas.",
        allowed="pandas or spark",
        default="pandas",
    )
    parameters: Mapping[str, Annotated[Scalar, BeforeValidator(validate_scalar)]] = parameter(
        "Values that override the defaults of the pipeline's parameters. Default: none.",
        allowed="a mapping of the pipeline's parameter names to values",
        default={},
    )

    @property
    def runs_prefix(self) -> str:
        """The prefix of the intermediate outputs of executions, which expire. Models have another prefix."""
        return f"{self.folder}/runs/"

    @property
    def uses_spark(self) -> bool:
        """Whether steps run on an EMR cluster or an EMR Serverless application."""
        return self.engine == "spark"


class Deployment(FrozenModel):
    """One project in one environment, with every value resolved."""

    project: str
    owner: str
    cost_centre: str
    project_tags: Mapping[str, str] = {}
    environment: Environment
    storage: Storage
    pipeline: Pipeline | None = None
    notebooks: tuple[Notebook, ...] = ()
    emr: Emr | None = None
    emr_serverless: EmrServerless | None = None
    operations: Operations | None = None
    serving: Serving | None = None
    existing_data: ExistingData = ExistingData()
    promoted_from: Environment | None = None
    promoted_to: tuple[Environment, ...] = ()
    approval_pipeline: ApprovalPipeline | None = None
    allow_replacement: tuple[AllowedReplacement, ...] = ()
    # Content of the file that emr.certificate_file names.
    cluster_certificate: str | None = None
    # Text by file name.
    example_notebooks: Mapping[str, str] = {}

    def require_pipeline(self) -> Pipeline:
        """Return the pipeline, for an operation that is impossible without one.

        Raises:
            UserError: the project has no pipeline in this environment.
        """
        if self.pipeline is None:
            raise UserError(
                Message(
                    "{project} has no pipeline in {environment}. Add the key pipeline to "
                    "projects/{project}/project.yaml.",
                    project=self.project,
                    environment=self.environment.name,
                ),
                topic="component-missing",
            )
        return self.pipeline

    def require_emr(self) -> Emr:
        """Return the parameters of the cluster, for an operation that is impossible without one.

        Raises:
            UserError: the project has no cluster in this environment.
        """
        if self.emr is None:
            raise UserError(
                Message(
                    "{project} has no cluster in {environment}. To add one, define `emr:` in "
                    "projects/{project}/project.yaml.",
                    project=self.project,
                    environment=self.environment.name,
                ),
                topic="component-missing",
            )
        return self.emr

    @property
    def clusters(self) -> Mapping[str, Emr]:
        """The parameters of each cluster by its name, `main` first; empty without `emr`."""
        return self.emr.by_name if self.emr else {}

    def require_cluster(self, name: str) -> Emr:
        """Return the parameters of a cluster, for an operation that is impossible without it.

        Args:
            name: `main`, or a name of `emr.clusters`.

        Raises:
            UserError: the project has no such cluster in this environment.
        """
        self.require_emr()
        if name not in self.clusters:
            raise UserError(
                Message(
                    "{project} has no cluster {name} in {environment}; its clusters: {clusters}. To add one, "
                    "define `emr.clusters.{name}` in projects/{project}/project.yaml.",
                    project=self.project,
                    name=name,
                    environment=self.environment.name,
                    clusters=", ".join(self.clusters),
                ),
                topic="unknown-name",
            )
        return self.clusters[name]

    @property
    def spark_steps(self) -> Literal["emr", "emr_serverless"] | None:
        """The key whose parameters the Spark steps of the pipeline use; None if it has no such steps."""
        if self.pipeline is None or not self.pipeline.uses_spark:
            return None
        return "emr_serverless" if self.emr_serverless and not self.emr else "emr"

    def spark_of(self, notebook: Notebook) -> str | None:
        """Return the name of the cluster that a notebook uses, `emr_serverless`, or None without Spark."""
        if self.emr and notebook.cluster != APPLICATION:
            return notebook.cluster
        return APPLICATION if self.emr_serverless else None

    @property
    def notebooks_use_application(self) -> bool:
        """Whether a notebook uses the EMR Serverless application."""
        return any(self.spark_of(notebook) == APPLICATION for notebook in self.notebooks)

    def require_serving(self) -> Serving:
        """Return the parameters of serving, for an operation that is impossible without them.

        Raises:
            UserError: the project serves no model in this environment.
        """
        if self.serving is None:
            raise UserError(
                Message(
                    "{project} serves no model in {environment}. Add the key serving to "
                    "projects/{project}/project.yaml.",
                    project=self.project,
                    environment=self.environment.name,
                ),
                topic="component-missing",
            )
        return self.serving

    @property
    def names(self) -> Names:
        return self.names_in(self.environment)

    def names_in(self, environment: Environment) -> Names:
        """Return the names of the project in another environment, such as the one from which its models come."""
        return Names(
            project=self.project,
            environment=environment.name,
            account=environment.account,
            region=environment.region,
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags of every resource that this deployment creates."""
        return {
            **self.environment.tags,
            **self.project_tags,
            "project": self.project,
            "environment": self.environment.name,
            "owner": self.owner,
            "cost-centre": self.cost_centre,
        }
