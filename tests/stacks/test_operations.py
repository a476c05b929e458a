"""The operations stack: notifications, budget, dashboard and schedule."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from moto.events.models import EventPattern

from mlproject.parameters import Operations, Platform
from tests.stacks.assembly import Stack, listed, stacks_of
from tests.stacks.examples import BUDGETED, LENT, OWNED, ROOT, WATCHED, deployment

PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.amazonaws.com")
# https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html#cloudwatch-metrics-pipelines,
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html,
# https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
METRICS = {
    ("AWS/Sagemaker/ModelBuildingPipeline", "ExecutionFailed", "PipelineName"),
    ("AWS/Events", "FailedInvocations", "RuleName"),
    ("AWS/Scheduler", "InvocationDroppedCount", "ScheduleGroup"),
}


@pytest.fixture
def watched(example_stacks: Mapping[str, Stack]) -> Stack:
    """A stack with notebooks and a schedule."""
    return example_stacks["owned/alpha/operations"]


@pytest.fixture
def budgeted(example_stacks: Mapping[str, Stack]) -> Stack:
    """A stack without notebooks, schedule and cluster."""
    return example_stacks["lent/beta/operations"]


def operations(all_stacks: Mapping[str, Stack]) -> list[Stack]:
    return [stack for name, stack in all_stacks.items() if name.endswith("/operations")]


def by_service(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the statements that allow a service, by service principal."""
    return {
        statement["Principal"]["Service"]: statement
        for statement in document["Statement"]
        if "Service" in statement["Principal"]
    }


def test_only_a_project_that_asks_for_it_has_the_stack(all_stacks: Mapping[str, Stack]) -> None:
    assert {name for name in all_stacks if name.endswith("/operations")} == {
        *(f"{environment}/flights/operations" for environment in ("dev", "pre", "prod", "local")),
        "owned/alpha/operations",
        "joined/alpha/operations",
        "lent/beta/operations",
    }


def test_it_is_deployed_after_the_pipeline_and_so_after_the_key(cloud_assembly: Path) -> None:
    manifest = json.loads((cloud_assembly / "assembly-dev/manifest.json").read_text())
    (found,) = (
        artifact
        for artifact in manifest["artifacts"].values()
        if artifact.get("displayName") == "dev/flights/operations"
    )
    before = {manifest["artifacts"][name].get("displayName") for name in found["dependencies"]}
    assert "dev/flights/pipeline" in before


def test_rule_14_the_key_lets_each_publisher_encrypt_for_this_stacks_topics_only(
    all_stacks: Mapping[str, Stack],
) -> None:
    for stack in operations(all_stacks):
        storage = all_stacks[stack.name.replace("/operations", "/storage")]
        found = by_service(storage.only("AWS::KMS::Key")["KeyPolicy"])
        topics = f"arn:aws:sns:{stack.region}:{stack.account}:{stack.properties['stackName']}-*"
        for service in PUBLISHERS:
            statement = found[service]
            # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
            assert {"kms:Decrypt", "kms:GenerateDataKey"} <= set(statement["Action"])
            assert statement["Effect"] == "Allow"
            assert statement["Condition"]["ArnLike"] == {"kms:EncryptionContext:aws:sns:topicArn": topics}
            # EventBridge does not say for which account it asks: with the condition it would deliver nothing.
            account = None if service.startswith("events") else {"aws:SourceAccount": stack.account}
            assert statement["Condition"].get("StringEquals") == account


def test_rule_14_a_key_without_a_topic_lets_nobody_publish(all_stacks: Mapping[str, Stack]) -> None:
    for name, stack in all_stacks.items():
        if name.endswith("/storage") and name.replace("/storage", "/operations") not in all_stacks:
            assert set(by_service(stack.only("AWS::KMS::Key")["KeyPolicy"])) == {f"logs.{stack.region}.amazonaws.com"}


