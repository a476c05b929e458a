"""The scripts of a pipeline's steps, as assets in the bootstrap bucket."""

from __future__ import annotations

import hashlib
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from mlproject.definition import Definition, asset_placeholders, steps_of, training_archive, used_placeholders
from mlproject.files import write_atomically


class StepCode(Construct):
    """Each script that the definition names: a processing script as it is, a training script as a tar.gz.

    SageMaker unpacks no zip, which is what CDK makes of a folder: an input of a processing job knows gzip in Pipe mode
    and nothing else (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProcessingS3Input.html), and the
    training toolkit opens a tar.gz:
    https://github.com/aws/sagemaker-training-toolkit/blob/master/src/sagemaker_training/files.py

    Attributes:
        values: the values of the placeholders `<Script>Code` and `<Script>File`.
        bucket: the bootstrap bucket.
        keys: the exact keys of the objects.

    Args:
        definition: the pipeline's definition.
        text: the definition for Fn::Sub, which says what is used.
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
            path = self._archive(definition.folder, script.name) if code in archived else script
            asset = assets.Asset(self, script.stem.capitalize(), path=str(path))
            key = asset.s3_object_key
            # All assets of a stack lie in one bucket; asking once saves a call to Node for each script.
            self.bucket = self.bucket or asset.s3_bucket_name
            self.values[code] = f"{self.bucket}/{key}"
            self.values[file] = key.rpartition("/")[2]
            keys.append(key)
        self.keys = tuple(keys)

    def _archive(self, folder: Path, script: str) -> Path:
        """Write the archive into the cloud assembly, under a name that its content gives it."""
        content = training_archive(folder, script=script)
        root = cdk.App.of(self)
        path = Path(root.outdir if root else ".") / f"{hashlib.sha256(content).hexdigest()}.tar.gz"
        if not path.exists():
            write_atomically(path, content)
        return path


def _archived(definition: Definition) -> frozenset[str]:
    """The placeholders of code that a container in script mode unpacks."""
    submitted = (
        step.get("Arguments", {}).get("HyperParameters", {}).get("sagemaker_submit_directory", "")
        for step in steps_of(definition.document)
    )
    return frozenset(
        name for directory in submitted if isinstance(directory, str) for name in used_placeholders(directory)
    )
