"""AWS::Athena."""

from __future__ import annotations

from typing import Any

from embedded_aws.resources._common import call, changed, pick, tags, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

_CONFIGURATION = (
    "BytesScannedCutoffPerQuery",
    "EnforceWorkGroupConfiguration",
    "EngineVersion.SelectedEngineVersion",
    "PublishCloudWatchMetricsEnabled",
    "RequesterPaysEnabled",
    "ResultConfiguration",
)


@handler
class WorkGroup(Handler):
    type_name = "AWS::Athena::WorkGroup"
    supported = frozenset(
        {
            "Description",
            "Name",
            "RecursiveDeleteOption",
            "State",
            "Tags",
            *(f"WorkGroupConfiguration.{name}" for name in _CONFIGURATION),
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties["Name"]
        listed = call(context, "athena", "ListWorkGroups")["WorkGroups"]
        if name in [group["Name"] for group in listed]:
            raise HandlerError(f"the workgroup {name} already exists")
        call(
            context,
            "athena",
            "CreateWorkGroup",
            Name=name,
            Configuration=properties.get("WorkGroupConfiguration", {}),
            Description=properties.get("Description"),
            Tags=tags(properties),
        )
        context.report_id(name)
        if properties.get("State", "ENABLED") != "ENABLED":
            call(context, "athena", "UpdateWorkGroup", WorkGroup=name, State=properties["State"])
        return self._attributes(context, name)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        updates = {}
        if changed(old, new, "WorkGroupConfiguration"):
            updates = self._configuration_updates(old, new)
        call(
            context,
            "athena",
            "UpdateWorkGroup",
            WorkGroup=physical_id,
            Description=new.get("Description", ""),
            State=new.get("State", "ENABLED"),
            ConfigurationUpdates=updates or None,
        )
        arn = f"arn:aws:athena:{context.region}:{context.account}:workgroup/{physical_id}"
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "athena", "UntagResource", ResourceARN=arn, TagKeys=keys),
            add=lambda _: call(context, "athena", "TagResource", ResourceARN=arn, Tags=tags(new)),
        )
        return self._attributes(context, physical_id)

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(
            context,
            "athena",
            "DeleteWorkGroup",
            WorkGroup=physical_id,
            RecursiveDeleteOption=properties.get("RecursiveDeleteOption", False),
        )

    def _configuration_updates(self, old: Properties, new: Properties) -> dict[str, Any]:
        """https://docs.aws.amazon.com/athena/latest/APIReference/API_WorkGroupConfigurationUpdates.html"""
        before, after = old.get("WorkGroupConfiguration", {}), new.get("WorkGroupConfiguration", {})
        defaults = {
            "EngineVersion": {"SelectedEngineVersion": "AUTO"},
            "EnforceWorkGroupConfiguration": True,
            "PublishCloudWatchMetricsEnabled": False,
            "RequesterPaysEnabled": False,
        }
        updates = {name: after.get(name, default) for name, default in defaults.items() if changed(before, after, name)}
        if changed(before, after, "BytesScannedCutoffPerQuery"):
            limit = after.get("BytesScannedCutoffPerQuery")
            updates |= {"BytesScannedCutoffPerQuery": limit} if limit else {"RemoveBytesScannedCutoffPerQuery": True}
        if changed(before, after, "ResultConfiguration"):
            result = dict(after.get("ResultConfiguration") or {})
            gone = [name for name in before.get("ResultConfiguration") or {} if name not in result]
            updates["ResultConfigurationUpdates"] = {**result, **{f"Remove{name}": True for name in gone}}
        return updates

    def _attributes(self, context: Context, name: str) -> dict[str, Any]:
        group = call(context, "athena", "GetWorkGroup", WorkGroup=name)["WorkGroup"]
        effective = group["Configuration"]["EngineVersion"]["EffectiveEngineVersion"]
        created = group.get("CreationTime")
        return {
            "CreationTime": str(created.timestamp()) if created else "",
            "WorkGroupConfiguration.EngineVersion.EffectiveEngineVersion": effective,
        }


@handler
class NamedQuery(Handler):
    type_name = "AWS::Athena::NamedQuery"
    supported = frozenset({"Database", "Description", "Name", "QueryString", "WorkGroup"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        query = call(
            context,
            "athena",
            "CreateNamedQuery",
            Name=properties.get("Name") or context.generated_name(limit=128),
            WorkGroup=properties.get("WorkGroup", "primary"),
            **pick(properties, "Database", "Description", "QueryString"),
        )["NamedQueryId"]
        return {"NamedQueryId": context.report_id(query)}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "athena", "DeleteNamedQuery", NamedQueryId=physical_id)


@handler
class DataCatalog(Handler):
    type_name = "AWS::Athena::DataCatalog"
    supported = frozenset({"Description", "Name", "Parameters", "Tags", "Type"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        given = pick(properties, "Description", "Name", "Parameters", "Type")
        call(context, "athena", "CreateDataCatalog", Tags=tags(properties) or None, **given)
        context.report_id(properties["Name"])
        return {}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        given = pick(new, "Description", "Parameters", "Type")
        call(context, "athena", "UpdateDataCatalog", Name=physical_id, **given)
        arn = f"arn:aws:athena:{context.region}:{context.account}:datacatalog/{physical_id}"
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "athena", "UntagResource", ResourceARN=arn, TagKeys=keys),
            add=lambda _: call(context, "athena", "TagResource", ResourceARN=arn, Tags=tags(new)),
        )
        return {}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "athena", "DeleteDataCatalog", Name=physical_id)
