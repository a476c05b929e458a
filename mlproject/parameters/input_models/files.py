"""What people may write in environments.yaml and project.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.existing_data import ExistingData
from mlproject.parameters.input_models.keys import Follows, Value, key
from mlproject.parameters.input_models.notebook import WrittenNotebook
from mlproject.parameters.input_models.operations import Operations
from mlproject.parameters.model import ImportedNetwork, Pipeline, Storage
from mlproject.parameters.tables.regions import REGIONS

Region = Annotated[str, AfterValidator(constraints.region), WithJsonSchema({"type": "string", "enum": sorted(REGIONS)})]
Cidr = Annotated[str, AfterValidator(constraints.cidr)]
TagValue = Annotated[str, AfterValidator(constraints.filled_tag_value)]
NotebookName = Annotated[str, AfterValidator(constraints.notebook_name)]
Tags = Mapping[
    Annotated[str, AfterValidator(constraints.tag_key)], Annotated[str, AfterValidator(constraints.tag_value)]
]

_TAGS_ALLOWED = "names with a text each"
_STORAGE = ", ".join(Storage.model_fields)
_PIPELINE = ", ".join(Pipeline.model_fields)
_NOTEBOOK = ", ".join(WrittenNotebook.model_fields)
_EMR = ", ".join(Emr.model_fields)
_OPERATIONS = ", ".join(Operations.model_fields)
_EXISTING_DATA = ", ".join(ExistingData.model_fields)


class WrittenNewNetwork(Value):
    """A VPC of the environment's own, with an isolated subnet in each of two zones."""

    cidr: Cidr = key(
        "The VPC's address range; environments must not overlap.",
        allowed="an IPv4 range of /16 to /27 within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
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

    account: Annotated[str, Follows(constraints.ACCOUNT)] = key(
        "The AWS account.", allowed='twelve digits in quotes, such as "111111111111"'
    )
    region: Region = key("The AWS region.", allowed="a region with SageMaker, such as eu-west-1")
    network: WrittenNetwork = key("Where jobs run.", allowed="`new:` or `imported:` with their keys")
    bootstrap_qualifier: Annotated[str, Follows(constraints.BOOTSTRAP_QUALIFIER)] = key(
        "The qualifier with which the account was bootstrapped (`cdk bootstrap --qualifier`). Default: CDK's own.",
        allowed="1 to 10 lower-case letters and digits",
        default="hnb659fds",
    )
    permissions_boundary: Annotated[str, Follows(constraints.POLICY)] | None = key(
        "The policy that every role must carry as its permissions boundary. Default: none.",
        allowed="a policy's name or ARN",
        default=None,
    )
    role_path: Annotated[str, Follows(constraints.ROLE_PATH)] = key(
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
    owner: TagValue = key(
        "Who is responsible for what the projects share; becomes the tag owner. Default: platform.",
        allowed="a name or an address, not empty",
        default="platform",
    )
    cost_centre: TagValue = key(
        "Who pays for what the projects share; becomes the tag cost-centre. Default: shared.",
        allowed="a text, not empty",
        default="shared",
    )
    library_index: Annotated[str, AfterValidator(addresses.https_url)] | None = key(
        "An index of Python packages that the network reaches. Default: none, so libraries come from S3.",
        allowed="an https address without user, password or query, such as https://packages.example.com/simple",
        default=None,
    )


class WrittenProject(Value):
    """What a project.yaml holds, for all environments at the top or for one below `environments`."""

    owner: TagValue = key("Who answers for the project; becomes a tag.", allowed="a name or an address, not empty")
    cost_centre: TagValue = key("Who pays; becomes the tag cost-centre.", allowed="a text, not empty")
    tags: Tags = key("Tags of the project's own. Default: none.", allowed=_TAGS_ALLOWED, default={})
    storage: Storage = key("How long the buckets keep what.", allowed=f"keys {_STORAGE}")
    pipeline: Pipeline = key("The pipeline that is deployed.", allowed=f"keys {_PIPELINE}")
    notebooks: Mapping[NotebookName, WrittenNotebook] = key(
        "The notebook instances. Default: none.", allowed=f"names with keys {_NOTEBOOK} each", default={}
    )
    emr: Emr | None = key("The EMR cluster. Default: none.", allowed=f"keys {_EMR}", default=None)
    operations: Operations | None = key(
        "Budget, notifications and schedule. Default: none.", allowed=f"keys {_OPERATIONS}", default=None
    )
    existing_data: ExistingData = key(
        "What exists elsewhere and may be read. Default: nothing.",
        allowed=f"keys {_EXISTING_DATA}",
        default=ExistingData(),
    )
