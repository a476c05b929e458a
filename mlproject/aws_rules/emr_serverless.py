"""Requirements of EMR Serverless that resource schemas do not contain: forms of values, and settings of Spark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mlproject.aws_rules.emr import GLUE_CLIENT
from mlproject.aws_rules.grants import role_arn
from mlproject.aws_rules.partitions import partition_of
from mlproject.parameters import Deployment

# Last part of the name of the SSM parameter that contains the id of a project's application.
APPLICATION_PARAMETER = "emr-serverless-application"
# Processors by the names of EMR Serverless:
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_CreateApplication.html
ARCHITECTURES: Mapping[str, Literal["X86_64", "ARM64"]] = {"x86_64": "X86_64", "arm64": "ARM64"}


def job_role_arn(deployment: Deployment) -> str:
    """Return the ARN of the role of the jobs and sessions on a project's application."""
    environment = deployment.environment
    return role_arn(
        partition=partition_of(environment.region),
        account=environment.account,
        path=environment.role_path,
        name=deployment.names.role("emr-serverless"),
    )


def livy_url(application_id: str, *, region: str, url_suffix: str) -> str:
    """Return the address of the Livy endpoint of an application.

    https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/interactive-workloads-livy-endpoints.html

    Args:
        application_id: id of the application.
        region: its region.
        url_suffix: domain of the region's partition, such as `amazonaws.com`.
    """
    return f"https://{application_id}.livy.emr-serverless-services.{region}.{url_suffix}"


def spark_defaults(*, glue_catalog: bool) -> dict[str, str]:
    """Return the settings of Spark for all jobs of an application.

    https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/metastore-config.html

    Args:
        glue_catalog: whether Spark uses the account's Glue catalog.
    """
    if not glue_catalog:
        return {}
    return {
        "spark.hadoop.hive.metastore.client.factory.class": GLUE_CLIENT,
        "spark.sql.catalogImplementation": "hive",
    }
