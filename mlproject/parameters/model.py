"""What a platform team and a project team may write in YAML, and the frozen values that the rest reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from mlproject.names import Names
from mlproject.parameters import rules
from mlproject.parameters.finding import RefusalError
from mlproject.parameters.regions import REGIONS

Scalar = str | int | float | bool


class Value(BaseModel):
    """A frozen value; an unknown key is an error, and no type is guessed from another."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def key(description: str, *, allowed: str, **constraints: Any) -> Any:
    """A key that people write.

    Args:
        description: what it is for; editors show it.
        allowed: what may stand there; messages say it.
        constraints: pydantic's own (default, ge, le, min_length, json_schema_extra).
    """
    extra = {"allowed": allowed, **constraints.pop("json_schema_extra", {})}
    return Field(description=description, json_schema_extra=extra, **constraints)


def _pattern(pattern: str) -> AfterValidator:
    def check(text: str) -> str:
        if not rules.matches(pattern, text):
            raise RefusalError("")
        return text

    return AfterValidator(check)


def _scalar(value: object) -> object:
    if not isinstance(value, str | int | float | bool):
        raise RefusalError("a single value is wanted here")
    return value


Region = Annotated[str, AfterValidator(rules.region), Field(json_schema_extra={"enum": sorted(REGIONS)})]
Cidr = Annotated[str, AfterValidator(rules.cidr)]
TagValue = Annotated[str, AfterValidator(rules.filled_tag_value)]
Tags = Mapping[Annotated[str, AfterValidator(rules.tag_key)], Annotated[str, AfterValidator(rules.tag_value)]]
Subnets = tuple[Annotated[str, _pattern(rules.SUBNET_ID)], ...]

_DAYS = {"ge": 1, "le": rules.DAYS_LIMIT}
_DAYS_ALLOWED = f"whole days, 1 to {rules.DAYS_LIMIT}"
_CIDR_ALLOWED = "an IPv4 range of /16 to /27 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"
_TAGS_ALLOWED = "names with a text each"


class NewNetwork(Value):
    """A network that the environment's own stack creates: one VPC, an isolated subnet in each of two zones."""

    cidr: str
    zones: tuple[str, str]


