"""Responses of AssumeRoleWithWebIdentity in the query protocol.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_ResponseElements
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from xml.sax.saxutils import escape

from embedded_aws.iam.web_identity.errors import WebIdentityError
from embedded_aws.iam.web_identity.tokens import VerifiedToken

Response = tuple[str, list[tuple[str, str]], bytes]
_HEADERS = [("Content-Type", "text/xml")]


@dataclass(frozen=True, kw_only=True)
class Issued:
    """A new session.

    Args:
        session: moto's session.
        role_id: the role's unique id.
        token: the token that it was exchanged for.
        provider: ARN of the OIDC provider.
    """

    session: Any
    role_id: str
    token: VerifiedToken
    provider: str


def success(issued: Issued) -> Response:
    session = issued.session
    result = {
        "Credentials": {
            "AccessKeyId": session.access_key_id,
            "SecretAccessKey": session.secret_access_key,
            "SessionToken": session.session_token,
            "Expiration": session.expiration.replace(tzinfo=UTC).isoformat(),  # moto's times have no zone
        },
        "AssumedRoleUser": {"AssumedRoleId": f"{issued.role_id}:{session.session_name}", "Arn": session.arn},
        "SubjectFromWebIdentityToken": issued.token.subject,
        "Audience": issued.token.audiences[0],
        "Provider": issued.provider,
    }
    return _document(
        "200 OK",
        "AssumeRoleWithWebIdentityResponse",
        {"AssumeRoleWithWebIdentityResult": result, "ResponseMetadata": {"RequestId": "0"}},
    )


def failure(error: WebIdentityError) -> Response:
    details = {"Type": "Sender", "Code": error.code, "Message": error.message}
    return _document(error.status, "ErrorResponse", {"Error": details, "RequestId": "0"})


def _document(status: str, name: str, content: Mapping[str, Any]) -> Response:
    return status, _HEADERS, f'<?xml version="1.0" encoding="UTF-8"?>{_element(name, content)}'.encode()


def _element(name: str, content: Any) -> str:
    if isinstance(content, Mapping):
        text = "".join(_element(child, value) for child, value in content.items())
    else:
        text = escape(str(content))
    return f"<{name}>{text}</{name}>"
