"""Certificates of clusters, verified by TLS clients as on a notebook."""

from __future__ import annotations

import datetime
import io
import socket
import ssl
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from mlproject.certificates import ClusterCertificate, create_certificate, expiry_warning, internal_domain
from mlproject.parameters import Emr
from tests.lifecycle_scripts.certificates import self_signed_certificate
from tests.stacks.examples import LARGE, OWNED, deployment

NOW = datetime.datetime.now(datetime.UTC)
DOMAIN = "eu-west-1.compute.internal"
LIVY = f"ip-10-20-0-5.{DOMAIN}"


@pytest.fixture(scope="module")
def created() -> ClusterCertificate:
    return create_certificate(DOMAIN, now=NOW, days=365)


def files_of(created: ClusterCertificate) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(created.archive)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@contextmanager
def serving(folder: Path, *, key: bytes, chain: bytes) -> Iterator[int]:
    """Serve TLS on a port of this machine, as Livy does with the files of the zip."""
    (folder / "server.pem").write_bytes(key + chain)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            try:
                connection, _ = server.accept()
                with connection, context.wrap_socket(connection, server_side=True) as secured:
                    secured.sendall(b"livy")
            except OSError:
                return  # the client refused the certificate

        thread = threading.Thread(target=answer)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


def call(port: int, *, host: str, trusted: str, strict: bool = False) -> bytes:
    """Call the server by a name, with a bundle like that of a notebook."""
    context = ssl.create_default_context(cadata=f"{self_signed_certificate()}\n{trusted}")
    if strict:
        # The default since Python 3.13.
        context.verify_flags |= ssl.VERIFY_X509_STRICT
    with (
        socket.create_connection(("127.0.0.1", port)) as connection,
        context.wrap_socket(connection, server_hostname=host) as secured,
    ):
        return secured.recv(4)


@pytest.mark.parametrize("strict", [False, True])
def test_a_client_that_trusts_the_certificate_verifies_any_node_of_the_region(
    created: ClusterCertificate, tmp_path: Path, *, strict: bool
) -> None:
    files = files_of(created)
    assert set(files) == {"privateKey.pem", "certificateChain.pem", "trustedCertificates.pem"}
    with serving(tmp_path, key=files["privateKey.pem"], chain=files["certificateChain.pem"]) as port:
        assert call(port, host=LIVY, trusted=created.certificate, strict=strict) == b"livy"


@pytest.mark.parametrize(
    ("host", "is_trusted", "reason"),
    [
        (LIVY, False, "self-signed certificate"),
        ("s3.eu-west-1.amazonaws.com", True, "Hostname mismatch"),
        ("ip-10-20-0-5.eu-west-2.compute.internal", True, "Hostname mismatch"),
    ],
)
def test_it_vouches_for_no_other_name_and_is_refused_where_nobody_trusts_it(
    created: ClusterCertificate, tmp_path: Path, host: str, reason: str, *, is_trusted: bool
) -> None:
    files = files_of(created)
    with (
        serving(tmp_path, key=files["privateKey.pem"], chain=files["certificateChain.pem"]) as port,
        pytest.raises(ssl.SSLCertVerificationError, match=reason),
    ):
        call(port, host=host, trusted=created.certificate if is_trusted else "")


def test_nobody_who_reads_its_key_can_issue_a_certificate_that_notebooks_accept(
    created: ClusterCertificate, tmp_path: Path
) -> None:
    stolen = serialization.load_pem_private_key(files_of(created)["privateKey.pem"], password=None)
    assert isinstance(stolen, rsa.RSAPrivateKey)
    own = x509.load_pem_x509_certificate(created.certificate.encode())
    host = "s3.eu-west-1.amazonaws.com"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(own.subject)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(stolen, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain = forged.public_bytes(serialization.Encoding.PEM) + created.certificate.encode()
    with (
        serving(tmp_path, key=private, chain=chain) as port,
        pytest.raises(ssl.SSLCertVerificationError, match="invalid CA certificate"),
    ):
        call(port, host=host, trusted=created.certificate)


def test_each_certificate_has_a_key_of_its_own_which_no_text_shows(created: ClusterCertificate) -> None:
    other = create_certificate(DOMAIN, now=NOW, days=365)
    assert files_of(other)["privateKey.pem"] != files_of(created)["privateKey.pem"]
    assert other.fingerprint != created.fingerprint
    assert "archive" not in repr(other)
    assert "PRIVATE" not in other.certificate


@pytest.mark.parametrize(
    ("region", "domain"),
    [("us-east-1", "ec2.internal"), ("eu-west-1", DOMAIN), ("us-east-2", "us-east-2.compute.internal")],
)
def test_the_domain_of_private_names_is_that_of_the_region(region: str, domain: str) -> None:
    assert internal_domain(region) == domain


@pytest.mark.parametrize(
    ("days", "warning"),
    [(31, None), (30.5, None), (29.5, "expires in 29 days"), (0.5, "expires in 0 days"), (-1, "has expired")],
)
def test_a_certificate_is_told_from_thirty_days_before_it_expires(
    created: ClusterCertificate, days: float, warning: str | None
) -> None:
    emr = LARGE.model_copy(update={"certificate_file": "certificates/emr-owned.pem"})
    project = deployment("alpha", OWNED, emr=emr).model_copy(update={"cluster_certificate": created.certificate})
    found = expiry_warning(project, now=created.expires - datetime.timedelta(days=days))
    assert found == (warning and f"projects/alpha/certificates/emr-owned.pem {warning}")


def test_nothing_is_told_about_a_zip_whose_certificate_is_not_known() -> None:
    emr = Emr(primary_instance_type="m5.xlarge", core_instance_type="m5.xlarge", certificate_s3="s3://a-bucket/own.zip")
    assert expiry_warning(deployment("alpha", OWNED, emr=emr), now=NOW) is None
