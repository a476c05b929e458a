"""Signatures of requests: version 4, in the header or in the URL.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote, unquote

from botocore.utils import normalize_url_path

Environ = Mapping[str, Any]

ALGORITHM = "AWS4-HMAC-SHA256"
_HEADER = re.compile(
    rf"{ALGORITHM} Credential=([^/,\s]+)/([0-9]{{8}})/([^/,]+)/([^/,]+)/aws4_request,\s*"
    r"SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})"
)
_UNRESERVED = "-_.~"
_UNSIGNED = "UNSIGNED-PAYLOAD"


class UnreadableSignatureError(ValueError):
    """The request is signed in a way that is not read here; the message says how."""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """Who says to have signed a request.

    Args:
        access_key_id: whose secret it is signed with.
        date: eight digits.
        region, service: what the request is signed for.
        moment: when it was signed, as it is written.
        headers: the names of the signed headers.
        value: the signature.
        token: of a session, else None.
        seconds: how long a presigned URL holds, None for a header.
    """

    access_key_id: str
    date: str
    region: str
    service: str
    moment: str
    headers: tuple[str, ...]
    value: str
    token: str | None
    seconds: int | None

    @property
    def has_expired(self) -> bool:
        """Whether a presigned URL does not hold any more."""
        if self.seconds is None:
            return False
        signed = datetime.strptime(self.moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.now(UTC) > signed + timedelta(seconds=self.seconds)


def read(environ: Environ) -> Signature | None:
    """The signature of a request; None where there is none.

    Raises:
        UnreadableSignatureError: it is of another kind, or malformed.
    """
    header = environ.get("HTTP_AUTHORIZATION", "")
    if header:
        found = _HEADER.fullmatch(header.strip())
        if not found:
            raise UnreadableSignatureError(f"the embedded AWS reads signatures {ALGORITHM} only, not {header[:24]!r}")
        key, date, region, service, headers, value = found.groups()
        return Signature(
            access_key_id=key,
            date=date,
            region=region,
            service=service,
            moment=environ.get("HTTP_X_AMZ_DATE", ""),
            headers=tuple(headers.split(";")),
            value=value,
            token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
            seconds=None,
        )
    query = environ.get("QUERY_STRING", "")
    if "X-Amz-Signature=" in query:
        return _presigned(query)
    if "AWSAccessKeyId=" in query:
        raise UnreadableSignatureError(
            "this URL is signed with version 2; the embedded AWS, as AWS's newer regions, takes version 4: "
            "sign it with Config(signature_version='s3v4')"
        )
    return None


def is_right(signature: Signature, secret: str, environ: Environ, body: bytes | None) -> bool:
    """Whether the signature was made with the secret.

    Args:
        signature: of the request.
        secret: of the access key.
        environ: the request.
        body: None where the request itself says its hash, or where none is signed.
    """
    canonical = "\n".join(
        [
            environ["REQUEST_METHOD"],
            _path(environ, signature.service),
            _query(environ.get("QUERY_STRING", "")),
            *(f"{name}:{_header(environ, name)}" for name in signature.headers),
            "",
            ";".join(signature.headers),
            _payload(environ, signature, body),
        ]
    )
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    # A header's letters beyond ASCII arrive byte by byte.
    digest = hashlib.sha256(canonical.encode("latin-1", errors="replace")).hexdigest()
    to_sign = "\n".join([ALGORITHM, signature.moment, scope, digest])
    key = _signing_key(secret, signature.date, signature.region, signature.service)
    return hmac.compare_digest(hmac.digest(key, to_sign.encode(), "sha256").hex(), signature.value)


def _presigned(query: str) -> Signature:
    values = {name: found[0] for name, found in parse_qs(query).items()}
    parts = values.get("X-Amz-Credential", "").split("/")
    needed = {"X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"}
    if values.get("X-Amz-Algorithm") != ALGORITHM or len(parts) != 5 or not needed <= values.keys():
        raise UnreadableSignatureError(f"a presigned URL needs {ALGORITHM}, a credential, a date and a life")
    key, date, region, service, _ = parts
    if service != "s3":
        # Without a header moto would take the request for one of S3, whatever it is signed for.
        raise UnreadableSignatureError(f"the embedded AWS reads presigned URLs of S3 only, not of {service}")
    try:
        datetime.strptime(values["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
        seconds = int(values["X-Amz-Expires"])
    except ValueError as error:
        raise UnreadableSignatureError(f"a presigned URL's date or life cannot be read: {error}") from error
    return Signature(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        moment=values["X-Amz-Date"],
        headers=tuple(values["X-Amz-SignedHeaders"].split(";")),
        value=values["X-Amz-Signature"],
        token=values.get("X-Amz-Security-Token"),
        seconds=seconds,
    )


def _path(environ: Environ, service: str) -> str:
    raw = environ.get("RAW_URI") or environ["PATH_INFO"]
    path = raw.split("?", 1)[0] or "/"
    # Every service but S3 signs the path without empty and dotted parts, encoded once more.
    return path if service == "s3" else quote(normalize_url_path(path), safe="/~")


def _query(query: str) -> str:
    pairs = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name and name != "X-Amz-Signature":
            pairs.append((_encoded(name), _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs))


def _encoded(text: str) -> str:
    return quote(unquote(text, encoding="latin-1").encode("latin-1"), safe=_UNRESERVED)


def _header(environ: Environ, name: str) -> str:
    key = name.upper().replace("-", "_")
    value = environ.get(key) if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else environ.get(f"HTTP_{key}")
    return " ".join(str(value or "").split())


def _payload(environ: Environ, signature: Signature, body: bytes | None) -> str:
    told = environ.get("HTTP_X_AMZ_CONTENT_SHA256")
    if told and (body is None or signature.service == "s3"):
        return str(told)
    if signature.seconds is not None:
        return _UNSIGNED
    return hashlib.sha256(body or b"").hexdigest()


@lru_cache(maxsize=256)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
