"""How an EMR cluster encrypts, and how its nodes give credentials to what runs on them."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_emr as emr
from constructs import Construct


class EmrSecurityConfiguration(Construct):
    """Encryption at rest with one key, of S3 and of all disks; in transit where there are certificates; IMDSv2.

    It has no name: its content cannot change in place
    (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-emr-securityconfiguration.html), and a
    fixed name would make the replacement be refused.
    The members: https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html

    Attributes:
        name: what CloudFormation called it.

    Args:
        key_arn: the project's key.
        certificate_s3: the zip of PEM files for encryption in transit, `s3://...`; None for none.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key_arn: str, certificate_s3: str | None) -> None:
        super().__init__(scope, construct_id)
        encryption: dict[str, Any] = {
            "EnableAtRestEncryption": True,
            "AtRestEncryptionConfiguration": {
                "S3EncryptionConfiguration": {"EncryptionMode": "SSE-KMS", "AwsKmsKey": key_arn},
                "LocalDiskEncryptionConfiguration": {
                    "EncryptionKeyProviderType": "AwsKms",
                    "AwsKmsKey": key_arn,
                    # Root and storage volumes alike; else storage volumes would be encrypted with LUKS, roots not.
                    # https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-data-encryption-options.html
                    "EnableEbsEncryption": True,
                },
            },
            "EnableInTransitEncryption": certificate_s3 is not None,
        }
        if certificate_s3 is not None:
            encryption["InTransitEncryptionConfiguration"] = {
                "TLSCertificateConfiguration": {"CertificateProviderType": "PEM", "S3Object": certificate_s3}
            }
        configuration = emr.CfnSecurityConfiguration(
            self,
            "Configuration",
            security_configuration={
                "EncryptionConfiguration": encryption,
                "InstanceMetadataServiceConfiguration": {
                    "MinimumInstanceMetadataServiceVersion": 2,
                    "HttpPutResponseHopLimit": 1,
                },
            },
        )
        self.name = configuration.ref
