"""Errors of AssumeRoleWithWebIdentity, with AWS's codes.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
"""

from __future__ import annotations


class WebIdentityError(Exception):
    """The request is refused.

    Args:
        code: AWS's error code, such as `InvalidIdentityToken`.
        message: the sentence.
        status: the HTTP status line.
    """

    def __init__(self, code: str, message: str, *, status: str = "400 Bad Request") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_token(message: str) -> WebIdentityError:
    return WebIdentityError("InvalidIdentityToken", message)


def access_denied() -> WebIdentityError:
    """AWS tells the caller nothing more; the log of the embedded AWS has the reason."""
    return WebIdentityError(
        "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", status="403 Forbidden"
    )
