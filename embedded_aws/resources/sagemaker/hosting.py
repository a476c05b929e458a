"""AWS::SageMaker: models, endpoint configurations and endpoints. How a model answers: embedded_aws/inference."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, pick, tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler
from embedded_aws.resources.sagemaker.pipelines import update_sagemaker_tags


@handler
class Model(Handler):
    type_name = "AWS::SageMaker::Model"
    TAKEN = (
        "Containers",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "InferenceExecutionConfig",
        "PrimaryContainer",
        "VpcConfig",
    )
    supported = frozenset({"ModelName", "Tags", *TAKEN})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateModel",
            ModelName=properties.get("ModelName") or context.generated_name(),
            Tags=tags(properties),
            **pick(properties, *self.TAKEN),
        )["ModelArn"]
        return _attributes(context.report_id(arn), "Model")

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_sagemaker_tags(context, physical_id, old, new)
        return _attributes(physical_id, "Model")

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sagemaker", "DeleteModel", ModelName=_name(physical_id))


@handler
class EndpointConfig(Handler):
    type_name = "AWS::SageMaker::EndpointConfig"
    TAKEN = (
        "AsyncInferenceConfig",
        "DataCaptureConfig",
        "EnableNetworkIsolation",
        "ExecutionRoleArn",
        "ExplainerConfig",
        "KmsKeyId",
        "MetricsConfig",
        "ProductionVariants",
        "ShadowProductionVariants",
        "VpcConfig",
    )
    supported = frozenset({"EndpointConfigName", "Tags", *TAKEN})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateEndpointConfig",
            EndpointConfigName=properties.get("EndpointConfigName") or context.generated_name(),
            Tags=tags(properties),
            **pick(properties, *self.TAKEN),
        )["EndpointConfigArn"]
        return _attributes(context.report_id(arn), "EndpointConfig")

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        update_sagemaker_tags(context, physical_id, old, new)
        return _attributes(physical_id, "EndpointConfig")

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sagemaker", "DeleteEndpointConfig", EndpointConfigName=_name(physical_id))


@handler
class Endpoint(Handler):
    type_name = "AWS::SageMaker::Endpoint"
    supported = frozenset({"DeploymentConfig", "EndpointConfigName", "EndpointName", "Tags"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "sagemaker",
            "CreateEndpoint",
            EndpointName=properties.get("EndpointName") or context.generated_name(),
            EndpointConfigName=_name(properties["EndpointConfigName"]),
            Tags=tags(properties),
            **pick(properties, "DeploymentConfig"),
        )["EndpointArn"]
        context.report_id(arn)
        described = call(context, "sagemaker", "DescribeEndpoint", EndpointName=_name(arn))
        if described["EndpointStatus"] == "Failed":
            raise HandlerError(described["FailureReason"])
        return _attributes(arn, "Endpoint")

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, "DeploymentConfig", "EndpointConfigName"):
            call(
                context,
                "sagemaker",
                "UpdateEndpoint",
                EndpointName=_name(physical_id),
                EndpointConfigName=_name(new["EndpointConfigName"]),
                **pick(new, "DeploymentConfig"),
            )
            described = call(context, "sagemaker", "DescribeEndpoint", EndpointName=_name(physical_id))
            if described.get("FailureReason"):
                raise HandlerError(described["FailureReason"])
        update_sagemaker_tags(context, physical_id, old, new)
        return _attributes(physical_id, "Endpoint")

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "sagemaker", "DeleteEndpoint", EndpointName=_name(physical_id))


def _attributes(arn: str, kind: str) -> dict[str, Any]:
    """Ref gives the ARN, and Fn::GetAtt the name too.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-sagemaker-endpoint.html
    """
    return {f"{kind}Arn": arn, f"{kind}Name": _name(arn)}


def _name(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]
