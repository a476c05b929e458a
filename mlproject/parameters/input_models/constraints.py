"""What AWS allows in a single value, each rule with the page that says so."""

from __future__ import annotations

import ipaddress
import re

from mlproject.parameters.finding import RefusalError, nearest
from mlproject.parameters.tables.regions import REGIONS

# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-pipeline.html (steps at a time per execution)
PARALLEL_STEPS_LIMIT = 50
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html
SUBNETS_LIMIT = 16
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
ARCHIVE_DAYS_MINIMUM = 30
# Ours: a hundred years; a larger number is a slip of the keyboard.
DAYS_LIMIT = 36_500
# Pipelines takes a step's outputs again for 30 days (the ExpireAfter that pipeline_builder/steps.py sets), so they must
# still be there: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
ARTIFACTS_DAYS_MINIMUM = 31
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
TAG_KEY_LIMIT = 128
TAG_VALUE_LIMIT = 256
TAGS_PER_RESOURCE = 50
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: a VPC has /16 to /28, and so has a subnet;
# two subnets of /28 need a /27.
VPC_PREFIXES = range(16, 28)
# The same page: other AWS services, SageMaker among them, use this range themselves.
RANGE_OF_AWS = ipaddress.IPv4Network("172.17.0.0/16")
# https://www.rfc-editor.org/rfc/rfc1918
PRIVATE_RANGES = tuple(ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
# Ours: with it a project's name still has about twenty characters of a bucket's 63.
ENVIRONMENT_NAME_LIMIT = 10

ENVIRONMENT_NAME = rf"[a-z][a-z0-9]{{0,{ENVIRONMENT_NAME_LIMIT - 1}}}"
PROJECT_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
ACCOUNT = r"[0-9]{12}"
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html; lower case, since it names a bucket too.
BOOTSTRAP_QUALIFIER = r"[a-z0-9]{1,10}"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (Path)
ROLE_PATH = r"/([!-~]{1,510}/)?"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html (PolicyName), or the policy's ARN
POLICY = r"[\w+=,.@-]{1,128}|arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[!-~]{1,512}"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
VPC_ID = r"vpc-([0-9a-f]{8}|[0-9a-f]{17})"
SUBNET_ID = r"subnet-([0-9a-f]{8}|[0-9a-f]{17})"
ROUTE_TABLE_ID = r"rtb-([0-9a-f]{8}|[0-9a-f]{17})"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html (NotebookInstanceName);
# lower case like the rest of the name.
NOTEBOOK_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# An IAM user (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html) or a role's session
# (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName); neither has a * in it.
USER = r"[\w+=,.@-]{1,64}"
# Ours: a file's name below libraries/.
LIBRARIES = r"[a-z0-9][a-z0-9_-]{0,49}"
# https://git-scm.com/docs/git-check-ref-format and
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_GitConfig.html (Branch); with a - first it is an option.
BRANCH = r"(?![-/.])(?!.*(\.\.|//|@\{|/\.|\.lock(/|$)))[!-~]{1,200}(?<![/.])"
# https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html (Name)
WORKGROUP = r"[a-zA-Z0-9._-]{1,128}"
# https://docs.aws.amazon.com/glue/latest/webapi/API_DatabaseInput.html: folded to lower case; * would match all.
GLUE_DATABASE = r"[a-z0-9_][a-z0-9_-]{0,254}"

_TAG_CHARACTERS = re.compile(r"[\w .:/=+@-]*")
_TAG_ALLOWED = "letters, digits, spaces and . : / = + - @ _"


def matches(pattern: str, text: str) -> bool:
    """Whether a whole text follows a pattern of this module (ASCII only)."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


def region(text: str) -> str:
    """A region that has SageMaker."""
    if text not in REGIONS:
        near = nearest(text, REGIONS)
        raise RefusalError(f"{text} is no region with SageMaker that this version knows", suggestion=near)
    return text


def vpc_cidr(text: str) -> str:
    """The address range of a VPC that exists.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise RefusalError(f"{text} is not an IPv4 range") from None
    if str(network) != text:
        raise RefusalError(f"{text} is not written as the start of its range", suggestion=str(network))
    if not 16 <= network.prefixlen <= 28:
        raise RefusalError(f"{text} is not the range of a VPC, which is /16 to /28")
    return text


def cidr(text: str) -> str:
    """A VPC's address range: private, of a size that holds two subnets."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise RefusalError(f"{text} is no IPv4 range") from None
    if str(network) != text:
        raise RefusalError(f"{text} is not written as the start of its range", suggestion=str(network))
    if network.prefixlen not in VPC_PREFIXES:
        raise RefusalError(
            f"{text} has {network.num_addresses:,} addresses: too many for a VPC or too few for two subnets"
        )
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise RefusalError(f"{text} is not a private range")
    if network.overlaps(RANGE_OF_AWS):
        raise RefusalError(f"{text} overlaps {RANGE_OF_AWS}, which SageMaker uses itself")
    return text


def notebook_name(text: str) -> str:
    """A notebook's name; its length is a matter of project and environment, which stand before it."""
    if not matches(NOTEBOOK_NAME, text):
        allowed = "lower-case letters, digits and single hyphens, beginning with a letter"
        raise RefusalError(f"{text} is no name for a notebook", allowed=allowed)
    return text


def tag_key(text: str) -> str:
    """A tag's name."""
    if text.lower().startswith("aws:"):
        raise RefusalError(f"{text} begins with aws:, which AWS keeps for itself")
    if not 1 <= len(text) <= TAG_KEY_LIMIT or not _TAG_CHARACTERS.fullmatch(text):
        raise RefusalError("this is no name of a tag", allowed=f"1 to {TAG_KEY_LIMIT} characters: {_TAG_ALLOWED}")
    return text


def tag_value(text: str) -> str:
    """A tag's value."""
    if len(text) > TAG_VALUE_LIMIT or not _TAG_CHARACTERS.fullmatch(text):
        raise RefusalError("this is no value of a tag", allowed=f"up to {TAG_VALUE_LIMIT} characters: {_TAG_ALLOWED}")
    return text


def filled_tag_value(text: str) -> str:
    """A tag's value that may not be empty (owner, cost centre)."""
    if not text.strip():
        raise RefusalError("this is empty")
    return tag_value(text)
