"""Notebooks that use the Livy endpoint of an EMR Serverless application: role, network, settings, order."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from mlproject.access_denied import RoleContext
from mlproject.access_denied.notebook_grants import notebook_grants
from mlproject.node_scripts import notebook_files
from mlproject.parameters import Deployment, EmrServerless, Environment, Platform
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import BY_HAND, JOINED, OWNED, PLAIN, deployment
from tests.stacks.test_application import deployed_before
from tests.stacks.test_checkers import lint, nag_report, violations
from tests.stacks.test_emr_serverless import role_statements

pytestmark = pytest.mark.slow

CHOSEN = BY_HAND.model_copy(update={"name": "chosen", "cluster": "emr_serverless"})
# Projects by what they have: notebooks, a cluster, an application.
PROJECTS = {
    "alone": ((BY_HAND,), None, EmrServerless()),
    "both": ((BY_HAND, CHOSEN), PLAIN, EmrServerless()),
    "unused": ((BY_HAND,), PLAIN, EmrServerless()),
    "cluster": ((BY_HAND,), PLAIN, None),
}
SESSIONS = {"UseLivy", "ShowSessions", "PassJobRole"}
environments = pytest.mark.parametrize("environment", [JOINED, OWNED], ids=lambda each: each.name)


def project(name: str, environment: Environment) -> Deployment:
    notebooks, emr, application = PROJECTS[name]
    return deployment(name, environment, notebooks=notebooks, emr=emr, emr_serverless=application)


PLATFORM = Platform(
    environments={each.name: each for each in (JOINED, OWNED)},
    projects={name: tuple(project(name, each) for each in (JOINED, OWNED)) for name in PROJECTS},
)


def synthesize(folder: Path) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return once(tmp_path_factory, "notebook-application", synthesize)


@pytest.fixture(scope="session")
def stacks(assembly: Path) -> Mapping[str, Stack]:
    return stacks_of(assembly)


def statements(stack: Stack) -> dict[str, dict[str, Any]]:
    return role_statements(stack, "-notebooks")


def parameters(stack: Stack) -> set[str]:
    """The names of the SSM parameters that a stack reads."""
    return {str(each.get("Default", "")) for each in stack.template["Parameters"].values()}


@environments
def test_the_role_may_use_exactly_this_application_and_pass_exactly_the_role_of_its_jobs(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    found = statements(stacks[f"{environment.name}/alone/notebooks"])
    (application,) = found["UseLivy"]["Resource"]
    arn = f"arn:aws:emr-serverless:{environment.region}:{environment.account}:/applications/"
    assert application == {"Fn::Join": ["", [arn, {"Ref": "ApplicationId"}]]}
    assert found["UseLivy"]["Action"] == ["emr-serverless:AccessLivyEndpoints"]
    (sessions,) = found["ShowSessions"]["Resource"]
    assert sessions == {"Fn::Join": ["", [arn, {"Ref": "ApplicationId"}, "/jobruns/*"]]}
    role = f"arn:aws:iam::{environment.account}:role{environment.role_path}alone-{environment.name}-emr-serverless"
    assert found["PassJobRole"]["Resource"] == [role]
    assert found["PassJobRole"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}
    }
    (address,) = found["FindSpark"]["Resource"]
    assert address.endswith(f":parameter/mlproject/{environment.name}/alone/livy-address-emr-serverless")


def test_only_notebooks_that_use_the_application_have_these_permissions(stacks: Mapping[str, Stack]) -> None:
    found = {name: SESSIONS & statements(stacks[f"owned/{name}/notebooks"]).keys() for name in PROJECTS}
    assert found == {"alone": SESSIONS, "both": SESSIONS, "unused": set(), "cluster": set()}
    assert "ApplicationId" not in stacks["owned/unused/notebooks"].template["Parameters"]


def test_an_application_that_no_notebook_uses_has_no_parameter_with_an_address(stacks: Mapping[str, Stack]) -> None:
    name = "/mlproject/owned/{}/livy-address-emr-serverless"
    for project_name, expected in (("alone", True), ("both", True), ("unused", False)):
        template = stacks[f"owned/{project_name}/emr-serverless"].template["Resources"].values()
        names = {each["Properties"]["Name"] for each in template if each["Type"] == "AWS::SSM::Parameter"}
        assert (name.format(project_name) in names) is expected


def test_the_address_is_that_which_aws_documents(stacks: Mapping[str, Stack]) -> None:
    resources = stacks["owned/alone/emr-serverless"].template["Resources"].values()
    (value,) = (
        each["Properties"]["Value"]
        for each in resources
        if each["Type"] == "AWS::SSM::Parameter" and "livy-address" in each["Properties"]["Name"]
    )
    parts = value["Fn::Join"][1]
    assert [parts[0], parts[2], parts[3]] == [
        "https://",
        ".livy.emr-serverless-services.us-east-1.",
        {"Ref": "AWS::URLSuffix"},
    ]
    assert parts[1]["Fn::GetAtt"][1] == "ApplicationId"


def test_the_network_has_the_endpoint_of_livy_only_for_notebooks_that_use_it(stacks: Mapping[str, Stack]) -> None:
    name = "/mlproject/owned/network/endpoint-emr-serverless-services.livy"
    needed = {project_name: name in parameters(stacks[f"owned/{project_name}/notebooks"]) for project_name in PROJECTS}
    assert needed == {"alone": True, "both": True, "unused": False, "cluster": False}
    network = stacks["owned/network"].template["Resources"].values()
    services = [each["Properties"]["ServiceName"] for each in network if each["Type"] == "AWS::EC2::VPCEndpoint"]
    assert services.count("com.amazonaws.us-east-1.emr-serverless-services.livy") == 1
    assert "/mlproject/owned/network/endpoint-ssm" in parameters(stacks["owned/alone/notebooks"])


def test_each_notebook_has_the_address_and_the_role_of_its_own_spark() -> None:
    given = project("both", OWNED)
    descriptions = {
        name: json.loads(content)
        for name, content in notebook_files(given).items()
        if name.endswith("description.json")
    }
    found = {name: (each["livy_parameter"], each.get("livy_role")) for name, each in descriptions.items()}
    role = "arn:aws:iam::444444444444:role/machine-learning/both-owned-emr-serverless"
    assert found == {
        "notebooks/both-owned-by-hand/description.json": ("/mlproject/owned/both/livy-address", None),
        "notebooks/both-owned-chosen/description.json": ("/mlproject/owned/both/livy-address-emr-serverless", role),
    }


def test_the_scripts_of_an_instance_have_the_role_of_its_sessions(stacks: Mapping[str, Stack]) -> None:
    for name, expected in (("alone", True), ("cluster", False)):
        scripts = json.dumps(stacks[f"owned/{name}/notebooks"].template)
        assert (f"export LIVY_ROLE=arn:aws:iam::444444444444:role/machine-learning/{name}" in scripts) is expected


def test_the_application_is_deployed_before_the_notebooks_that_use_it(assembly: Path) -> None:
    before = deployed_before(assembly, "owned")
    assert "owned/alone/emr-serverless" in before["owned/alone/notebooks"]
    assert "owned/unused/emr-serverless" not in before["owned/unused/notebooks"]


@pytest.mark.parametrize("name", PROJECTS)
def test_why_knows_what_the_notebooks_may(name: str, stacks: Mapping[str, Stack]) -> None:
    known = {each.grant.sid: each.key for each in notebook_grants(project(name, OWNED), RoleContext())}
    assert set(known) == set(statements(stacks[f"owned/{name}/notebooks"]))
    assert {known[sid] for sid in SESSIONS & known.keys()} <= {"emr_serverless"}
    if name == "alone":
        assert known["FindSpark"] == "emr_serverless"


def test_the_checkers_accept_the_stacks(stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    kinds = ("notebooks", "emr-serverless")
    files = [stacks[f"{each.name}/alone/{kind}"].template_file for each in (JOINED, OWNED) for kind in kinds]
    assert lint([OWNED.region, JOINED.region], *files) == []
    assert violations(nag_report(tmp_path, PLATFORM)) == []
