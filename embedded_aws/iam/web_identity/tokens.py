"""Verify a web identity token as AWS STS does: issuer, audience, times and signature.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jwt

from embedded_aws.iam.web_identity.errors import WebIdentityError, invalid_token

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html (supported signing algorithms)
ALGORITHMS = ("RS256", "RS384", "RS512", "ES256", "ES384", "ES512")
_MALFORMED = (
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token instead of an ID "
    "Token)"
)


@dataclass(frozen=True, kw_only=True)
class VerifiedToken:
    """A token whose signature, times, issuer and audience are right.

    Args:
        issuer: without scheme, as in the provider's ARN, such as `gitlab.example.com`.
        claims: every claim.
    """

    issuer: str
    claims: Mapping[str, Any]

    @property
    def audiences(self) -> tuple[str, ...]:
        """The client that the token was issued for: `azp` if there is one, else `aud`."""
        return _audiences(self.claims)

    @property
    def subject(self) -> str:
        return str(self.claims["sub"])


def verify(
    token: str,
    *,
    clients_of: Callable[[str], Sequence[str] | None],
    key_set_of: Callable[[str], Mapping[str, Any]],
    now: Callable[[], float] = time.time,
) -> VerifiedToken:
    """Verify a token.

    Args:
        token: a signed JWT.
        clients_of: returns the client ids of the account's provider for an issuer; None if there is no provider.
        key_set_of: returns the JSON Web Key Set of an issuer.
        now: returns the time, in seconds since 1970.

    Raises:
        WebIdentityError: the token is not accepted.
    """
    header, claims = _read(token)
    url = claims["iss"]
    issuer = url.partition("://")[2].rstrip("/")
    clients = clients_of(issuer)
    if clients is None:
        raise invalid_token(f"No OpenIDConnect provider found in your account for {url}")
    if not set(_audiences(claims)) & set(clients):
        raise invalid_token("Incorrect token audience")
    _check_signature(token, header, key_set_of(url))
    _check_times(claims, now())
    return VerifiedToken(issuer=issuer, claims=claims)


def _read(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """Return header and claims, not verified yet."""
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise invalid_token(_MALFORMED) from error
    for claim in ("iss", "sub", "aud", "iat", "exp"):
        if claim not in claims:
            raise invalid_token(f"Missing a required claim: {claim}")
    if not isinstance(claims["iss"], str) or "://" not in claims["iss"]:
        raise invalid_token("The claim iss is not a URL")
    return header, claims


def _check_signature(token: str, header: Mapping[str, Any], key_set: Mapping[str, Any]) -> None:
    if header.get("alg") not in ALGORITHMS:
        raise invalid_token(f"Token signed with an unsupported algorithm: {header.get('alg')}")
    candidates = [key for key in key_set["keys"] if key.get("kid") == header.get("kid")]
    if len(candidates) != 1:
        raise invalid_token(
            "Couldn't retrieve verification key from your identity provider, please reference "
            f"AssumeRoleWithWebIdentity documentation for requirements (no key {header.get('kid')})"
        )
    try:
        jwt.decode(
            token,
            jwt.PyJWK(candidates[0]),
            algorithms=ALGORITHMS,
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False},
        )
    except jwt.PyJWTError as error:
        raise invalid_token("Token signature invalid") from error


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    times = {claim: claims[claim] for claim in ("iat", "nbf", "exp") if claim in claims}
    for claim, value in times.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid_token(f"The claim {claim} is not a number")
    if times["exp"] <= now:
        raise WebIdentityError(
            "ExpiredTokenException",
            f"Token expired: current date/time {int(now)} must be before the expiration date/time {int(times['exp'])}",
        )
    for claim in ("iat", "nbf"):
        if times.get(claim, now) > now:
            raise invalid_token(f"The token is not valid yet: current date/time {int(now)}, {claim} {times[claim]}")


def _audiences(claims: Mapping[str, Any]) -> tuple[str, ...]:
    found = claims.get("azp") or claims["aud"]
    return tuple(map(str, found)) if isinstance(found, list) else (str(found),)
