"""`mlproject cluster certificate` on the embedded AWS: a new certificate, its replacement, and its use."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

import embedded_aws as aws
from mlproject.parameters import load_parameters
from tests.cli.checkout import Checkout, make_bucket
from tests.cli.test_cluster import EMR, checkout_of, run
from tests.cluster.cluster_stack import Client, clients, deploy

pytestmark = pytest.mark.slow


@pytest.fixture
def client(embedded_aws: aws.Server) -> Client:
    return clients(embedded_aws)


def written_into(checkout: Checkout, lines: list[str]) -> None:
    """Write the printed keys into project.yaml, as the command says."""
    start = lines.index("environments:")
    keys = "\n".join(lines[start + 2 : start + 5])
    file = checkout.root / "projects" / checkout.project / "project.yaml"
    file.write_text(file.read_text().replace("  local: {}", f"  local:\n{keys}"))


def test_a_certificate_is_uploaded_with_its_key_and_its_keys_fit_into_project_yaml(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "sealed", embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("artifacts"))
    done = run(checkout, "certificate", "--days", "20")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith("sealed-local: a certificate for *.eu-south-2.compute.internal, valid until 20")
    (uploaded,) = client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert lines[1] == f"  with its private key: s3://{bucket}/{uploaded['Key']}"
    body = client("s3").get_object(Bucket=bucket, Key=uploaded["Key"])["Body"].read()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert b"PRIVATE KEY" in archive.read("privateKey.pem")
        certificate = archive.read("certificateChain.pem").decode()
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]

    written_into(checkout, lines)
    deployment = load_parameters(tmp_path).deployment("sealed", "local")
    assert deployment.require_emr().certificate_s3 == f"s3://{bucket}/{uploaded['Key']}"
    assert deployment.cluster_certificate == certificate

    told = "projects/sealed/certificates/emr-local.pem expires in 19 days"
    renewal = "mlproject cluster certificate sealed --environment local"
    deploy(client, checkout.names())
    assert f"  certificate: {told}; to create another one: {renewal}\n" in run(checkout, "status").stdout
    checked = json.loads(checkout.run("check", "--json").stdout)
    assert f"{told}: create another one with `{renewal}`." in checked["notes"]
    preflight = checkout.run("preflight", "--environment", "local", "--json")
    (outcome,) = (each for each in json.loads(preflight.stdout)["outcomes"] if each["topic"] == "certificate")
    assert (outcome["state"], outcome["message"], outcome["remedy"]) == ("warning", told, renewal)


def test_a_replacement_has_another_name_so_that_the_next_deployment_uses_it(
    tmp_path: Path, embedded_aws: aws.Server, client: Client
) -> None:
    checkout = checkout_of(tmp_path, "rotated", embedded_aws)
    bucket = make_bucket(client("s3"), checkout.names().bucket("artifacts"))
    first = json.loads(run(checkout, "certificate", "--json").stdout)
    file = tmp_path / "projects" / "rotated" / first["certificate_file"]
    before = file.read_text()
    second = json.loads(run(checkout, "certificate", "--json", "--domain", "nodes.example.com").stdout)
    assert second["certificate_file"] == first["certificate_file"]
    assert second["certificate_s3"] != first["certificate_s3"]
    assert (first["domain"], second["domain"]) == ("eu-south-2.compute.internal", "nodes.example.com")
    assert file.read_text() != before
    # Nodes of a cluster that `cluster up` creates before the deployment still read the first one.
    objects = client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    assert {f"s3://{bucket}/{each['Key']}" for each in objects} == {first["certificate_s3"], second["certificate_s3"]}


@pytest.mark.parametrize(
    ("parameters", "options", "code", "words"),
    [
        (EMR, (), 1, "does not exist. Deploy it first with `cdk deploy 'local/unsealed/storage'`."),
        ("", (), 2, "unsealed has no cluster in local. To add one, define `emr:`"),
        (EMR, ("--domain", "*.example.com"), 2, "--domain *.example.com: give a domain in lower case, such as"),
    ],
    ids=["no bucket", "no cluster", "wildcard"],
)
def test_what_prevents_a_certificate_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, embedded_aws: aws.Server, *, parameters: str, options: tuple[str, ...], code: int, words: str
) -> None:
    checkout = checkout_of(tmp_path, "unsealed", embedded_aws, parameters=parameters)
    done = run(checkout, "certificate", *options)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "projects" / "unsealed" / "certificates").exists()
