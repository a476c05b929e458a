"""The pipeline of a batch transform is a definition that SageMaker accepts."""

from __future__ import annotations

import json

import pytest

from mlproject.definition import check_definition, fill_placeholders, used_placeholders
from mlproject.definition.batch import batch_definition
from mlproject.parameters import BatchTransform

VALUES = {
    "DataBucket": "data",
    "ArtifactsBucket": "artifacts",
    "KmsKey": "arn:aws:kms:eu-west-1:123456789012:key/1a2b3c4d",
    "Model": "flights-dev-4",
}


@pytest.mark.parametrize(("instance_type", "encrypted"), [("ml.m5.large", True), ("ml.g4dn.xlarge", False)])
def test_sagemaker_accepts_the_definition(instance_type: str, encrypted: bool) -> None:
    batch = BatchTransform(input_prefix="scoring/", instance_type=instance_type, instance_count=2)
    text = batch_definition(batch)
    assert used_placeholders(text) == VALUES.keys()
    document = json.loads(fill_placeholders(text, VALUES))
    assert check_definition(document) == ()
    (step,) = document["Steps"]
    resources = {"InstanceCount": 2, "InstanceType": instance_type}
    # AWS encrypts the local disks of an instance type that has them, and refuses a key:
    # https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
    key = {"VolumeKmsKeyId": VALUES["KmsKey"]} if encrypted else {}
    assert step["Arguments"]["TransformResources"] == {**resources, **key}


def test_lines_are_scored_in_batches_and_joined_again_as_lines() -> None:
    text = batch_definition(BatchTransform(input_prefix="scoring/", instance_type="ml.m5.large"))
    (step,) = json.loads(text)["Steps"]
    arguments = step["Arguments"]
    assert arguments["BatchStrategy"] == "MultiRecord"
    assert (arguments["TransformInput"]["SplitType"], arguments["TransformOutput"]["AssembleWith"]) == ("Line", "Line")
    assert (arguments["TransformInput"]["ContentType"], arguments["TransformOutput"]["Accept"]) == (
        "text/csv",
        "text/csv",
    )
