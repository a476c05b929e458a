"""The whole application: dependencies, selection of stacks, and properties of synthesis."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from mlproject.parameters import LockedNetwork, write_lock
from tests.checkouts import lay_out_example
from tests.stacks.assembly import Stack, manifests, run_app, stacks_of
from tests.stacks.readable import readable

# The stacks of the project `flights`, by environment.
FLIGHTS = {
    f"{environment}/flights/{stack}": environment
    for environment, stacks in {
        "dev": ("storage", "pipeline", "notebooks", "emr", "operations"),
        "pre": ("storage", "pipeline", "notebooks", "emr", "operations"),
        "prod": ("storage", "pipeline", "notebooks", "operations"),
        "local": ("storage", "pipeline", "notebooks", "emr", "operations"),
    }.items()
    for stack in stacks
}


def test_an_environment_has_its_network_and_the_stacks_of_its_projects(stacks: Mapping[str, Stack]) -> None:
    assert set(stacks) == {*(f"{environment}/network" for environment in FLIGHTS.values()), *FLIGHTS}
    assert {name: stack.properties["stackName"] for name, stack in stacks.items()} == {
        name: "-".join([*name.split("/")[-2::-1], name.rpartition("/")[2]]) for name in stacks
    }


def test_two_projects_of_an_environment_have_stacks_of_their_own(example_stacks: Mapping[str, Stack]) -> None:
    assert {name for name in example_stacks if "/beta/" in name} == {
        "owned/beta/storage",
        "owned/beta/pipeline",
        "owned/beta/notebooks",
        "lent/beta/storage",
        "lent/beta/pipeline",
        "lent/beta/operations",
    }


def test_an_imported_network_has_a_stack_only_for_endpoints_that_are_missing(
    example_stacks: Mapping[str, Stack],
) -> None:
    assert "lent/network" not in example_stacks
    made = {resource["Type"] for resource in example_stacks["joined/network"].resources().values()}
    assert made == {"AWS::EC2::VPCEndpoint", "AWS::EC2::SecurityGroup", "AWS::SSM::Parameter"}


def test_projects_in_an_imported_network_name_its_ids_and_look_nothing_up(example_stacks: Mapping[str, Stack]) -> None:
    stack = example_stacks["lent/beta/pipeline"]
    assert set(stack.template["Parameters"]) == {"KeyArn"}
    assert stack.only("AWS::EC2::SecurityGroup")["VpcId"] == "vpc-0fedcba9876543210"


def test_every_value_that_a_stack_reads_is_written_by_another_one_of_its_environment(
    all_stacks: Mapping[str, Stack],
) -> None:
    written = {
        (name.partition("/")[0], resource["Properties"]["Name"])
        for name, stack in all_stacks.items()
        for resource in stack.resources("AWS::SSM::Parameter").values()
    }
    assert read_values(all_stacks) <= written


def test_the_search_for_values_that_stacks_read_finds_them(stacks: Mapping[str, Stack]) -> None:
    assert ("prod", "/mlproject/prod/flights/key-arn") in read_values(stacks)


def read_values(stacks: Mapping[str, Stack]) -> set[tuple[str, str]]:
    """Return the environment and name of each SSM parameter that a stack reads."""
    return {
        (name.partition("/")[0], parameter["Default"])
        for name, stack in stacks.items()
        for parameter in stack.template.get("Parameters", {}).values()
        if parameter["Type"].startswith("AWS::SSM::Parameter::Value<")
    }


def test_a_stack_reads_the_parameter_of_each_endpoint_that_only_some_projects_need(
    example_stacks: Mapping[str, Stack],
) -> None:
    def needed(name: str) -> set[str]:
        network = f"/mlproject/{name.partition('/')[0]}/network/"
        defaults = {str(each["Default"]) for each in example_stacks[name].template["Parameters"].values()}
        return {each.removeprefix(network) for each in defaults if each.startswith(network)} - {"vpc-id", "subnet-ids"}

    assert needed("owned/alpha/emr") == {"endpoint-kms", "s3-emr"}
    assert needed("owned/alpha/notebooks") == {"endpoint-ssm", "endpoint-secretsmanager", "endpoint-notebook"}
    assert needed("owned/alpha/pipeline") == needed("owned/beta/pipeline") == set()
    data = {"endpoint-glue", "endpoint-athena", *(f"s3-bucket-company-{name}" for name in ("lake", "public", "athena"))}
    assert needed("joined/alpha/pipeline") == data
    assert needed("joined/alpha/emr") == {"endpoint-kms", "s3-emr", *data}
    # Nobody writes them where the endpoints are somebody else's.
    assert needed("lent/alpha/notebooks") == set()


def test_the_pipeline_is_deployed_after_the_storage(cloud_assembly: Path) -> None:
    assert "dev/flights/storage" in deployed_before(cloud_assembly, "dev")["dev/flights/pipeline"]


@pytest.mark.parametrize("environment", ["owned", "joined"])
def test_whatever_stands_in_the_network_is_deployed_after_it_and_deleted_before_it(
    environment: str, example_assembly: Path, example_stacks: Mapping[str, Stack]
) -> None:
    before = deployed_before(example_assembly, environment)
    in_network = {
        name
        for name, stack in example_stacks.items()
        if name.startswith(f"{environment}/")
        if name.rpartition("/")[2] in {"pipeline", "notebooks", "emr"}
    }
    assert in_network
    assert all(f"{environment}/network" in before[name] for name in in_network)


def deployed_before(assembly: Path, environment: str) -> dict[str, set[str]]:
    """Return the dependencies of each stack in an environment."""
    artifacts = json.loads((assembly / f"assembly-{environment}" / "manifest.json").read_text())["artifacts"]
    names = {key: artifact.get("displayName") for key, artifact in artifacts.items()}
    return {
        names[key]: {names[other] for other in artifact.get("dependencies", ())}
        for key, artifact in artifacts.items()
        if artifact["type"] == "aws:cloudformation:stack"
    }


def test_nothing_is_looked_up_in_an_account(assemblies: Sequence[Path]) -> None:
    found = [manifest for assembly in assemblies for manifest in manifests(assembly)]
    assert len(found) > len(assemblies)
    assert not [manifest for manifest in found if json.loads(manifest.read_text()).get("missing")]


def test_nothing_needs_a_lambda_function_or_a_custom_resource_to_deploy(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        types = {resource["Type"] for resource in stack.resources().values()}
        assert not [kind for kind in types if "Lambda" in kind or kind.startswith(("Custom::", "AWS::CloudFormation"))]
        assert "AWS::CDK::Metadata" not in types


def test_local_is_an_environment_like_dev(stacks: Mapping[str, Stack]) -> None:
    def alike(stack: Stack) -> str:
        text = readable(stack)
        for own, common in (("local", "dev"), ("123456789012", "111111111111"), ("10.23.", "10.20.")):
            text = text.replace(own, common)
        return text

    for name, environment in FLIGHTS.items():
        if environment == "local":
            assert alike(stacks[name]) == alike(stacks[name.replace("local", "dev")])
    assert alike(stacks["local/network"]) == alike(stacks["dev/network"])


@pytest.mark.slow
def test_one_project_in_one_environment_is_synthesized_alone_and_as_among_all(
    tmp_path: Path, example_checkout: Path, stacks: Mapping[str, Stack]
) -> None:
    done = run_app(example_checkout, tmp_path, project="flights", environment="dev")
    assert (done.returncode, done.stdout) == (0, "")
    alone = stacks_of(tmp_path)
    assert set(alone) == {"dev/network", *(name for name, environment in FLIGHTS.items() if environment == "dev")}
    assert all(stack.template == stacks[name].template for name, stack in alone.items())


@pytest.mark.slow
def test_one_environment_is_synthesized_with_its_network_and_all_its_projects(
    tmp_path: Path, example_checkout: Path
) -> None:
    assert run_app(example_checkout, tmp_path, environment="local").returncode == 0
    own = {name for name, environment in FLIGHTS.items() if environment == "local"}
    assert set(stacks_of(tmp_path)) == {"local/network", *own}


def test_an_unknown_name_ends_in_one_sentence_with_the_nearest_and_writes_nothing(
    tmp_path: Path, example_checkout: Path
) -> None:
    done = run_app(example_checkout, tmp_path / "out", project="fligths")
    assert done.returncode == 2
    assert done.stderr == "fligths: no such project in projects/. Did you mean flights? Known: flights.\n"
    assert not stacks_of(tmp_path / "out")


@pytest.mark.slow
def test_a_stale_definition_is_a_warning_of_the_stacks_that_would_deploy_it(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    source = root / "pipelines" / "flight_delays" / "pipeline.py"
    source.write_text(source.read_text() + "\n# changed\n")
    done = run_app(root, tmp_path / "out", project="flights")
    assert (done.returncode, done.stderr) == (0, "")
    found = messages(tmp_path / "out", "aws:cdk:warning")
    assert set(found) == {f"{environment}/flights/pipeline" for environment in ("dev", "pre", "prod", "local")}
    assert all("Run `mlproject pipeline build flight_delays`" in sentence for sentence in found.values())


@pytest.mark.slow
def test_a_parameter_that_aws_would_refuse_is_an_error_of_the_pipelines_stack_alone(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    project = root / "projects" / "flights" / "project.yaml"
    project.write_text(project.read_text().replace("Margin: 0.02", "InstanceType: ml.m5.largest"))
    assert run_app(root, tmp_path / "out", environment="dev").returncode == 0
    ((name, sentence),) = messages(tmp_path / "out", "aws:cdk:error").items()
    assert name == "dev/flights/pipeline"
    assert sentence.startswith("projects/flights/project.yaml, dev: pipeline.parameters.InstanceType: step Prepare: ")
    assert sentence.endswith("Did you mean ml.m5.large?")


@pytest.mark.parametrize(
    "network",
    [
        "{new: {cidr: 10.30.0.0/16}}",
        "{imported: {vpc_id: vpc-0123456789abcdef0, subnet_ids: [subnet-0123456789abcdef0], zones: [eu-west-1a], "
        "endpoints: exist}}",
    ],
    ids=["another range", "imported, without a stack of its own"],
)
@pytest.mark.slow
def test_a_network_that_is_not_the_locked_one_is_an_error_of_its_stacks(network: str, tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    lock = LockedNetwork(
        account="111111111111", region="eu-west-1", cidr="10.20.0.0/16", zones=("eu-west-1a", "eu-west-1b")
    )
    write_lock(root, {"dev": lock})
    file = root / "environments.yaml"
    file.write_text(file.read_text().replace("{new: {cidr: 10.20.0.0/16}}", network))
    done = run_app(root, tmp_path / "out", environment="dev")
    assert (done.returncode, done.stderr) == (0, "")
    found = messages(tmp_path / "out", "aws:cdk:error")
    stacks = {"network"} if "new" in network else {"flights/pipeline", "flights/notebooks", "flights/emr"}
    assert set(found) == {f"dev/{stack}" for stack in stacks}
    for sentence in found.values():
        assert sentence.startswith("environments.yaml:")
        assert "would replace the deployed network of dev, 10.20.0.0/16 in eu-west-1a, eu-west-1b" in sentence


def messages(assembly: Path, kind: str) -> dict[str, str]:
    """Return the messages of this type that the CDK CLI shows, by stack."""
    return {
        path.strip("/"): entry["data"]
        for manifest in manifests(assembly)
        for artifact in json.loads(manifest.read_text())["artifacts"].values()
        if "additionalMetadataFile" in artifact
        for path, entries in json.loads((manifest.parent / artifact["additionalMetadataFile"]).read_text()).items()
        for entry in entries
        if entry["type"] == kind
    }


@pytest.mark.slow
def test_a_project_with_a_mistake_is_left_out_and_the_networks_that_it_may_need_are_not_deployed(
    tmp_path: Path,
) -> None:
    name = "zebra"
    root = lay_out_example(tmp_path / "checkout")
    right = (root / "projects" / "flights" / "project.yaml").read_text()
    wrong = right.replace("name: flights", f"name: {name}").replace("Margin: 0.02", "Margn: 0.02")
    shutil.copytree(root / "projects" / "flights", root / "projects" / name)
    # It names dev and local only.
    (root / "projects" / name / "project.yaml").write_text(wrong[: wrong.index("environments:")] + IN_TWO)
    done = run_app(root, tmp_path / "out")
    assert done.returncode == 0
    assert f"Warning: the stacks of {name} are left out: " in done.stderr
    assert "Margn" in done.stderr
    assert set(stacks_of(tmp_path / "out")) == {*(f"{environment}/network" for environment in NETWORKS), *FLIGHTS}
    assert messages(tmp_path / "out", "aws:cdk:error") == {
        f"{environment}/network": (
            f"The network of {environment} is not deployed, since the requirements of {name} are unknown. "
            f"Fix projects/{name}/project.yaml (`mlproject check` reports every error)."
        )
        for environment in ("dev", "local")
    }
    assert "dev/network" not in deployed_before(tmp_path / "out", "dev")["dev/flights/pipeline"]
    assert "pre/network" in deployed_before(tmp_path / "out", "pre")["pre/flights/pipeline"]


IN_TWO = "environments: {dev: {}, local: {}}\n"
NETWORKS = ("dev", "pre", "prod", "local")


def test_a_mistake_in_environments_yaml_ends_without_a_traceback(tmp_path: Path) -> None:
    root = lay_out_example(tmp_path / "checkout")
    environments = root / "environments.yaml"
    environments.write_text(environments.read_text().replace("eu-west-1", "eu-west-one"))
    done = run_app(root, tmp_path / "out")
    assert done.returncode == 2
    assert "eu-west-one" in done.stderr
    assert "Traceback" not in done.stderr
