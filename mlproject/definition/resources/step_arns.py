"""The ARNs of the resources that a step names, by type of step.

The arguments are those that the SageMaker SDK writes: sagemaker.mlops.workflow, in its modules lambda_step,
callback_step, emr_step, emr_serverless_step, quality_check_step, clarify_check_step, endpoint_step,
inference_component_step and lineage_step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from mlproject.definition.images.uris import image_repositories
from mlproject.definition.resources.deployed_step import NAME, DeployedStep
from mlproject.definition.step_application import APPLICATION_ID

# https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
_FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,140}(?::[\w$-]+)?", re.ASCII)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html
_QUEUE = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(\d{12})/([\w-]{1,80}(?:\.fifo)?)", re.ASCII)
# https://docs.aws.amazon.com/emr/latest/APIReference/API_DescribeCluster.html
_CLUSTER = re.compile(r"j-[A-Z0-9]+")
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_StartJobRun.html
_APPLICATION = re.compile(r"[0-9a-z]{1,64}")

Arns = Iterator[tuple[str, str]]

# The resource types of the readers below, which the permissions in mlproject.aws_rules refer to.
RESOURCE_TYPES = (
    "actions",
    "any new application",
    "any new cluster",
    "applications",
    "artifacts",
    "associated entities",
    "baseline packages",
    "check images",
    "checked models",
    "cluster roles",
    "clusters",
    "clusters of runtime roles",
    "configurations of endpoints",
    "contexts",
    "endpoint configurations",
    "endpoints",
    "endpoints of components",
    "functions",
    "inference components",
    "job run roles",
    "job runs",
    "keys of queues",
    "new applications",
    "new clusters",
    "node roles",
    "queues",
    "rule of cluster steps",
    "rule of new clusters",
    "runtime roles",
    "scaling roles",
    "serving roles",
    "temporary endpoints",
)


def _function(step: DeployedStep) -> Arns:
    arn = step.match("FunctionArn", step.step.get("FunctionArn"), _FUNCTION, "the ARN of a Lambda function")
    yield "functions", arn[0]


def _queue(step: DeployedStep) -> Arns:
    expected = "a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/123456789012/approvals"
    url = step.match("SqsQueueUrl", step.step.get("SqsQueueUrl"), _QUEUE, expected)
    region, account, name = url.groups()
    partition = step.location.partition
    yield "queues", f"arn:{partition}:sqs:{region}:{account}:{name}"
    yield "keys of queues", f"arn:{partition}:kms:{region}:{account}:key/*"


def _emr(step: DeployedStep) -> Arns:
    arguments, location = step.arguments, step.location
    if "ClusterId" not in arguments:
        yield from _new_cluster(step, arguments.get("ClusterConfig") or {})
        return
    cluster = step.match("ClusterId", arguments["ClusterId"], _CLUSTER, "the id of a cluster, such as j-1ABCDEFGH2IJK")
    arn = location.arn("elasticmapreduce", f"cluster/{cluster[0]}")
    yield "rule of cluster steps", location.arn("events", "rule/SageMakerPipelineExecutionEMRStepStatusUpdateRule")
    if "ExecutionRoleArn" in arguments:
        yield "runtime roles", step.role("ExecutionRoleArn", arguments["ExecutionRoleArn"])
        yield "clusters of runtime roles", arn
    else:
        yield "clusters", arn


def _new_cluster(step: DeployedStep, config: Mapping[str, Any]) -> Arns:
    location = step.location
    yield "any new cluster", "*"
    yield "new clusters", location.arn("elasticmapreduce", "cluster/*")
    # AWS's page of step types calls it SageMakerPipelineExecutionEMRClusterStatusRule, its managed policy as follows.
    yield "rule of new clusters", location.arn("events", "rule/SageMakerPipelineExecutionEMRClusterStatusUpdateRule")
    # JobFlowRole is an instance profile. Both AWS's defaults and the console give it the name of its role.
    for name, kind in (
        ("ServiceRole", "cluster roles"),
        ("JobFlowRole", "node roles"),
        ("AutoScalingRole", "scaling roles"),
    ):
        if name in config:
            yield kind, step.role(f"ClusterConfig.{name}", config[name])


def _emr_serverless(step: DeployedStep) -> Arns:
    arguments, location = step.arguments, step.location
    yield "job run roles", step.role("ExecutionRoleArn", arguments.get("ExecutionRoleArn"))
    if "ApplicationId" in arguments:
        application = _application(step, arguments["ApplicationId"])
        yield "applications", location.arn("emr-serverless", f"/applications/{application}")
        yield "job runs", location.arn("emr-serverless", f"/applications/{application}/jobruns/*")
        return
    yield "any new application", "*"
    yield "new applications", location.arn("emr-serverless", "/applications/*")
    yield "job runs", location.arn("emr-serverless", "/applications/*/jobruns/*")


def _application(step: DeployedStep, value: Any) -> str:
    """Return the id of an application. That of the project's own is a reference, which only CloudFormation resolves."""
    own = f"${{{APPLICATION_ID}}}"
    if value == own:
        return str(step.resolve("ApplicationId", own))
    expected = "the id of an application, such as 00abcdef12345678"
    return step.match("ApplicationId", value, _APPLICATION, expected)[0]


