"""Exchange a web identity token for a session of a role, if the token is right and the role trusts it.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from embedded_aws.iam import identities
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.evaluator import Request, decide
from embedded_aws.iam.principal import Principal
from embedded_aws.iam.request_context import every_request
from embedded_aws.iam.services.iam_sts import assuming
from embedded_aws.iam.web_identity.claims import claim_keys
from embedded_aws.iam.web_identity.errors import WebIdentityError, access_denied
from embedded_aws.iam.web_identity.responses import Issued
from embedded_aws.iam.web_identity.signing_keys import key_set_of
from embedded_aws.iam.web_identity.tokens import VerifiedToken, verify
from embedded_aws.issuers import Issuers

log = logging.getLogger(__name__)

ACTION = "sts:AssumeRoleWithWebIdentity"
# The claim whose tags AWS gives the session: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
TAGS_CLAIM = "https://aws.amazon.com/tags"
# Without a signature no region is named; STS's global endpoint is in this one.
_REGION = "us-east-1"
# In seconds, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
_DURATION, _SHORTEST = 3600, 900
_ROLE_ARN = re.compile(r"arn:aws:iam::([0-9]{12}):role/\S+")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class TokenExchange:
    """Answers AssumeRoleWithWebIdentity.

    Args:
        issuers: whose keys are registered.
        accounts: returns the accounts that there are.
    """

    def __init__(self, *, issuers: Issuers, accounts: Callable[[], Collection[str]]) -> None:
        self._issuers = issuers
        self._accounts = accounts

    def assume(self, given: Mapping[str, Any]) -> Issued:
        """Return a session's credentials.

        Args:
            given: the parameters of the request.

        Raises:
            WebIdentityError: the token is not accepted, or the role does not trust it.
        """
        match = _ROLE_ARN.fullmatch(str(given.get("RoleArn", "")))
        if match is None or not _SESSION_NAME.fullmatch(str(given.get("RoleSessionName", ""))):
            raise WebIdentityError("ValidationError", "RoleArn or RoleSessionName does not have the required form")
        role_arn, account = match[0], match[1]
        if account not in self._accounts():
            log.warning("%s: account %s does not exist in the embedded AWS", role_arn, account)
            raise access_denied()
        token = verify(
            str(given.get("WebIdentityToken", "")),
            clients_of=lambda issuer: _clients(account, issuer),
            key_set_of=lambda url: key_set_of(url, self._issuers),
        )
        role = identities.role(role_arn, account)
        provider = _provider_arn(account, token.issuer)
        if role is None:
            log.warning("there is no role %s", role_arn)
            raise access_denied()
        _check_trust(role, token, provider, given)
        return _issue(role, account, token, provider, given)


def _clients(account: str, issuer: str) -> Sequence[str] | None:
    """The client ids of the account's provider for an issuer; None if there is no such provider."""
    from moto.iam.models import iam_backends  # moto takes long to import

    providers = iam_backends[account][identities.PARTITION].open_id_providers
    provider = providers.get(_provider_arn(account, issuer))
    return None if provider is None else list(provider.client_id_list)


def _provider_arn(account: str, issuer: str) -> str:
    return f"arn:{identities.PARTITION}:iam::{account}:oidc-provider/{issuer}"


def _check_trust(role: Any, token: VerifiedToken, provider: str, given: Mapping[str, Any]) -> None:
    """Evaluate the role's trust policy.

    Raises:
        WebIdentityError: the role does not trust the token, or that cannot be decided here.
    """
    if TAGS_CLAIM in token.claims:
        log.warning("%s on %s cannot be decided: the embedded AWS keeps no tags of a session", ACTION, role.arn)
        raise access_denied()
    try:
        policy = identities.trust_policy(role)
    except UndecidableError as error:
        log.warning("%s on %s cannot be decided: %s", ACTION, role.arn, error)
        raise access_denied() from error
    request = Request(
        action=ACTION,
        resource=role.arn,
        context=every_request(_REGION).also(assuming(given)).also(claim_keys(token, provider_arn=provider)),
        policies=(policy,),
        needs_resource_policy=True,
    )
    decision = decide(Principal(arn=provider, account="", federated=provider), request)
    if not decision.allowed:
        log.warning("%s (%s) may not assume %s: %s", token.subject, token.issuer, role.arn, decision.reason)
        raise access_denied()


def _issue(role: Any, account: str, token: VerifiedToken, provider: str, given: Mapping[str, Any]) -> Issued:
    from moto.sts.models import sts_backends  # moto takes long to import

    duration = int(given.get("DurationSeconds") or _DURATION)
    limit = int(role.max_session_duration or _DURATION)
    if not _SHORTEST <= duration <= limit:
        raise WebIdentityError(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if given.get("PolicyArns"):
        raise WebIdentityError("ValidationError", "the embedded AWS keeps no managed policies of a session")
    session = sts_backends[account][identities.PARTITION].assume_role(
        region_name=_REGION,
        role_session_name=str(given["RoleSessionName"]),
        role_arn=role.arn,
        policy=given.get("Policy"),
        duration=duration,
        external_id=None,
    )
    return Issued(session=session, role_id=role.id, token=token, provider=provider)