def test_rule_14_the_topic_is_encrypted_with_the_projects_key_and_three_services_may_publish(
    all_stacks: Mapping[str, Stack],
) -> None:
    for stack in operations(all_stacks):
        assert stack.only("AWS::SNS::Topic")["KmsMasterKeyId"] == {"Ref": "KeyArn"}
        environment, project, _ = stack.name.split("/")
        assert stack.template["Parameters"]["KeyArn"]["Default"] == f"/mlproject/{environment}/{project}/key-arn"
        policy = stack.only("AWS::SNS::TopicPolicy")
        (topic,) = stack.resources("AWS::SNS::Topic")
        assert policy["Topics"] == [{"Ref": topic}]
        found = by_service(policy["PolicyDocument"])
        assert tuple(sorted(found)) == PUBLISHERS
        assert {json.dumps([s["Action"], s["Resource"]]) for s in found.values()} == {
            json.dumps(["sns:Publish", {"Ref": topic}])
        }
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html: no conditions.
        assert "Condition" not in found["events.amazonaws.com"]
        for service in ("budgets.amazonaws.com", "cloudwatch.amazonaws.com"):
            condition = found[service]["Condition"]
            assert condition["StringEquals"] == {"aws:SourceAccount": stack.account}
            assert f":{stack.account}:" in condition["ArnLike"]["aws:SourceArn"]


def test_the_topic_refuses_connections_without_tls(watched: Stack) -> None:
    denied = [
        statement
        for statement in watched.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
    ]
    assert [statement["Condition"] for statement in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]


def test_nothing_publishes_before_the_topics_policy_is_there(watched: Stack) -> None:
    (policy,) = watched.resources("AWS::SNS::TopicPolicy")
    (topic,) = watched.resources("AWS::SNS::Topic")
    publishers = [
        resource
        for resource in watched.resources("AWS::Events::Rule", "AWS::Budgets::Budget").values()
        if topic in json.dumps(resource["Properties"])
    ]
    assert len(publishers) == 4
    for resource in publishers:
        assert policy in listed(resource["DependsOn"])


def test_every_address_is_subscribed(watched: Stack) -> None:
    subscriptions = [s["Properties"] for s in watched.resources("AWS::SNS::Subscription").values()]
    assert {(s["Protocol"], s["Endpoint"]) for s in subscriptions} == {("email", email) for email in WATCHED.emails}


def test_the_topic_is_found_through_a_parameter(watched: Stack) -> None:
    (topic,) = watched.resources("AWS::SNS::Topic")
    parameter = watched.only("AWS::SSM::Parameter")
    assert (parameter["Name"], parameter["Value"]) == ("/mlproject/owned/alpha/topic-arn", {"Ref": topic})


# The events as AWS's pages show them, with our names.
PIPELINE = "arn:aws:sagemaker:us-east-1:444444444444:pipeline/alpha-owned"
FAILED_PIPELINE = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Model Building Pipeline Execution Status Change",
    "time": "2026-11-25T03:00:00Z",
    "detail": {
        "pipelineArn": PIPELINE,
        "pipelineExecutionArn": f"{PIPELINE}/execution/abcdefghijkl",
        "currentPipelineExecutionStatus": "Failed",
        "previousPipelineExecutionStatus": "Executing",
    },
}
FAILED_NOTEBOOK = {
    "source": "aws.sagemaker",
    "detail-type": "SageMaker Notebook Instance State Change",
    "time": "2026-11-25T03:00:00Z",
    "detail": {
        "NotebookInstanceName": "alpha-owned-explore",
        "NotebookInstanceStatus": "Failed",
        "FailureReason": 'the key "x" is disabled',
    },
}
FAILED_CLUSTER = {
    "source": "aws.emr",
    "detail-type": "EMR Cluster State Change",
    "time": "2026-11-25T03:00:00Z",
    "detail": {
        "name": "flights-dev-1-0",
        "clusterId": "j-1YONHTCP3YZKC",
        "state": "TERMINATED_WITH_ERRORS",
        "message": "Amazon EMR Cluster j-1YONHTCP3YZKC has terminated with errors at 03:00 UTC.",
    },
}


def told(stack: Stack, event: Mapping[str, Any], **detail: Any) -> list[str]:
    """The messages that a stack's rules make of an event with these details."""
    changed = {**event, "detail": {**event["detail"], **detail}}
    return [
        message(resource["Properties"], changed)
        for resource in stack.resources("AWS::Events::Rule").values()
        if EventPattern.load(json.dumps(resource["Properties"]["EventPattern"])).matches_event(changed)
    ]


