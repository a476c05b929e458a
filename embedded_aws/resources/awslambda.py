"""AWS::Lambda: functions that carry out CDK's own custom resources. They are recorded, not run.

The engine refuses any other function by name (embedded_aws/cloudformation/checks.py).
"""

from __future__ import annotations

from typing import Any, ClassVar

from embedded_aws.resources._archive import make_archive
from embedded_aws.resources._common import call, changed, exists, pick, tag_map, update_tags
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Function(Handler):
    type_name = "AWS::Lambda::Function"
    CONFIGURATION: ClassVar[tuple[str, ...]] = (
        "Description",
        "Environment",
        "Handler",
        "Layers",
        "MemorySize",
        "Role",
        "Runtime",
        "Timeout",
    )
    # What an update sets where the template no longer gives the property.
    # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
    DEFAULTS: ClassVar[dict[str, Any]] = {
        "Description": "",
        "Environment": {"Variables": {}},
        "Layers": [],
        "MemorySize": 128,
        "Timeout": 3,
    }
    supported = frozenset(
        {
            "Architectures",
            "Code.S3Bucket",
            "Code.S3Key",
            "Code.ZipFile",
            "FunctionName",
            "Tags",
            *CONFIGURATION,
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("FunctionName") or context.generated_name(limit=64)
        taken = exists(context, "lambda", "GetFunction", missing="ResourceNotFoundException", FunctionName=name)
        with context.creating(name, exists=taken):
            function = call(
                context,
                "lambda",
                "CreateFunction",
                FunctionName=name,
                Code=_code(properties),
                Tags=tag_map(properties) or None,
                **pick(properties, "Architectures", *self.CONFIGURATION),
            )
        return {"Arn": function["FunctionArn"]}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        if changed(old, new, "Code", "Architectures"):
            call(
                context,
                "lambda",
                "UpdateFunctionCode",
                FunctionName=physical_id,
                Architectures=new.get("Architectures", ["x86_64"]),
                **_code(new),
            )
        if changed(old, new, *self.CONFIGURATION):
            given = {**self.DEFAULTS, **pick(new, *self.CONFIGURATION)}
            call(context, "lambda", "UpdateFunctionConfiguration", FunctionName=physical_id, **given)
        arn = call(context, "lambda", "GetFunctionConfiguration", FunctionName=physical_id)["FunctionArn"]
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "lambda", "UntagResource", Resource=arn, TagKeys=keys),
            add=lambda added: call(context, "lambda", "TagResource", Resource=arn, Tags=added),
        )
        return {"Arn": arn}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "lambda", "DeleteFunction", FunctionName=physical_id)


@handler
class LayerVersion(Handler):
    type_name = "AWS::Lambda::LayerVersion"
    OPTIONS: ClassVar[tuple[str, ...]] = (
        "CompatibleArchitectures",
        "CompatibleRuntimes",
        "Description",
        "LicenseInfo",
    )
    supported = frozenset({"Content.S3Bucket", "Content.S3Key", "LayerName", *OPTIONS})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        version = call(
            context,
            "lambda",
            "PublishLayerVersion",
            LayerName=properties.get("LayerName") or context.generated_name(limit=140),
            Content=properties["Content"],
            **pick(properties, *self.OPTIONS),
        )
        return {"LayerVersionArn": context.report_id(version["LayerVersionArn"])}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        name, _, number = physical_id.rpartition(":")
        call(context, "lambda", "DeleteLayerVersion", LayerName=name, VersionNumber=number)


def _code(properties: Properties) -> dict[str, Any]:
    """The code as the API takes it: CloudFormation packs inline code into a file named index.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
    """
    code = dict(properties["Code"])
    if "ZipFile" not in code:
        return code
    ending = "py" if str(properties.get("Runtime", "")).startswith("python") else "js"
    return {"ZipFile": make_archive({f"index.{ending}": code["ZipFile"]})}
