"""IAM actions that the handlers of a CloudFormation resource type call, from the schemas that cfn-lint bundles."""

from __future__ import annotations

_OPERATIONS = ("create", "read", "update", "delete")


def schema_actions(type_name: str, *, region: str) -> frozenset[str]:
    """Return the actions of a type's handlers; none for a type whose schema lists none.

    Args:
        type_name: such as `AWS::S3::Bucket`.
        region: whose schema is read.
    """
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # cfn-lint takes long to import

    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, type_name).schema.get("handlers", {})
    return frozenset(
        action for operation in _OPERATIONS for action in handlers.get(operation, {}).get("permissions", ())
    )
