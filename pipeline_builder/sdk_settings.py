"""Import this before the SageMaker SDK: afterwards nothing of this machine can reach a definition.

The SDK reads regions, profiles and configuration files while it is imported, so the settings must stand before.
"""

from __future__ import annotations

import logging
import os
import warnings

# Any region does, since no region stands in a definition; without one `import sagemaker.mlops` fails.
BUILD_REGION = "eu-west-1"

for name in [name for name in os.environ if name.startswith(("AWS_", "SAGEMAKER_", "SM_"))]:
    del os.environ[name]
os.environ.update(
    AWS_DEFAULT_REGION=BUILD_REGION,
    AWS_REGION=BUILD_REGION,
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    SAGEMAKER_ADMIN_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_USER_CONFIG_OVERRIDE=os.devnull,
    SAGEMAKER_VALIDATE_ROLE="false",  # else the SDK asks IAM what the role may do
)
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
