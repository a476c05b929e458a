"""Existing data results in read permissions only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from mlproject.aws_rules.endpoints import INTERFACES
from mlproject.aws_rules.network_requirements import interfaces
from mlproject.errors import UserError
from mlproject.parameters import Athena, ExistingBucket, ExistingData
from tests.stacks.assembly import Stack, listed, statements
from tests.stacks.examples import EXISTING, JOINED, deployment

LAKE_KEY = "arn:aws:kms:eu-central-1:555555555555:key/11111111-2222-3333-4444-555555555555"
RESULTS_KEY = "arn:aws:kms:eu-central-1:555555555555:key/66666666-7777-8888-9999-000000000000"
# The only grant that writes: Athena writes results as who asked.
WRITES = {
    "KeepQueryResults": {"s3:AbortMultipartUpload", "s3:PutObject"},
    "EncryptQueryResults": {"kms:GenerateDataKey"},
}
READS = ("BatchGet", "Decrypt", "Get", "List")


def granted(data: ExistingData) -> dict[str, dict[str, Any]]:
    """Return the statements for this data, by sid."""
    from mlproject.aws_rules.existing_data import existing_data_grants

    grants = existing_data_grants(deployment("alpha", JOINED, existing_data=data), partition="aws")
    found = {grant.sid: dict(grant.statement) for grant in grants}
    assert len(found) == len(grants)
    return found


def test_more_data_than_a_roles_policy_has_room_for_is_one_sentence_before_anything_is_deployed() -> None:
    many = tuple(ExistingBucket(name=f"company-lake-{number:02}", prefixes=("a/", "b/")) for number in range(20))
    with pytest.raises(UserError) as refused:
        granted(ExistingData(buckets=many))
    assert re.fullmatch(
        r"projects/alpha/project.yaml, existing_data in joined: .* need \d+ characters, .* only 4000 .* fewer .*\.",
        str(refused.value),
    )


def test_no_data_no_permission() -> None:
    assert granted(ExistingData()) == {}


def test_objects_are_read_below_the_prefixes_and_listed_there_only() -> None:
    found = granted(EXISTING)
    assert found["ReadExistingObjects"]["Action"] == ["s3:GetObject"]
    assert found["ReadExistingObjects"]["Resource"] == [
        # Spark asks for the folder itself before it lists what is below.
        "arn:aws:s3:::company-lake/flights",
        "arn:aws:s3:::company-lake/flights/*",
        "arn:aws:s3:::company-lake/weather",
        "arn:aws:s3:::company-lake/weather/*",
        "arn:aws:s3:::company-public/*",
    ]
    assert found["ListExistingBucket1"]["Resource"] == ["arn:aws:s3:::company-lake"]
    assert found["ListExistingBucket1"]["Condition"] == {
        "StringLike": {"s3:prefix": ["flights", "flights/*", "weather", "weather/*"]}
    }
    # All of this one may be read, so all of it may be listed.
    assert found["ListExistingBucket2"]["Resource"] == ["arn:aws:s3:::company-public"]
    assert "Condition" not in found["ListExistingBucket2"]


def test_a_foreign_key_decrypts_through_s3_in_its_own_region_and_does_nothing_else() -> None:
    found = granted(EXISTING)["DecryptExistingObjects"]
    assert found["Action"] == ["kms:Decrypt"]
    assert found["Resource"] == [LAKE_KEY]
    assert found["Condition"] == {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}}


def test_keys_of_two_regions_each_serve_through_s3() -> None:
    here, there = (LAKE_KEY.replace("eu-central-1", region) for region in ("eu-central-1", "us-east-1"))
    buckets = (ExistingBucket(name="far", key_arn=there), ExistingBucket(name="near", key_arn=here))
    found = granted(ExistingData(buckets=buckets))["DecryptExistingObjects"]
    assert found["Resource"] == [here, there]
    assert found["Condition"]["StringEquals"]["kms:ViaService"] == [
        "s3.eu-central-1.amazonaws.com",
        "s3.us-east-1.amazonaws.com",
    ]


def test_buckets_without_a_key_bring_no_permission_on_keys() -> None:
    found = granted(ExistingData(buckets=(ExistingBucket(name="company-public"),)))
    assert set(found) == {"ReadExistingObjects", "ListExistingBucket1", "LocateExistingBuckets"}


def test_a_database_is_read_with_its_tables_in_the_catalog_of_the_environment() -> None:
    found = granted(EXISTING)
    glue = "arn:aws:glue:eu-central-1:555555555555"
    assert found["ReadExistingTables"]["Resource"] == [
        f"{glue}:catalog",
        f"{glue}:database/airports",
        f"{glue}:table/airports/*",
    ]
    # Athena and Spark begin with them; their tables stay closed.
    assert found["FindDefaultDatabases"]["Resource"] == [
        f"{glue}:catalog",
        f"{glue}:database/default",
        f"{glue}:database/global_temp",
    ]
    assert found["FindDefaultDatabases"]["Action"] == ["glue:GetDatabase"]


def test_queries_run_in_one_workgroup_and_their_results_lie_below_its_prefix() -> None:
    found = granted(EXISTING)
    assert found["RunQueries"]["Resource"] == ["arn:aws:athena:eu-central-1:555555555555:workgroup/analysts"]
    assert found["KeepQueryResults"]["Resource"] == ["arn:aws:s3:::company-athena/results/*"]
    assert found["ListQueryResults"]["Condition"] == {"StringLike": {"s3:prefix": "results/*"}}
    assert found["EncryptQueryResults"]["Resource"] == [RESULTS_KEY]
    assert set(found["EncryptQueryResults"]["Condition"]["StringEquals"]) == {"kms:ViaService"}


def test_results_may_have_a_bucket_to_themselves_and_s3s_own_encryption() -> None:
    found = granted(ExistingData(athena=Athena(workgroup="w", results="s3://company-athena/")))
    assert found["KeepQueryResults"]["Resource"] == ["arn:aws:s3:::company-athena/*"]
    assert "Condition" not in found["ListQueryResults"]
    assert "EncryptQueryResults" not in found


def test_nothing_is_written_but_the_results_of_queries() -> None:
    for sid, statement in granted(EXISTING).items():
        writing = {
            action
            for action in statement["Action"]
            if not action.split(":")[1].startswith(READS) and not action.startswith("athena:")
        }
        assert writing == WRITES.get(sid, set()), sid


def test_every_action_exists_and_stands_on_resources_that_aws_knows_for_it() -> None:
    services = json.loads((Path(cfnlint.__file__).parent / "data/AdditionalSpecs/Policies.json").read_text())
    for statement in granted(EXISTING).values():
        assert "*" not in statement["Resource"]
        for action in statement["Action"]:
            service, name = action.split(":")
            assert services[service]["Actions"][name.lower()]["Resources"], action


def test_the_pipelines_role_has_them_where_the_parameters_name_data_and_nowhere_else(
    example_stacks: Mapping[str, Stack],
) -> None:
    wanted = granted(EXISTING)
    for name, stack in example_stacks.items():
        if name.endswith("/pipeline"):
            found = {s["Sid"]: s for _, s in statements(stack) if s.get("Sid") in wanted}
            assert found == (wanted if name == "joined/alpha/pipeline" else {}), name


def test_another_projects_role_says_nothing_of_them(example_stacks: Mapping[str, Stack]) -> None:
    for name, stack in example_stacks.items():
        if not name.startswith("joined/alpha/"):
            for kind, statement in statements(stack):
                assert kind != "AWS::IAM::Role" or "company-" not in json.dumps(listed(statement.get("Resource", [])))


def test_s3s_endpoint_lets_the_named_buckets_be_read_whoever_owns_them_and_no_other(
    example_stacks: Mapping[str, Stack],
) -> None:
    found = {
        name: [
            statement
            for endpoint in stack.resources("AWS::EC2::VPCEndpoint").values()
            for statement in endpoint["Properties"]["PolicyDocument"]["Statement"]
            if "company-" in json.dumps(statement)
        ]
        for name, stack in example_stacks.items()
        if name.endswith("/network")
    }
    assert found.pop("owned/network") == []
    ((statement,),) = found.values()
    assert statement["Action"] == ["s3:GetBucketLocation", "s3:GetObject", "s3:ListBucket"]
    assert set(statement["Resource"]) == {
        f"arn:aws:s3:::{bucket}{objects}"
        for bucket in ("company-athena", "company-lake", "company-public")
        for objects in ("", "/*")
    }
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": "555555555555"}}


@pytest.mark.parametrize(
    ("data", "services"),
    [
        (ExistingData(), set()),
        (ExistingData(buckets=EXISTING.buckets), set()),
        (ExistingData(glue_databases=("airports",)), {"glue"}),
        (ExistingData(athena=EXISTING.athena), {"athena"}),
        (EXISTING, {"glue", "athena"}),
    ],
    ids=["nothing", "buckets", "database", "workgroup", "all"],
)
def test_rule_17_a_network_has_the_endpoints_of_the_data_that_any_of_its_projects_names(
    data: ExistingData, services: set[str]
) -> None:
    found = interfaces([deployment("beta", JOINED), deployment("alpha", JOINED, existing_data=data)])
    usual = {endpoint.service for endpoint in interfaces([deployment("beta", JOINED), deployment("alpha", JOINED)])}
    assert {endpoint.service for endpoint in found} - usual == services
    assert len(found) == len({endpoint.service for endpoint in found})
    assert {endpoint.service for endpoint in INTERFACES} <= usual
