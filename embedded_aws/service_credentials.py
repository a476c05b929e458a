"""Credentials of a role for an AWS service that assumes it, given when the role's trust policy says so."""

from __future__ import annotations

from datetime import UTC

from embedded_aws.iam import context, identities
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Request, decide
from embedded_aws.iam.policy_documents import Policy
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.request_context import every_request
from embedded_aws.iam.role_simulation import RoleNotFoundError
from embedded_aws.iam.services.iam_sts import assuming

# The shortest and usual life of a service's session, in seconds.
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
SESSION = 3600


class RoleNotTrustedError(PermissionError):
    """The role's trust policy does not let the service assume it; the message says reason."""


def assume_for_service(
    account: str, region: str, role_arn: str, service: str, *, source_arn: str | None = None
) -> dict[str, str]:
    """Assume a role as an AWS service does.

    Args:
        account: twelve digits.
        region: such as `eu-west-1`.
        role_arn: the role.
        service: the service principal, such as `sagemaker.amazonaws.com`.
        source_arn: the resource on whose behalf; without one, any of the service in the account and region.

    Returns:
        AccessKeyId, SecretAccessKey, SessionToken and Expiration (ISO 8601), as STS gives them.

    Raises:
        RoleNotFoundError: the account has no such role.
        RoleNotTrustedError: the trust policy does not allow it, denies it, or cannot be decided here.
    """
    from moto.sts.models import sts_backends  # moto takes long to import

    role = identities.role(role_arn, account)
    if role is None:
        raise RoleNotFoundError(f"there is no role {role_arn} in account {account}")
    name = service.partition(".")[0]
    source = source_arn or f"arn:{identities.PARTITION}:{name}:{region}:{account}:*"
    try:
        trust = identities.trust_policy(role)
    except UndecidableError as error:
        raise RoleNotTrustedError(str(error)) from error
    check_trust(trust, role_arn=role_arn, service=service, account=account, region=region, source_arn=source)
    session = sts_backends[account][identities.PARTITION].assume_role(
        region_name=region,
        role_session_name=name,
        role_arn=role_arn,
        policy=None,
        duration=SESSION,
        external_id=None,
    )
    return {
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.secret_access_key,
        "SessionToken": session.session_token,
        "Expiration": session.expiration.replace(tzinfo=UTC).isoformat(),  # moto's times have no zone
    }


def check_trust(policy: Policy, *, role_arn: str, service: str, account: str, region: str, source_arn: str) -> None:
    """Evaluate a trust policy for a service that acts for a resource of an account.

    Raises:
        RoleNotTrustedError: the service may not assume the role.
    """
    # What keeps a service from being made somebody's deputy:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    deputy = context.of(
        {
            "aws:SourceAccount": account,
            "aws:SourceArn": source_arn,
            "aws:SourceOrgID": None,
            "aws:SourceOrgPaths": None,
            "aws:PrincipalIsAWSService": "true",
            "aws:PrincipalServiceName": service,
            "aws:PrincipalOrgID": None,
            "aws:PrincipalOrgPaths": None,
        }
    )
    request = Request(
        action="sts:AssumeRole",
        resource=role_arn,
        context=every_request(region).also(assuming({})).also(deputy),
        policies=(policy,),
        needs_resource_policy=True,
    )
    decision = decide(Principal(arn=service, account="", service=service), request)
    if not decision.allowed:
        raise RoleNotTrustedError(
            f"{service} is not authorized to perform: sts:AssumeRole on resource: {role_arn} {decision.reason}"
        )
