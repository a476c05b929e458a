"""Valid files become frozen values: the common values with the overrides of each environment."""

from __future__ import annotations

import shutil
from pathlib import Path

import pydantic
import pytest

from mlproject.errors import UserError
from mlproject.parameters import (
    Athena,
    Emr,
    ExistingBucket,
    ExistingData,
    Fleet,
    ImportedNetwork,
    NewNetwork,
    Notebook,
    Operations,
    ParametersError,
    Repository,
    Schedule,
    load_parameters,
)
from tests.checkouts import EXAMPLE
from tests.parameters.sample_files import ENVIRONMENTS, PROJECT, SERVICES, error_lines, replaced, write_files


def test_the_files_of_the_example_platform_are_right() -> None:
    platform = load_parameters(EXAMPLE)
    assert [(each.project, each.environment.name) for each in platform.deployments(project="flights")] == [
        ("flights", "dev"),
        ("flights", "pre"),
        ("flights", "prod"),
        ("flights", "local"),
    ]


def test_an_environment_overrides_only_what_differs(tmp_path: Path) -> None:
    platform = load_parameters(write_files(tmp_path))
    dev, prod = platform.deployment("flights", "dev"), platform.deployment("flights", "prod")
    assert (dev.storage.archive_after_days, prod.storage.archive_after_days) == (90, 60)
    assert (dev.storage.noncurrent_days, prod.storage.noncurrent_days) == (30, 30)
    assert (dev.environment.region, prod.environment.region) == ("eu-west-1", "eu-west-1")
    assert (dev.environment.retain_data, prod.environment.retain_data) == (False, True)
    assert dev.environment.network == NewNetwork(cidr="10.20.0.0/16", zones=("eu-west-1a", "eu-west-1b"))
    assert prod.environment.network == ImportedNetwork(
        vpc_id="vpc-0123456789abcdef0",
        subnet_ids=("subnet-11111111", "subnet-22222222"),
        zones=("eu-west-1a", "eu-west-1b"),
        endpoints="exist",
    )


def test_what_is_not_written_has_its_documented_default(tmp_path: Path) -> None:
    deployment = load_parameters(write_files(tmp_path)).deployment("flights", "prod")
    assert deployment.environment.bootstrap_qualifier == "hnb659fds"
    assert deployment.environment.permissions_boundary is None
    assert deployment.environment.role_path == "/"
    assert deployment.environment.retain_data is True
    assert deployment.require_pipeline().parallel_steps == 2


def test_a_project_without_services_has_none(tmp_path: Path) -> None:
    deployment = load_parameters(write_files(tmp_path)).deployment("flights", "dev")
    assert (deployment.notebooks, deployment.emr, deployment.operations) == ((), None, None)
    assert deployment.existing_data == ExistingData(buckets=(), glue_databases=(), athena=None)
    assert deployment.environment.library_index is None


def test_services_become_values(tmp_path: Path) -> None:
    index = "library_index: https://packages.example.com/simple\n"
    write_files(tmp_path, environments=index + ENVIRONMENTS, projects={"flights": SERVICES})
    deployment = load_parameters(tmp_path).deployment("flights", "dev")
    assert deployment.notebooks == (
        Notebook(
            name="explore",
            instance_type="ml.t3.medium",
            volume_gb=20,
            idle_minutes=60,
            users=("ana@example.com", "eva"),
            open_from_vpc_only=False,
            libraries="notebook",
            repository=Repository(
                url="https://git.example.com/team/flights",
                branch="main",
                secret_arn="arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf",
            ),
        ),
    )
    assert deployment.emr == Emr(
        release="emr-7.13.0",
        primary_instance_type="m5.xlarge",
        core_instance_type="m5.2xlarge",
        core_count=1,
        maximum_count=3,
        volume_gb=64,
        idle_minutes=60,
        libraries="emr",
        generation=1,
        certificate_s3="s3://certificates/emr.zip",
    )
    assert deployment.operations == Operations(
        emails=("ana@example.com",),
        monthly_budget_usd=300,
        schedule=Schedule(expression="cron(0 4 * * ? *)", timezone="Europe/Madrid"),
    )
    assert deployment.existing_data == ExistingData(
        buckets=(
            ExistingBucket(name="weather-history", prefixes=("raw/", "shared/flights/")),
            ExistingBucket(
                name="airports",
                prefixes=("",),
                key_arn="arn:aws:kms:eu-west-1:333333333333:key/01234567-89ab-cdef-0123-456789abcdef",
            ),
        ),
        glue_databases=("weather",),
        athena=Athena(workgroup="analysts", results="s3://query-results/flights/"),
    )
    assert deployment.environment.library_index == "https://packages.example.com/simple"