def _check(step: DeployedStep) -> Arns:
    location, group = step.location, step.step.get("ModelPackageGroupName")
    image = step.resolve("ImageUri", (step.arguments.get("AppSpecification") or {}).get("ImageUri"))
    for each in image_repositories([image] if isinstance(image, str) else []):
        yield "check images", f"arn:{location.partition}:ecr:{each.region}:{each.account}:repository/{each.name}"
    if group is not None:
        name = step.match("ModelPackageGroupName", group, NAME, "the name of a model package group")[0]
        yield "baseline packages", location.arn("sagemaker", f"model-package-group/{name}")
        yield "baseline packages", location.arn("sagemaker", f"model-package/{name}/*")


def _clarify(step: DeployedStep) -> Arns:
    yield from _check(step)
    model, location = step.step.get("ModelName"), step.location
    if model is None:
        return
    # An earlier step creates the model.
    yield "checked models", step.sagemaker_arn("model", "ModelName", model, if_unknown="pipelines-*")
    yield "temporary endpoints", location.arn("sagemaker", "endpoint/*")
    yield "temporary endpoints", location.arn("sagemaker", "endpoint-config/*")


def _endpoint_config(step: DeployedStep) -> Arns:
    arguments = step.arguments
    name = arguments.get("EndpointConfigName")
    yield "endpoint configurations", step.sagemaker_arn("endpoint-config", "EndpointConfigName", name)
    if "ExecutionRoleArn" in arguments:
        yield "serving roles", step.role("ExecutionRoleArn", arguments["ExecutionRoleArn"])


def _endpoint(step: DeployedStep) -> Arns:
    config = step.arguments.get("EndpointConfigName")
    yield "endpoints", step.sagemaker_arn("endpoint", "EndpointName", step.arguments.get("EndpointName"))
    yield "configurations of endpoints", step.sagemaker_arn("endpoint-config", "EndpointConfigName", config)


def _inference_component(step: DeployedStep) -> Arns:
    name, endpoint = (step.arguments.get(key) for key in ("InferenceComponentName", "EndpointName"))
    yield "inference components", step.sagemaker_arn("inference-component", "InferenceComponentName", name)
    yield "endpoints of components", step.sagemaker_arn("endpoint", "EndpointName", endpoint)


def _lineage(step: DeployedStep) -> Arns:
    kinds = ("action", "artifact", "context")
    for kind in kinds:
        if step.arguments.get(f"{kind.capitalize()}s"):
            yield f"{kind}s", step.location.arn("sagemaker", f"{kind}/*")
    if step.arguments.get("Associations"):
        for kind in (*kinds, "experiment-trial-component"):
            yield "associated entities", step.location.arn("sagemaker", f"{kind}/*")


READERS: Mapping[str, Callable[[DeployedStep], Arns]] = {
    "Lambda": _function,
    "Callback": _queue,
    "EMR": _emr,
    "EMRServerless": _emr_serverless,
    "QualityCheck": _check,
    "ClarifyCheck": _clarify,
    "EndpointConfig": _endpoint_config,
    "Endpoint": _endpoint,
    "InferenceComponent": _inference_component,
    "Lineage": _lineage,
}
