"""The keys of environments.yaml and project.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.emr_serverless import EmrServerless
from mlproject.parameters.input_models.existing_data import ExistingData
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter
from mlproject.parameters.input_models.notebook import NotebookInput
from mlproject.parameters.input_models.operations import Operations
from mlproject.parameters.input_models.replacements import AllowedReplacement
from mlproject.parameters.input_models.serving import Serving
from mlproject.parameters.model import ImportedNetwork, Pipeline, Storage
from mlproject.parameters.tables.regions import REGIONS

Region = Annotated[
    str, AfterValidator(constraints.validate_region), WithJsonSchema({"type": "string", "enum": sorted(REGIONS)})
]
Cidr = Annotated[str, AfterValidator(constraints.validate_cidr)]
TagValue = Annotated[str, AfterValidator(constraints.validate_filled_tag_value)]
NotebookName = Annotated[str, AfterValidator(constraints.validate_notebook_name)]
Tags = Mapping[
    Annotated[str, AfterValidator(constraints.validate_tag_key)],
    Annotated[str, AfterValidator(constraints.validate_tag_value)],
]

_TAGS_ALLOWED = "a mapping of tag keys to text of 1 to 256 characters"
_STORAGE = ", ".join(Storage.model_fields)
_PIPELINE = ", ".join(Pipeline.model_fields)
_NOTEBOOK = ", ".join(NotebookInput.model_fields)
_EMR = ", ".join(Emr.model_fields)
_EMR_SERVERLESS = ", ".join(EmrServerless.model_fields)
_OPERATIONS = ", ".join(Operations.model_fields)
_SERVING = ", ".join(Serving.model_fields)
_EXISTING_DATA = ", ".join(ExistingData.model_fields)
_REPLACEMENT = ", ".join(AllowedReplacement.model_fields)


class NewNetworkInput(FrozenModel):
    """A new VPC for the environment, with an isolated subnet in each of two zones."""

    cidr: Cidr = parameter(
        "The CIDR block of the VPC. Environments must not overlap.",
        allowed="an IPv4 CIDR block from /16 to /27 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    )
    zones: tuple[str, ...] | None = parameter(
        "The two zones. Default: the region's first two.",
        allowed="two zones of the region, such as [eu-west-1a, eu-west-1b]",
        default=None,
        min_length=2,
        max_length=2,
    )


class NetworkInput(FrozenModel):
    """The network of jobs: exactly one of `new` and `imported`. An environment's network replaces the common one."""

    new: NewNetworkInput | None = parameter(
        "A VPC that this application creates.", allowed="a mapping with cidr and optionally zones", default=None
    )
    imported: ImportedNetwork | None = parameter(
        "An existing VPC.", allowed="a mapping with vpc_id, subnet_ids, zones and endpoints", default=None
    )


