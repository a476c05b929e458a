"""AWS::SecretsManager."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from embedded_aws.resources._common import call, changed, pick, tags, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler


@handler
class Secret(Handler):
    type_name = "AWS::SecretsManager::Secret"
    # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    GENERATED: ClassVar[tuple[str, ...]] = (
        "ExcludeCharacters",
        "ExcludeLowercase",
        "ExcludeNumbers",
        "ExcludePunctuation",
        "ExcludeUppercase",
        "IncludeSpace",
        "PasswordLength",
        "RequireEachIncludedType",
    )
    supported = frozenset(
        {
            "Description",
            "GenerateSecretString.GenerateStringKey",
            "GenerateSecretString.SecretStringTemplate",
            "KmsKeyId",
            "Name",
            "SecretString",
            "Tags",
            *(f"GenerateSecretString.{name}" for name in GENERATED),
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(
            context,
            "secretsmanager",
            "CreateSecret",
            Name=properties.get("Name") or context.generated_name(limit=512),
            SecretString=self._value(context, properties),
            Tags=tags(properties) or None,
            **pick(properties, "Description", "KmsKeyId"),
        )["ARN"]
        return {"Id": context.report_id(arn)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        value = self._value(context, new) if changed(old, new, "SecretString", "GenerateSecretString") else None
        changes = {
            name: new.get(name, default)
            for name, default in {"Description": "", "KmsKeyId": "alias/aws/secretsmanager"}.items()
            if changed(old, new, name)
        }
        if value is not None or changes:
            call(context, "secretsmanager", "UpdateSecret", SecretId=physical_id, SecretString=value, **changes)
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "secretsmanager", "UntagResource", SecretId=physical_id, TagKeys=keys),
            add=lambda _: call(context, "secretsmanager", "TagResource", SecretId=physical_id, Tags=tags(new)),
        )
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        # A stack's secret goes at once, without the days in which it could come back.
        call(context, "secretsmanager", "DeleteSecret", SecretId=physical_id, ForceDeleteWithoutRecovery=True)

    def _value(self, context: Context, properties: Properties) -> str | None:
        if "SecretString" in properties:
            return str(properties["SecretString"])
        if "GenerateSecretString" not in properties:
            return None
        generated = properties["GenerateSecretString"]
        password: str = call(context, "secretsmanager", "GetRandomPassword", **pick(generated, *self.GENERATED))[
            "RandomPassword"
        ]
        if "SecretStringTemplate" not in generated and "GenerateStringKey" not in generated:
            return password
        if "SecretStringTemplate" not in generated or "GenerateStringKey" not in generated:
            raise HandlerError("GenerateSecretString needs SecretStringTemplate and GenerateStringKey together")
        try:
            template = json.loads(generated["SecretStringTemplate"])
        except ValueError as error:
            raise HandlerError("SecretStringTemplate is not valid JSON") from error
        return json.dumps({**template, generated["GenerateStringKey"]: password})


@handler
class ResourcePolicy(Handler):
    type_name = "AWS::SecretsManager::ResourcePolicy"
    supported = frozenset({"ResourcePolicy", "SecretId"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        arn = call(context, "secretsmanager", "DescribeSecret", SecretId=properties["SecretId"])["ARN"]
        self._put(context, properties)
        return {"Id": context.report_id(arn)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._put(context, new)
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "secretsmanager", "DeleteResourcePolicy", SecretId=physical_id)

    def _put(self, context: Context, properties: Properties) -> None:
        call(
            context,
            "secretsmanager",
            "PutResourcePolicy",
            SecretId=properties["SecretId"],
            ResourcePolicy=text(properties["ResourcePolicy"]),
        )
