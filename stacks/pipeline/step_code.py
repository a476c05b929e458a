"""Scripts of a pipeline's steps, as assets in the bootstrap bucket."""

from __future__ import annotations

from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.definition import (
    Definition,
    asset_placeholders,
    job_arguments,
    steps_of,
    submitted_directories,
    training_archive,
    used_placeholders,
)
from stacks.constructs.archives import archive_asset


class StepCode(Construct):
    """Assets of the scripts in the definition: a file for a processing script, a tar.gz for others.

    CDK uploads a folder as a zip, which SageMaker does not unpack: an input of a processing job supports only gzip in
    Pipe mode (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html), and
    the training toolkit unpacks a tar.gz:
    https://github.com/aws/sagemaker-training-toolkit/blob/master/src/sagemaker_training/files.py

    Attributes:
        values: values of the placeholders `<Script>Code` and `<Script>File`.
        bucket: the bootstrap bucket.
        keys: keys of the objects.

    Args:
        definition: definition of the pipeline.
        text: definition for Fn::Sub, which determines the scripts that are used.
    """

    def __init__(self, scope: Construct, construct_id: str, *, definition: Definition, text: str) -> None:
        super().__init__(scope, construct_id)
        self.values: dict[str, str] = {}
        self.bucket = ""
        keys = []
        used, archived = used_placeholders(text), _archived(definition)
        for script in definition.scripts:
            code, file = asset_placeholders(script.name)
            if not used & {code, file}:
                continue
            construct_id = script.stem.capitalize()
            asset = (
                archive_asset(self, construct_id, training_archive(definition.folder, script=script.name))
                if code in archived
                else assets.Asset(self, construct_id, path=str(script))
            )
            key = asset.s3_object_key
            # All assets are in the same bucket. Reading it once saves a call to Node for each script.
            self.bucket = self.bucket or asset.s3_bucket_name
            self.values[code] = f"{self.bucket}/{key}"
            self.values[file] = key.rpartition("/")[2]
            keys.append(key)
        self.keys = tuple(keys)


def _archived(definition: Definition) -> frozenset[str]:
    """Placeholders of code that a container in script mode unpacks, for training or for serving a model."""
    submitted = (
        directory for step in steps_of(definition.document) for directory in submitted_directories(job_arguments(step))
    )
    return frozenset(name for directory in submitted for name in used_placeholders(directory))
