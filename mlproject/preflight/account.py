"""Whose account it is, and whether the CDK CLI can deploy into it."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Environment
from mlproject.preflight.look import Look

# What the templates of this application ask for; CDK writes it into each stack's manifest.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
BOOTSTRAP_VERSION = 6
_DEFAULT_QUALIFIER = "hnb659fds"
_EMR_CLEANUP = "AWSServiceRoleForEMRCleanup"


def credentials(look: Look) -> Iterator[Outcome]:
    """Whether the credentials are of the environment's account."""
    identity, wanted = look.client("sts").get_caller_identity(), look.environment.account
    if identity["Account"] == wanted:
        yield ok("credentials", f"{identity['Arn']}, the account of {look.environment.name}")
    else:
        yield problem(
            "credentials",
            f"{identity['Arn']} is of another account than {look.environment.name}, which has {wanted}",
            "aws sso login, or set AWS_PROFILE to a profile of that account",
        )


def bootstrap_arguments(environment: Environment) -> list[str]:
    """What the CDK CLI is told to bootstrap an environment's account; another qualifier has a stack of its own."""
    arguments = ["bootstrap", f"aws://{environment.account}/{environment.region}"]
    qualifier = environment.bootstrap_qualifier
    if qualifier != _DEFAULT_QUALIFIER:
        arguments += ["--qualifier", qualifier, "--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
    if environment.permissions_boundary:
        arguments += ["--custom-permissions-boundary", environment.permissions_boundary.rpartition("/")[2]]
    return arguments


def bootstrap(look: Look) -> Iterator[Outcome]:
    """Whether the account is bootstrapped with the environment's qualifier."""
    environment = look.environment
    qualifier = environment.bootstrap_qualifier
    command = f"cdk {' '.join(bootstrap_arguments(environment))}"
    name = f"/cdk-bootstrap/{qualifier}/version"
    try:
        version = int(look.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        yield problem("bootstrap", f"not bootstrapped with the qualifier {qualifier}", command)
        return
    if version < BOOTSTRAP_VERSION:
        yield problem("bootstrap", f"version {version} is older than {BOOTSTRAP_VERSION}", command)
    else:
        yield ok("bootstrap", f"version {version}, qualifier {qualifier}")


def service_linked_role(look: Look) -> Iterator[Outcome]:
    """Whether EMR's own role exists, where whoever deploys may not be allowed to make it with the first cluster.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/using-service-linked-roles-cleanup.html
    """
    if not look.wanted.clusters or look.environment.permissions_boundary is None:
        return
    try:
        look.client("iam").get_role(RoleName=_EMR_CLEANUP)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield warning(
            "service-linked role",
            f"there is no {_EMR_CLEANUP}; the first cluster makes it, unless the boundary forbids that",
            "aws iam create-service-linked-role --aws-service-name elasticmapreduce.amazonaws.com",
        )
    else:
        yield ok("service-linked role", _EMR_CLEANUP)


def boundary(look: Look) -> Iterator[Outcome]:
    """Whether the permissions boundary that every role gets exists."""
    policy = look.environment.permissions_boundary
    if policy is None:
        return
    partition = look.client("sts").get_caller_identity()["Arn"].split(":")[1]
    arn = policy if policy.startswith("arn:") else f"arn:{partition}:iam::{look.environment.account}:policy/{policy}"
    try:
        look.client("iam").get_policy(PolicyArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield problem(
            "permissions boundary",
            f"there is no policy {arn}",
            "create it, or mend permissions_boundary in environments.yaml",
        )
    else:
        yield ok("permissions boundary", arn)
