"""A pipeline of one step, which runs in a fraction of a second."""

from __future__ import annotations

from typing import Any

_IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.4-2-cpu-py3"

CODE = """\
from pathlib import Path

Path("/opt/ml/processing/output/out/answer.txt").write_text("42")
"""

DEFINITION: dict[str, Any] = {
    "Version": "2020-12-01",
    "Metadata": {},
    "Parameters": [],
    "PipelineExperimentConfig": None,
    "Steps": [
        {
            "Name": "Answer",
            "Type": "Processing",
            "CacheConfig": {"Enabled": True, "ExpireAfter": "P30D"},
            "Arguments": {
                "ProcessingResources": {
                    "ClusterConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 10}
                },
                "AppSpecification": {
                    "ImageUri": _IMAGE,
                    "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/step.py"],
                },
                "RoleArn": "arn:aws:iam::123456789012:role/tests",
                "ProcessingInputs": [
                    {
                        "InputName": "code",
                        "S3Input": {
                            "S3Uri": "s3://code/step.py",
                            "LocalPath": "/opt/ml/processing/input/code",
                            "S3DataType": "S3Prefix",
                            "S3InputMode": "File",
                        },
                    }
                ],
                "ProcessingOutputConfig": {
                    "Outputs": [
                        {
                            "OutputName": "out",
                            "S3Output": {
                                "S3Uri": {
                                    "Std:Join": {
                                        "On": "/",
                                        "Values": ["s3://artifacts", {"Get": "Execution.PipelineExecutionId"}],
                                    }
                                },
                                "LocalPath": "/opt/ml/processing/output/out",
                                "S3UploadMode": "EndOfJob",
                            },
                        }
                    ]
                },
            },
        }
    ],
}
