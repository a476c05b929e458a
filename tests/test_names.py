"""Names are derived from project and environment. Changing one would replace data."""

from __future__ import annotations

from mlproject.names import BUCKET_USES, Names, network_parameter

NAMES = Names(project="flights", environment="dev", account="111111111111", region="eu-west-1")


def test_names_that_people_type_never_change() -> None:
    assert NAMES.prefix == "flights-dev"
    assert NAMES.stack("storage") == "flights-dev-storage"
    assert [NAMES.bucket(use) for use in BUCKET_USES] == [
        "flights-dev-data-111111111111-eu-west-1",
        "flights-dev-artifacts-111111111111-eu-west-1",
        "flights-dev-access-logs-111111111111-eu-west-1",
    ]
    assert NAMES.pipeline == NAMES.model_package_group == "flights-dev"
    assert NAMES.role("pipeline") == "flights-dev-pipeline"
    assert NAMES.notebook("explore") == "flights-dev-explore"
    assert NAMES.opening_policy("explore") == "flights-dev-open-explore"
    assert NAMES.key_alias == "alias/flights-dev"


def test_ssm_parameters_are_apart_by_environment_and_project() -> None:
    assert NAMES.parameter("key-arn") == "/mlproject/dev/flights/key-arn"
    assert network_parameter("dev", "vpc-id") == "/mlproject/dev/network/vpc-id"
