"""The condition keys that a web identity token brings into the trust policy.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.iam import context
from embedded_aws.iam.context import ABSENT, Context, Values
from embedded_aws.iam.web_identity.tokens import VerifiedToken

# Claims that STS reads of every issuer. `aud` and `oaud` are made of two claims.
_COMMON = ("amr", "email", "sub")
# Claims that STS also reads of this issuer, and of no GitLab that you host: the service authorization reference,
# AssumeRoleWithWebIdentity
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
_OF_ISSUER: Mapping[str, tuple[str, ...]] = {
    "gitlab.com": (
        "namespace_id",
        "pipeline_source",
        "project_id",
        "ref_protected",
        "runner_environment",
        "user_access_level",
        "user_email",
        "user_id",
        "user_login",
    )
}


def claim_keys(token: VerifiedToken, *, provider_arn: str) -> Context:
    """Return the condition keys of a token; every other claim is a key that the request does not have."""
    names = (*_COMMON, *_OF_ISSUER.get(token.issuer, ()))
    known: dict[str, Values] = {name: _values(token.claims.get(name)) for name in names}
    known["aud"] = token.audiences
    known["oaud"] = _values(token.claims["aud"]) if token.claims.get("azp") else ABSENT
    keys = {f"{token.issuer}:{name}".lower(): values for name, values in known.items()}
    family = {f"{token.issuer}:".lower(): lambda _: ABSENT}
    return context.of({"aws:FederatedProvider": provider_arn}).also(Context(keys, family))


def _values(claim: Any) -> Values:
    if claim is None:
        return ABSENT
    if isinstance(claim, bool):
        return ("true" if claim else "false",)
    return tuple(map(str, claim)) if isinstance(claim, list) else (str(claim),)
