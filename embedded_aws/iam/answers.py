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


class Why(Enum):
    """Why a request is refused; the values are the codes of services that answer in JSON.

    https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    """

    DENIED = "AccessDeniedException"
    UNKNOWN_KEY = "UnrecognizedClientException"
    WRONG_SIGNATURE = "InvalidSignatureException"
    EXPIRED = "ExpiredTokenException"
    UNSIGNED = "MissingAuthenticationTokenException"
    UNREADABLE = "InvalidRequestException"


_QUERY: Mapping[Why, str] = {
    Why.DENIED: "AccessDenied",
    Why.UNKNOWN_KEY: "InvalidClientTokenId",
    Why.WRONG_SIGNATURE: "SignatureDoesNotMatch",
    Why.EXPIRED: "ExpiredToken",
    Why.UNSIGNED: "MissingAuthenticationToken",
    Why.UNREADABLE: "InvalidRequest",
}
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_S3: Mapping[Why, str] = {**_QUERY, Why.UNKNOWN_KEY: "InvalidAccessKeyId", Why.UNSIGNED: "AccessDenied"}
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
_EC2: Mapping[Why, str] = {
    **_QUERY,
    Why.DENIED: "UnauthorizedOperation",
    Why.UNKNOWN_KEY: "AuthFailure",
    Why.WRONG_SIGNATURE: "AuthFailure",
    Why.EXPIRED: "RequestExpired",
}
# https://docs.aws.amazon.com/sns/latest/api/CommonErrors.html
_SNS: Mapping[Why, str] = {**_QUERY, Why.DENIED: "AuthorizationError"}


def refusal(service: str, *, xml: bool, target: bool, why: Why, message: str) -> Answer:
    """An error in the service's shape.

    Args:
        service: the name that the request is signed for.
        xml: whether the service answers in XML.
        target: whether the operation stands in a header, as with AWS's JSON protocols.
        why: the kind of refusal.
        message: the sentence.
    """
    if not xml:
        body = json.dumps({"__type": why.value, "message": message, "Message": message})
        kind = "application/x-amz-json-1.1" if target else "application/json"
        status = "400 Bad Request" if target else "403 Forbidden"
        return status, [("Content-Type", kind), ("x-amzn-ErrorType", why.value)], body.encode()
    codes = {"s3": _S3, "ec2": _EC2, "sns": _SNS}.get(service, _QUERY)
    error = f"<Code>{codes[why]}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        whole = f"<Error>{error}<RequestId>0</RequestId></Error>"
    elif service == "ec2":
        whole = f"<Response><Errors><Error>{error}</Error></Errors><RequestID>0</RequestID></Response>"
    else:
        whole = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>0</RequestId></ErrorResponse>"
    status = "400 Bad Request" if why is Why.UNREADABLE else "403 Forbidden"
    return status, [("Content-Type", "text/xml")], f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()
