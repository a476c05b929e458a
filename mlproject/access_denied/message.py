"""Parse AWS's messages about denied requests.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlproject.errors import UserError

# The kinds of policies in AWS's messages.
IDENTITY = "identity-based policy"
BOUNDARY = "permissions boundary"
SESSION = "session policy"
RESOURCE = "resource-based policy"
SERVICE_CONTROL = "service control policy"
RESOURCE_CONTROL = "resource control policy"
ENDPOINT = "VPC endpoint policy"
TRUST = "role trust policy"
LAKE_FORMATION = "Lake Formation permission"
KINDS = (IDENTITY, BOUNDARY, SESSION, RESOURCE, SERVICE_CONTROL, RESOURCE_CONTROL, ENDPOINT, TRUST)

_ACTION = r"(?P<action>[a-z0-9-]+:\*?[A-Za-z]*\*?)"
_DETAILED = re.compile(
    rf"(?P<principal>arn:aws[a-z-]*:(?:sts|iam)::\d{{12}}:[^\s\"]+) is not authorized to perform: {_ACTION}"
    r"(?: on (?:the )?resource: (?:\"(?P<quoted>[^\"]+)\"|(?P<resource>\S+)))?",
)
_NO_PRINCIPAL = re.compile(rf"[Nn]ot authorized to perform:? {_ACTION}")
_REASON = re.compile(
    rf"because no (?P<implicit>{'|'.join(KINDS)}) allows|with an explicit deny in an? (?P<explicit>{'|'.join(KINDS)})",
    re.IGNORECASE,
)
# The sentence goes on, so that a resource that ends with a period does not end it.
_CONTINUES = re.compile(r" (because|with an explicit deny) ")
_OPERATION = re.compile(r"An error occurred \(\w+\)[^:]*? when calling the (?P<operation>\w+) operation", re.IGNORECASE)
_ENCODED = re.compile(r"Encoded authorization failure message: (?P<encoded>\S+)")
_CODES = frozenset(
    {"AccessDenied", "AccessDeniedException", "403", "Forbidden", "UnauthorizedOperation", "AuthorizationError"}
)
_UNSPECIFIC = re.compile(
    r"access denied|accessdenied|\bforbidden\b|unauthorizedoperation|not authorized", re.IGNORECASE
)
# https://docs.aws.amazon.com/lake-formation/latest/dg/troubleshooting.html
_LAKE_FORMATION = re.compile(r"Insufficient Lake Formation permission\(s\)(?:: Required (?P<permission>[\w ,]+))?")
# The answer of KMS to a request for a key that the caller may not know.
_HIDDEN_KEY = re.compile(r"The ciphertext refers to a customer master key that does not exist", re.IGNORECASE)
# Operations whose action has another name. https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_S3_ACTIONS: Mapping[str, str] = {
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    "GetBucketLocation": "s3:GetBucketLocation",
    "GetObject": "s3:GetObject",
    "HeadBucket": "s3:ListBucket",
    "HeadObject": "s3:GetObject",
    "ListBuckets": "s3:ListAllMyBuckets",
    "ListObjects": "s3:ListBucket",
    "ListObjectsV2": "s3:ListBucket",
    "PutObject": "s3:PutObject",
    "UploadPart": "s3:PutObject",
}


@dataclass(frozen=True, kw_only=True)
class Denial:
    """What a message says about a denied request. None is what it does not say.

    Args:
        principal: ARN of the user, the role or its session.
        action: such as `s3:GetObject`.
        resource: an ARN, or `*`.
        policy: the kind of policy that denied it, one of KINDS or LAKE_FORMATION.
        explicit: whether a policy denies the request, instead of none allowing it.
        operation: operation of the API that was called, if the message does not contain the action.
        encoded: encoded message of EC2, which only `aws sts decode-authorization-message` can read.
    """

    principal: str | None = None
    action: str | None = None
    resource: str | None = None
    policy: str | None = None
    explicit: bool = False
    operation: str | None = None
    encoded: str | None = None


def parse_denials(text: str) -> tuple[Denial, ...]:
    """Return the distinct denials in a text, such as an error message or a log, in order.

    Raises:
        UserError: the text contains no denial.
    """
    decoded = _decoded(text)
    if decoded is not None:
        return (decoded,)
    flat = " ".join(text.split())
    found = tuple(dict.fromkeys(_detailed(flat))) or tuple(_unspecific(flat))
    if not found:
        raise UserError(
            "the text contains no message about a denied request. Pass the whole message of AWS, such as "
            '"User: arn:aws:sts::... is not authorized to perform: s3:GetObject on resource: ...".'
        )
    return found


def _detailed(text: str) -> Iterator[Denial]:
    matches = list(_DETAILED.finditer(text))
    ends = [*(match.start() for match in matches[1:]), len(text)]
    for match, end in zip(matches, ends, strict=False):
        # The reason stands between this denial and the next one.
        reason = _REASON.search(text, match.end(), end)
        punctuation = ",;)'\"" if _CONTINUES.match(text, match.end()) else ".,;)'\""
        unquoted = (match["resource"] or "").rstrip(punctuation)
        yield Denial(
            principal=match["principal"],
            action=match["action"],
            resource=match["quoted"] or unquoted or None,
            policy=_kind(reason["implicit"] or reason["explicit"]) if reason else None,
            explicit=bool(reason and reason["explicit"]),
        )


def _unspecific(text: str) -> Iterator[Denial]:
    operation = _OPERATION.search(text)
    name = operation["operation"] if operation else None
    if match := _LAKE_FORMATION.search(text):
        yield Denial(policy=LAKE_FORMATION, operation=name)
    elif match := _ENCODED.search(text):
        yield Denial(encoded=match["encoded"], operation=name)
    elif match := _NO_PRINCIPAL.search(text):
        yield Denial(action=match["action"], policy=TRUST if match["action"].startswith("sts:AssumeRole") else None)
    elif _HIDDEN_KEY.search(text):
        yield Denial(action="kms:Decrypt")
    elif _UNSPECIFIC.search(text):
        yield Denial(operation=name, action=_S3_ACTIONS.get(str(name)))


def _decoded(text: str) -> Denial | None:
    """A message decoded by STS, alone or as the output of `aws sts decode-authorization-message`.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    """
    try:
        document: Any = json.loads(text)
        if isinstance(document, dict) and "DecodedMessage" in document:
            document = json.loads(document["DecodedMessage"])
        context = document["context"]
        return Denial(
            principal=context["principal"]["arn"],
            action=context["action"],
            resource=context["resource"],
            policy=None,
            explicit=bool(document["explicitDeny"]),
        )
    except (ValueError, TypeError, KeyError):
        return None


def _kind(text: str) -> str:
    return next(kind for kind in KINDS if kind.lower() == text.lower())
