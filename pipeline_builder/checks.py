"""Configure the jobs of QualityCheck and ClarifyCheck steps with this project's defaults: in the VPC, encrypted."""

from __future__ import annotations

from typing import Any

from pipeline_builder import offline  # before the SDK, which it isolates from this machine's settings
from pipeline_builder.steps import JOB_SECONDS, VOLUME_GB

# isort: split
from sagemaker.mlops.workflow.check_job_config import CheckJobConfig


def check_job_config(*, instance_type: Any, session: offline.OfflineSession) -> CheckJobConfig:
    """Return the configuration of the job of a QualityCheckStep or a ClarifyCheckStep.

    Args:
        instance_type: the pipeline parameter that sets the instance type.
        session: the result of `offline.create_session()`.
    """
    return CheckJobConfig(
        role=offline.ROLE,
        instance_type=instance_type,
        volume_size_in_gb=VOLUME_GB,
        volume_kms_key=offline.KMS_KEY,
        output_kms_key=offline.KMS_KEY,
        max_runtime_in_seconds=JOB_SECONDS,
        sagemaker_session=session,
        # A dictionary in the form of the API, since the SDK cannot write its own NetworkConfig into a definition.
        network_config={
            "EnableInterContainerTrafficEncryption": True,
            "EnableNetworkIsolation": False,
            "VpcConfig": {"SecurityGroupIds": offline.SECURITY_GROUPS, "Subnets": offline.SUBNETS},
        },
    )
