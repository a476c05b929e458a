"""The public keys with which an issuer signs: registered ones, else those that the issuer publishes."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from embedded_aws.iam.web_identity.errors import WebIdentityError, invalid_token
from embedded_aws.issuers import Issuers

# STS waits a few seconds for an issuer (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
# requires it to be reachable); the time is ours.
_SECONDS = 5.0
_LOCAL = frozenset({"localhost", "127.0.0.1"})
_NOT_RETRIEVED = (
    "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)


def key_set_of(issuer: str, issuers: Issuers) -> dict[str, Any]:
    """Return the JSON Web Key Set of an issuer.

    Discovery: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig. As on AWS the issuer must
    answer over https; one on this machine may use http.

    Raises:
        WebIdentityError: the issuer cannot be reached, or publishes no keys.
    """
    registered = issuers.key_set(issuer)
    if registered is not None:
        return registered
    configuration = _fetch(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    key_set = _fetch(str(configuration.get("jwks_uri")))
    if not isinstance(key_set.get("keys"), list):
        raise invalid_token(f"{_NOT_RETRIEVED} (the key set of {issuer} has no keys)")
    return key_set


def _fetch(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise invalid_token(f"{_NOT_RETRIEVED} ({url} is not an https URL)")
    try:
        with urllib.request.urlopen(url, timeout=_SECONDS) as answer:  # noqa: S310
            document = json.load(answer)
    except (OSError, ValueError) as error:
        raise WebIdentityError("InvalidIdentityToken", f"{_NOT_RETRIEVED} ({url}: {error})") from error
    if not isinstance(document, dict):
        raise invalid_token(f"{_NOT_RETRIEVED} ({url} is not a JSON object)")
    return document
