"""A GitLab that signs tokens of CI jobs: its key, and claims as GitLab writes them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

AUDIENCE = "sts.amazonaws.com"
# The order of components in `sub`, as GitLab's default.
DEFAULT_COMPONENTS = ("project_path", "ref_type", "ref")


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(frozen=True, kw_only=True)
class Issuer:
    """A GitLab instance.

    Args:
        url: its URL, the claim `iss`.
        components: the project's setting ci_id_token_sub_claim_components.
        key: signs the tokens.
    """

    url: str
    components: tuple[str, ...] = DEFAULT_COMPONENTS
    key: rsa.RSAPrivateKey = field(default_factory=new_key, repr=False)

    @property
    def key_set(self) -> dict[str, Any]:
        """The public key, as GitLab publishes it under /oauth/discovery/keys."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "kid": "one", "use": "sig", "alg": "RS256"}]}

    def token(self, **changes: Any) -> str:
        """Return the token of a job on the protected branch main of data/platform.

        Args:
            changes: claims that differ; None removes one.
        """
        key = changes.pop("signed_with", self.key)
        kid = changes.pop("kid", "one")
        return jwt.encode(self.claims(**changes), key, algorithm="RS256", headers={"kid": kid})

    def claims(self, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": AUDIENCE,
            "iat": now - 10,
            "nbf": now - 15,
            "exp": now + 300,
            "project_id": "4711",
            "project_path": "data/platform",
            "namespace_id": "7",
            "pipeline_id": "100",
            "job_id": "200",
            "pipeline_source": "push",
            "ref": "main",
            "ref_type": "branch",
            "ref_protected": "true",
            **changes,
        }
        subject = ":".join(f"{name}:{claims[name]}" for name in self.components)
        claims = {"sub": subject, **claims}
        return {name: value for name, value in claims.items() if value is not None}
