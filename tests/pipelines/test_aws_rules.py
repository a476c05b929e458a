"""What AWS does that no local judge models, asserted on the committed definition rule by rule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from mlproject.definition import check_definition, references, steps_of, used_placeholders
from mlproject.definition.scripts.checks import step_findings
from tests.definition.folders import FLIGHT_DELAYS, ROOT, committed, document

STEPS = {step["Name"]: step for step in steps_of(document())}
JOBS = {name: step for name, step in STEPS.items() if step["Type"] in ("Processing", "Training")}
PROCESSING = {name: step for name, step in STEPS.items() if step["Type"] == "Processing"}


def values(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every leaf with the keys that lead to it."""
    if isinstance(found, Mapping):
        for key, item in found.items():
            yield from values(item, (*path, key))
    elif isinstance(found, list):
        for item in found:
            yield from values(item, path)
    else:
        yield path, found


def test_the_steps_have_their_names_and_types() -> None:
    assert {name: step["Type"] for name, step in STEPS.items()} == {
        "Prepare": "Processing",
        "Train": "Training",
        "Evaluate": "Processing",
        "Better": "Condition",
        "Register": "RegisterModel",
        "Score": "Processing",
        "TooWeak": "Fail",
    }


def test_rule_1_training_starts_by_script_mode_and_uploads_nothing_while_it_is_built() -> None:
    arguments = STEPS["Train"]["Arguments"]
    assert arguments["HyperParameters"]["sagemaker_program"] == "train.py"
    assert arguments["HyperParameters"]["sagemaker_submit_directory"] == "s3://${TrainCode}"
    assert [channel["ChannelName"] for channel in arguments["InputDataConfig"]] == ["train", "validation"]
    assert set(arguments["AlgorithmSpecification"]) == {"TrainingImage", "TrainingInputMode"}
    assert "Environment" not in arguments


def test_rule_1_the_container_may_fetch_its_code() -> None:
    assert STEPS["Train"]["Arguments"]["EnableNetworkIsolation"] is False


@pytest.mark.parametrize("name", PROCESSING)
def test_rule_2_a_processing_script_is_an_asset_whose_hashed_name_is_a_placeholder(name: str) -> None:
    arguments = PROCESSING[name]["Arguments"]
    code = arguments["ProcessingInputs"][0]
    assert code["InputName"] == "code"
    assert code["S3Input"]["S3Uri"] == f"s3://${{{name}Code}}"
    assert arguments["AppSpecification"]["ContainerEntrypoint"] == [
        "python3",
        f"{code['S3Input']['LocalPath']}/${{{name}File}}",
    ]
    assert (FLIGHT_DELAYS / "steps" / f"{name.lower()}.py").is_file()


def test_rule_3_the_environment_is_placeholders_and_what_changes_per_run_is_parameters() -> None:
    text = json.dumps(document())
    assert used_placeholders(text) <= committed().placeholders
    assert not used_placeholders(text) & set(committed().parameters)
    assert not re.search(r"\b\d{12}\b|sentinel|\b[a-z]{2}-[a-z]+-\d\b|amazonaws", text)
    for name in JOBS:
        assert STEPS[name]["Arguments"]["RoleArn"] == "${Role}"


@pytest.mark.parametrize("name", JOBS)
def test_rule_4_every_job_runs_in_the_vpc_with_keys_and_encryption_between_containers(name: str) -> None:
    arguments = JOBS[name]["Arguments"]
    training = JOBS[name]["Type"] == "Training"
    network = arguments if training else arguments["NetworkConfig"]
    machine = arguments["ResourceConfig"] if training else arguments["ProcessingResources"]["ClusterConfig"]
    output = arguments["OutputDataConfig"] if training else arguments["ProcessingOutputConfig"]
    assert network["VpcConfig"] == {"SecurityGroupIds": ["${SecurityGroups}"], "Subnets": ["${Subnets}"]}
    assert network["EnableInterContainerTrafficEncryption"] is True
    assert machine["VolumeKmsKeyId"] == "${KmsKey}"
    assert output["KmsKeyId"] == "${KmsKey}"
    assert arguments["StoppingCondition"]["MaxRuntimeInSeconds"] <= 3600


@pytest.mark.parametrize("instance", ["ml.g4dn.xlarge", "ml.g5.xlarge", "ml.r5d.large", "ml.p5.4xlarge"])
def test_rule_4_a_machine_with_local_disks_is_refused_since_it_takes_no_volume_key(instance: str) -> None:
    assert any(
        "local disks" in finding for finding in check_definition(document(), parameters={"InstanceType": instance})
    )


@pytest.mark.parametrize("name", STEPS)
def test_rule_6_jobs_are_cached_and_repeated_and_what_cannot_be_is_not(name: str) -> None:
    step = STEPS[name]
    policies = [policy["ExceptionType"] for policy in step.get("RetryPolicies", [])]
    throttled = ["Step.SERVICE_FAULT", "Step.THROTTLING"]
    if name in JOBS:
        assert step["CacheConfig"] == {"Enabled": True, "ExpireAfter": "P30D"}
        capacity = ["SageMaker.RESOURCE_LIMIT", "SageMaker.JOB_INTERNAL_ERROR", "SageMaker.CAPACITY_ERROR"]
        assert policies == [throttled, capacity]
    else:
        assert "CacheConfig" not in step
        assert policies == ([throttled] if step["Type"] == "RegisterModel" else [])


