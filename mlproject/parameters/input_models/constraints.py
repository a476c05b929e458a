"""Constraints on single values, each with the AWS page that documents it."""

from __future__ import annotations

import ipaddress
import re

from mlproject.names import APPLICATION, MAIN_CLUSTER
from mlproject.parameters.findings import InvalidValueError, closest_match
from mlproject.parameters.tables.regions import REGIONS
from mlproject.translation import Message

# https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-pipeline.html (parallel steps per execution)
PARALLEL_STEPS_LIMIT = 50
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html
SUBNETS_LIMIT = 16
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
ARCHIVE_DAYS_MINIMUM = 30
# Our limit: a hundred years. A larger number is a typing error.
DAYS_LIMIT = 36_500
# The step cache reuses outputs for 30 days (ExpireAfter in pipeline_builder/steps.py), so they must still exist:
# https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
ARTIFACTS_DAYS_MINIMUM = 31
# https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html. An empty value is allowed
# there, but not in the tags of a stack:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Tag.html
TAG_KEY_LIMIT = 128
TAG_VALUE_LIMIT = 256
TAGS_PER_RESOURCE = 50
# https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html: VPCs and subnets are /16 to /28, and two
# subnets of /28 need a /27.
VPC_PREFIXES = range(16, 28)
# The same page: other AWS services, such as SageMaker, use this range internally.
AWS_INTERNAL_RANGE = ipaddress.IPv4Network("172.17.0.0/16")
# https://www.rfc-editor.org/rfc/rfc1918
PRIVATE_RANGES = tuple(ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
# Our limit: it leaves about twenty of a bucket name's 63 characters for the project's name.
ENVIRONMENT_NAME_LIMIT = 10

ENVIRONMENT_NAME = rf"[a-z][a-z0-9]{{0,{ENVIRONMENT_NAME_LIMIT - 1}}}"
PROJECT_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
ACCOUNT = r"[0-9]{12}"
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html; lower case because it is in a bucket's name.
BOOTSTRAP_QUALIFIER = r"[a-z0-9]{1,10}"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html (Path: 512 characters). CloudFormation allows
# these in the path of a policy, and none of them is a wildcard in the ARNs of roles that policies contain:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html (Path)
ROLE_PATH = r"(?=.{1,512}$)/([A-Za-z0-9.,+@=_-]+/)*"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html (PolicyName), or the policy's ARN
POLICY = r"[\w+=,.@-]{1,128}|arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9.,+@=_/-]{1,512}"
# A stack's name with a logical id, a physical id, an ARN, or an account and region such as aws://111111111111/eu-west-1.
RESOURCE = r"[!-~]{1,512}"
# Our limit: a sentence.
REASON = r"\S.{0,299}"
# The fingerprint of mlproject/deployment/fingerprints.py.
DEPLOYED_STATE = r"[0-9a-f]{12}"
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
VPC_ID = r"vpc-([0-9a-f]{8}|[0-9a-f]{17})"
SUBNET_ID = r"subnet-([0-9a-f]{8}|[0-9a-f]{17})"
ROUTE_TABLE_ID = r"rtb-([0-9a-f]{8}|[0-9a-f]{17})"
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateNotebookInstance.html (NotebookInstanceName);
# lower case like the rest of the name.
NOTEBOOK_NAME = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
# Our rule: without hyphens, so that logical ids in the emr stack differ if the names do. EMR allows 256 characters:
# https://docs.aws.amazon.com/emr/latest/APIReference/API_RunJobFlow.html (Name)
CLUSTER_NAME = r"[a-z][a-z0-9]{0,19}"
# No cluster has the name of the application, which contains an underscore.
NOTEBOOK_CLUSTER = rf"{CLUSTER_NAME}|{APPLICATION}"
# An IAM user (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html) or a role session
# (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, RoleSessionName); neither contains a *.
USER = r"[\w+=,.@-]{1,64}"
# Our rule: the name of a file in libraries/.
LIBRARIES = r"[a-z0-9][a-z0-9_-]{0,49}"
# Our rule: a path below the folder of the file that names it, with / on every system.
RELATIVE_PATH = r"(?!.*(^|/)\.\.?(/|$))[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*"
# Our limit: a name or an address, without the characters that Git removes or that end a line of its configuration.
GIT_NAME = r"[^\s<>\"][^<>\"\n\r]{0,98}[^\s<>\"]|[^\s<>\"]"
# https://git-scm.com/docs/git-check-ref-format and
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_GitConfig.html (Branch). Git reads a leading - as an
# option.
BRANCH = r"(?![-/.])(?!.*(\.\.|//|@\{|/\.|\.lock(/|$)|[~^:?*\[\\]))[!-~]{1,200}(?<![/.])"
# https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html (Name)
WORKGROUP = r"[a-zA-Z0-9._-]{1,128}"
# https://docs.aws.amazon.com/glue/latest/webapi/API_DatabaseInput.html: folded to lower case. A * would match all.
GLUE_DATABASE = r"[a-z0-9_][a-z0-9_-]{0,254}"

_TAG_CHARACTERS = re.compile(r"[\w .:/=+@-]*")
_TAG_ALLOWED = Message("letters, digits, spaces and . : / = + - @ _")


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches a pattern of this module (ASCII only)."""
    return re.fullmatch(pattern, text, re.ASCII) is not None


def validate_region(text: str) -> str:
    """Validate a region: SageMaker must be available in it."""
    if text not in REGIONS:
        near = closest_match(text, REGIONS)
        raise InvalidValueError(
            Message("{text} is not a region where SageMaker is available", text=text), suggestion=near
        )
    return text


def validate_existing_cidr(text: str) -> str:
    """Validate the CIDR block of an existing VPC.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise InvalidValueError(Message("{text} is not a valid IPv4 CIDR block", text=text)) from None
    if str(network) != text:
        raise InvalidValueError(Message("{text} has host bits set", text=text), suggestion=str(network))
    if not 16 <= network.prefixlen <= 28:
        raise InvalidValueError(Message("{text} is not a VPC's CIDR block, which is /16 to /28", text=text))
    return text


def validate_cidr(text: str) -> str:
    """Validate a new VPC's CIDR block: private, and large enough for two subnets."""
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise InvalidValueError(Message("{text} is not a valid IPv4 CIDR block", text=text)) from None
    if str(network) != text:
        raise InvalidValueError(Message("{text} has host bits set", text=text), suggestion=str(network))
    if network.prefixlen not in VPC_PREFIXES:
        raise InvalidValueError(
            Message(
                "{text} has {number:,} addresses, too many for a VPC or too few for two subnets",
                text=text,
                number=network.num_addresses,
            )
        )
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise InvalidValueError(Message("{text} is not a private range", text=text))
    if network.overlaps(AWS_INTERNAL_RANGE):
        raise InvalidValueError(
            Message(
                "{text} overlaps {range}, which SageMaker uses internally",
                text=text,
                range=AWS_INTERNAL_RANGE,
            )
        )
    return text


def validate_notebook_name(text: str) -> str:
    """Validate a notebook name. Its length is checked elsewhere because it depends on the project and environment."""
    if not matches(NOTEBOOK_NAME, text):
        allowed = Message("lower-case letters, digits and single hyphens, starting with a letter")
        raise InvalidValueError(Message("{text} is not a valid notebook name", text=text), allowed=allowed)
    return text


def validate_cluster_name(text: str) -> str:
    """Validate the name of a cluster beside the main one."""
    allowed = Message("1 to 20 lower-case letters and digits, starting with a letter")
    if not matches(CLUSTER_NAME, text):
        raise InvalidValueError(Message("{text} is not a valid cluster name", text=text), allowed=allowed)
    if text == MAIN_CLUSTER:
        message = Message("{text} is the name of the cluster with the values of emr itself", text=text)
        raise InvalidValueError(message, allowed=Message("another name"))
    return text


def validate_tag_key(text: str) -> str:
    """Validate a tag key."""
    if text.lower().startswith("aws:"):
        raise InvalidValueError(Message("{text} starts with aws:, which is reserved by AWS", text=text))
    if not 1 <= len(text) <= TAG_KEY_LIMIT or not _TAG_CHARACTERS.fullmatch(text):
        raise InvalidValueError(
            Message("this is not a valid tag key"),
            allowed=Message("1 to {limit} characters: {characters}", limit=TAG_KEY_LIMIT, characters=_TAG_ALLOWED),
        )
    return text


def validate_tag_value(text: str) -> str:
    """Validate a tag value."""
    if not 1 <= len(text) <= TAG_VALUE_LIMIT or not _TAG_CHARACTERS.fullmatch(text):
        raise InvalidValueError(
            Message("this is not a valid tag value"),
            allowed=Message(
                "1 to {limit} characters: {characters}",
                limit=TAG_VALUE_LIMIT,
                characters=_TAG_ALLOWED,
            ),
        )
    return text


def validate_filled_tag_value(text: str) -> str:
    """Validate a tag value that must not be empty (owner, cost centre)."""
    if not text.strip():
        raise InvalidValueError(Message("this value is empty"))
    return validate_tag_value(text)
