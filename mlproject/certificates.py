"""Certificates with which the nodes of a cluster encrypt what they send each other, and Livy what it answers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mlproject.parameters import Deployment

# The size in AWS's example: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
_KEY_BITS = 2048
# Clocks of nodes may be behind that of this machine.
_CLOCK_DIFFERENCE = timedelta(hours=1)
# Our limit: enough for a review, a deployment and new clusters.
EXPIRY_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class ClusterCertificate:
    """A certificate of the nodes of a cluster.

    Args:
        archive: zip of PEM files for EMR, which contains the private key.
        certificate: the certificate in PEM format, without its key.
        fingerprint: SHA-256 hash of the certificate, in hexadecimal digits.
        expires: end of its validity, an aware time.
    """

    archive: bytes = field(repr=False)
    certificate: str
    fingerprint: str
    expires: datetime


def internal_domain(region: str) -> str:
    """Return the domain of the private names of a region's instances, such as `eu-west-1.compute.internal`.

    https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
    """
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def create_certificate(domain: str, *, now: datetime, days: int) -> ClusterCertificate:
    """Create a self-signed certificate for all instances in a domain, with a new private key.

    It cannot sign other certificates: notebooks trust it, and everyone who runs code on the cluster can read its key,
    which then is of no use for any other name.

    Args:
        domain: domain of the nodes, such as `eu-west-1.compute.internal`.
        now: an aware time, from which the certificate is valid.
        days: days for which it is valid.
    """
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    # AWS's example has the wildcard as common name only, but clients such as Python's read only alternative names:
    # https://www.rfc-editor.org/rfc/rfc9525#section-2
    wildcard = f"*.{domain}"
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wildcard)])
    public_key = key.public_key()
    key_identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_DIFFERENCE)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(wildcard)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_KEY_USAGE, critical=True)
        # Nodes call each other.
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False
        )
        .add_extension(key_identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(key_identifier), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # The names that EMR requires: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-encryption-enable.html
    files = {"privateKey.pem": private, "certificateChain.pem": public, "trustedCertificates.pem": public}
    return ClusterCertificate(
        archive=_zip(files),
        certificate=public.decode(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        expires=certificate.not_valid_after_utc,
    )


_KEY_USAGE = x509.KeyUsage(
    digital_signature=True,
    key_encipherment=True,
    content_commitment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def expiry_warning(deployment: Deployment, *, now: datetime) -> str | None:
    """Return a clause if the certificate of a project's clusters has expired or will in 30 days, otherwise None.

    Args:
        deployment: the project in an environment. Without `emr.certificate_file`, nothing is known.
        now: an aware time.
    """
    if deployment.emr is None or deployment.cluster_certificate is None:
        return None
    file = f"projects/{deployment.project}/{deployment.emr.certificate_file}"
    try:
        certificates = x509.load_pem_x509_certificates(deployment.cluster_certificate.encode())
    except ValueError as error:
        return f"{file} cannot be read, so that nothing warns before it expires ({error})"
    days = (min(each.not_valid_after_utc for each in certificates) - now).days
    if days >= EXPIRY_DAYS:
        return None
    return f"{file} has expired" if days < 0 else f"{file} expires in {days} days"


def renewal_command(deployment: Deployment) -> str:
    """Return the command that creates another certificate for a project's clusters."""
    return f"mlproject cluster certificate {deployment.project} --environment {deployment.environment.name}"


def _zip(files: dict[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return archive.getvalue()
