"""Check the credentials of the account, its bootstrap, its permissions boundary and EMR's service-linked role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from mlproject.outcome import Outcome, ok, problem, warning
from mlproject.parameters import Environment
from mlproject.preflight.account_reader import AccountReader

# The version that the templates of this application require. CDK writes it into each stack's manifest.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
BOOTSTRAP_VERSION = 6
_DEFAULT_QUALIFIER = "hnb659fds"
_EMR_CLEANUP = "AWSServiceRoleForEMRCleanup"


def check_credentials(account: AccountReader) -> Iterator[Outcome]:
    """Check that the credentials belong to the environment's account."""
    identity, expected = account.client("sts").get_caller_identity(), account.environment.account
    if identity["Account"] == expected:
        yield ok("credentials", f"{identity['Arn']}, the account of {account.environment.name}")
    else:
        yield problem(
            "credentials",
            f"{identity['Arn']} is not in account {expected} of {account.environment.name}",
            "run `aws sso login`, or set AWS_PROFILE to a profile of that account",
        )


def bootstrap_arguments(environment: Environment) -> list[str]:
    """The arguments of the CDK CLI to bootstrap an environment's account. A custom qualifier gets its own stack."""
    arguments = ["bootstrap", f"aws://{environment.account}/{environment.region}"]
    qualifier = environment.bootstrap_qualifier
    if qualifier != _DEFAULT_QUALIFIER:
        arguments += ["--qualifier", qualifier, "--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
    if environment.permissions_boundary:
        arguments += ["--custom-permissions-boundary", environment.permissions_boundary.rpartition("/")[2]]
    return arguments


def read_bootstrap_version(client: Callable[[str], Any], *, qualifier: str) -> int | None:
    """Return the version of an account's bootstrap stack; None if there is none.

    Args:
        client: returns the boto3 client of a service.
        qualifier: the bootstrap stack's qualifier, such as `hnb659fds`.
    """
    try:
        parameter = client("ssm").get_parameter(Name=f"/cdk-bootstrap/{qualifier}/version")["Parameter"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return None
    return int(parameter["Value"])


def check_bootstrap(account: AccountReader) -> Iterator[Outcome]:
    """Check that the account is bootstrapped with the environment's qualifier."""
    environment = account.environment
    qualifier = environment.bootstrap_qualifier
    command = f"cdk {' '.join(bootstrap_arguments(environment))}"
    if account.requirements.has_ci:
        # CI jobs deploy with the policy of the bootstrap, whose default is AdministratorAccess.
        command = (
            f"run the commands that `mlproject execution-policy -e {environment.name} --write build/policies` prints, "
            "since jobs of GitLab CI deploy with the policy of the bootstrap"
        )
    version = read_bootstrap_version(account.client, qualifier=qualifier)
    if version is None:
        yield problem("bootstrap", f"not bootstrapped with the qualifier {qualifier}", command)
    elif version < BOOTSTRAP_VERSION:
        yield problem("bootstrap", f"version {version} is older than {BOOTSTRAP_VERSION}", command)
    else:
        yield ok("bootstrap", f"version {version}, qualifier {qualifier}")


def check_service_linked_role(account: AccountReader) -> Iterator[Outcome]:
    """Check that EMR's service-linked role exists, if a permissions boundary may forbid creating it with a cluster.

    https://docs.aws.amazon.com/emr/latest/ManagementGuide/using-service-linked-roles-cleanup.html
    """
    if not account.requirements.clusters or account.environment.permissions_boundary is None:
        return
    try:
        account.client("iam").get_role(RoleName=_EMR_CLEANUP)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield warning(
            "service-linked role",
            f"{_EMR_CLEANUP} does not exist; the first cluster creates it, unless the boundary forbids that",
            "aws iam create-service-linked-role --aws-service-name elasticmapreduce.amazonaws.com",
        )
    else:
        yield ok("service-linked role", _EMR_CLEANUP)


def check_permissions_boundary(account: AccountReader) -> Iterator[Outcome]:
    """Check that the permissions boundary of the roles exists."""
    policy = account.environment.permissions_boundary
    if policy is None:
        return
    partition = account.client("sts").get_caller_identity()["Arn"].split(":")[1]
    arn = policy if policy.startswith("arn:") else f"arn:{partition}:iam::{account.environment.account}:policy/{policy}"
    try:
        account.client("iam").get_policy(PolicyArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchEntity":
            raise
        yield problem(
            "permissions boundary",
            f"policy {arn} does not exist",
            "create it, or correct permissions_boundary in environments.yaml",
        )
    else:
        yield ok("permissions boundary", arn)
