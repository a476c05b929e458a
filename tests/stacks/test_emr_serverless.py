"""The emr-serverless stack, and `engine: spark` on its application."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.resource_rules import resource_rules
from mlproject.access_denied import RoleContext
from mlproject.access_denied.emr_grants import emr_serverless_grants
from mlproject.parameters import Deployment, EmrServerless, Environment, Pipeline, Platform
from tests.checkouts import ROOT
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import APPLICATION, EXISTING, JOINED, OWNED, PLAIN, deployment
from tests.stacks.test_aws_steps import permissions
from tests.stacks.test_checkers import lint, nag_report, violations

# Projects by what they have: the engine, and a cluster too.
PROJECTS = {"sparkling": ("spark", None), "plain": ("pandas", None), "both": ("spark", PLAIN)}
ROLE = "AWS::IAM::Role"


def project(name: str, environment: Environment) -> Deployment:
    engine, cluster = PROJECTS[name]
    pipeline = Pipeline(folder="flight_delays", engine=engine)  # type: ignore[arg-type]
    changed = {"pipeline": pipeline, "emr": cluster, "emr_serverless": EmrServerless()}
    return deployment(name, environment, existing_data=EXISTING if environment is JOINED else None).model_copy(
        update=changed
    )


PLATFORM = Platform(
    environments={each.name: each for each in (JOINED, OWNED)},
    projects={name: tuple(project(name, each) for each in (JOINED, OWNED)) for name in PROJECTS},
)
environments = pytest.mark.parametrize("environment", [JOINED, OWNED], ids=lambda each: each.name)


def synthesize(folder: Path) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    add_stages(app, PLATFORM, pipelines=ROOT / "pipelines")
    app.synth()


@pytest.fixture(scope="session")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    return stacks_of(once(tmp_path_factory, "serverless", synthesize))


def application(stack: Stack) -> dict[str, Any]:
    return stack.only("AWS::EMRServerless::Application")


def role_statements(stack: Stack, use: str) -> dict[str, dict[str, Any]]:
    """The statements of a role by id."""
    (role,) = (each["Properties"] for each in stack.resources(ROLE).values() if use in each["Properties"]["RoleName"])
    (policy,) = role["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def definition_of(stack: Stack) -> str:
    return json.dumps(stack.only("AWS::SageMaker::Pipeline"))


def test_a_job_starts_the_application_and_without_jobs_it_stops_and_has_no_workers(
    stacks: Mapping[str, Stack],
) -> None:
    found = application(stacks["owned/plain/emr-serverless"])
    assert found["AutoStartConfiguration"] == {"Enabled": True}
    assert found["AutoStopConfiguration"] == {"Enabled": True, "IdleTimeoutMinutes": 15}
    assert "InitialCapacity" not in found
    assert found["MaximumCapacity"] == {"Cpu": "16 vCPU", "Memory": "64 GB"}
    assert (found["Type"], found["Architecture"], found["ReleaseLabel"]) == ("SPARK", "X86_64", "emr-7.13.0")


def test_the_parameters_of_a_project_reach_its_application(example_stacks: Mapping[str, Stack]) -> None:
    found = application(example_stacks["joined/alpha/emr-serverless"])
    assert found["MaximumCapacity"] == {"Cpu": "64 vCPU", "Memory": "256 GB", "Disk": "800 GB"}
    assert found["AutoStopConfiguration"]["IdleTimeoutMinutes"] == APPLICATION.idle_minutes
    assert (found["Architecture"], found["ReleaseLabel"], found["Name"]) == ("ARM64", "emr-7.12.0", "alpha-joined")


@environments
def test_logs_are_only_in_the_projects_bucket_with_its_key(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    found = application(stacks[f"{environment.name}/plain/emr-serverless"])["MonitoringConfiguration"]
    bucket = f"plain-{environment.name}-artifacts-{environment.account}-{environment.region}"
    assert found == {
        "ManagedPersistenceMonitoringConfiguration": {"Enabled": False},
        "S3MonitoringConfiguration": {"LogUri": f"s3://{bucket}/emr-logs/", "EncryptionKeyArn": {"Ref": "KeyArn"}},
    }


@environments
def test_workers_are_in_every_private_subnet_and_nobody_can_connect_to_them(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    stack = stacks[f"{environment.name}/plain/emr-serverless"]
    network = application(stack)["NetworkConfiguration"]
    count = 2 if environment is OWNED else 3
    assert len({json.dumps(subnet) for subnet in network["SubnetIds"]}) == count
    group = stack.only("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [(each["FromPort"], each["ToPort"]) for each in group["SecurityGroupEgress"]] == [(443, 443)]
    assert not stack.resources("AWS::EC2::SecurityGroupIngress")


def test_an_application_needs_no_endpoint_but_those_of_existing_data(stacks: Mapping[str, Stack]) -> None:
    own, joined = (stacks[f"{name}/plain/emr-serverless"].template["Parameters"] for name in ("owned", "joined"))
    assert not [name for name in own if "Needs" in name]
    needed = {str(each["Default"]).rpartition("/")[2] for name, each in joined.items() if "Needs" in name}
    assert {"endpoint-glue", "endpoint-athena", "s3-bucket-company-lake"} <= needed
    assert not {"endpoint-kms", "s3-emr"} & needed


def test_sparks_tables_are_those_of_glue_only_where_the_project_names_databases(stacks: Mapping[str, Stack]) -> None:
    (settings,) = application(stacks["joined/plain/emr-serverless"])["RuntimeConfiguration"]
    assert settings["Classification"] == "spark-defaults"
    client = settings["Properties"]["spark.hadoop.hive.metastore.client.factory.class"]
    assert client.endswith("AWSGlueDataCatalogHiveClientFactory")
    assert "RuntimeConfiguration" not in application(stacks["owned/plain/emr-serverless"])


@environments
def test_jobs_may_do_what_the_nodes_of_a_cluster_may(environment: Environment, stacks: Mapping[str, Stack]) -> None:
    jobs = role_statements(stacks[f"{environment.name}/both/emr-serverless"], "emr-serverless")
    nodes = role_statements(stacks[f"{environment.name}/both/emr"], "emr-nodes")
    # The nodes also run the steps of the pipeline.
    steps = ("ReadNodeFiles", "FindStepScript0", "ReadData", "WriteWork")
    assert {sid for sid in nodes if sid not in jobs} == {"ReadNodeFiles", "FindStepScript0"}
    assert {sid: each for sid, each in nodes.items() if sid not in steps} == {
        sid: each for sid, each in jobs.items() if sid not in steps
    }
    role = stacks[f"{environment.name}/both/emr-serverless"].only(ROLE)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "emr-serverless.amazonaws.com"}


@environments
def test_the_pipelines_role_may_run_jobs_on_this_application_with_this_role_only_with_the_engine(
    environment: Environment, stacks: Mapping[str, Stack]
) -> None:
    found = permissions(stacks[f"{environment.name}/sparkling/pipeline"])
    roles = f"arn:aws:iam::{environment.account}:role{environment.role_path}sparkling-{environment.name}"
    assert found["PassJobRunRoles"]["Resource"] == [f"{roles}-emr-serverless"]
    assert found["PassJobRunRoles"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}
    }
    applications = f"emr-serverless:{environment.region}:{environment.account}:/applications/"
    for sid in ("RunOnApplication", "FollowJobRuns"):
        text = json.dumps(found[sid]["Resource"])
        assert applications in text
        assert "ApplicationId" in text, text
        assert "applications/*" not in text
    plain = permissions(stacks[f"{environment.name}/plain/pipeline"])
    assert found.keys() - plain.keys() == {"RunOnApplication", "FollowJobRuns", "PassJobRunRoles"}


def test_only_these_jobs_may_read_the_script_and_write_the_outputs_of_the_steps(stacks: Mapping[str, Stack]) -> None:
    stack = stacks["owned/sparkling/emr-serverless"]
    (file,) = (name for name, each in stack.files.items() if each["source"]["path"].endswith(".py"))
    sparkling = json.dumps(role_statements(stack, "emr-serverless"))
    assert file in sparkling
    assert "/flight_delays/runs/*" in sparkling
    assert f"{file}.py" in definition_of(stacks["owned/sparkling/pipeline"])
    for other in ("plain", "both"):
        text = json.dumps(role_statements(stacks[f"owned/{other}/emr-serverless"], "emr-serverless"))
        assert file not in text
        assert "flight_delays" not in text


@pytest.mark.parametrize("name", PROJECTS)
def test_why_knows_what_the_jobs_may_and_what_only_the_steps_need(name: str, stacks: Mapping[str, Stack]) -> None:
    known = list(emr_serverless_grants(project(name, OWNED), RoleContext()))
    statements = role_statements(stacks[f"owned/{name}/emr-serverless"], "emr-serverless")
    assert {each.grant.sid for each in known} == set(statements)
    assert ("pipeline.engine" in {each.key for each in known}) is (name == "sparkling")


def test_steps_create_clusters_where_the_project_has_both(stacks: Mapping[str, Stack]) -> None:
    text = definition_of(stacks["owned/both/pipeline"])
    assert "EMRServerless" not in text
    assert "ClusterConfig" in text
    assert "EMRServerless" in definition_of(stacks["owned/sparkling/pipeline"])


def test_the_pipeline_waits_for_the_stack_of_the_application_and_reads_its_id(stacks: Mapping[str, Stack]) -> None:
    serverless, pipeline = stacks["owned/sparkling/emr-serverless"], stacks["owned/sparkling/pipeline"]
    parameter = serverless.only("AWS::SSM::Parameter")
    assert parameter["Value"]["Fn::GetAtt"][1] == "ApplicationId"
    read = {str(each.get("Default", "")) for each in pipeline.template["Parameters"].values()}
    assert parameter["Name"] in read
    manifest = json.loads((pipeline.template_file.parent / "manifest.json").read_text())
    artifact = manifest["artifacts"][pipeline.template_file.name.removesuffix(".template.json")]
    assert serverless.template_file.name.removesuffix(".template.json") in artifact["dependencies"]


def test_only_another_name_replaces_an_application() -> None:
    rules = resource_rules("AWS::EMRServerless::Application", region="eu-west-1")
    assert rules.recreation("Name") == "Always"
    for name in ("MaximumCapacity", "AutoStopConfiguration", "ReleaseLabel", "Architecture", "NetworkConfiguration"):
        assert rules.recreation(name) == "Never", name


def test_the_templates_pass_cfn_lint_and_cdk_nag(stacks: Mapping[str, Stack], tmp_path: Path) -> None:
    files = [stacks[f"{name}/sparkling/emr-serverless"].template_file for name in ("owned", "joined")]
    assert lint([OWNED.region, JOINED.region], *files) == []
    assert lint([OWNED.region], stacks["owned/sparkling/pipeline"].template_file) == []
    assert violations(nag_report(tmp_path, PLATFORM)) == []
