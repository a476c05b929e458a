"""What botocore signs is taken, in the header and in the URL, and nothing that was changed afterwards."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import quote
from botocore.credentials import Credentials
from botocore.utils import percent_encode_sequence
from hypothesis import given
from hypothesis import strategies as st

from embedded_aws.iam import signature
from embedded_aws.iam.signature import UnreadableSignatureError

KEY, SECRET, TOKEN = "AKIAIOSFODNN7EXAMPLE", "secret", "token/with+signs=="  # pragma: allowlist secret
KEYS = Credentials(KEY, SECRET, TOKEN)
AUTHS = {"s3": S3SigV4Auth, "iam": SigV4Auth}

names = st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=8)
values = st.text(
    st.characters(codec="ascii", exclude_characters="\r\n\x00", categories=("L", "N", "P", "S", "Zs")), max_size=12
)
paths = st.text(st.sampled_from("abcXYZ019-_.~/%20+*()é ß"), max_size=16)


def environ(request: AWSRequest) -> dict[str, Any]:
    """The request as the server gets it."""
    prepared = request.prepare()
    parts = urlsplit(prepared.url)
    headers = {name.upper().replace("-", "_"): str(value) for name, value in prepared.headers.items()}
    kept = {name: headers.pop(name) for name in ("CONTENT_TYPE", "CONTENT_LENGTH") if name in headers}
    return {
        "REQUEST_METHOD": prepared.method,
        "PATH_INFO": parts.path,
        "RAW_URI": parts.path + (f"?{parts.query}" if parts.query else ""),
        "QUERY_STRING": parts.query,
        "HTTP_HOST": parts.netloc,
        **kept,
        **{f"HTTP_{name}": value for name, value in headers.items()},
    }


def is_right(sent: dict[str, Any], body: bytes | None, *, secret: str = SECRET) -> bool:
    read = signature.read(sent)
    assert read is not None
    assert (read.access_key_id, read.token) == (KEY, TOKEN)
    return signature.is_right(read, secret, sent, body)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, AWSRequest]:
    """A request with the service that it is for."""
    url = f"http://localhost:5000/{quote(draw(paths), safe='/~')}"
    query = draw(st.dictionaries(names, values, max_size=3))
    request = AWSRequest(
        method=draw(st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD"])),
        url=f"{url}?{percent_encode_sequence(query)}" if query else url,
        data=draw(st.binary(max_size=20)),
        headers=draw(st.dictionaries(names.map(lambda name: f"x-amz-meta-{name.lower()}"), values, max_size=3)),
    )
    return draw(st.sampled_from(sorted(AUTHS))), request


@given(requests())
def test_what_botocore_signs_is_right_and_a_wrong_secret_never(signed: tuple[str, AWSRequest]) -> None:
    service, request = signed
    AUTHS[service](KEYS, service, "eu-west-1").add_auth(request)
    sent = environ(request)
    body = None if service == "s3" else request.data
    assert is_right(sent, body)
    assert not is_right(sent, body, secret="other")  # pragma: allowlist secret


@pytest.mark.parametrize(
    ("changed", "value"),
    [
        ("REQUEST_METHOD", "DELETE"),
        ("RAW_URI", "/bucket/other"),
        ("QUERY_STRING", "acl"),
        ("HTTP_X_AMZ_META_A", "2"),
        ("HTTP_HOST", "elsewhere"),
        ("HTTP_X_AMZ_SECURITY_TOKEN", TOKEN),
    ],
)
def test_a_request_that_was_changed_is_not_right(changed: str, value: str) -> None:
    request = AWSRequest(method="GET", url="http://localhost:5000/bucket/key", headers={"x-amz-meta-a": "1"})
    S3SigV4Auth(KEYS, "s3", "eu-west-1").add_auth(request)
    sent = environ(request)
    assert is_right(sent, None)
    assert is_right({**sent, changed: value}, None) is (sent.get(changed) == value)


def test_a_changed_body_is_not_right() -> None:
    request = AWSRequest(method="POST", url="http://localhost:5000/", data=b"Action=ListRoles")
    SigV4Auth(KEYS, "iam", "us-east-1").add_auth(request)
    sent = environ(request)
    assert is_right(sent, b"Action=ListRoles")
    assert not is_right(sent, b"Action=ListUsers")


def test_a_body_that_differs_from_the_hash_that_is_signed_is_not_right() -> None:
    request = AWSRequest(method="POST", url="http://localhost:5000/", data=b"{}")
    request.headers["X-Amz-Content-SHA256"] = hashlib.sha256(b"{}").hexdigest()
    SigV4Auth(KEYS, "kms", "eu-west-1").add_auth(request)
    sent = environ(request)
    assert is_right(sent, b"{}")
    assert not is_right(sent, b'{"a": 1}')


def test_a_presigned_url_is_right_until_it_expires() -> None:
    request = AWSRequest(method="GET", url="http://localhost:5000/bucket/a%20key?x=1")
    S3SigV4QueryAuth(KEYS, "s3", "eu-west-1", expires=60).add_auth(request)
    sent = environ(request)
    assert is_right(sent, b"")
    read = signature.read(sent)
    assert read is not None
    assert not read.has_expired
    old = signature.read({**sent, "QUERY_STRING": sent["QUERY_STRING"].replace(f"Date={read.moment[:4]}", "Date=2020")})
    assert old is not None
    assert old.has_expired


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"HTTP_AUTHORIZATION": "AWS AKIA:abc"}, "reads signatures AWS4-HMAC-SHA256 only"),
        ({"HTTP_AUTHORIZATION": "Bearer abc"}, "reads signatures AWS4-HMAC-SHA256 only"),
        ({"QUERY_STRING": "AWSAccessKeyId=a&Signature=b&Expires=1"}, "signature_version='s3v4'"),
        ({"QUERY_STRING": "X-Amz-Signature=a"}, "a presigned URL needs"),
    ],
)
def test_another_kind_of_signature_is_refused_in_words(sent: dict[str, str], says: str) -> None:
    with pytest.raises(UnreadableSignatureError, match=says):
        signature.read(sent)


def test_a_presigned_url_of_another_service_is_refused_since_moto_takes_it_for_one_of_s3() -> None:
    request = AWSRequest(method="GET", url="http://localhost:5000/bucket/key?Action=GetCallerIdentity")
    SigV4QueryAuth(KEYS, "sts", "eu-west-1", expires=60).add_auth(request)
    with pytest.raises(UnreadableSignatureError, match="presigned URLs of S3 only, not of sts"):
        signature.read(environ(request))


def test_a_request_without_a_signature_has_none() -> None:
    assert signature.read({"QUERY_STRING": "list-type=2"}) is None


def test_a_request_without_headers_and_query_has_no_signature() -> None:
    """A server may leave out an empty QUERY_STRING (PEP 3333)."""
    assert signature.read({}) is None