def test_a_service_needs_little(tmp_path: Path) -> None:
    services = (
        "notebooks: {b: {instance_type: ml.m5.xlarge}, a: {instance_type: ml.t3.medium}}\n"
        "emr: {primary_instance_type: m7g.xlarge, core_instance_type: m7g.xlarge}\n"
        "operations: {emails: [ana@example.com], monthly_budget_usd: 1, schedule: {expression: rate(1 day)}}\n"
    )
    deployment = load_parameters(write_files(tmp_path, projects={"flights": services + PROJECT})).deployment(
        "flights", "dev"
    )
    assert [(each.name, each.volume_gb, each.idle_minutes, each.users) for each in deployment.notebooks] == [
        ("a", 20, 60, ()),
        ("b", 20, 60, ()),
    ]
    assert (deployment.notebooks[0].libraries, deployment.notebooks[0].repository) == (None, None)
    assert deployment.emr == Emr(primary_instance_type="m7g.xlarge", core_instance_type="m7g.xlarge")
    assert (deployment.emr.release, deployment.emr.generation, deployment.emr.idle_minutes) == ("emr-7.13.0", 1, 60)
    assert deployment.operations is not None
    assert deployment.operations.schedule == Schedule(expression="rate(1 day)", timezone="UTC")


def test_an_environment_overrides_services_key_by_key_and_null_removes_one(tmp_path: Path) -> None:
    overrides = """\
  dev:
    notebooks:
      explore: {volume_gb: 50}
      gpu: {instance_type: ml.g5.xlarge}
    emr: {core_count: 2}
    operations: {}
    existing_data: {athena: null}
  prod:
    notebooks: {explore: null}
    emr: null
    operations: null
"""
    write_files(tmp_path, projects={"flights": replaced(SERVICES, "  dev: {}\n", overrides)})
    platform = load_parameters(tmp_path)
    dev, prod = platform.deployment("flights", "dev"), platform.deployment("flights", "prod")
    assert [(each.name, each.volume_gb, each.libraries) for each in dev.notebooks] == [
        ("explore", 50, "notebook"),
        ("gpu", 20, None),
    ]
    assert dev.emr is not None
    assert (dev.emr.core_count, dev.emr.core_instance_type) == (2, "m5.2xlarge")
    assert dev.operations is not None
    assert dev.operations.monthly_budget_usd == 300
    assert (dev.existing_data.athena, dev.existing_data.glue_databases) == (None, ("weather",))
    assert (prod.notebooks, prod.emr, prod.operations) == ((), None, None)
    assert prod.existing_data.athena == Athena(workgroup="analysts", results="s3://query-results/flights/")


def test_a_named_cluster_has_the_values_of_the_main_one_except_its_own(tmp_path: Path) -> None:
    certificate = "  certificate_s3: s3://certificates/emr.zip\n"
    clusters = """\
  clusters:
    large: {core_instance_type: r5.4xlarge, maximum_count: 20}
    spot:
      core_fleet: {instance_types: {m5.xlarge: 1}, on_demand_units: 2}
      task_fleet: {instance_types: {m5.xlarge: 1}, spot_units: 4}
      maximum_count: 9
      primary_instance_type: m5.2xlarge
"""
    overrides = """\
  dev:
    emr: {clusters: {large: {idle_minutes: 30}, spot: null, arm: {primary_instance_type: m7g.xlarge,
      core_instance_type: m7g.xlarge}}}
  prod: {emr: {core_count: 3, idle_minutes: 20}, notebooks: {explore: {cluster: spot, repository: null}}}
"""
    project = replaced(replaced(SERVICES, certificate, certificate + clusters), "  dev: {}\n", overrides)
    platform = load_parameters(write_files(tmp_path, projects={"flights": project}))
    dev, prod = platform.deployment("flights", "dev"), platform.deployment("flights", "prod")
    assert list(dev.clusters) == ["main", "arm", "large"]
    assert dev.clusters["main"] is dev.emr
    large = dev.require_cluster("large")
    assert (large.primary_instance_type, large.core_instance_type) == ("m5.xlarge", "r5.4xlarge")
    assert (large.maximum_count, large.idle_minutes, large.volume_gb) == (20, 30, 64)
    assert (large.release, large.libraries, large.certificate_s3) == ("emr-7.13.0", "emr", "s3://certificates/emr.zip")
    assert dev.clusters["arm"].architecture == "arm64"
    assert [each.cluster for each in dev.notebooks] == ["main"]

    assert list(prod.clusters) == ["main", "large", "spot"]
    assert (prod.clusters["large"].core_count, prod.clusters["large"].idle_minutes) == (3, 20)
    spot = prod.clusters["spot"]
    # A fleet takes the place of the instance groups of the main cluster.
    assert (spot.core_instance_type, spot.core_units, [fleet.units for fleet in spot.fleets]) == (None, 2, [2, 4])
    assert [each.cluster for each in prod.notebooks] == ["spot"]
    with pytest.raises(
        UserError, match="flights has no cluster arm in prod; its clusters: main, large, spot"
    ) as refused:
        prod.require_cluster("arm")
    assert refused.value.topic == "unknown-name"


