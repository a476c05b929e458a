"""Requirements of EMR Serverless that resource schemas do not contain: forms of values, and settings of Spark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mlproject.aws_rules.emr import GLUE_CLIENT

# Last part of the name of the SSM parameter that contains the id of a project's application.
APPLICATION_PARAMETER = "emr-serverless-application"
# Processors by the names of EMR Serverless:
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_CreateApplication.html
ARCHITECTURES: Mapping[str, Literal["X86_64", "ARM64"]] = {"x86_64": "X86_64", "arm64": "ARM64"}


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
