"""A project at every stage: each combination of notebooks, cluster, pipeline, operations and serving deploys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.cloudformation import install
from embedded_aws.resources import HANDLERS
from mlproject.costs import idle_costs
from mlproject.parameters import Deployment, Environment, NewNetwork, Pipeline, Platform, Serving
from tests.checkouts import ROOT
from tests.embedded_aws.moto_server import ACCOUNT, REGION, running_services
from tests.stacks.assembly import Stack, once, stacks_of, statements
from tests.stacks.examples import BUDGETED, PLAIN, SCRATCH, deployment
from tests.stacks.serving_examples import BATCH
from tests.stacks.test_checkers import lint, nag_report, violations

pytestmark = pytest.mark.slow

STAGED = Environment(
    name="staged",
    account=ACCOUNT,
    region=REGION,
    network=NewNetwork(cidr="10.50.0.0/16", zones=(f"{REGION}a", f"{REGION}b")),
    bootstrap_qualifier="hnb659fds",
    permissions_boundary=None,
    role_path="/",
    tags={},
    retain_data=False,
)
PIPELINE = Pipeline(folder="flight_delays")
# CloudFormation deploys the stacks in this order. The initials of a project's stacks are its name.
ORDER = ("pipeline", "notebooks", "emr", "operations", "serving")
COMBINATIONS = [
    tuple(stack for stack, is_included in zip(ORDER, included, strict=True) if is_included)
    for included in product((False, True), repeat=len(ORDER))
    # What is served is a version in the group of the pipeline.
    if any(included[:3]) and (included[0] or not included[4])
]


def project_name(combination: tuple[str, ...]) -> str:
    return "x-" + "".join(stack[0] for stack in combination)


def partial_project(combination: tuple[str, ...]) -> Deployment:
    serving = Serving(model_version=1, batch=BATCH)
    complete = deployment(
        project_name(combination), STAGED, notebooks=(SCRATCH,), emr=PLAIN, operations=BUDGETED, serving=serving
    )
    absent: dict[str, Any] = {"pipeline": None, "notebooks": (), "emr": None, "operations": None, "serving": None}
    return complete.model_copy(update={key: value for key, value in absent.items() if key not in combination})


PLATFORM = Platform(
    environments={"staged": STAGED},
    projects={project_name(combination): (partial_project(combination),) for combination in COMBINATIONS},
)


def synthesize(folder: Path) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def partial_stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    return stacks_of(once(tmp_path_factory, "partial-projects", synthesize))


def test_a_project_has_the_stacks_of_its_keys_and_no_others(partial_stacks: Mapping[str, Stack]) -> None:
    expected = {
        f"staged/{project_name(combination)}/{stack}"
        for combination in COMBINATIONS
        for stack in ("storage", *combination)
    }
    assert len(COMBINATIONS) == 22
    assert set(partial_stacks) == expected | {"staged/network"}


def test_every_property_is_one_that_the_embedded_aws_supports(partial_stacks: Mapping[str, Stack]) -> None:
    unsupported = {
        (stack.name, path)
        for stack in partial_stacks.values()
        for resource in stack.resources().values()
        for path in HANDLERS[resource["Type"]].unsupported(resource["Properties"])
    }
    assert unsupported == set()


@pytest.mark.parametrize("combination", [each for each in COMBINATIONS if "pipeline" not in each], ids=project_name)
def test_without_a_pipeline_nothing_refers_to_one(
    combination: tuple[str, ...], partial_stacks: Mapping[str, Stack]
) -> None:
    project = project_name(combination)
    for stack in ("storage", *combination):
        template = partial_stacks[f"staged/{project}/{stack}"]
        assert f"{project}-staged-pipeline" not in json.dumps(template.template), stack
        assert f":pipeline/{project}-staged" not in json.dumps(template.template), stack
        assert not {action for _, each in statements(template) for action in each["Action"] if "Pipeline" in action}


def test_costs_name_only_the_stacks_that_exist() -> None:
    for (project,) in PLATFORM.projects.values():
        lines = idle_costs(project)
        stacks = {line.stack for line in lines} - {"staged/network"}
        included = (project.pipeline, project.notebooks, project.emr, project.operations, project.serving)
        expected = {stack for stack, is_included in zip(ORDER, included, strict=True) if is_included}
        assert stacks == {f"{project.names.path}/{stack}" for stack in ("storage", *expected)}


@pytest.mark.slow
def test_cfn_lint_and_cdk_nag_have_nothing_to_say(partial_stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    assert lint([REGION], *(stack.template_file for stack in partial_stacks.values())) == []
    assert violations(nag_report(tmp_path, PLATFORM)) == []


def register(sagemaker: Any, group: str) -> str:
    """Register the version that the serving stack serves, as a run of the pipeline does."""
    version: str = sagemaker.create_model_package(
        ModelPackageGroupName=group,
        ModelApprovalStatus="Approved",
        InferenceSpecification={
            "Containers": [{"Image": "image", "ModelDataUrl": "s3://bucket/model.tar.gz"}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )["ModelPackageArn"]
    return version


@pytest.mark.slow
def test_every_combination_deploys_and_is_deleted(partial_stacks: Mapping[str, Stack]) -> None:
    with running_services() as services:
        install(services.clients)
        cloudformation, sagemaker = services("cloudformation"), services("sagemaker")

        def deploy(path: str) -> str:
            name: str = partial_stacks[path].properties["stackName"]
            cloudformation.create_stack(
                StackName=name,
                TemplateBody=json.dumps(partial_stacks[path].template),
                Capabilities=["CAPABILITY_NAMED_IAM"],
            )
            (created,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            assert created["StackStatus"] == "CREATE_COMPLETE", (path, created.get("StackStatusReason"))
            return name

        names, versions = [deploy("staged/network")], []
        for combination in COMBINATIONS:
            for stack in ("storage", *combination):
                if stack == "serving":
                    versions.append(register(sagemaker, partial_project(combination).names.model_package_group))
                names.append(deploy(f"staged/{project_name(combination)}/{stack}"))
        assert len(versions) == 8
        # A group with versions is not deleted.
        for version in versions:
            sagemaker.delete_model_package(ModelPackageName=version)
        for name in reversed(names):
            cloudformation.update_termination_protection(StackName=name, EnableTerminationProtection=False)
            cloudformation.delete_stack(StackName=name)
        remaining = [
            each
            for each in cloudformation.list_stacks()["StackSummaries"]
            if "DELETE_COMPLETE" not in each["StackStatus"]
        ]
        assert remaining == []
