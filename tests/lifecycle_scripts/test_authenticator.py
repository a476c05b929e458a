"""The authenticator of SparkMagic for EMR Serverless: what it signs, with which credentials, and its errors."""

from __future__ import annotations

import datetime
import itertools
import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.iam import signature
from mlproject.notebooks import CredentialServer
from tests.checkouts import ROOT
from tests.spark.failure_cases import FAILURES

pytestmark = pytest.mark.notebooks

PYTHON = ROOT / ".venv-notebooks" / "bin" / "python"
FOLDER = ROOT / "lifecycle_scripts" / "tools" / "authenticator"
URL = "https://00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com"
# As SparkMagic prepares a request, which requests then hands to the authenticator of the configuration.
SIGN = """
import json, sys
import requests
from sparkmagic.livyclientlib.exceptions import HttpClientException
from sparkmagic.utils import configuration
from sparkmagic.utils.utils import Namespace, initialize_auth
url, count = sys.argv[1], int(sys.argv[2])
name = "mlproject_authenticator.EmrServerlessAuthenticator"
configuration.override("authenticators", {"EMR_Serverless": name})
try:
    auth = initialize_auth(Namespace(auth="EMR_Serverless", user="", password="", url=url))
    headers = {"Content-Type": "application/json", "X-Requested-By": "ambari"}
    body = json.dumps({"kind": "pyspark", "name": "España"})
    for _ in range(count):
        request = requests.Request("POST", f"{url}/sessions?a=1", headers=headers, data=body, auth=auth)
        print(json.dumps(dict(requests.Session().prepare_request(request).headers)))
except HttpClientException as error:
    sys.exit(str(error))
"""
BODY = json.dumps({"kind": "pyspark", "name": "España"}).encode()
SECRET = "of the role"  # pragma: allowlist secret
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": "token"}


def sign(variables: Mapping[str, str], *, url: str = URL, count: int = 1, path: Path | None = None) -> Any:
    """Return the headers of each request, or the message of the error."""
    folders = os.pathsep.join(str(each) for each in (path, FOLDER) if each)
    nowhere = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.devnull, "HOME": "/nonexistent"}
    done = subprocess.run(
        [str(PYTHON), "-c", SIGN, url, str(count)],
        env={"PYTHONPATH": folders, **nowhere, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        (line,) = done.stderr.strip().splitlines()
        return line
    return [json.loads(line) for line in done.stdout.splitlines()]


def is_right(headers: Mapping[str, str], *, secret: str = SECRET, body: bytes = BODY, query: str = "a=1") -> bool:
    """Whether a request has the right signature, as the embedded AWS verifies it."""
    described = {"REQUEST_METHOD": "POST", "PATH_INFO": "/sessions", "QUERY_STRING": query}
    given = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    host = {"HTTP_HOST": URL.removeprefix("https://"), "CONTENT_TYPE": headers["Content-Type"]}
    environ = {**described, **given, **host}
    signed = signature.read(environ)
    assert signed is not None
    assert (signed.service, signed.region) == ("emr-serverless", "eu-west-1")
    return signature.is_right(signed, secret, environ, body)


def test_the_signature_covers_body_query_and_the_headers_of_sparkmagic() -> None:
    (headers,) = sign(KEYS)
    assert is_right(headers)
    assert headers["X-Amz-Security-Token"] == "token"  # pragma: allowlist secret
    changed = {**headers, "X-Requested-By": "somebody"}
    plain = {**headers, "Content-Type": "text/plain"}
    wrong = [is_right(changed), is_right(plain), is_right(headers, body=b"{}"), is_right(headers, query="a=2")]
    assert wrong == [False] * 4
    through_a_proxy = {**headers, "Accept-Encoding": "identity", "Connection": "close"}
    assert is_right(through_a_proxy)


def test_credentials_that_expire_are_renewed_without_another_kernel() -> None:
    numbers = itertools.count(1)

    def short_lived() -> Mapping[str, str]:
        number = next(numbers)
        # botocore renews what expires within the next minutes.
        end = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30)
        keys = {"AccessKeyId": f"KEY{number}", "SecretAccessKey": f"secret-{number}", "SessionToken": f"token-{number}"}
        return {**keys, "Expiration": end.isoformat()}

    with CredentialServer(short_lived) as server:
        found = sign(server.variables, count=3)
    tokens = [headers["X-Amz-Security-Token"] for headers in found]
    assert len(set(tokens)) == len(found) == 3
    for headers, token in zip(found, tokens, strict=True):
        assert is_right(headers, secret=token.replace("token", "secret"))


def test_missing_credentials_are_told_in_one_sentence_with_what_to_do() -> None:
    message = sign({})
    assert message.startswith(FAILURES["credentials"])
    assert "run `aws sts get-caller-identity` in a terminal" in message


def test_credentials_that_cannot_be_read_are_told_with_the_reason() -> None:
    message = sign({"AWS_PROFILE": "work"})
    assert message.startswith("The AWS credentials cannot be read: The config profile (work) could not be found")
    assert "AWS_PROFILE" in message


@pytest.mark.parametrize("module", ["botocore", "botocore.auth"])
def test_a_python_without_botocore_is_named_with_the_command_that_installs_it(tmp_path: Path, module: str) -> None:
    package = tmp_path / "botocore"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError" if module == "botocore" else "")
    message = sign(KEYS, path=tmp_path)
    assert FAILURES["botocore"] in message
    assert f"`{PYTHON} -m pip install botocore`" in message


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.5:8998",
        "https://00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com.example.org",
        "https://example.org/00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com",
        "https://livy.emr-serverless-services.eu-west-1.amazonaws.com",
    ],
)
def test_no_other_host_receives_a_signature(url: str) -> None:
    message = sign(KEYS, url=url)
    assert FAILURES["address"] in message
    assert "00abcdef12345678.livy.emr-serverless-services.eu-west-1.amazonaws.com. Correct the address" in message


def test_an_application_in_china_has_the_domain_of_its_partition() -> None:
    (headers,) = sign(KEYS, url=URL.replace("eu-west-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"))
    assert "/cn-north-1/emr-serverless/" in headers["Authorization"]