class ImportedNetwork(Value):
    """A network that exists; its interface endpoints exist too, or this application adds them."""

    vpc_id: Annotated[str, _pattern(rules.VPC_ID)] = key("The VPC's id.", allowed="an id such as vpc-0123456789abcdef0")
    subnet_ids: Subnets = key(
        "The private subnets in which jobs run.",
        allowed=f"a list of 1 to {rules.SUBNETS_LIMIT} ids such as subnet-0123456789abcdef0",
        min_length=1,
        max_length=rules.SUBNETS_LIMIT,
    )
    zones: tuple[str, ...] = key(
        "The zones of the subnets, in the same order.",
        allowed="a list of zones of the region, such as [eu-west-1a, eu-west-1b]",
        min_length=1,
    )
    endpoints: Literal["create", "exist"] = key(
        "Whether this application adds the interface endpoints or finds them there.", allowed="create or exist"
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


class Storage(Value):
    """How long the project's buckets keep what. What deletes has no default: it must be written."""

    archive_after_days: int = key(
        "Age in days at which data moves to a cheaper storage class; nothing is deleted. Default 90.",
        allowed=f"whole days, {rules.ARCHIVE_DAYS_MINIMUM} to {rules.DAYS_LIMIT} (S3 moves nothing younger)",
        default=90,
        ge=rules.ARCHIVE_DAYS_MINIMUM,
        le=rules.DAYS_LIMIT,
    )
    noncurrent_days: int = key(
        "Days for which an overwritten or deleted object can be brought back.", allowed=_DAYS_ALLOWED, **_DAYS
    )
    artifacts_expire_days: int = key(
        "Age in days at which the pipeline's intermediate outputs are deleted.", allowed=_DAYS_ALLOWED, **_DAYS
    )
    access_logs_expire_days: int = key(
        "Age in days at which the buckets' access logs are deleted.", allowed=_DAYS_ALLOWED, **_DAYS
    )


class Pipeline(Value):
    """Which folder of pipelines/ is deployed, and with which defaults of its parameters."""

    folder: str = key("The pipeline's folder below pipelines/.", allowed="a folder of pipelines/")
    parallel_steps: int = key(
        "Steps that run at the same time at most. Default 2.",
        allowed=f"a whole number, 1 to {rules.PARALLEL_STEPS_LIMIT}",
        default=2,
        ge=1,
        le=rules.PARALLEL_STEPS_LIMIT,
    )
    parameters: Mapping[str, Annotated[Scalar, BeforeValidator(_scalar)]] = key(
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


class WrittenNewNetwork(Value):
    """A VPC of the environment's own, with an isolated subnet in each of two zones."""

    cidr: Cidr = key(
        "The VPC's address range; environments must not overlap.",
        allowed=_CIDR_ALLOWED,
    )
    zones: tuple[str, ...] | None = key(
        "The two zones. Default: the region's first two.",
        allowed="two zones of the region, such as [eu-west-1a, eu-west-1b]",
        default=None,
        min_length=2,
        max_length=2,
    )


class WrittenNetwork(Value):
    """Where jobs run: exactly one of `new` and `imported`; an environment's network replaces the common one whole."""

    new: WrittenNewNetwork | None = key(
        "A VPC that this application creates.", allowed="a mapping with cidr and, if you like, zones", default=None
    )
    imported: ImportedNetwork | None = key(
        "A VPC that exists.", allowed="a mapping with vpc_id, subnet_ids, zones and endpoints", default=None
    )


class WrittenEnvironment(Value):
    """What environments.yaml holds, for all environments at the top or for one below `environments`."""

    account: Annotated[str, _pattern(rules.ACCOUNT)] = key(
        "The AWS account.", allowed='twelve digits in quotes, such as "111111111111"'
    )
    region: Region = key("The AWS region.", allowed="a region with SageMaker, such as eu-west-1")
    network: WrittenNetwork = key("Where jobs run.", allowed="`new:` or `imported:` with their keys")
    bootstrap_qualifier: Annotated[str, _pattern(rules.BOOTSTRAP_QUALIFIER)] = key(
        "The qualifier with which the account was bootstrapped (`cdk bootstrap --qualifier`). Default: CDK's own.",
        allowed="1 to 10 lower-case letters and digits",
        default="hnb659fds",
    )
    permissions_boundary: Annotated[str, _pattern(rules.POLICY)] | None = key(
        "The policy that every role must carry as its permissions boundary. Default: none.",
        allowed="a policy's name or ARN",
        default=None,
    )
    role_path: Annotated[str, _pattern(rules.ROLE_PATH)] = key(
        "The path of every role. Default: /.",
        allowed="/ or a path that begins and ends with a slash, such as /machine-learning/",
        default="/",
    )
    tags: Tags = key("Tags of everything in the environment. Default: none.", allowed=_TAGS_ALLOWED, default={})
    retain_data: bool = key(
        "Whether buckets, keys and model packages outlive their stack. Default: true.",
        allowed="true or false",
        default=True,
    )


class WrittenProject(Value):
    """What a project.yaml holds, for all environments at the top or for one below `environments`."""

    owner: TagValue = key("Who answers for the project; becomes a tag.", allowed="a name or an address, not empty")
    cost_centre: TagValue = key("Who pays; becomes the tag cost-centre.", allowed="a text, not empty")
    tags: Tags = key("Tags of the project's own. Default: none.", allowed=_TAGS_ALLOWED, default={})
    storage: Storage = key("How long the buckets keep what.", allowed="a mapping")
    pipeline: Pipeline = key("The pipeline that is deployed.", allowed="a mapping")
