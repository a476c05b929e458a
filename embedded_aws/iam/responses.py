"""Refusals as the services shape them, so that every client shows the sentence.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from xml.sax.saxutils import escape

Headers = list[tuple[str, str]]
Answer = tuple[str, Headers, bytes]


class DenialReason(Enum):
    """Why a request is denied; the values are the codes of services that answer in JSON.

    https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    """

    DENIED = "AccessDeniedException"
    UNKNOWN_KEY = "UnrecognizedClientException"
    WRONG_SIGNATURE = "InvalidSignatureException"
    EXPIRED = "ExpiredTokenException"
    UNSIGNED = "MissingAuthenticationTokenException"
    UNREADABLE = "InvalidRequestException"


_QUERY: Mapping[DenialReason, str] = {
    DenialReason.DENIED: "AccessDenied",
    DenialReason.UNKNOWN_KEY: "InvalidClientTokenId",
    DenialReason.WRONG_SIGNATURE: "SignatureDoesNotMatch",
    DenialReason.EXPIRED: "ExpiredToken",
    DenialReason.UNSIGNED: "MissingAuthenticationToken",
    DenialReason.UNREADABLE: "InvalidRequest",
}
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3: Mapping[DenialReason, str] = {
    **_QUERY,
    DenialReason.UNKNOWN_KEY: "InvalidAccessKeyId",
    DenialReason.UNSIGNED: "AccessDenied",
}
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_EC2: Mapping[DenialReason, str] = {
    **_QUERY,
    DenialReason.DENIED: "UnauthorizedOperation",
    DenialReason.UNKNOWN_KEY: "AuthFailure",
    DenialReason.WRONG_SIGNATURE: "AuthFailure",
    DenialReason.EXPIRED: "RequestExpired",
}
# https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
_SNS: Mapping[DenialReason, str] = {**_QUERY, DenialReason.DENIED: "AuthorizationError"}


def refusal(service: str, *, xml: bool, target: bool, reason: DenialReason, message: str) -> Answer:
    """An error in the service's shape.

    Args:
        service: the name that the request is signed for.
        xml: whether the service answers in XML.
        target: whether the operation stands in a header, as with AWS's JSON protocols.
        reason: the kind of refusal.
        message: the sentence.
    """
    if not xml:
        body = json.dumps({"__type": reason.value, "message": message, "Message": message})
        kind = "application/x-amz-json-1.1" if target else "application/json"
        status = "400 Bad Request" if target else "403 Forbidden"
        return status, [("Content-Type", kind), ("x-amzn-ErrorType", reason.value)], body.encode()
    codes = {"s3": _S3, "ec2": _EC2, "sns": _SNS}.get(service, _QUERY)
    error = f"<Code>{codes[reason]}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        whole = f"<Error>{error}<RequestId>0</RequestId></Error>"
    elif service == "ec2":
        whole = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>"
    else:
        whole = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>0</RequestId></ErrorResponse>"
    status = "400 Bad Request" if reason is DenialReason.UNREADABLE else "403 Forbidden"
    return status, [("Content-Type", "text/xml")], f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()
