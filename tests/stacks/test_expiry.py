"""The lifecycle rule of the artifacts bucket deletes outputs of executions, but no files of registered models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlproject.definition import read_definition, references, steps_of
from mlproject.parameters import load_parameters
from mlproject.parameters.input_models.constraints import ARTIFACTS_DAYS_MINIMUM
from tests.checkouts import EXAMPLE, ROOT
from tests.stacks.assembly import Stack

DEFINITION = read_definition(ROOT / "pipelines" / "flight_delays").document
DEPLOYMENT = load_parameters(EXAMPLE).deployment("flights", "prod")


def keys(step: Any) -> list[str]:
    """Return the keys that a step writes to the artifacts bucket, with `ID` as the id of the execution."""
    if step["Type"] == "Training":
        return [_key(step["Arguments"]["OutputDataConfig"]["S3OutputPath"])]
    outputs = step["Arguments"].get("ProcessingOutputConfig", {}).get("Outputs", [])
    return [_key(output["S3Output"]["S3Uri"]) for output in outputs]


def _key(uri: Any) -> str:
    text = (
        uri
        if isinstance(uri, str)
        else "/".join(part if isinstance(part, str) else "ID" for part in uri["Std:Join"]["Values"])
    )
    return text.removeprefix("s3://${ArtifactsBucket}/")


def test_intermediate_outputs_expire() -> None:
    expiring = {
        step["Name"]
        for step in steps_of(DEFINITION)
        if any(key.startswith(DEPLOYMENT.require_pipeline().runs_prefix) for key in keys(step))
    }
    assert expiring == {"Prepare", "Score"}


def test_what_a_registered_model_refers_to_never_expires() -> None:
    steps = {step["Name"]: step for step in steps_of(DEFINITION)}
    referred = {
        reference.split(".")[1]
        for reference in references(steps["Register"]["Arguments"])
        if reference.startswith("Steps.")
    }
    assert referred == {"Train", "Evaluate"}
    for name in referred:
        for key in keys(steps[name]):
            assert not key.startswith(DEPLOYMENT.require_pipeline().runs_prefix), (name, key)


def test_outputs_outlive_the_cache_that_takes_them_again() -> None:
    reused = {step["CacheConfig"]["ExpireAfter"] for step in steps_of(DEFINITION) if "CacheConfig" in step}
    assert reused == {f"P{ARTIFACTS_DAYS_MINIMUM - 1}D"}


def test_the_clusters_logs_expire_with_the_other_logs(all_stacks: Mapping[str, Stack]) -> None:
    storage = all_stacks["prod/flights/storage"].resources("AWS::S3::Bucket").values()
    (rule,) = (
        rule
        for bucket in storage
        for rule in bucket["Properties"]["LifecycleConfiguration"]["Rules"]
        if rule["Id"] == "cluster-logs"
    )
    assert (rule["Prefix"], rule["ExpirationInDays"]) == ("emr-logs/", DEPLOYMENT.storage.access_logs_expire_days)
    cluster = all_stacks["dev/flights/emr"].only("AWS::EMR::Cluster")
    assert cluster["LogUri"].endswith(f"/{rule['Prefix']}")