def message(rule: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What EventBridge would send: each `<name>` is a part of the event, each line stands in quotes."""
    (target,) = rule["Targets"]
    paths = target["InputTransformer"]["InputPathsMap"]
    lines = []
    for line in target["InputTransformer"]["InputTemplate"].split("\n"):
        assert re.fullmatch(r'"[^"\\]+"', line), line
        lines.append(re.sub(r"<(\w+)>", lambda found: part(event, paths[found[1]]), line.strip('"')))
    return "\n".join(lines)


def part(event: Mapping[str, Any], path: str) -> str:
    value: Any = event
    for name in path.removeprefix("$.").split("."):
        value = value[name]
    # A quote would end the line in which the part stands.
    assert '"' not in value
    return str(value)


def test_a_failed_pipeline_is_told_with_its_execution_and_the_command_that_shows_why(watched: Stack) -> None:
    (text,) = told(watched, FAILED_PIPELINE)
    assert "alpha in owned failed at 2026-11-25T03:00:00Z" in text
    execution = f"{PIPELINE}/execution/abcdefghijkl"
    assert f"--region us-east-1 --pipeline-execution-arn {execution}" in text


@pytest.mark.parametrize("status", ["Executing", "Succeeded", "Stopped"])
def test_a_pipeline_that_did_not_fail_is_not_told(watched: Stack, status: str) -> None:
    assert told(watched, FAILED_PIPELINE, currentPipelineExecutionStatus=status) == []


def test_another_pipeline_is_not_told(watched: Stack) -> None:
    assert told(watched, FAILED_PIPELINE, pipelineArn=PIPELINE.replace("alpha", "beta")) == []


def test_a_failed_notebook_is_told_with_the_command_that_shows_why(watched: Stack) -> None:
    (text,) = told(watched, FAILED_NOTEBOOK)
    assert "--notebook-instance-name alpha-owned-explore" in text
    assert told(watched, FAILED_NOTEBOOK, NotebookInstanceName="beta-owned-explore") == []
    assert told(watched, FAILED_NOTEBOOK, NotebookInstanceStatus="Stopped") == []


def test_a_cluster_that_ends_with_errors_is_told_whatever_its_number(stacks: Mapping[str, Stack]) -> None:
    stack = stacks["dev/flights/operations"]
    (text,) = told(stack, FAILED_CLUSTER)
    assert "has terminated with errors" in text
    assert "--cluster-id j-1YONHTCP3YZKC" in text
    assert len(told(stack, FAILED_CLUSTER, name="flights-dev-1-17")) == 1
    assert told(stack, FAILED_CLUSTER, name="flights-pre-1-0") == []
    # Of a project flights-dev in an environment west.
    assert told(stack, FAILED_CLUSTER, name="flights-dev-west-1-0") == []
    # Its idle time is over: no failure.
    assert told(stack, FAILED_CLUSTER, state="TERMINATED") == []


def test_the_clusters_that_are_told_are_those_that_the_emr_stack_names(example_stacks: Mapping[str, Stack]) -> None:
    for project in ("owned/alpha", "joined/alpha"):
        separator, (*parts, restarts) = example_stacks[f"{project}/emr"].only("AWS::EMR::Cluster")["Name"]["Fn::Join"]
        assert restarts == {"Ref": "Restarts"}
        name = separator.join([*parts, "7"])
        assert len(told(example_stacks[f"{project}/operations"], FAILED_CLUSTER, name=name)) == 1, name


def test_without_monthly_budget_usd_there_is_no_budget(tmp_path: Path) -> None:
    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(tmp_path))
    project = deployment("beta", LENT, operations=Operations(emails=BUDGETED.emails))
    platform = Platform(environments={LENT.name: LENT}, projects={"beta": (project,)})
    add_stages(app, platform, pipelines=ROOT / "pipelines")
    app.synth()
    stack = stacks_of(tmp_path)["lent/beta/operations"]
    assert stack.resources("AWS::Budgets::Budget") == {}
    assert "budget none" in json.dumps(stack.only("AWS::CloudWatch::Dashboard"))


def test_a_project_without_notebooks_and_cluster_has_no_rule_for_them(budgeted: Stack) -> None:
    assert len(budgeted.resources("AWS::Events::Rule")) == 1


def test_every_alarm_tells_the_topic_of_a_metric_that_somebody_publishes_and_needs_no_data_while_all_is_well(
    all_stacks: Mapping[str, Stack],
) -> None:
    for stack in operations(all_stacks):
        (topic,) = stack.resources("AWS::SNS::Topic")
        for resource in stack.resources("AWS::CloudWatch::Alarm").values():
            alarm = resource["Properties"]
            names = [dimension["Name"] for dimension in alarm["Dimensions"]]
            environment, project, _ = stack.name.split("/")
            # The notebooks of a deployment publish in a namespace of its own.
            own = (f"mlproject/{project}-{environment}", "FailedInstallations")
            assert (alarm["Namespace"], alarm["MetricName"], *names) in {own, *METRICS}
            assert alarm["AlarmActions"] == [{"Ref": topic}]
            assert (alarm["Statistic"], alarm["ComparisonOperator"], alarm["Threshold"]) == (
                "Sum",
                "GreaterThanOrEqualToThreshold",
                1,
            )
            assert alarm["TreatMissingData"] == "notBreaching"


def test_every_rule_has_an_alarm_for_the_messages_that_it_cannot_send(watched: Stack) -> None:
    watched_rules = {
        alarm["Properties"]["Dimensions"][0]["Value"]["Ref"]
        for alarm in watched.resources("AWS::CloudWatch::Alarm").values()
        if alarm["Properties"]["Namespace"] == "AWS/Events"
    }
    assert watched_rules == set(watched.resources("AWS::Events::Rule"))


def schedule_role(stack: Stack) -> dict[str, Any]:
    roles = [each["Properties"] for each in stack.resources("AWS::IAM::Role").values()]
    (role,) = (each for each in roles if each["RoleName"] == "alpha-owned-schedule")
    return dict(role)


def test_the_schedule_starts_this_pipeline_in_its_time_zone_with_a_role_that_may_do_nothing_else(
    watched: Stack, example_stacks: Mapping[str, Stack]
) -> None:
    schedule = watched.only("AWS::Scheduler::Schedule")
    assert (schedule["ScheduleExpression"], schedule["ScheduleExpressionTimezone"]) == (
        "cron(30 5 ? * MON-FRI *)",
        "Europe/Madrid",
    )
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert schedule["Target"]["Arn"] == PIPELINE
    assert example_stacks["owned/alpha/pipeline"].only("AWS::SageMaker::Pipeline")["PipelineName"] == "alpha-owned"
    role = schedule_role(watched)
    (group,) = watched.resources("AWS::Scheduler::ScheduleGroup")
    assert schedule["GroupName"] == {"Ref": group}
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {
        "aws:SourceAccount": "444444444444",
        "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]},
    }
    (allowed,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (allowed["Action"], allowed["Resource"]) == (["sagemaker:StartPipelineExecution"], [PIPELINE])


def test_without_a_schedule_there_is_no_role_and_no_alarm_for_it(budgeted: Stack) -> None:
    assert not budgeted.resources("AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup", "AWS::IAM::Role")
    namespaces = {a["Properties"]["Namespace"] for a in budgeted.resources("AWS::CloudWatch::Alarm").values()}
    assert "AWS/Scheduler" not in namespaces


def test_rule_24_the_budget_counts_what_has_both_tags_and_says_that_they_must_be_activated(
    all_stacks: Mapping[str, Stack],
) -> None:
    for stack in operations(all_stacks):
        filters = [each["Tags"] for each in stack.only("AWS::Budgets::Budget")["Budget"]["FilterExpression"]["And"]]
        assert {each["Key"]: each["Values"] for each in filters} == {
            key: [stack.properties["tags"][key]] for key in ("project", "environment")
        }
        # AWS refuses a filter expression without metrics:
        # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
        assert stack.only("AWS::Budgets::Budget")["Budget"]["Metrics"] == ["UnblendedCost"]
        assert "activates the cost allocation tags project and environment" in stack.template["Description"]


def test_the_budget_tells_the_topic_of_80_percent_spent_and_100_percent_expected(watched: Stack) -> None:
    budget = watched.only("AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 1200, "Unit": "USD"}
    assert (budget["Budget"]["TimeUnit"], budget["Budget"]["BudgetType"]) == ("MONTHLY", "COST")
    (topic,) = watched.resources("AWS::SNS::Topic")
    assert {
        (n["Notification"]["NotificationType"], n["Notification"]["Threshold"], json.dumps(n["Subscribers"]))
        for n in budget["NotificationsWithSubscribers"]
    } == {
        (kind, percent, json.dumps([{"Address": {"Ref": topic}, "SubscriptionType": "SNS"}]))
        for kind, percent in (("ACTUAL", 80), ("FORECASTED", 100))
    }


def template(folder: Path, operations: Operations) -> dict[str, Any]:
    """The operations stack of a project with these operations."""
    import aws_cdk as cdk

    from stacks.application import create_app
    from stacks.operations.stack import OperationsStack

    app = create_app(ROOT, outdir=str(folder))
    stage = cdk.Stage(app, "owned")
    stack = OperationsStack(stage, deployment=deployment("alpha", OWNED, operations=operations), operations=operations)
    found: dict[str, Any] = stage.synth().get_stack_artifact(stack.artifact_id).template["Resources"]
    return found


def test_rule_9_other_addresses_change_their_subscriptions_and_leave_the_budget_alone(tmp_path: Path) -> None:
    before = template(tmp_path / "before", BUDGETED)
    after = template(tmp_path / "after", BUDGETED.model_copy(update={"emails": ("new@example.com", *BUDGETED.emails)}))
    assert {name: after[name] for name in before} == before
    (added,) = (resource for name, resource in after.items() if name not in before)
    assert (added["Type"], added["Properties"]["Endpoint"]) == ("AWS::SNS::Subscription", "new@example.com")


def test_rule_9_the_topic_and_the_budget_have_no_name(all_stacks: Mapping[str, Stack]) -> None:
    for stack in operations(all_stacks):
        assert "BudgetName" not in stack.only("AWS::Budgets::Budget")["Budget"]
        assert "TopicName" not in stack.only("AWS::SNS::Topic")
        for kind in ("AWS::CloudWatch::Alarm", "AWS::Events::Rule", "AWS::Scheduler::Schedule"):
            for resource in stack.resources(kind).values():
                assert not {"AlarmName", "Name"} & set(resource["Properties"])


def dashboard(stack: Stack) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The widgets of a stack's dashboard, and what stands for each `${...}` in it."""
    text, values = stack.only("AWS::CloudWatch::Dashboard")["DashboardBody"]["Fn::Sub"]
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(values)
    widgets: list[dict[str, Any]] = json.loads(text)["widgets"]
    return widgets, values


def test_the_dashboard_has_the_stages_name_and_shows_every_alarm(watched: Stack) -> None:
    assert watched.only("AWS::CloudWatch::Dashboard")["DashboardName"] == "alpha-owned"
    widgets, values = dashboard(watched)
    (alarms,) = (widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm")
    assert {values[alarm.strip("${}")]["Fn::GetAtt"][0] for alarm in alarms} == set(
        watched.resources("AWS::CloudWatch::Alarm")
    )


def test_no_widget_of_a_dashboard_covers_another_or_leaves_the_grid(all_stacks: Mapping[str, Stack]) -> None:
    for stack in operations(all_stacks):
        taken: set[tuple[int, int]] = set()
        for widget in dashboard(stack)[0]:
            assert widget["x"] + widget["width"] <= 24
            cells = {
                (x, y)
                for x in range(widget["x"], widget["x"] + widget["width"])
                for y in range(widget["y"], widget["y"] + widget["height"])
            }
            assert not taken & cells
            taken |= cells


def test_a_dashboards_metrics_name_this_pipeline_and_these_buckets(watched: Stack) -> None:
    shown = [widget["properties"] for widget in dashboard(watched)[0] if widget["type"] == "metric"]
    assert {properties["region"] for properties in shown} == {"us-east-1"}
    text = json.dumps(shown)
    assert text.count('"PipelineName", "alpha-owned"') == 6
    for use in ("data", "artifacts"):
        assert f"alpha-owned-{use}-444444444444-us-east-1" in text
    for properties in shown:
        ids = [metric[-1]["id"] for metric in properties["metrics"] if "id" in metric[-1]]
        assert len(ids) == len(set(ids))
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
        assert all(re.fullmatch(r"[a-z][a-zA-Z0-9_]*", each) for each in ids)


def test_a_dashboard_shows_clusters_where_the_project_has_them(stacks: Mapping[str, Stack]) -> None:
    for environment, wanted in (("dev", True), ("prod", False)):
        text = json.dumps(dashboard(stacks[f"{environment}/flights/operations"])[0])
        assert ("ElasticMapReduce" in text) is wanted
        assert ("#/clusters" in text) is wanted


def test_rule_25_what_a_platform_demands_is_in_the_schedules_role(watched: Stack) -> None:
    role = schedule_role(watched)
    assert role["Path"] == "/machine-learning/"
    assert role["PermissionsBoundary"] == "arn:aws:iam::444444444444:policy/mlproject-boundary"
    assert OWNED.tags.items() <= watched.properties["tags"].items()
