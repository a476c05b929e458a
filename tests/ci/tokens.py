"""ID tokens as GitLab issues them to jobs that declare `id_tokens`.

Claims: https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_FILE = "key.pem"
KEY_ID = "tests"
LIFETIME = timedelta(hours=1)


def create_key(folder: Path) -> dict[str, Any]:
    """Write the private key of an issuer into a folder, and return its JSON Web Key Set."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / KEY_FILE).write_bytes(pem)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return {"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]}


def issue_token(
    folder: Path, *, variables: Mapping[str, str], audience: str, environment: Mapping[str, str] | None
) -> str:
    """Return the token of a job.

    Args:
        folder: contains the private key.
        variables: the job's predefined variables.
        audience: what the job declares as `aud`.
        environment: keyword `environment` of the job with name, deployment_tier and action, if it has one.
    """
    issued = datetime.now(UTC)
    is_merge_request = variables["CI_PIPELINE_SOURCE"] == "merge_request_event"
    tag = variables.get("CI_COMMIT_TAG")
    ref = variables["CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"] if is_merge_request else variables["CI_COMMIT_REF_NAME"]
    path, kind = variables["CI_PROJECT_PATH"], "tag" if tag else "branch"
    claims = {
        "iss": variables["CI_SERVER_URL"],
        "sub": f"project_path:{path}:ref_type:{kind}:ref:{ref}",
        "aud": audience,
        "iat": issued,
        "nbf": issued - timedelta(seconds=5),
        "exp": issued + LIFETIME,
        "jti": str(uuid.uuid4()),
        "project_id": variables["CI_PROJECT_ID"],
        "project_path": path,
        "pipeline_id": variables["CI_PIPELINE_ID"],
        "pipeline_source": variables["CI_PIPELINE_SOURCE"],
        "job_id": variables["CI_JOB_ID"],
        "ref": ref,
        "ref_type": kind,
        "ref_protected": "true" if ref == variables["CI_DEFAULT_BRANCH"] else "false",
        "sha": variables["CI_COMMIT_SHA"],
    }
    if environment:
        claims |= {
            "environment": environment["name"],
            "environment_protected": "false",
            "deployment_tier": environment.get("deployment_tier", "other"),
            "environment_action": environment.get("action", "start"),
        }
    return jwt.encode(claims, (folder / KEY_FILE).read_bytes(), "RS256", headers={"kid": KEY_ID})
