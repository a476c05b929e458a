"""AWS::Glue: the data catalog."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, pick
from embedded_aws.resources.handler import Context, Handler, Properties, handler


@handler
class Database(Handler):
    type_name = "AWS::Glue::Database"
    supported = frozenset(
        {
            "CatalogId",
            *(f"DatabaseInput.{name}" for name in ("Description", "LocationUri", "Name", "Parameters")),
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        given = properties["DatabaseInput"]
        name = given.get("Name") or context.report_generated_name(limit=255, lower=True)
        call(
            context,
            "glue",
            "CreateDatabase",
            **pick(properties, "CatalogId"),
            DatabaseInput={**given, "Name": name},
        )
        return {"DatabaseName": context.report_id(name)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(
            context,
            "glue",
            "UpdateDatabase",
            **pick(new, "CatalogId"),
            Name=physical_id,
            DatabaseInput={**new["DatabaseInput"], "Name": physical_id},
        )
        return {"DatabaseName": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteDatabase", **pick(properties, "CatalogId"), Name=physical_id)


@handler
class Table(Handler):
    type_name = "AWS::Glue::Table"
    INPUT = (
        "Description",
        "Name",
        "Owner",
        "Parameters",
        "PartitionKeys",
        "Retention",
        "StorageDescriptor",
        "TableType",
        "ViewExpandedText",
        "ViewOriginalText",
    )
    supported = frozenset({"CatalogId", "DatabaseName", *(f"TableInput.{name}" for name in INPUT)})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        given = properties["TableInput"]
        name = given.get("Name") or context.report_generated_name(limit=255, lower=True)
        call(
            context,
            "glue",
            "CreateTable",
            **pick(properties, "CatalogId", "DatabaseName"),
            TableInput={**given, "Name": name},
        )
        return {"Name": context.report_id(name)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        call(
            context,
            "glue",
            "UpdateTable",
            **pick(new, "CatalogId", "DatabaseName"),
            TableInput={**new["TableInput"], "Name": physical_id},
        )
        return {"Name": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "glue", "DeleteTable", **pick(properties, "CatalogId", "DatabaseName"), Name=physical_id)
