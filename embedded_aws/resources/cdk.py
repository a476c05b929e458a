"""AWS::CDK."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Metadata(Handler):
    """Nothing is made for it here, and nothing on AWS: it tells AWS which constructs a stack uses.

    https://docs.aws.amazon.com/cdk/v2/guide/usage-data.html
    """

    type_name = "AWS::CDK::Metadata"
    supported = frozenset({"Analytics", "Modules"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        return {"Id": context.report_id(context.generated_name())}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        return {"Id": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        """Nothing was made, so nothing is removed."""
