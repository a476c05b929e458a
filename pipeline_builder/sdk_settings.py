"""Isolate the SageMaker SDK from the settings of this machine. Import this module before the SDK.

The SDK reads regions, profiles and configuration files on import, and these must not change the definition.
"""

from __future__ import annotations

import logging
import os
import warnings

# Any region works, since definitions contain no region. Without one, `import sagemaker.mlops` fails.
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
    SAGEMAKER_VALIDATE_ROLE="false",  # the SDK would call IAM to check the role
)
logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")
