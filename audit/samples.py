"""Sample values for what a template names without knowing it: parameters, resources, exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.subject import Template
from embedded_aws.cloudformation.intrinsics import Scope

_UUID = "11111111-2222-3333-4444-555555555555"
# `Ref` and `Arn` where they are not an identifier and `arn:SERVICE:REGION:ACCOUNT:TYPE/IDENTIFIER`.
_REF: Mapping[str, str] = {
    "AWS::EC2::SecurityGroup": "sg-0123456789abcdef0",
    "AWS::EC2::Subnet": "subnet-0123456789abcdef0",
    "AWS::EC2::VPC": "vpc-0123456789abcdef0",
    "AWS::EC2::VPCEndpoint": "vpce-0123456789abcdef0",
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy/{id}",
    "AWS::KMS::Key": _UUID,
    "AWS::S3::Bucket": "{name}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{id}",
    "AWS::SecretsManager::Secret": "arn:{partition}:secretsmanager:{region}:{account}:secret:{id}-a1B2c3",
    "AWS::StepFunctions::StateMachine": "arn:{partition}:states:{region}:{account}:stateMachine:{id}",
}
_ARN: Mapping[str, str] = {
    "AWS::CodeBuild::Project": "arn:{partition}:codebuild:{region}:{account}:project/{id}",
    "AWS::CodeCommit::Repository": "arn:{partition}:codecommit:{region}:{account}:{id}",
    "AWS::CodePipeline::Pipeline": "arn:{partition}:codepipeline:{region}:{account}:{id}",
    "AWS::DynamoDB::Table": "arn:{partition}:dynamodb:{region}:{account}:table/{id}",
    "AWS::ECR::Repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{id}",
    "AWS::IAM::OIDCProvider": "arn:{partition}:iam::{account}:oidc-provider/gitlab.example.com",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role/{id}",
    "AWS::IAM::User": "arn:{partition}:iam::{account}:user/{id}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/" + _UUID,
    "AWS::Lambda::Function": "arn:{partition}:lambda:{region}:{account}:function:{id}",
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{id}:*",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{id}",
    "AWS::Scheduler::ScheduleGroup": "arn:{partition}:scheduler:{region}:{account}:schedule-group/{id}",
}


def sample_scope(template: Template) -> Scope:
    """Return what the expressions of a template can name, with sample values."""
    values = _Values(template)
    pseudo = {
        "AWS::AccountId": template.account,
        "AWS::NotificationARNs": [],
        "AWS::Partition": "aws",
        "AWS::Region": template.region,
        "AWS::StackId": f"arn:aws:cloudformation:{template.region}:{template.account}:stack/sample/{_UUID}",
        "AWS::StackName": "sample",
        "AWS::URLSuffix": "amazonaws.com",
    }
    parameters = template.body.get("Parameters", {})
    return Scope(
        parameters={**pseudo, **{name: values.parameter(name, each) for name, each in parameters.items()}},
        mappings=template.body.get("Mappings", {}),
        conditions=template.body.get("Conditions", {}),
        ref=values.ref,
        attribute=values.attribute,
        import_value=lambda name: name,
        zones=lambda region: [f"{region}{letter}" for letter in "abc"],
    )


class _Values:
    def __init__(self, template: Template) -> None:
        self._types = {name: str(each["Type"]) for name, each in template.resources.items()}
        self._places = {"partition": "aws", "region": template.region, "account": template.account}

    def ref(self, name: str) -> str:
        return self._format(_REF.get(self._types.get(name, ""), "{id}"), name)

    def attribute(self, name: str, attribute: str) -> str:
        kind = self._types.get(name, "AWS::CloudFormation::Stack")
        if attribute.endswith("Arn"):
            _, service, resource = [*kind.split("::"), "resource"][:3]
            return self._format(
                _ARN.get(kind, f"arn:{{partition}}:{service.lower()}:{{region}}:{{account}}:{resource.lower()}/{{id}}"),
                name,
            )
        return self._format(_REF.get(kind, "{id}"), name)

    def parameter(self, name: str, declared: Mapping[str, Any]) -> Any:
        """Return the default, or a value of its type. The default of an SSM parameter is its name, not its value."""
        kind = str(declared["Type"])
        value = declared.get("Default") if "SSM" not in kind else None
        if "List<" in kind or kind == "CommaDelimitedList":
            return str(value).split(",") if value else [self._of_type(kind, name)] * 3
        return str(value) if value is not None else self._of_type(kind, name)

    def _of_type(self, kind: str, name: str) -> str:
        for resource, value in _REF.items():
            if f"{resource}::Id" in kind:
                return value
        if name.lower().endswith("keyarn"):
            return self._format(_ARN["AWS::KMS::Key"], name)
        return "1" if kind == "Number" else self._format("{name}", name)

    def _format(self, pattern: str, name: str) -> str:
        return pattern.format(id=name, name=name.lower(), **self._places)
