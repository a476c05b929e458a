"""Links between resources: one case for each kind of reference in templates."""

from __future__ import annotations

from typing import Any

import pytest

from mlproject.architecture import build_architecture
from tests.architecture.test_references import resource, stack

ACCOUNT = "arn:aws:sagemaker:eu-west-1:111111111111"


def statement(actions: str | list[str], resources: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": actions, "Resource": resources}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}


def role(*statements: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return resource("AWS::IAM::Role", Policies=[policy(*statements)], **properties)


def links(resources: dict[str, Any], *others: tuple[str, dict[str, Any]]) -> set[tuple[str, str, str]]:
    """The links of these resources, by the names of the nodes."""
    architecture = build_architecture([stack("s-dev/one", resources), *(stack(name, made) for name, made in others)])
    names = {node.id: node.name for content in architecture.stacks for node in content.nodes}
    names |= {node.id: node.name for node in architecture.outside}
    return {(names[link.source], link.label, names[link.target]) for link in architecture.links}


BUCKET = resource("AWS::S3::Bucket", BucketName="s-dev-data-111111111111-eu-west-1")
OBJECTS = "arn:aws:s3:::s-dev-data-111111111111-eu-west-1/raw/*"
PIPELINE = resource("AWS::SageMaker::Pipeline", PipelineName="s-dev", RoleArn={"Fn::GetAtt": ["Role", "Arn"]})
NOTEBOOK = resource("AWS::SageMaker::NotebookInstance", NotebookInstanceName="s-dev-explore", RoleArn={"Ref": "Role"})


@pytest.mark.parametrize(
    ("statements", "label"),
    [
        ([statement("s3:GetObject", OBJECTS)], "reads"),
        ([statement(["s3:PutObject", "s3:AbortMultipartUpload"], [OBJECTS])], "writes"),
        ([statement("s3:PutObject", OBJECTS), statement("s3:GetObject", OBJECTS)], "reads, writes"),
        ([statement("s3:*", OBJECTS)], "reads, writes"),
        ([statement("s3:Get*", {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]})], "reads"),
        ([statement("s3:GetObject", OBJECTS, effect="Deny")], None),
        ([statement("s3:ListBucket", OBJECTS)], None),
        ([statement("kms:Decrypt", OBJECTS)], None),
    ],
)
def test_what_a_role_allows_is_what_its_holder_does(statements: list[dict[str, Any]], label: str | None) -> None:
    found = links({"Bucket": BUCKET, "Pipeline": PIPELINE, "Role": role(*statements)})
    assert found == ({("s-dev", label, "data")} if label else set())


@pytest.mark.parametrize(
    "attached",
    [
        {
            "Role": resource("AWS::IAM::Role"),
            "Policy": resource(
                "AWS::IAM::Policy", Roles=[{"Ref": "Role"}], **policy(statement("s3:GetObject", OBJECTS))
            ),
        },
        {
            "Role": resource("AWS::IAM::Role", ManagedPolicyArns=[{"Ref": "Policy"}]),
            "Policy": resource("AWS::IAM::ManagedPolicy", **policy(statement("s3:GetObject", OBJECTS))),
        },
        {"Role": role(statement("s3:GetObject", OBJECTS))},
    ],
    ids=["policy", "managed policy", "inline"],
)
def test_a_policy_counts_wherever_it_is_attached(attached: dict[str, Any]) -> None:
    assert links({"Bucket": BUCKET, "Pipeline": PIPELINE, **attached}) == {("s-dev", "reads", "data")}


def test_a_cluster_acts_with_the_role_of_its_instance_profile() -> None:
    cluster = resource("AWS::EMR::Cluster", Name="s-dev-1", JobFlowRole={"Ref": "Profile"})
    profile = resource("AWS::IAM::InstanceProfile", Roles=[{"Ref": "Role"}])
    found = links(
        {"Bucket": BUCKET, "C": cluster, "Profile": profile, "Role": role(statement("s3:GetObject", OBJECTS))}
    )
    assert found == {("s-dev-1", "reads", "data")}


def test_what_a_stack_reaches_in_another_is_found_by_its_name() -> None:
    allowed = role(
        statement("sagemaker:StartPipelineExecution", f"{ACCOUNT}:pipeline/s-dev"),
        statement("sagemaker:CreateModelPackage", f"{ACCOUNT}:model-package-group/models"),
        statement("secretsmanager:GetSecretValue", {"Ref": "Secret"}),
    )
    made = {
        "Pipeline": resource("AWS::SageMaker::Pipeline", PipelineName="s-dev"),
        "Models": resource("AWS::SageMaker::ModelPackageGroup", ModelPackageGroupName="models"),
    }
    secret = resource("AWS::SecretsManager::Secret", Name="token")
    found = links({"Notebook": NOTEBOOK, "Role": allowed, "Secret": secret}, ("s-dev/two", made))
    assert found == {
        ("explore", "starts", "s-dev"),
        ("explore", "registers in", "models"),
        ("explore", "reads", "token"),
    }


def test_what_exists_already_is_drawn_too_and_images_as_one() -> None:
    allowed = role(
        statement(
            "s3:GetObject", ["arn:aws:s3:::company-lake/*", "arn:aws:s3:::cdk-hnb659fds-assets-1-eu-west-1/a.py"]
        ),
        statement(
            "glue:GetTable", ["arn:aws:glue:eu-west-1:1:database/sales", "arn:aws:glue:eu-west-1:1:table/sales/*"]
        ),
        statement("athena:StartQueryExecution", "arn:aws:athena:eu-west-1:1:workgroup/analysts"),
        statement("ecr:BatchGetImage", [f"arn:aws:ecr:eu-west-1:1:repository/{name}" for name in ("a", "b")]),
        statement("sns:Publish", "arn:aws:sns:eu-west-1:1:elsewhere"),
    )
    assert links({"Pipeline": PIPELINE, "Role": allowed}) == {
        ("s-dev", "reads", "company-lake"),
        ("s-dev", "reads", "CDK assets"),
        ("s-dev", "reads", "sales"),
        ("s-dev", "queries", "analysts"),
        ("s-dev", "pulls", "2 container images"),
    }


TOPIC = resource("AWS::SNS::Topic", DisplayName="told")
ALARM = {"Namespace": "n", "MetricName": "m"}


@pytest.mark.parametrize(
    ("resources", "found"),
    [
        (
            {"A": resource("AWS::Events::Rule", Name="rule", Targets=[{"Id": "t", "Arn": {"Ref": "Topic"}}])},
            {("rule", "alerts", "told")},
        ),
        (
            {"A": resource("AWS::CloudWatch::Alarm", AlarmName="alarm", AlarmActions=[{"Ref": "Topic"}])},
            {("alarm", "alerts", "told")},
        ),
        (
            {
                "A": resource(
                    "AWS::Budgets::Budget",
                    Budget={"BudgetLimit": {"Amount": 5, "Unit": "USD"}},
                    NotificationsWithSubscribers=[{"Subscribers": [{"Address": {"Ref": "Topic"}}]}],
                )
            },
            {("5 USD a month", "alerts", "told")},
        ),
        (
            {"A": resource("AWS::SNS::Subscription", Endpoint="a@example.com", TopicArn={"Ref": "Topic"})},
            {("told", "alerts", "a@example.com")},
        ),
        (
            {
                "A": resource(
                    "AWS::S3::Bucket", BucketName="a", LoggingConfiguration={"DestinationBucketName": {"Ref": "B"}}
                ),
                "B": resource("AWS::S3::Bucket", BucketName="b"),
            },
            {("a", "logs to", "b")},
        ),
        (
            {
                "A": resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
                "B": resource("AWS::Logs::LogGroup", LogGroupName="/flows"),
                "C": resource(
                    "AWS::EC2::FlowLog", ResourceId={"Ref": "A"}, LogDestination={"Fn::GetAtt": ["B", "Arn"]}
                ),
            },
            {("10.0.0.0/16", "logs to", "flows")},
        ),
        (
            {
                "A": resource(
                    "AWS::SageMaker::NotebookInstance", NotebookInstanceName="n", DefaultCodeRepository={"Ref": "B"}
                ),
                "B": resource(
                    "AWS::SageMaker::CodeRepository", GitConfig={"RepositoryUrl": "https://example.com/x/code.git"}
                ),
            },
            {("n", "clones", "code")},
        ),
    ],
)
def test_an_address_in_a_property_is_a_link(resources: dict[str, Any], found: set[tuple[str, str, str]]) -> None:
    assert links({"Topic": TOPIC, **resources}) == found


def test_a_schedule_starts_the_pipeline_that_it_names() -> None:
    schedule = resource(
        "AWS::Scheduler::Schedule",
        ScheduleExpression="rate(1 day)",
        Target={"Arn": f"{ACCOUNT}:pipeline/s-dev", "RoleArn": {"Ref": "Role"}},
    )
    starting = role(statement("sagemaker:StartPipelineExecution", f"{ACCOUNT}:pipeline/s-dev"))
    pipeline = resource("AWS::SageMaker::Pipeline", PipelineName="s-dev")
    assert links({"Schedule": schedule, "Role": starting, "Pipeline": pipeline}) == {("rate(1 day)", "starts", "s-dev")}


@pytest.mark.parametrize(
    ("pattern", "watched"),
    [
        ({"source": ["aws.sagemaker"], "detail": {"pipelineArn": [f"{ACCOUNT}:pipeline/s-dev"]}}, {"s-dev"}),
        ({"source": ["aws.sagemaker"], "detail": {"NotebookInstanceName": ["s-dev-explore"]}}, {"explore"}),
        ({"source": ["aws.sagemaker"], "detail": {"NotebookInstanceName": ["other"]}}, set()),
        ({"source": ["aws.emr"], "detail": {"name": [{"prefix": "s-dev-1-"}]}}, {"s-dev-1"}),
        ({"source": ["aws.emr"], "detail": {"name": [{"prefix": "s-pre-1-"}]}}, set()),
        ({"source": ["aws.emr"], "detail": {"clusterId": [{"Ref": "Cluster"}]}}, {"s-dev-1"}),
        ({"source": ["aws.s3"]}, set()),
        ('{"source": ["aws.sagemaker"], "detail": {"NotebookInstanceName": ["s-dev-explore"]}}', {"explore"}),
    ],
)
def test_what_a_rule_matches_alerts_it(pattern: Any, watched: set[str]) -> None:
    resources = {
        "Rule": resource("AWS::Events::Rule", Name="rule", EventPattern=pattern),
        "Pipeline": resource("AWS::SageMaker::Pipeline", PipelineName="s-dev"),
        "Notebook": resource("AWS::SageMaker::NotebookInstance", NotebookInstanceName="s-dev-explore"),
        "Cluster": resource("AWS::EMR::Cluster", Name={"Fn::Join": ["-", ["s-dev-1", {"Ref": "Restarts"}]]}),
    }
    assert links(resources) == {(name, "alerts", "rule") for name in watched}


@pytest.mark.parametrize(
    ("properties", "watched"),
    [
        ({"Dimensions": [{"Name": "PipelineName", "Value": "s-dev"}]}, {"s-dev"}),
        ({"Dimensions": [{"Name": "RuleName", "Value": {"Ref": "Rule"}}]}, {"rule"}),
        ({"Dimensions": [{"Name": "Other", "Value": "s-dev"}]}, set()),
        (
            {"Metrics": [{"MetricStat": {"Metric": {"Dimensions": [{"Name": "PipelineName", "Value": "s-dev"}]}}}]},
            {"s-dev"},
        ),
    ],
)
def test_what_an_alarm_measures_alerts_it(properties: dict[str, Any], watched: set[str]) -> None:
    resources = {
        "Alarm": resource("AWS::CloudWatch::Alarm", AlarmName="alarm", **properties),
        "Rule": resource("AWS::Events::Rule", Name="rule"),
        "Pipeline": resource("AWS::SageMaker::Pipeline", PipelineName="s-dev"),
        "Models": resource("AWS::SageMaker::ModelPackageGroup", ModelPackageGroupName="s-dev"),
    }
    assert links(resources) == {(name, "alerts", "alarm") for name in watched}


@pytest.mark.parametrize(
    ("rule", "label"),
    [
        ({"FromPort": 8998, "ToPort": 8998}, "calls port 8998"),
        ({"FromPort": "8998", "ToPort": 8998}, "calls port 8998"),
        ({"FromPort": 0, "ToPort": 65535}, None),
        ({}, None),
    ],
)
def test_an_open_port_is_a_call_between_those_behind_the_groups(rule: dict[str, Any], label: str | None) -> None:
    resources = {
        "Near": resource("AWS::EC2::SecurityGroup"),
        "Far": resource("AWS::EC2::SecurityGroup"),
        "Notebook": resource(
            "AWS::SageMaker::NotebookInstance", NotebookInstanceName="n", SecurityGroupIds=[{"Ref": "Near"}]
        ),
        "Cluster": resource("AWS::EMR::Cluster", Name="c", Instances={"EmrManagedMasterSecurityGroup": {"Ref": "Far"}}),
        "In": resource(
            "AWS::EC2::SecurityGroupIngress", GroupId={"Ref": "Far"}, SourceSecurityGroupId={"Ref": "Near"}, **rule
        ),
        "Among": resource(
            "AWS::EC2::SecurityGroupIngress",
            GroupId={"Ref": "Far"},
            SourceSecurityGroupId={"Ref": "Far"},
            FromPort=1,
            ToPort=1,
        ),
    }
    assert links(resources) == ({("n", label, "c")} if label else set())
