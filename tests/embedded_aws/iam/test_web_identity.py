"""AssumeRoleWithWebIdentity: keys that the issuer publishes, and what a session may then do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

import embedded_aws as aws
from embedded_aws.errors import EmbeddedAwsError
from tests.embedded_aws.iam.ground import REGION, Client, administrator, allow, clients, document, make_bucket, refusal
from tests.identity.issuer import AUDIENCE, Issuer

SUBJECT = "project_path:data/platform:ref_type:branch:ref:main"


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """An issuer on this machine that publishes its keys."""

    class Discovery(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            documents: dict[str, Any] = {
                "/.well-known/openid-configuration": {"issuer": url, "jwks_uri": f"{url}/oauth/discovery/keys"},
                "/oauth/discovery/keys": published.key_set,
            }
            body = json.dumps(documents.get(self.path, {})).encode()
            self.send_response(200 if self.path in documents else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("localhost", 0), Discovery) as server:
        url = f"http://localhost:{server.server_port}"
        published = Issuer(url=url)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield published
        server.shutdown()


@pytest.fixture(scope="module")
def client(embedded_aws: aws.Server) -> Client:
    return administrator(embedded_aws)


def make_role(client: Client, name: str, issuer: Issuer, condition: Any, *statements: Any, **options: Any) -> str:
    """A role that trusts the issuer's tokens under a condition."""
    iam = client("iam")
    host = issuer.url.partition("://")[2]
    provider = f"arn:aws:iam::{aws.ACCOUNT}:oidc-provider/{host}"
    if provider not in {each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]}:
        iam.create_open_id_connect_provider(Url=f"https://{host}", ClientIDList=[AUDIENCE], ThumbprintList=[])
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust), **options)
    if statements:
        iam.put_role_policy(RoleName=name, PolicyName="permissions", PolicyDocument=document(*statements))
    return str(made["Role"]["Arn"])


def assume(server: aws.Server, role: str, token: str, **options: Any) -> dict[str, Any]:
    sts = boto3.client(
        "sts", region_name=REGION, endpoint_url=server.endpoint, config=Config(signature_version=UNSIGNED)
    )
    answer: dict[str, Any] = sts.assume_role_with_web_identity(
        RoleArn=role, RoleSessionName="gl-1-2", WebIdentityToken=token, **options
    )
    return answer


def test_the_published_keys_verify_a_token_and_the_session_has_the_permissions_of_the_role(
    embedded_aws: aws.Server, client: Client, issuer: Issuer
) -> None:
    bucket = make_bucket(client, "web-identity-allowed")
    other = make_bucket(client, "web-identity-other")
    host = issuer.url.partition("://")[2]
    role = make_role(
        client,
        "web-identity",
        issuer,
        {"StringEquals": {f"{host}:sub": SUBJECT}},
        allow("s3:ListBucket", f"arn:aws:s3:::{bucket}"),
    )
    answer = assume(embedded_aws, role, issuer.token())
    assert answer["SubjectFromWebIdentityToken"] == SUBJECT
    assert (answer["Audience"], answer["Provider"].rpartition("/")[2]) == (AUDIENCE, host)
    keys = answer["Credentials"]
    session = clients(embedded_aws, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    assert refusal(lambda: session("s3").list_objects_v2(Bucket=bucket)) is None
    assert refusal(lambda: session("s3").list_objects_v2(Bucket=other)) is not None


def test_a_key_of_the_token_that_aws_does_not_know_is_absent(
    embedded_aws: aws.Server, client: Client, issuer: Issuer
) -> None:
    host = issuer.url.partition("://")[2]
    role = make_role(client, "web-identity-ref", issuer, {"StringEquals": {f"{host}:ref_protected": "true"}})
    with pytest.raises(ClientError, match="Not authorized to perform sts:AssumeRoleWithWebIdentity"):
        assume(embedded_aws, role, issuer.token())


def test_an_issuer_that_does_not_answer_is_told(embedded_aws: aws.Server, client: Client) -> None:
    silent = Issuer(url="http://localhost:1")
    role = make_role(client, "web-identity-silent", silent, {})
    with pytest.raises(ClientError, match=r"InvalidIdentityToken.*Couldn't retrieve verification key"):
        assume(embedded_aws, role, silent.token())


def test_a_session_is_not_longer_than_the_role_allows(embedded_aws: aws.Server, client: Client, issuer: Issuer) -> None:
    role = make_role(client, "web-identity-long", issuer, {}, MaxSessionDuration=7200)
    assume(embedded_aws, role, issuer.token(), DurationSeconds=7200)
    with pytest.raises(ClientError, match="exceeds the MaxSessionDuration"):
        assume(embedded_aws, role, issuer.token(), DurationSeconds=7201)


@pytest.mark.parametrize(
    ("url", "keys"), [("gitlab.example.com", {"keys": []}), ("https://gitlab.example.com", {"kty": "RSA"})]
)
def test_an_issuer_that_is_none_is_not_registered(tmp_path: Path, url: str, keys: Any) -> None:
    with pytest.raises(EmbeddedAwsError, match=r"gitlab\.example\.com"):
        aws.Issuers(tmp_path).add(url, keys)
    assert list(tmp_path.iterdir()) == []
