"""A training script gets what AWS's training toolkit gives it."""

from __future__ import annotations

import json
from pathlib import Path

from mlproject.runner.container import script_mode
from mlproject.runner.steps.job import resource_config

HYPERPARAMETERS = {
    "rounds": "400",
    "eta": "0.1",
    "objective": '"binary:logistic"',
    "b": "1",
    "full": "true",
    "grid": '{"y": 2, "x": 1}',
    "sagemaker_program": '"train.py"',
    "sagemaker_submit_directory": "s3://code/train.tar.gz",
}
DECODED = script_mode.decode_hyperparameters(HYPERPARAMETERS)
CHANNELS = script_mode.channel_config(
    [
        {"ChannelName": "train", "ContentType": "text/csv", "DataSource": {"S3DataSource": {}}},
        {"ChannelName": "validation", "DataSource": {"S3DataSource": {"S3DataDistributionType": "ShardedByS3Key"}}},
    ]
)


def test_hyperparameters_become_arguments_as_the_toolkit_writes_them() -> None:
    assert script_mode.arguments(DECODED) == [
        *("-b", "1", "--eta", "0.1", "--full", "True", "--grid", "x=1,y=2"),
        *("--objective", "binary:logistic", "--rounds", "400"),
    ]


def test_the_environment_names_folders_channels_and_hyperparameters() -> None:
    found = script_mode.environment(DECODED, CHANNELS, resource_config({"InstanceType": "ml.m5.large"}))
    assert found["SM_MODEL_DIR"] == "/opt/ml/model"
    assert found["SM_OUTPUT_DATA_DIR"] == "/opt/ml/output/data"
    assert found["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
    assert json.loads(found["SM_CHANNELS"]) == ["train", "validation"]
    assert json.loads(found["SM_HPS"]) == {
        "b": 1,
        "eta": 0.1,
        "full": True,
        "grid": {"x": 1, "y": 2},
        "objective": "binary:logistic",
        "rounds": 400,
    }
    assert found["SM_HP_OBJECTIVE"] == "binary:logistic"
    assert found["SM_HP_FULL"] == "true"
    assert found["SM_USER_ENTRY_POINT"] == "train.py"
    assert found["SM_MODULE_NAME"] == "train"
    assert found["SM_HOSTS"] == '["algo-1"]'
    assert int(found["SM_NUM_CPUS"]) >= 1
    assert "SM_HP_SAGEMAKER_PROGRAM" not in found


def test_the_channel_file_says_how_each_channel_is_given() -> None:
    assert CHANNELS["train"]["ContentType"] == "text/csv"
    assert CHANNELS["validation"]["S3DistributionType"] == "ShardedByS3Key"


def test_the_last_value_of_a_metric_is_read_from_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("auc=0.5\nauc=0.75\n")
    definitions = [{"Name": "auc", "Regex": r"auc=([0-9.]+)"}, {"Name": "loss", "Regex": "loss=(.*)"}]
    assert script_mode.metrics(definitions, log) == [{"MetricName": "auc", "Value": 0.75}]