def test_rule_6_the_execution_id_stands_in_outputs_and_lineage_only() -> None:
    for name, step in STEPS.items():
        arguments = {key: value for key, value in step["Arguments"].items() if not key.endswith("Steps")}
        for path, value in values(arguments):
            if path[-1] == "Get" and str(value).startswith("Execution."):
                assert path[0] in ("ProcessingOutputConfig", "MetadataProperties"), (name, path)


def test_rule_6_later_steps_take_their_inputs_by_reference_since_a_cached_step_keeps_its_old_place() -> None:
    for step in JOBS.values():
        found = step["Arguments"].get("ProcessingInputs", step["Arguments"].get("InputDataConfig"))
        for item in found:
            uri = item["S3Input"]["S3Uri"] if "S3Input" in item else item["DataSource"]["S3DataSource"]["S3Uri"]
            from_step = isinstance(uri, dict) and str(uri.get("Get", "")).startswith("Steps.")
            raw = item.get("InputName") in ("code", "data")
            assert from_step != raw, (step["Name"], uri)
    statistics = STEPS["Register"]["Arguments"]["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    assert list(references(statistics)) == ["Steps.Evaluate.ProcessingOutputConfig.Outputs['metrics'].S3Output.S3Uri"]


def test_rule_6_no_outputs_name_begins_another_of_its_step_since_addresses_are_prefixes() -> None:
    for step in PROCESSING.values():
        names = [item["OutputName"] for item in step["Arguments"]["ProcessingOutputConfig"]["Outputs"]]
        assert not [(a, b) for a in names for b in names if a != b and b.startswith(a)]


def test_rule_6_the_data_are_keyed_by_their_version_and_the_prefix_ends_with_a_slash() -> None:
    uri = STEPS["Prepare"]["Arguments"]["ProcessingInputs"][1]["S3Input"]["S3Uri"]
    assert uri == {
        "Std:Join": {"On": "", "Values": ["s3://${DataBucket}/raw/", {"Get": "Parameters.DataVersion"}, "/"]}
    }


def test_rule_6_the_condition_compares_the_gain_that_evaluate_writes() -> None:
    (condition,) = STEPS["Better"]["Arguments"]["Conditions"]
    gain = {"Std:JsonGet": {"Path": "auc_gain", "PropertyFile": {"Get": "Steps.Evaluate.PropertyFiles.Metrics"}}}
    assert condition == {
        "Type": "GreaterThanOrEqualTo",
        "LeftValue": gain,
        "RightValue": {"Get": "Parameters.Margin"},
    }
    assert STEPS["Evaluate"]["PropertyFiles"] == [
        {"PropertyFileName": "Metrics", "OutputName": "metrics", "FilePath": "metrics.json"}
    ]


def test_rule_6_the_registered_package_carries_nothing_of_the_machine_that_built_it() -> None:
    arguments = STEPS["Register"]["Arguments"]
    (container,) = arguments["InferenceSpecification"]["Containers"]
    assert set(container) == {"Image", "ModelDataUrl", "Environment"}
    assert container["Environment"] == {
        "SAGEMAKER_PROGRAM": "inference.py",
        "SAGEMAKER_SUBMIT_DIRECTORY": "s3://${InferenceCode}",
    }
    assert set(arguments["ModelMetrics"]) == {"ModelQuality"}
    assert arguments["ModelApprovalStatus"] == "PendingManualApproval"


def test_rule_6_hyperparameters_are_text() -> None:
    for value in STEPS["Train"]["Arguments"]["HyperParameters"].values():
        assert isinstance(value, str) or set(value) == {"Std:Join"}


def test_the_package_tells_where_it_comes_from() -> None:
    arguments = STEPS["Register"]["Arguments"]
    assert arguments["MetadataProperties"] == {
        "CommitId": {"Get": "Parameters.Commit"},
        "GeneratedBy": {"Get": "Execution.PipelineExecutionArn"},
    }
    assert arguments["CustomerMetadataProperties"] == {
        "DefinitionHash": "${DefinitionHash}",
        "DataVersion": {"Get": "Parameters.DataVersion"},
        "TrainingJob": {"Get": "Steps.Train.TrainingJobName"},
    }


def test_the_fail_step_says_which_number_missed_which_limit() -> None:
    found = list(references(STEPS["TooWeak"]["Arguments"]["ErrorMessage"]))
    assert "Parameters.Margin" in found
    paths = [value for path, value in values(STEPS["TooWeak"]["Arguments"]) if path[-1] == "Path"]
    assert paths == ["auc_gain", "auc", "baseline_auc"]


def test_no_experiment_is_created_and_only_documented_keys_stand_at_the_top() -> None:
    assert set(document()) == {"Metadata", "Parameters", "Steps", "Version"}
    for step in STEPS.values():
        assert set(step) <= {"Name", "Type", "Arguments", "CacheConfig", "RetryPolicies", "PropertyFiles"}


def test_rule_7_a_script_is_of_its_images_python_and_imports_what_its_image_has() -> None:
    assert step_findings(committed(), root=ROOT) == []


def test_rule_7_no_requirements_file_makes_a_container_install_from_the_internet() -> None:
    assert not list(FLIGHT_DELAYS.rglob("requirements.txt"))


def test_rule_7_a_lock_mirrors_the_image_with_all_that_the_scripts_import() -> None:
    lock = (FLIGHT_DELAYS / "image.txt").read_text()
    pinned = dict(re.findall(r"^([\w-]+)==(\S+)", lock, flags=re.MULTILINE))
    assert {"numpy": "2.1.0", "pandas": "2.2.3", "xgboost-cpu": "3.2.0"}.items() <= pinned.items()
    assert "scikit-learn" in pinned
    assert lock.count("--hash=sha256:") >= len(pinned)
    assert "://" not in lock
