"""The reviewed tables agree with AWS's own list of actions and resources, as cfn-lint bundles it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import botocore.session
import pytest

from embedded_aws.iam import catalogue, dependent_permissions
from embedded_aws.iam.actions import ACTIONS
from embedded_aws.iam.resource_table import ALSO, CREATED, EC2_KINDS, TABLE, Row
from embedded_aws.iam.resources import AccountRegion, named
from embedded_aws.iam.services import s3
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS


@cache
def model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


PLACE = AccountRegion(region="eu-west-1", account="123456789012")
SERVICES = {"elasticmapreduce": "emr", "servicequotas": "service-quotas"}
# What this project does or lets do, by service: each must have its resource, and not only a name.
USED = {
    "athena": ["GetQueryExecution", "GetQueryResults", "GetWorkGroup", "StartQueryExecution"],
    "budgets": [],
    "cloudformation": ["CreateChangeSet", "DeleteStack", "DescribeStacks", "ExecuteChangeSet", "GetTemplate"],
    "cloudwatch": ["DeleteAlarms", "DescribeAlarms", "PutDashboard", "PutMetricAlarm"],
    "ec2": ["CreateNetworkInterface", "CreateSubnet", "CreateTags", "DeleteNetworkInterface", "RunInstances"],
    "ecr": ["BatchGetImage", "DescribeRepositories", "GetDownloadUrlForLayer"],
    "elasticmapreduce": ["AddTags", "DescribeCluster", "RunJobFlow", "TerminateJobFlows"],
    "emr-serverless": ["CreateApplication", "GetJobRun", "StartJobRun", "StopApplication", "UpdateApplication"],
    "events": ["DeleteRule", "PutRule", "PutTargets", "RemoveTargets"],
    "glue": ["GetDatabase", "GetPartitions", "GetTable", "GetTables"],
    "logs": ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "GetLogEvents", "PutLogEvents"],
    "sagemaker": [
        "AddTags", "CreateModel", "CreateModelPackage", "CreateNotebookInstance", "CreatePipeline",
        "CreatePresignedNotebookInstanceUrl", "CreateProcessingJob", "CreateTrainingJob", "CreateTransformJob",
        "DescribeModelPackage", "DescribeNotebookInstance", "DescribePipelineExecution", "StartPipelineExecution",
        "StopNotebookInstance",
    ],
    "scheduler": ["CreateSchedule", "CreateScheduleGroup", "DeleteSchedule", "UpdateSchedule"],
    "servicequotas": ["GetServiceQuota"],
    "sns": ["CreateTopic", "Publish", "Subscribe"],
    "ssm": ["GetParameter", "GetParameters", "GetParametersByPath", "PutParameter"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("prefix", "row"),
    [(prefix, row) for prefix, rows in TABLE.items() for row in rows if row.kind != "*" and row.arn.startswith("arn:")],
    ids=lambda value: value if isinstance(value, str) else f"{value.kind} {value.arn}",
)
def test_a_row_gives_an_arn_of_its_kind(prefix: str, row: Row) -> None:
    made = re.sub(r"\{![^}]+\}", "", row.arn)
    for name, value in (("partition", "aws"), ("region", PLACE.region), ("account", PLACE.account)):
        made = made.replace(f"{{{name}}}", value)
    made = re.sub(r"\{[^}]+\}", "x", made)
    formats = [
        pattern.replace("${Partition}", "aws").replace("${Region}", "[^:]*").replace("${Account}", PLACE.account)
        for pattern in catalogue.arn_formats(prefix, row.kind)
    ]
    assert any(re.fullmatch(pattern, made) for pattern in formats), (made, formats)


@pytest.mark.parametrize("prefix", sorted(TABLE))
def test_a_kind_of_the_table_is_one_of_aws(prefix: str) -> None:
    for row in TABLE[prefix]:
        assert row.kind == "*" or catalogue.arn_formats(prefix, row.kind), row


@pytest.mark.parametrize(
    ("prefix", "operation"), [(prefix, operation) for prefix, used in USED.items() for operation in used]
)
def test_what_this_project_does_has_its_resources(prefix: str, operation: str) -> None:
    shape = model(SERVICES.get(prefix, prefix)).operation_model(operation)
    found = named(prefix, operation, sample(shape.input_shape), PLACE)
    assert found != [None]
    kinds = catalogue.kinds(prefix, operation)
    assert (found == ["*"]) == (kinds == ()), (found, kinds)


def test_what_the_table_does_not_hold_is_unknown_and_not_everything() -> None:
    assert named("glue", "CreateRegistry", {"RegistryName": "registry"}, PLACE) == [None]
    assert named("sagemaker", "ListModels", {}, PLACE) == ["*"]


HERE = "eu-west-1:123456789012"


@pytest.mark.parametrize(
    ("action", "parameters", "resources"),
    [
        ("athena:StartQueryExecution", {"WorkGroup": "w"}, [f"athena:{HERE}:workgroup/w"]),
        ("athena:StartQueryExecution", {}, [f"athena:{HERE}:workgroup/primary"]),
        ("athena:CreateWorkGroup", {"Name": "w"}, [f"athena:{HERE}:workgroup/w"]),
        ("athena:CreateNamedQuery", {"Name": "q", "WorkGroup": "w"}, [f"athena:{HERE}:workgroup/w"]),
        ("athena:CreateDataCatalog", {"Name": "c"}, [f"athena:{HERE}:datacatalog/c"]),
        ("dynamodb:Query", {"TableName": "t"}, [f"dynamodb:{HERE}:table/t"]),
        ("dynamodb:Query", {"TableName": "t", "IndexName": "i"}, [f"dynamodb:{HERE}:table/t/index/i"]),
        ("events:CreateEventBus", {"Name": "b"}, [f"events:{HERE}:event-bus/b"]),
        (
            "events:CreateArchive",
            {"ArchiveName": "a", "EventSourceArn": f"arn:aws:events:{HERE}:event-bus/b"},
            [f"events:{HERE}:archive/a", f"events:{HERE}:event-bus/b"],
        ),
        ("glue:UpdateJob", {"JobName": "j", "JobUpdate": {}}, [f"glue:{HERE}:job/j"]),
        ("glue:DeleteCrawler", {"Name": "c"}, [f"glue:{HERE}:crawler/c"]),
        ("glue:CreateTrigger", {"Name": "t", "Actions": [{"JobName": "j"}]}, [f"glue:{HERE}:trigger/t"]),
        ("glue:TagResource", {"ResourceArn": f"arn:aws:glue:{HERE}:job/j"}, [f"glue:{HERE}:job/j"]),
        ("events:PutRule", {"Name": "r"}, [f"events:{HERE}:rule/r"]),
        ("events:PutRule", {"Name": "r", "EventBusName": "default"}, [f"events:{HERE}:rule/r"]),
        ("events:PutRule", {"Name": "r", "EventBusName": "b"}, [f"events:{HERE}:rule/b/r"]),
        ("glue:GetDatabase", {"Name": "d"}, [f"glue:{HERE}:catalog", f"glue:{HERE}:database/d"]),
        (
            "glue:GetTable",
            {"DatabaseName": "d", "Name": "t"},
            [f"glue:{HERE}:catalog", f"glue:{HERE}:database/d", f"glue:{HERE}:table/d/t"],
        ),
        (
            "logs:PutLogEvents",
            {"logGroupName": "/g", "logStreamName": "s"},
            [f"logs:{HERE}:log-group:/g:log-stream:s"],
        ),
        ("logs:FilterLogEvents", {"logGroupIdentifier": "/g"}, [f"logs:{HERE}:log-group:/g:log-stream:"]),
        ("sagemaker:UpdateModelPackage", {"ModelPackageArn": "arn:aws:x:y:z:m"}, ["x:y:z:m"]),
        ("scheduler:GetSchedule", {"Name": "s"}, [f"scheduler:{HERE}:schedule/default/s"]),
        ("scheduler:GetSchedule", {"Name": "s", "GroupName": "g"}, [f"scheduler:{HERE}:schedule/g/s"]),
        ("sns:CreateTopic", {"Name": "t"}, [f"sns:{HERE}:t"]),
        ("sns:Publish", {"TopicArn": "arn:aws:sns:eu-west-1:1:t"}, ["sns:eu-west-1:1:t"]),
        ("ssm:GetParameters", {"Names": ["/a/b", "c"]}, [f"ssm:{HERE}:parameter/a/b", f"ssm:{HERE}:parameter/c"]),
        (
            "ec2:CreateTags",
            {"Resources": ["vpc-1", "sg-1"]},
            [f"ec2:{HERE}:security-group/sg-1", f"ec2:{HERE}:vpc/vpc-1"],
        ),
        ("ec2:CreateSubnet", {"VpcId": "vpc-1"}, [f"ec2:{HERE}:subnet/*", f"ec2:{HERE}:vpc/vpc-1"]),
    ],
)
def test_parameters_name_exactly_these_resources(action: str, parameters: dict[str, Any], resources: list[str]) -> None:
    prefix, _, name = action.partition(":")
    found = named(prefix, name, parameters, PLACE)
    assert sorted(map(str, found)) == [f"arn:aws:{each}" for each in resources]


def sample(shape: Any, depth: int = 0) -> Any:
    """A value of a shape with every member."""
    if shape.type_name == "structure":
        return {name: sample(member, depth + 1) for name, member in shape.members.items()} if depth < 3 else {}
    if shape.type_name == "list":
        return [sample(shape.member, depth + 1)]
    return "vpc-1" if shape.type_name == "string" else 1


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        *((service, operation, action) for service, table in ACTIONS.items() for operation, action in table.items()),
        *(("s3", operation, action) for operation, action in s3.ACTIONS.items()),
        *(("s3", "", action) for pair in s3.OF_A_VERSION.items() for action in pair),
        *(("s3", "", action) for action in s3.WITH_HEADER.values()),
    ],
)
def test_an_action_with_another_name_exists_and_the_operations_own_does_not(
    service: str, operation: str, action: str
) -> None:
    assert catalogue.is_action(service, action)
    if operation:
        assert operation in model(service).operation_names
        assert not catalogue.is_action(service, operation)


def test_every_operation_of_s3_that_moto_may_answer_has_an_action() -> None:
    operations = model("s3").operation_names
    missing = [name for name in operations if not catalogue.is_action("s3", s3.ACTIONS.get(name, name))]
    assert sorted(missing) == [
        "CreateBucketMetadataConfiguration",
        "CreateSession",
        "DeleteBucketMetadataConfiguration",
        "DeleteObjects",  # decided object by object
        "GetBucketMetadataConfiguration",
        "ListDirectoryBuckets",
        "RenameObject",
        "WriteGetObjectResponse",
    ]


@pytest.mark.parametrize(
    "action",
    sorted({action for permissions in STEP_PERMISSIONS.values() for each in permissions for action in each.actions}),
)
def test_what_a_step_may_need_is_an_action_of_iam(action: str) -> None:
    prefix, _, name = action.partition(":")
    assert catalogue.is_action(prefix, name)


def test_the_actions_that_tag_and_pass_exist() -> None:
    assert catalogue.is_action("iam", "PassRole")
    for service, table in dependent_permissions.TAGS.items():
        (action,) = table.values()
        prefix = {"emr": "elasticmapreduce"}.get(service, service)
        assert service == "iam" or catalogue.is_action(prefix, action), service


def test_what_is_created_or_told_by_its_id_is_a_kind_of_aws() -> None:
    for prefix, table in CREATED.items():
        for operation, kind in table.items():
            assert catalogue.is_action(prefix, operation)
            assert catalogue.arn_formats(prefix, kind)
    assert all(catalogue.arn_formats("ec2", kind) for kind in EC2_KINDS.values())
    for action, kinds in ALSO.items():
        prefix, _, name = action.partition(":")
        assert not set(kinds) & set(catalogue.kinds(prefix, name)), "the list has it by now"


def test_an_action_that_nobody_knows_is_none() -> None:
    assert not catalogue.is_action("s3", "GetObjects")
    assert not catalogue.is_action("nothing", "GetObject")
    assert catalogue.is_action("s3", "getobject")
