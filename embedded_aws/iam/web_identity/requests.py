"""Requests of AssumeRoleWithWebIdentity: the only ones besides the health check that nobody signs."""

from __future__ import annotations

from typing import Any

from embedded_aws.iam import api_call
from embedded_aws.iam.web_identity.errors import WebIdentityError
from embedded_aws.iam.web_identity.exchange import TokenExchange
from embedded_aws.iam.web_identity.responses import Response, failure, success

Environ = dict[str, Any]
_FORM = "application/x-www-form-urlencoded"
_ACTION = b"Action=AssumeRoleWithWebIdentity"


def is_token_exchange(environ: Environ) -> bool:
    """Whether a request is an unsigned AssumeRoleWithWebIdentity. Its body stays in place."""
    if environ["REQUEST_METHOD"] != "POST" or not environ.get("CONTENT_TYPE", "").startswith(_FORM):
        return False
    if environ.get("HTTP_AUTHORIZATION") or "X-Amz-Signature=" in environ.get("QUERY_STRING", ""):
        return False
    body = api_call.body_of(environ, "sts") or b""
    return _ACTION in body.split(b"&")


def exchange_response(exchange: TokenExchange, environ: Environ) -> Response:
    """Answer an AssumeRoleWithWebIdentity request."""
    body = api_call.body_of(environ, "sts")
    try:
        try:
            call = api_call.read(environ, body, signed_for="sts", region="us-east-1")
        except api_call.UnreadableRequestError as error:
            raise WebIdentityError("ValidationError", str(error)) from error
        return success(exchange.assume(call.parameters))
    except WebIdentityError as error:
        return failure(error)