class EnvironmentInput(FrozenModel):
    """The keys of environments.yaml: for all environments at the top level, or for one below `environments`."""

    account: Annotated[str, MatchesPattern(constraints.ACCOUNT)] = parameter(
        "The AWS account.", allowed='twelve digits in quotes, such as "111111111111"'
    )
    region: Region = parameter("The AWS region.", allowed="a region where SageMaker is available, such as eu-west-1")
    network: NetworkInput = parameter("The network in which jobs run.", allowed="`new:` or `imported:` with their keys")
    bootstrap_qualifier: Annotated[str, MatchesPattern(constraints.BOOTSTRAP_QUALIFIER)] = parameter(
        "The bootstrap qualifier of the account (`cdk bootstrap --qualifier`). Default: the default of CDK.",
        allowed="1 to 10 lower-case letters and digits",
        default="hnb659fds",
    )
    permissions_boundary: Annotated[str, MatchesPattern(constraints.POLICY)] | None = parameter(
        "The permissions boundary of every role. Default: none.",
        allowed="a policy name or ARN",
        default=None,
    )
    role_path: Annotated[str, MatchesPattern(constraints.ROLE_PATH)] = parameter(
        "The path of every role. Default: /.",
        allowed="/ or a path that starts and ends with a slash, such as /machine-learning/",
        default="/",
    )
    tags: Tags = parameter(
        "Tags of every resource in the environment. Default: none.", allowed=_TAGS_ALLOWED, default={}
    )
    retain_data: bool = parameter(
        "Whether buckets, keys and model packages are retained when their stack is deleted. Default: true.",
        allowed="true or false",
        default=True,
    )
    owner: TagValue = parameter(
        "The owner of the resources that projects share; becomes the tag owner. Default: platform.",
        allowed="a non-empty name or email address",
        default="platform",
    )
    cost_centre: TagValue = parameter(
        "The cost centre of the resources that projects share; becomes the tag cost-centre. Default: shared.",
        allowed="non-empty text",
        default="shared",
    )
    library_index: Annotated[str, AfterValidator(addresses.validate_https_url)] | None = parameter(
        "A Python package index that the network can reach. Default: none, so libraries come from S3.",
        allowed="an https URL without user, password or query, such as https://packages.example.com/simple",
        default=None,
    )
    proxy: Annotated[str, AfterValidator(addresses.validate_proxy)] | None = parameter(
        "The proxy through which notebooks reach the internet. AWS is called directly. Default: none.",
        allowed="a URL with host and port, without user and password, such as http://proxy.example.com:3128",
        default=None,
    )
    ca_bundle: Annotated[str, MatchesPattern(constraints.RELATIVE_PATH)] | None = parameter(
        "Private certificate authorities that notebooks trust in addition to the public ones. Default: none.",
        allowed="the path of a PEM file of up to 256 KiB below the repository's root, such as certificates/company.pem",
        default=None,
    )


class ProjectInput(FrozenModel):
    """The keys of project.yaml: for all environments at the top level, or for one below `environments`."""

    owner: TagValue = parameter("The owner of the project; becomes a tag.", allowed="a non-empty name or email address")
    cost_centre: TagValue = parameter("The cost centre; becomes the tag cost-centre.", allowed="non-empty text")
    tags: Tags = parameter("Additional tags of the project. Default: none.", allowed=_TAGS_ALLOWED, default={})
    storage: Storage = parameter("Lifecycle rules of the project's buckets.", allowed=f"the keys {_STORAGE}")
    pipeline: Pipeline | None = parameter(
        "The pipeline to deploy. Default: none.", allowed=f"the keys {_PIPELINE}", default=None
    )
    notebooks: Mapping[NotebookName, NotebookInput] = parameter(
        "The notebook instances. Default: none.", allowed=f"notebook names, each with the keys {_NOTEBOOK}", default={}
    )
    emr: Emr | None = parameter("The EMR clusters. Default: none.", allowed=f"the keys {_EMR}", default=None)
    emr_serverless: EmrServerless | None = parameter(
        "The EMR Serverless application. Default: none.", allowed=f"the keys {_EMR_SERVERLESS}", default=None
    )
    operations: Operations | None = parameter(
        "Budget, notifications and schedule. Default: none.", allowed=f"the keys {_OPERATIONS}", default=None
    )
    serving: Serving | None = parameter(
        "The model version that the project serves. Default: none.", allowed=f"the keys {_SERVING}", default=None
    )
    existing_data: ExistingData = parameter(
        "Existing data that the project may read. Default: none.",
        allowed=f"the keys {_EXISTING_DATA}",
        default=ExistingData(),
    )
    promoted_from: str | None = parameter(
        "The environment whose approved models `mlproject promote` copies into this one. Default: none.",
        allowed="an environment in the same region, in which the project has a pipeline too",
        default=None,
    )
    promoted_on_approval: bool = parameter(
        "Whether the approval of a model in promoted_from starts the GitLab pipeline that promotes it. Default: false.",
        allowed="true or false",
        default=False,
    )
    allow_replacement: tuple[AllowedReplacement, ...] = parameter(
        "Stateful resources that the next deployment may replace, delete or leave behind. Default: none.",
        allowed=f"a list of mappings with {_REPLACEMENT}",
        default=(),
    )
