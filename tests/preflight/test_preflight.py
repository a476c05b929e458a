"""The preflight checks of an account report what would make the first deployment fail, with the remedy."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import embedded_aws as aws
from mlproject.aws_rules.emr import TAG as EMR_TAG
from mlproject.outcome import State
from mlproject.parameters import (
    ApprovalPipeline,
    Athena,
    Emr,
    EmrServerless,
    ExistingBucket,
    ExistingData,
    NewNetwork,
    Notebook,
    Operations,
    Pipeline,
    Schedule,
)
from mlproject.preflight import check_account
from tests.preflight.accounts import StubbedClients, check, clients, environment, imported, requirements

pytestmark = pytest.mark.slow

EMR = Emr(primary_instance_type="m5.xlarge", core_instance_type="m5.xlarge", core_count=1, maximum_count=3)
NOTEBOOK = Notebook(name="explore", instance_type="ml.t3.medium")
OPERATIONS = Operations(emails=("team@example.com",), monthly_budget_usd=10)


def denied(operation: str) -> ClientError:
    return ClientError({"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}, operation)


def test_an_account_that_is_not_bootstrapped_is_told_the_command(embedded_aws: aws.Server) -> None:
    region = "ap-south-1"
    client = clients(embedded_aws, region)
    (outcome,) = check(requirements(environment(region)), client)["bootstrap"]
    assert (outcome.state, outcome.remedy) == (State.PROBLEM, f"cdk bootstrap aws://{aws.ACCOUNT}/{region}")
    (outcome,) = check(replace(requirements(environment(region)), has_ci=True), client)["bootstrap"]
    assert f"`mlproject execution-policy -e {environment(region).name} --write build/policies`" in outcome.remedy

    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="5", Type="String")
    (outcome,) = check(requirements(environment(region)), client)["bootstrap"]
    assert (outcome.state, "version 5 is older than 6" in outcome.message) == (State.PROBLEM, True)

    client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String", Overwrite=True)
    (outcome,) = check(requirements(environment(region)), client)["bootstrap"]
    assert outcome.state is State.OK


def test_the_command_carries_the_platforms_qualifier_and_boundary(embedded_aws: aws.Server) -> None:
    region = "ap-south-2"
    target = environment(region, bootstrap_qualifier="mlplat", permissions_boundary="limits")
    outcomes = check(requirements(target), clients(embedded_aws, region))
    assert outcomes["bootstrap"][0].remedy.endswith(
        "--qualifier mlplat --toolkit-stack-name CDKToolkit-mlplat --custom-permissions-boundary limits"
    )
    assert outcomes["permissions boundary"][0].state is State.PROBLEM

    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    clients(embedded_aws, region)("iam").create_policy(PolicyName="limits", PolicyDocument=document)
    assert check(requirements(target), clients(embedded_aws, region))["permissions boundary"][0].state is State.OK


def test_nothing_is_told_of_somebody_elses_account(embedded_aws: aws.Server) -> None:
    region = "eu-west-3"
    outcomes = check(requirements(environment(region, account="999999999999")), clients(embedded_aws, region))
    assert list(outcomes) == ["credentials"]
    assert outcomes["credentials"][0].state is State.PROBLEM


def test_zones_that_the_account_lacks_are_named(embedded_aws: aws.Server) -> None:
    region = "eu-west-2"
    network = NewNetwork(cidr="10.50.0.0/16", zones=(f"{region}a", f"{region}z"))
    (outcome,) = check(requirements(environment(region, network=network)), clients(embedded_aws, region))["zones"]
    assert (outcome.state, f"{region}z" in outcome.message) == (State.PROBLEM, True)
    assert f"{region}b" in outcome.remedy


def test_a_node_type_that_the_clusters_zone_does_not_offer_is_a_problem(embedded_aws: aws.Server) -> None:
    region = "eu-west-2"
    unusual = Emr(primary_instance_type="m5.xlarge", core_instance_type="m6in.xlarge")
    outcomes = check(requirements(environment(region), emr=unusual), clients(embedded_aws, region))["node type"]
    assert [(outcome.message, outcome.state) for outcome in outcomes] == [
        ("eu-west-2a offers m5.xlarge", State.OK),
        ("eu-west-2a does not offer m6in.xlarge", State.PROBLEM),
    ]


def quota(name: str, value: float) -> dict[str, Any]:
    return {"Quotas": [{"QuotaName": name, "Value": value}]}


def test_a_new_accounts_quota_of_zero_is_found_for_each_use(embedded_aws: aws.Server) -> None:
    region = "us-east-2"
    required = requirements(environment(region), notebooks=(NOTEBOOK,), emr=EMR)
    enough = check(required, clients(embedded_aws, region))["quota"]
    assert {outcome.state for outcome in enough} == {State.OK}
    assert len(enough) == 5  # VPCs, notebook, processing, training, vCPUs

    zero = quota("ml.m5.large for training job usage", 0)
    stubbed = StubbedClients(
        client=clients(embedded_aws, region), responses={("service-quotas", "list_service_quotas"): zero}
    )
    refused = [outcome for outcome in check(required, stubbed)["quota"] if outcome.state is State.PROBLEM]
    assert [outcome.message for outcome in refused] == ["ml.m5.large for training job usage: 1 required, 0 allowed"]
    assert "request-service-quota-increase" in refused[0].remedy


@pytest.mark.parametrize(("allowed", "state"), [(32, State.OK), (16, State.PROBLEM)])
def test_the_maximum_of_the_applications_is_compared_with_the_accounts_quota(
    embedded_aws: aws.Server, allowed: int, state: State
) -> None:
    region = "us-east-2"
    limit = quota("Max concurrent vCPUs per account", allowed)
    stubbed = StubbedClients(
        client=clients(embedded_aws, region), responses={("service-quotas", "list_service_quotas"): limit}
    )
    required = requirements(environment(region), emr_serverless=EmrServerless(maximum_vcpus=32))
    name = "Max concurrent vCPUs per account (vCPUs of the EMR Serverless applications)"
    found = [each for each in check(required, stubbed)["quota"] if each.message.startswith(name)]
    assert [(each.message, each.state) for each in found] == [(f"{name}: 32 required, {allowed} allowed", state)]
    without = check(requirements(environment(region)), stubbed)["quota"]
    assert not [each for each in without if each.message.startswith(name)]


def test_what_is_asked_for_counts_what_runs_beside_it(embedded_aws: aws.Server) -> None:
    region = "us-east-2"
    client = clients(embedded_aws, region)
    for name in ("another", "trial-trial-explore"):  # the second belongs to the project
        client("sagemaker").create_notebook_instance(
            NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=f"arn:aws:iam::{aws.ACCOUNT}:role/anybody"
        )
    limit = quota("ml.t3.medium for notebook instance usage", 1)
    stubbed = StubbedClients(client=client, responses={("service-quotas", "list_service_quotas"): limit})
    outcomes = check(requirements(environment(region), notebooks=(NOTEBOOK,)), stubbed)["quota"]
    assert "ml.t3.medium for notebook instance usage: 1 required, 1 in use, 1 allowed" in [
        outcome.message for outcome in outcomes if outcome.state is State.PROBLEM
    ]


def test_jobs_at_the_same_time_are_counted_together_by_the_projects_own_instance_type() -> None:
    target = environment("eu-west-1")
    pipeline = Pipeline(folder="flight_delays", parallel_steps=2, parameters={"InstanceType": "ml.c5.xlarge"})
    instances = requirements(target, pipeline=pipeline).instances
    assert instances == {("ml.c5.xlarge", "processing job"): 2, ("ml.c5.xlarge", "training job"): 1}


def test_the_fifth_vpc_is_the_last_one(embedded_aws: aws.Server) -> None:
    region = "sa-east-1"
    client = clients(embedded_aws, region)
    for number in range(4):  # beside the default one
        client("ec2").create_vpc(CidrBlock=f"10.{70 + number}.0.0/16")
    outcomes = check(requirements(environment(region)), client)["quota"]
    assert "VPCs per Region: 1 required, 5 in use, 5 allowed" in [
        outcome.message for outcome in outcomes if outcome.state is State.PROBLEM
    ]


def test_an_imported_subnet_without_emrs_tag_is_told_the_command_that_tags_it(embedded_aws: aws.Server) -> None:
    region = "eu-central-1"
    client = clients(embedded_aws, region)
    network = imported(client, region, endpoints="create")
    target = environment(region, network=network)
    (outcome,) = check(requirements(target, emr=EMR), client)["subnet tag"]
    subnet = network.subnet_ids[0]
    assert (outcome.state, outcome.remedy) == (
        State.PROBLEM,
        f"aws ec2 create-tags --resources {subnet} --tags Key={EMR_TAG},Value=true",
    )

    client("ec2").create_tags(Resources=[subnet], Tags=[{"Key": EMR_TAG, "Value": "true"}])
    assert check(requirements(target, emr=EMR), client)["subnet tag"][0].state is State.OK
    assert "subnet tag" not in check(requirements(target), client)  # only clusters require it


def test_imported_subnets_that_are_not_as_the_parameters_say_are_named(embedded_aws: aws.Server) -> None:
    region = "eu-central-1"
    client = clients(embedded_aws, region)
    network = imported(client, region, endpoints="create")
    incorrect = network.model_copy(
        update={
            "subnet_ids": (network.subnet_ids[0], "subnet-0123456789abcdef0"),
            "zones": (f"{region}b", f"{region}a"),
        }
    )
    outcomes = check(requirements(environment(region, network=incorrect)), client)["subnet"]
    assert [(outcome.state, outcome.message) for outcome in outcomes] == [
        (State.PROBLEM, f"{network.subnet_ids[0]} is in {region}a, not in {region}b"),
        (State.PROBLEM, f"subnet-0123456789abcdef0 is not in {network.vpc_id}"),
    ]


def test_a_second_endpoint_with_private_dns_and_one_that_is_missing_are_problems(embedded_aws: aws.Server) -> None:
    region = "eu-south-1"
    client = clients(embedded_aws, region)
    network = imported(client, region, endpoints="create")
    endpoint = client("ec2").create_vpc_endpoint(
        VpcId=network.vpc_id,
        ServiceName=f"com.amazonaws.{region}.logs",
        VpcEndpointType="Interface",
        SubnetIds=list(network.subnet_ids),
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]
    services = frozenset({"logs", "sts"})

    outcomes = check(requirements(environment(region, network=network)), client, services=services)
    assert [outcome.message for outcome in outcomes["private DNS"]] == [
        f"{network.vpc_id} already has {endpoint} for logs, and a second one with private DNS fails"
    ]
    assert [outcome.message for outcome in outcomes["endpoint"]] == ["sts: to be created"]

    existing = network.model_copy(update={"endpoints": "exist"})
    outcomes = check(requirements(environment(region, network=existing)), client, services=services)
    assert [(outcome.state, outcome.message) for outcome in outcomes["endpoint"]] == [
        (State.OK, f"logs: {endpoint}"),
        (State.PROBLEM, f"{network.vpc_id} does not have an endpoint with private DNS for sts"),
    ]


def test_a_gateway_to_s3_that_the_route_tables_have_already_is_a_problem(embedded_aws: aws.Server) -> None:
    region = "eu-south-1"
    client = clients(embedded_aws, region)
    network = imported(client, region, endpoints="create")
    table = client("ec2").create_route_table(VpcId=network.vpc_id)["RouteTable"]["RouteTableId"]
    routed = environment(region, network=network.model_copy(update={"route_table_ids": (table,)}))
    services = frozenset({"s3"})
    (outcome,) = check(requirements(routed), client, services=services)["endpoint"]
    assert (outcome.state, outcome.message) == (State.OK, f"s3: a gateway endpoint for {table}, to be created")

    endpoint = client("ec2").create_vpc_endpoint(
        VpcId=network.vpc_id,
        ServiceName=f"com.amazonaws.{region}.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[table],
    )["VpcEndpoint"]["VpcEndpointId"]
    (outcome,) = check(requirements(routed), client, services=services)["endpoint"]
    assert (outcome.state, outcome.message) == (
        State.PROBLEM,
        f"{table} already routes S3 to {endpoint}, and a second gateway endpoint fails",
    )


def test_a_vpc_without_dns_hostnames_is_told_the_command(embedded_aws: aws.Server) -> None:
    region = "eu-south-1"
    client = clients(embedded_aws, region)
    network = imported(client, region, endpoints="create")
    client("ec2").modify_vpc_attribute(VpcId=network.vpc_id, EnableDnsHostnames={"Value": False})
    (outcome,) = check(requirements(environment(region, network=network)), client)["private DNS"]
    assert outcome.remedy == (
        f"aws ec2 modify-vpc-attribute --vpc-id {network.vpc_id} --enable-dns-hostnames Value=true"
    )


def test_a_bucket_that_a_failed_or_deleted_stack_left_is_found_before_it_blocks_the_deploy(
    embedded_aws: aws.Server,
) -> None:
    region = "ca-central-1"
    client = clients(embedded_aws, region)
    name = f"trial-trial-data-{aws.ACCOUNT}-{region}"
    client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    outcomes = check(requirements(environment(region)), client)["bucket name"]
    assert [outcome.message for outcome in outcomes if outcome.state is State.PROBLEM] == [
        f"{name} already exists without its stack, so the first deployment would fail"
    ]
    assert len(outcomes) == 3


def test_a_notebook_and_a_role_that_outlived_their_stack_are_found(embedded_aws: aws.Server) -> None:
    region = "me-south-1"
    client = clients(embedded_aws, region)
    required = requirements(environment(region), notebooks=(NOTEBOOK,))
    assert "name" not in check(required, client)
    trust = {"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = client("iam").create_role(
        RoleName="trial-trial-notebooks",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName="trial-trial-explore", InstanceType="ml.t3.medium", RoleArn=role
    )
    assert [outcome.message.partition(" without")[0] for outcome in check(required, client)["name"]] == [
        "role trial-trial-notebooks already exists",
        "notebook instance trial-trial-explore already exists",
    ]
    client("iam").delete_role(RoleName="trial-trial-notebooks")


def test_emrs_own_role_is_looked_for_where_a_boundary_may_forbid_to_make_it(embedded_aws: aws.Server) -> None:
    region = "me-south-1"
    client = clients(embedded_aws, region)
    (outcome,) = check(requirements(environment(region, permissions_boundary="limits"), emr=EMR), client)[
        "service-linked role"
    ]
    assert (outcome.state, "create-service-linked-role" in outcome.remedy) == (State.WARNING, True)
    assert "service-linked role" not in check(requirements(environment(region), emr=EMR), client)


def test_data_that_is_to_exist_is_looked_for(embedded_aws: aws.Server) -> None:
    region = "ca-central-1"
    client = clients(embedded_aws, region)
    client("s3").create_bucket(Bucket="lake-of-others", CreateBucketConfiguration={"LocationConstraint": region})
    client("glue").create_database(DatabaseInput={"Name": "sales"})
    data = ExistingData(
        buckets=(ExistingBucket(name="lake-of-others"), ExistingBucket(name="lake-of-nobody")),
        glue_databases=("sales", "salse"),
        athena=Athena(workgroup="analysts", results="s3://lake-of-others/results/"),
    )
    outcomes = check(requirements(environment(region), existing_data=data), client)["existing"]
    assert {outcome.message for outcome in outcomes if outcome.state is State.OK} == {
        "bucket lake-of-others",
        "Glue database sales",
    }
    assert {outcome.message for outcome in outcomes if outcome.state is State.PROBLEM} == {
        "bucket lake-of-nobody does not exist",
        "Glue database salse does not exist",
        "Athena workgroup analysts does not exist",
    }


def test_libraries_that_a_cluster_needs_when_it_is_created_are_looked_for(embedded_aws: aws.Server) -> None:
    region = "eu-north-1"
    client = clients(embedded_aws, region)
    with_libraries = EMR.model_copy(update={"libraries": "spark"})
    required = requirements(
        environment(region), emr=with_libraries, notebooks=(NOTEBOOK.model_copy(update={"libraries": "explore"}),)
    )
    (first,) = check(required, client)["libraries"]
    assert first.state is State.WARNING
    assert first.remedy.splitlines() == [
        "cdk deploy 'trial/trial/storage'",
        "mlproject libraries push trial --environment trial",
        "cdk deploy 'trial/trial/*'",
    ]

    bucket = f"trial-trial-artifacts-{aws.ACCOUNT}-{region}"
    template = {"Resources": {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket}}}}
    client("cloudformation").create_stack(StackName="trial-trial-storage", TemplateBody=json.dumps(template))
    client("s3").put_object(Bucket=bucket, Key="libraries/notebook/explore/requirements.txt", Body=b"")
    assert [(outcome.state, outcome.message) for outcome in check(required, client)["libraries"]] == [
        (
            State.PROBLEM,
            "trial-trial: libraries/emr/spark/requirements.txt is not pushed, so the cluster cannot be created",
        ),
        (State.OK, "trial-trial: libraries/notebook/explore/requirements.txt"),
    ]
    without = check_account(required, client, services=frozenset(), has_libraries=False)
    assert "libraries" not in {outcome.topic for outcome in without}


def test_budgets_that_read_nothing_are_told_of_and_the_payers_secret_is_unknown(embedded_aws: aws.Server) -> None:
    region = "us-west-1"
    client = clients(embedded_aws, region)
    required = requirements(environment(region), operations=OPERATIONS)
    (outcome,) = check(required, client)["cost tags"]
    assert (outcome.state, "project, environment" in outcome.message) == (State.WARNING, True)

    key = ("ce", "list_cost_allocation_tags")
    refused = StubbedClients(client=client, responses={key: denied("ListCostAllocationTags")})
    assert check(required, refused)["cost tags"][0].state is State.UNKNOWN

    active = {"CostAllocationTags": [{"TagKey": tag, "Status": "Active"} for tag in ("project", "environment")]}
    assert check(required, StubbedClients(client=client, responses={key: active}))["cost tags"][0].state is State.OK
    assert "cost tags" not in check(requirements(environment(region)), client)


def test_a_schedule_whose_dates_are_all_past_is_a_problem(embedded_aws: aws.Server) -> None:
    region = "us-west-1"
    client = clients(embedded_aws, region)
    outcomes = {}
    for year in ("2020", "2099", "*"):
        schedule = Schedule(expression=f"cron(0 4 * * ? {year})")
        operations = OPERATIONS.model_copy(update={"schedule": schedule})
        (outcomes[year],) = check(requirements(environment(region), operations=operations), client)["schedules"]
    assert {year: outcome.state for year, outcome in outcomes.items()} == {
        "2020": State.PROBLEM,
        "2099": State.OK,
        "*": State.OK,
    }
    assert outcomes["2020"].message.startswith(
        "trial: cron(0 4 * * ? 2020) never runs again: all its dates have passed (today is"
    )
    assert outcomes["2020"].remedy == "use future dates in operations.schedule of projects/trial/project.yaml"
    assert "schedules" not in check(requirements(environment(region), operations=OPERATIONS), client)


def test_a_secret_that_promotions_on_approval_need_is_looked_for(embedded_aws: aws.Server) -> None:
    region = "ap-northeast-1"
    client = clients(embedded_aws, region)
    secret = "mlproject/trial/gitlab-token-1"  # pragma: allowlist secret
    pipeline = ApprovalPipeline(endpoint="https://gitlab.com/api", branch="main", secret=secret, targets=("pre",))
    required = requirements(environment(region), approval_pipeline=pipeline)

    def found() -> tuple[State, str]:
        (outcome,) = check(required, client)["GitLab token"]
        return outcome.state, outcome.remedy

    state, remedy = found()
    assert (state, f"create-secret --name {secret} --secret-string file://token" in remedy) == (State.PROBLEM, True)
    client("secretsmanager").create_secret(Name=secret, SecretString="value")
    assert found() == (State.OK, "")
    client("secretsmanager").delete_secret(SecretId=secret)
    state, remedy = found()
    assert (state, remedy.startswith("aws secretsmanager restore-secret")) == (State.PROBLEM, True)
    assert "GitLab token" not in check(requirements(environment(region)), client)


def test_one_look_that_is_refused_does_not_hide_the_others(embedded_aws: aws.Server) -> None:
    region = "us-west-1"
    refused = StubbedClients(
        client=clients(embedded_aws, region), responses={("ssm", "get_parameter"): denied("GetParameter")}
    )
    outcomes = check(requirements(environment(region)), refused)
    assert (outcomes["bootstrap"][0].state, "not authorized" in outcomes["bootstrap"][0].message) == (
        State.UNKNOWN,
        True,
    )
    assert outcomes["zones"][0].state is State.OK


def test_nothing_is_changed(embedded_aws: aws.Server, tmp_path: Path) -> None:
    region = "us-west-2"
    client = clients(embedded_aws, region)
    operations: set[str] = set()

    def recording(service: str) -> Any:
        recorded = client(service)
        recorded.meta.events.register("before-call", lambda model, **_: operations.add(model.name))
        return recorded

    data = ExistingData(buckets=(ExistingBucket(name="some-bucket"),), glue_databases=("sales",))
    required = requirements(
        environment(region), notebooks=(NOTEBOOK,), emr=EMR, operations=OPERATIONS, existing_data=data
    )
    check(required, recording)
    assert len(operations) > 10
    assert {name for name in operations if not name.startswith(("Get", "List", "Describe", "Head"))} == set()