def test_instance_groups_of_a_named_cluster_take_the_place_of_the_fleets_of_the_main_one() -> None:
    fleet = Fleet(instance_types={"m5.xlarge": 1}, on_demand_units=2)
    clusters = {"groups": {"core_instance_type": "r5.xlarge"}, "other": {"core_fleet": fleet, "maximum_count": 5}}
    emr = Emr.model_validate(
        {
            "primary_instance_type": "m5.xlarge",
            "core_fleet": fleet,
            "task_fleet": Fleet(instance_types={"m5.xlarge": 1}, spot_units=1),
            "clusters": clusters,
        }
    )
    assert (emr.by_name["groups"].fleets, emr.by_name["groups"].core_instance_type) == ((), "r5.xlarge")
    # Another core fleet comes without the task fleet.
    assert emr.by_name["other"].fleets == (fleet,)


def test_mappings_are_merged_key_by_key_and_null_removes(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "    retain_data: false\n", "    tags: {managed-by: null, team: a}\n")
    project = replaced(PROJECT, "  dev: {}\n", "  dev: {pipeline: {parameters: {Margin: null, Rounds: 9}}}\n")
    platform = load_parameters(write_files(tmp_path, environments=environments, projects={"flights": project}))
    dev, prod = platform.deployment("flights", "dev"), platform.deployment("flights", "prod")
    assert (dev.environment.tags, prod.environment.tags) == ({"team": "a"}, {"managed-by": "mlproject"})
    assert (dev.require_pipeline().parameters, prod.require_pipeline().parameters) == ({"Rounds": 9}, {"Margin": 0.02})


def test_a_network_replaces_the_common_one_as_a_whole(tmp_path: Path) -> None:
    common = "network: {new: {cidr: 10.30.0.0/16, zones: [eu-west-1b, eu-west-1c]}}\n"
    environments = replaced(ENVIRONMENTS, "    network: {new: {cidr: 10.20.0.0/16}}\n", "")
    platform = load_parameters(write_files(tmp_path, environments=common + environments))
    assert platform.environments["dev"].network == NewNetwork(cidr="10.30.0.0/16", zones=("eu-west-1b", "eu-west-1c"))
    assert isinstance(platform.environments["prod"].network, ImportedNetwork)


def test_a_common_value_that_every_environment_overrides_is_checked_too(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "region: eu-west-1\n", "region: nowhere\n")
    for account in ("111111111111", "222222222222"):
        written = f'    account: "{account}"\n'
        environments = replaced(environments, written, f"{written}    region: eu-west-1\n")
    assert error_lines(write_files(tmp_path, environments=environments)) == [
        "environments.yaml:1: region: nowhere is not a region where SageMaker is available. "
        "Allowed: a region where SageMaker is available, such as eu-west-1."
    ]


def test_the_default_zones_are_the_first_two_that_the_region_has(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "    retain_data: false\n", "    region: ap-northeast-1\n")
    network = load_parameters(write_files(tmp_path, environments=environments)).environments["dev"].network
    assert network == NewNetwork(cidr="10.20.0.0/16", zones=("ap-northeast-1a", "ap-northeast-1c"))


