"""AWS services that are called from the private subnets. Each one requires a VPC endpoint.

An interface endpoint in two zones costs about 16 USD a month before any traffic, so each endpoint needs a caller.
ECR is not called from a subnet, because SageMaker pulls the images of containers itself
(https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html). KMS is called only by the nodes of clusters, because
S3 and EBS call it themselves. EMR itself has a network interface in the subnet and needs no endpoint.
"""

from __future__ import annotations

from dataclasses import dataclass

_NODES = "https://repost.aws/knowledge-center/sagemaker-access-network-isolation"
_SUBNETS = "https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html"
_GLUE = "https://docs.aws.amazon.com/glue/latest/dg/vpc-interface-endpoints.html"
_ATHENA = "https://docs.aws.amazon.com/athena/latest/ug/interface-vpc-endpoint.html"
# Answer by the authors of AWS's page on encryption in EMR: "We'll spell this out".
_DISKS = "https://github.com/awsdocs/amazon-emr-management-guide/issues/15"
_NOTEBOOKS = "https://docs.aws.amazon.com/sagemaker/latest/dg/notebook-interface-endpoint.html"
_PARAMETERS = "https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html"
_SECRETS = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/vpc-endpoint-overview.html"
_LIVY = "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html"
_API = "https://docs.aws.amazon.com/sagemaker/latest/dg/interface-vpc-endpoint.html"


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An AWS service that is called from a private subnet.

    Args:
        service: last part of the endpoint service's name, such as `sagemaker.api`.
        caller: component that calls the service.
        reason: what it calls the service for.
        source: URL of the documentation.
        domain: first part of the endpoint service's name, with a placeholder for the region.
    """

    service: str
    caller: str
    reason: str
    source: str
    domain: str = "com.amazonaws.{region}"

    def name(self, region: str) -> str:
        """Return the name of the endpoint service in a region."""
        return f"{self.domain.format(region=region)}.{self.service}"


# In our own networks, S3 has a gateway endpoint, which is free of charge. In an imported network whose route tables are
# not given, it has an interface endpoint.
S3 = Endpoint(service="s3", caller="pipeline jobs", reason="inputs, outputs and code of every step", source=_SUBNETS)

INTERFACES = (
    Endpoint(
        service="logs",
        caller="pipeline jobs and notebooks",
        reason="logs of the containers and of the notebooks' tools",
        source=_NODES,
    ),
    Endpoint(
        service="monitoring",
        caller="pipeline jobs and notebooks",
        reason="metrics of the jobs and of failed installations",
        source=_NODES,
    ),
    Endpoint(
        service="sagemaker.api",
        caller="step scripts and notebooks",
        reason="scripts may describe their job or a model, and idle notebooks stop themselves",
        source=_API,
    ),
    Endpoint(service="sts", caller="step scripts", reason="the SDK reads the account id", source=_API),
)

# Created only if a project requires them, in the order of ON_DEMAND. See network_requirements.py.
KMS = Endpoint(service="kms", caller="clusters", reason="keys of the nodes' local disks", source=_DISKS)
SSM = Endpoint(service="ssm", caller="notebooks", reason="parameter that contains the URL of Livy", source=_PARAMETERS)
SECRETS_MANAGER = Endpoint(
    service="secretsmanager", caller="notebooks", reason="credentials of a private Git repository", source=_SECRETS
)
JUPYTER = Endpoint(
    service="notebook",
    caller="browsers in the network",
    reason="notebooks that open only from the network",
    source=_NOTEBOOKS,
    domain="aws.sagemaker.{region}",
)
# Athena calls Glue itself, but readers of tables call Glue from the subnet.
GLUE = Endpoint(
    service="glue", caller="readers of existing data", reason="tables of the databases in the parameters", source=_GLUE
)
ATHENA = Endpoint(
    service="athena",
    caller="readers of existing data",
    reason="queries in the workgroup in the parameters",
    source=_ATHENA,
)
LIVY = Endpoint(
    service="emr-serverless-services.livy",
    caller="notebooks",
    reason="sessions on the EMR Serverless application of the project",
    source=_LIVY,
)
ON_DEMAND = (KMS, SSM, SECRETS_MANAGER, JUPYTER, GLUE, ATHENA, LIVY)
