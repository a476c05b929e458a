"""`engine: spark`: the roles of the pipeline and of the nodes, and the values that the emr stack passes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlproject.parameters import Deployment, Emr, Environment, Pipeline, Platform
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import JOINED, OWNED, deployment
from tests.stacks.test_aws_steps import permissions
from tests.stacks.test_checkers import lint, nag_report, violations

EMR = Emr(primary_instance_type="m5.xlarge", core_instance_type="m5.xlarge", libraries="emr")
ENGINES = {"sparkling": "spark", "plain": "pandas"}


def project(name: str, environment: Environment) -> Deployment:
    pipeline = Pipeline(folder="flight_delays", engine=ENGINES[name])  # type: ignore[arg-type]
    return deployment(name, environment).model_copy(update={"pipeline": pipeline, "emr": EMR})


PLATFORM = Platform(
    environments={each.name: each for each in (JOINED, OWNED)},
    projects={name: tuple(project(name, each) for each in (JOINED, OWNED)) for name in ENGINES},
)


def synthesize(folder: Path) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    return stacks_of(once(tmp_path_factory, "spark-engine", synthesize))


def node_statements(stack: Stack) -> str:
    (role,) = (
        each for each in stack.resources("AWS::IAM::Role").values() if "emr-nodes" in each["Properties"]["RoleName"]
    )
    return json.dumps(role["Properties"]["Policies"])


def parameters(stack: Stack) -> set[str]:
    return {each["Properties"]["Name"].rpartition("/")[2] for each in stack.resources("AWS::SSM::Parameter").values()}


@pytest.mark.parametrize("environment", [JOINED, OWNED], ids=lambda each: each.name)
def test_the_role_may_create_clusters_with_the_projects_roles_only_with_this_engine(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    found = permissions(stacks[f"{environment.name}/sparkling/pipeline"])
    roles = f"arn:aws:iam::{environment.account}:role{environment.role_path}sparkling-{environment.name}"
    assert found["PassClusterRoles"]["Resource"] == [f"{roles}-emr-service"]
    assert found["PassNodeRoles"]["Resource"] == [f"{roles}-emr-nodes"]
    assert {"CreateCluster", "UseNewCluster", "FollowNewClusters"} <= found.keys()
    assert not {"RunOnCluster", "FollowClusterSteps", "PassScalingRoles"} & found.keys()
    plain = permissions(stacks[f"{environment.name}/plain/pipeline"])
    added = found.keys() - plain.keys()
    assert added == {"CreateCluster", "UseNewCluster", "FollowNewClusters", "PassClusterRoles", "PassNodeRoles"}


@pytest.mark.parametrize("environment", [JOINED, OWNED], ids=lambda each: each.name)
def test_nodes_may_write_the_outputs_of_steps_only_with_this_engine(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    written = {name: node_statements(stacks[f"{environment.name}/{name}/emr"]) for name in ENGINES}
    assert "/flight_delays/runs/*" in written["sparkling"]
    assert "flight_delays" not in written["plain"]


def test_the_pipeline_waits_for_the_stack_of_the_cluster_and_reads_its_values(stacks: Mapping[str, Stack]) -> None:
    emr, pipeline = stacks["owned/sparkling/emr"], stacks["owned/sparkling/pipeline"]
    passed = {"emr-security-configuration", "emr-primary-group", "emr-core-group", "emr-service-group"}
    assert passed <= parameters(emr)
    assert not passed & parameters(stacks["owned/plain/emr"])
    read = {str(each.get("Default", "")).rpartition("/")[2] for each in pipeline.template["Parameters"].values()}
    assert passed <= read
    assert emr.template_file.name.removesuffix(".template.json") in dependencies(pipeline)


def test_the_nodes_may_read_the_script_that_the_definition_names(stacks: Mapping[str, Stack]) -> None:
    # The only script of a step among the assets of the nodes.
    emr = stacks["owned/sparkling/emr"]
    (file,) = (name for name, each in emr.files.items() if each["source"]["path"].endswith(".py"))
    assert file in node_statements(stacks["owned/sparkling/emr"])
    assert file not in node_statements(stacks["owned/plain/emr"])
    assert f"{file}.py" in definition_text(stacks["owned/sparkling/pipeline"])


def dependencies(stack: Stack) -> list[str]:
    """The artifacts that are deployed before a stack."""
    manifest = json.loads((stack.template_file.parent / "manifest.json").read_text())
    artifact = manifest["artifacts"][stack.template_file.name.removesuffix(".template.json")]
    return [str(each) for each in artifact["dependencies"]]


def definition_text(stack: Stack) -> str:
    return json.dumps(stack.only("AWS::SageMaker::Pipeline"))


def test_the_templates_pass_cfn_lint_and_cdk_nag(stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    files = [stacks[f"owned/sparkling/{kind}"].template_file for kind in ("pipeline", "emr")]
    assert lint([OWNED.region], *files) == []
    assert violations(nag_report(tmp_path, PLATFORM)) == []