def test_tags_are_the_environments_then_the_projects_then_our_own(tmp_path: Path) -> None:
    project = replaced(PROJECT, "cost_centre: CC-1001\n", "cost_centre: CC-1001\ntags: {team: delays}\n")
    deployment = load_parameters(write_files(tmp_path, projects={"flights": project})).deployment("flights", "dev")
    assert deployment.tags == {
        "managed-by": "mlproject",
        "team": "delays",
        "project": "flights",
        "environment": "dev",
        "owner": "data-science@example.com",
        "cost-centre": "CC-1001",
    }


def test_anchors_and_merge_keys_are_understood(tmp_path: Path) -> None:
    project = replaced(PROJECT, "  dev: {}\n", "  dev: &base\n    storage: {noncurrent_days: 9}\n")
    project = replaced(project, "  prod:\n", "  prod:\n    <<: *base\n")
    project = replaced(project, "    storage:\n      archive_after_days: 60\n", "    owner: Ana\n")
    prod = load_parameters(write_files(tmp_path, projects={"flights": project})).deployment("flights", "prod")
    assert (prod.storage.noncurrent_days, prod.owner) == (9, "Ana")


def test_a_key_of_its_own_wins_over_a_merged_one_and_an_anchor_may_be_set_again(tmp_path: Path) -> None:
    project = replaced(PROJECT, "  dev: {}\n", "  dev: &dev {owner: Ana, cost_centre: &base A}\n")
    project = replaced(project, "cost_centre: CC-1001", "cost_centre: &base CC-1001")
    project = replaced(project, "  prod:\n", "  prod:\n    owner: Eva\n    <<: *dev\n")
    prod = load_parameters(write_files(tmp_path, projects={"flights": project})).deployment("flights", "prod")
    assert (prod.owner, prod.cost_centre) == ("Eva", "A")


def test_a_date_is_the_text_that_was_written(tmp_path: Path) -> None:
    project = replaced(PROJECT, "Margin: 0.02", "DataVersion: 2013-01-31")
    deployment = load_parameters(write_files(tmp_path, projects={"flights": project})).deployment("flights", "dev")
    assert deployment.require_pipeline().parameters == {"DataVersion": "2013-01-31"}


def test_values_are_frozen(tmp_path: Path) -> None:
    deployment = load_parameters(write_files(tmp_path)).deployment("flights", "dev")
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        deployment.storage.noncurrent_days = 1


def test_adding_a_project_is_adding_a_folder(tmp_path: Path) -> None:
    write_files(tmp_path)
    shutil.copytree(tmp_path / "projects" / "flights", tmp_path / "projects" / "trains")
    file = tmp_path / "projects" / "trains" / "project.yaml"
    file.write_text(replaced(file.read_text(), "name: flights", "name: trains"))
    assert list(load_parameters(tmp_path).projects) == ["flights", "trains"]


def test_a_folder_that_is_hidden_or_begins_with_an_underscore_is_no_project(tmp_path: Path) -> None:
    write_files(tmp_path)
    for name in (".cache", "__pycache__"):
        (tmp_path / "projects" / name).mkdir()
    (tmp_path / "projects" / "README.md").write_text("What is here\n")
    assert list(load_parameters(tmp_path).projects) == ["flights"]


def test_a_platform_may_begin_without_projects(tmp_path: Path) -> None:
    platform = load_parameters(write_files(tmp_path, projects={}))
    assert (list(platform.environments), platform.deployments()) == (["dev", "prod"], ())


def test_the_mistakes_of_all_files_come_at_once_and_in_order(tmp_path: Path) -> None:
    environments = replaced(ENVIRONMENTS, "10.20.0.0/16", "10.20.0.0/30")
    environments = replaced(environments, "endpoints: exist", "endpoints: exits")
    project = replaced(PROJECT, "noncurrent_days: 30", "noncurrent_days: -1")
    other = replaced(PROJECT, "name: flights", "name: trains") + "more: 1\n"
    write_files(tmp_path, environments=environments, projects={"flights": project, "trains": other})
    with pytest.raises(ParametersError) as caught:
        load_parameters(tmp_path)
    places = [(finding.file, finding.line) for finding in caught.value.findings]
    assert places == [
        ("environments.yaml", 8),
        ("environments.yaml", 16),
        ("projects/flights/project.yaml", 5),
        ("projects/trains/project.yaml", 17),
    ]
    assert str(caught.value).startswith("4 errors in the parameter files:\nenvironments.yaml:8: ")
    assert caught.value.exit_code == 2
