"""Which AWS services are called from the private subnets, by whom: each needs an endpoint, and each costs money.

An interface endpoint in two zones costs about 16 USD a month before any traffic, so a row needs a caller that is
there. SageMaker pulls the containers' images itself (https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html),
and S3 asks KMS itself, as EBS does: ECR is not called from a subnet, and KMS by the nodes of clusters only.
EMR's own traffic needs none: it has an interface of its own in the subnet.
"""

from __future__ import annotations

from dataclasses import dataclass

_NODES = "https://repost.aws/knowledge-center/sagemaker-access-network-isolation"
_SUBNETS = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html"
_GLUE = "https://docs.aws.amazon.com/glue/latest/dg/vpc-interface-endpoints.html"
_ATHENA = "https://docs.aws.amazon.com/athena/latest/ug/interface-vpc-endpoint.html"
# Writers of AWS's page on EMR's encryption, asked where it says so: "We'll spell this out".
_DISKS = "https://github.com/awsdocs/amazon-emr-management-guide/issues/15"
_NOTEBOOKS = "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html"
_PARAMETERS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/dg/interface-vpc-endpoint.html"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """A service that something in a private subnet calls.

    Args:
        service: the last part of the endpoint service's name, such as `sagemaker.api`.
        caller: what calls it.
        why: for what.
        source: the page that says so.
        domain: what stands before the service in the endpoint service's name, with the region's place.
    """

    service: str
    caller: str
    why: str
    source: str
    domain: str = "com.amazonaws.{region}"

    def name(self, region: str) -> str:
        """The endpoint service's name in a region."""
        return f"{self.domain.format(region=region)}.{self.service}"


# S3 has a gateway endpoint, which costs nothing, in the networks that we own. An imported network's route tables
# may be unknown: then it becomes an interface endpoint like the others.
S3 = Endpoint(service="s3", caller="pipeline jobs", why="inputs, outputs and code of every step", source=_SUBNETS)

INTERFACES = (
    Endpoint(service="logs", caller="pipeline jobs", why="the nodes ship the containers' logs", source=_NODES),
    Endpoint(service="monitoring", caller="pipeline jobs", why="the nodes publish the jobs' metrics", source=_NODES),
    Endpoint(
        service="sagemaker.api",
        caller="step scripts and notebooks",
        why="a script may describe its job or a model; an idle notebook stops itself",
        source=_API,
    ),
    Endpoint(service="sts", caller="step scripts", why="the SDK asks in which account it runs", source=_API),
)

# Only in the networks of projects that need them, in the order of this list: see network_needs.py.
KMS = Endpoint(service="kms", caller="clusters", why="a node gets the key of its local disks from KMS", source=_DISKS)
SSM = Endpoint(service="ssm", caller="notebooks", why="the parameter that says where Livy answers", source=_PARAMETERS)
SECRETS_MANAGER = Endpoint(
    service="secretsmanager", caller="notebooks", why="user and token of a private repository", source=_SECRETS
)
JUPYTER = Endpoint(
    service="notebook",
    caller="browsers in the network",
    why="notebooks that open from the network only",
    source=_NOTEBOOKS,
    domain="aws.sagemaker.{region}",
)
# Athena asks Glue itself; a table's reader asks Glue from the subnet.
GLUE = Endpoint(
    service="glue", caller="readers of existing data", why="tables of the databases that they name", source=_GLUE
)
ATHENA = Endpoint(
    service="athena", caller="readers of existing data", why="queries in the workgroup that they name", source=_ATHENA
)
ON_DEMAND = (KMS, SSM, SECRETS_MANAGER, JUPYTER, GLUE, ATHENA)
