"""Which resources the parameters of an operation name: a reviewed table, by service and kind of resource.

The kinds are those of the catalogue; a test compares each row with the ARNs that AWS documents for its kind:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# A parameter that is an ARN by itself.
_IS_ARN = re.compile(r"\{[A-Za-z.]*(Arn|ARN)(List)?\}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One way to name a resource.

    Args:
        kind: of resource, as the catalogue calls it; `*` for every kind of the service.
        arn: with parameters: `{Name}`, `{Name|default}`, `{/Name}` without its first slash, `{!Name}` for one that must
            not be there, `{Outer.Name}` inside a structure or list; an ARN as a value stands for itself.
    """

    kind: str
    arn: str


def _rows(prefix: str, kinds: Mapping[str, tuple[str, ...]], *, region: str = "{region}") -> tuple[Row, ...]:
    """Rows whose ARNs begin alike."""
    start = f"arn:{{partition}}:{prefix}:{region}:{{account}}:"
    return tuple(
        Row(kind=kind, arn=ending if _IS_ARN.fullmatch(ending) else start + ending)
        for kind, endings in kinds.items()
        for ending in endings
    )


TABLE: Mapping[str, tuple[Row, ...]] = {
    "athena": _rows(
        "athena",
        {
            # The name of a query is no name of a group.
            "workgroup": (
                "workgroup/{WorkGroup}",
                "workgroup/{!WorkGroup}{!Name}primary",
                "workgroup/{Name}{!WorkGroup}{!QueryString}",
            ),
            "datacatalog": ("datacatalog/{CatalogName|AwsDataCatalog}{!Name}", "datacatalog/{Name}"),
            "*": ("{ResourceARN}",),
        },
    ),
    "budgets": _rows(
        "budgets",
        {
            "budget": ("budget/{BudgetName}", "budget/{Budget.BudgetName}", "budget/{NewBudget.BudgetName}"),
            "*": ("{ResourceARN}",),
        },
        region="",
    ),
    "cloudformation": _rows(
        "cloudformation",
        {
            # The id behind the name is the service's own choice.
            "stack": ("stack/{StackName}/*", "stack/{Stack}/*"),
            "changeset": ("changeSet/{ChangeSetName}/*",),
        },
    ),
    "cloudwatch": (
        *_rows(
            "cloudwatch",
            {"alarm": ("alarm:{AlarmName}", "alarm:{AlarmNames}", "alarm:{AlarmNamePrefix}*"), "*": ("{ResourceARN}",)},
        ),
        *_rows("cloudwatch", {"dashboard": ("dashboard/{DashboardName}", "dashboard/{DashboardNames}")}, region=""),
    ),
    "dynamodb": _rows(
        "dynamodb",
        {
            "table": ("table/{TableName}{!IndexName}", "{ResourceArn}"),
            "index": ("table/{TableName}/index/{IndexName}",),
        },
    ),
    "ec2": _rows(
        "ec2",
        {
            "elastic-ip": ("elastic-ip/{AllocationId}",),
            "instance": ("instance/{InstanceId}", "instance/{InstanceIds}"),
            "internet-gateway": ("internet-gateway/{InternetGatewayId}",),
            "natgateway": ("natgateway/{NatGatewayId}",),
            "network-interface": ("network-interface/{NetworkInterfaceId}",),
            "route-table": (
                "route-table/{RouteTableId}",
                "route-table/{RouteTableIds}",
                "route-table/{AddRouteTableIds}",
            ),
            "security-group": (
                "security-group/{GroupId}",
                "security-group/{Groups}",
                "security-group/{SecurityGroupIds}",
            ),
            "subnet": ("subnet/{SubnetId}", "subnet/{SubnetIds}", "subnet/{AddSubnetIds}"),
            "vpc": ("vpc/{VpcId}",),
            "vpc-endpoint": ("vpc-endpoint/{VpcEndpointId}", "vpc-endpoint/{VpcEndpointIds}"),
            "vpc-flow-log": ("vpc-flow-log/{FlowLogIds}",),
            "vpc-peering-connection": ("vpc-peering-connection/{VpcPeeringConnectionId}",),
        },
    ),
    "ecr": _rows(
        "ecr", {"repository": ("repository/{repositoryName}", "repository/{repositoryNames}"), "*": ("{resourceArn}",)}
    ),
    "elasticmapreduce": _rows(
        "elasticmapreduce",
        {
            "cluster": (
                "cluster/{ClusterId}",
                "cluster/{JobFlowId}",
                "cluster/{JobFlowIds}",
                "cluster/{ResourceId}",
            ),
        },
    ),
    "emr-serverless": _rows(
        "emr-serverless",
        {
            "application": ("/applications/{applicationId}",),
            "jobrun": ("/applications/{applicationId}/jobruns/{jobRunId}",),
            "*": ("{resourceArn}",),
        },
    ),
    "events": _rows(
        "events",
        {
            "rule-on-default-event-bus": ("rule/{Name}{!EventBusName}", "rule/{Rule}{!EventBusName}"),
            "rule-on-custom-event-bus": ("rule/{EventBusName}/{Name}", "rule/{EventBusName}/{Rule}"),
            "event-bus": (
                "event-bus/{EventBusName|default}{!Name}{!EventSourceArn}{!ResourceARN}",
                "event-bus/{Name}",
                "{EventSourceArn}",
            ),
            "archive": ("archive/{ArchiveName}",),
            "connection": ("connection/{Name}{!HttpMethod}", "{ConnectionArn}"),
            "api-destination": ("api-destination/{Name}",),
            "*": ("{ResourceARN}",),
        },
    ),
    "lambda": _rows(
        "lambda",
        {
            "function": ("function:{FunctionName}", "function:{Resource}"),
            "layer": ("layer:{LayerName}",),
            "layerversion": ("layer:{LayerName}:{VersionNumber}",),
        },
    ),
    "glue": _rows(
        "glue",
        {
            "rootcatalog": ("catalog",),
            "database": ("database/{DatabaseName}", "database/{Name}{!DatabaseName}", "database/{DatabaseInput.Name}"),
            "table": (
                "table/{DatabaseName}/{Name}",
                "table/{DatabaseName}/{TableName}",
                "table/{DatabaseName}/{TableInput.Name}",
            ),
            "crawler": ("crawler/{CrawlerName}", "crawler/{Name}"),
            "job": ("job/{JobName}", "job/{Name}"),
            "trigger": ("trigger/{Name}",),
            "*": ("{ResourceArn}",),
        },
    ),
    "logs": _rows(
        "logs",
        {
            # A group's ARN in a policy ends in `:*`, its streams:
            # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
            "log-group": (
                "log-group:{logGroupName}:log-stream:",
                "log-group:{logGroupNames}:log-stream:",
                "log-group:{logGroupNamePrefix}*:log-stream:",
                "log-group:{logGroupIdentifier}:log-stream:",
                "{resourceArn}",
            ),
            "log-stream": ("log-group:{logGroupName}:log-stream:{logStreamName}",),
        },
    ),
    "sagemaker": _rows(
        "sagemaker",
        {
            "code-repository": ("code-repository/{CodeRepositoryName}",),
            "endpoint": ("endpoint/{EndpointName}",),
            "endpoint-config": ("endpoint-config/{EndpointConfigName}",),
            "image": ("image/{ImageName}",),
            "image-version": ("image-version/{ImageName}/{Version|*}",),
            "model": ("model/{ModelName}",),
            # The version of a package that is made has no number yet.
            "model-package": (
                "{ModelPackageArn}",
                "{ModelPackageArnList}",
                "model-package/{ModelPackageName}",
                "model-package/{ModelPackageGroupName}/*",
            ),
            "model-package-group": ("model-package-group/{ModelPackageGroupName}",),
            "notebook-instance": ("notebook-instance/{NotebookInstanceName}",),
            "notebook-instance-lifecycle-config": (
                "notebook-instance-lifecycle-config/{NotebookInstanceLifecycleConfigName}",
            ),
            "pipeline": ("pipeline/{PipelineName}",),
            "pipeline-execution": ("{PipelineExecutionArn}", "pipeline/{PipelineName}/execution/*"),
            "processing-job": ("processing-job/{ProcessingJobName}",),
            "training-job": ("training-job/{TrainingJobName}",),
            "transform-job": ("transform-job/{TransformJobName}",),
            "*": ("{ResourceArn}",),
        },
    ),
    "scheduler": _rows(
        "scheduler",
        {
            "schedule": ("schedule/{GroupName|default}/{Name}",),
            "schedule-group": ("schedule-group/{Name}", "schedule-group/{ScheduleGroup}"),
            "*": ("{ResourceArn}",),
        },
    ),
    "servicequotas": _rows("servicequotas", {"quota": ("{ServiceCode}/{QuotaCode}",)}),
    "sns": _rows("sns", {"topic": ("{TopicArn}", "{TargetArn}", "{ResourceArn}", "{Name}")}),
    "sqs": _rows("sqs", {"queue": ("{QueueName}",)}),
    "ssm": _rows(
        "ssm",
        {"parameter": ("parameter/{/Name}", "parameter/{/Names}", "parameter/{/Path}*", "parameter/{/ResourceId}")},
    ),
}

# What a creation makes, whose id nobody knows yet.
CREATED: Mapping[str, Mapping[str, str]] = {
    "ec2": {
        "AllocateAddress": "elastic-ip",
        "CreateFlowLogs": "vpc-flow-log",
        "CreateInternetGateway": "internet-gateway",
        "CreateNatGateway": "natgateway",
        "CreateNetworkInterface": "network-interface",
        "CreateRouteTable": "route-table",
        "CreateSecurityGroup": "security-group",
        "CreateSubnet": "subnet",
        "CreateVpc": "vpc",
        "CreateVpcEndpoint": "vpc-endpoint",
    },
    "elasticmapreduce": {"RunJobFlow": "cluster"},
}

# The kind of a resource of EC2, from the beginning of its id.
EC2_KINDS: Mapping[str, str] = {
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "nat": "natgateway",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "subnet": "subnet",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
}

# Kinds that the catalogue leaves out and AWS's own page or another copy of it names.
ALSO: Mapping[str, tuple[str, ...]] = {
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
    "sagemaker:CreateModelPackage": ("model-package-group",),
}
