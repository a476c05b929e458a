"""AWS::EMR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from embedded_aws.resources._common import call, changed, pick, tags, text, update_tags
from embedded_aws.resources.handler import Context, Handler, HandlerError, Properties, handler

GROUPS = {"MasterInstanceGroup": "MASTER", "CoreInstanceGroup": "CORE", "TaskInstanceGroups": "TASK"}
FLEETS = {"MasterInstanceFleet": "MASTER", "CoreInstanceFleet": "CORE", "TaskInstanceFleets": "TASK"}
TARGETS = ("TargetOnDemandCapacity", "TargetSpotCapacity")
FLEET_MEMBERS = (
    "InstanceTypeConfigs.EbsConfiguration.EbsBlockDeviceConfigs",
    "InstanceTypeConfigs.InstanceType",
    "InstanceTypeConfigs.WeightedCapacity",
    "LaunchSpecifications.OnDemandSpecification.AllocationStrategy",
    "LaunchSpecifications.SpotSpecification.AllocationStrategy",
    "LaunchSpecifications.SpotSpecification.TimeoutAction",
    "LaunchSpecifications.SpotSpecification.TimeoutDurationMinutes",
    "Name",
    *TARGETS,
)
GROUP_MEMBERS = (
    "BidPrice",
    "EbsConfiguration.EbsBlockDeviceConfigs",
    "InstanceCount",
    "InstanceType",
    "Market",
    "Name",
)
TERMINATED = ("TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS")


@handler
class Cluster(Handler):
    """A cluster of instance groups or of instance fleets."""

    type_name = "AWS::EMR::Cluster"
    # What RunJobFlow takes as the template gives it.
    TAKEN = (
        "AdditionalInfo",
        "Applications",
        "AutoTerminationPolicy",
        "BootstrapActions",
        "CustomAmiId",
        "EbsRootVolumeIops",
        "EbsRootVolumeSize",
        "EbsRootVolumeThroughput",
        "JobFlowRole",
        "LogEncryptionKmsKeyId",
        "LogUri",
        "ManagedScalingPolicy",
        "Name",
        "OSReleaseLabel",
        "ReleaseLabel",
        "ScaleDownBehavior",
        "SecurityConfiguration",
        "ServiceRole",
        "StepConcurrencyLevel",
        "VisibleToAllUsers",
    )
    INSTANCES = (
        "AdditionalMasterSecurityGroups",
        "AdditionalSlaveSecurityGroups",
        "Ec2KeyName",
        "Ec2SubnetId",
        "Ec2SubnetIds",
        "EmrManagedMasterSecurityGroup",
        "EmrManagedSlaveSecurityGroup",
        "HadoopVersion",
        "KeepJobFlowAliveWhenNoSteps",
        "Placement",
        "ServiceAccessSecurityGroup",
        "TerminationProtected",
        "UnhealthyNodeReplacement",
    )
    supported = frozenset(
        {
            "Configurations",
            *(f"Steps.HadoopJarStep.{name}" for name in ("Args", "Jar", "StepProperties")),
            "Steps.ActionOnFailure",
            "Steps.Name",
            "Tags",
            *TAKEN,
            *(f"Instances.{name}" for name in INSTANCES),
            *(f"Instances.{group}.{member}" for group in GROUPS for member in GROUP_MEMBERS),
            *(f"Instances.{fleet}.{member}" for fleet in FLEETS for member in FLEET_MEMBERS),
        }
    )

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        configurations = [_configuration(each) for each in properties.get("Configurations", [])]
        cluster = call(
            context,
            "emr",
            "RunJobFlow",
            Instances=self._instances(properties["Instances"]),
            Configurations=configurations or None,
            Steps=[_step(each) for each in properties.get("Steps", [])] or None,
            Tags=tags(properties) or None,
            **pick(properties, *self.TAKEN),
        )["JobFlowId"]
        context.report_id(cluster)
        about = call(context, "emr", "DescribeCluster", ClusterId=cluster)["Cluster"]
        if about["Status"]["State"] in TERMINATED:
            raise HandlerError(about["Status"]["StateChangeReason"]["Message"])
        return _attributes(about)

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        self._settle_switches(context, physical_id, old, new)
        self._settle_policies(context, physical_id, old, new)
        self._settle_counts(context, physical_id, old["Instances"], new["Instances"])
        self._settle_targets(context, physical_id, old["Instances"], new["Instances"])
        update_tags(
            old,
            new,
            remove=lambda keys: call(context, "emr", "RemoveTags", ResourceId=physical_id, TagKeys=keys),
            add=lambda _: call(context, "emr", "AddTags", ResourceId=physical_id, Tags=tags(new)),
        )
        return _attributes(call(context, "emr", "DescribeCluster", ClusterId=physical_id)["Cluster"])

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "emr", "TerminateJobFlows", JobFlowIds=[physical_id])

    def _instances(self, instances: Properties) -> dict[str, Any]:
        """CloudFormation keeps a cluster without steps alive, RunJobFlow itself does not.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-emr-cluster-jobflowinstancesconfig.html
        """
        groups = [{"InstanceRole": role, **group} for role, group in _members(instances, GROUPS)]
        fleets = [{"InstanceFleetType": role, **fleet} for role, fleet in _members(instances, FLEETS)]
        nodes = {"InstanceGroups": groups or None, "InstanceFleets": fleets or None}
        given = {name: value for name, value in nodes.items() if value}
        return {"KeepJobFlowAliveWhenNoSteps": True, **pick(instances, *self.INSTANCES), **given}

    def _settle_switches(self, context: Context, cluster: str, old: Properties, new: Properties) -> None:
        if changed(old["Instances"], new["Instances"], "TerminationProtected"):
            protected = new["Instances"].get("TerminationProtected", False)
            call(context, "emr", "SetTerminationProtection", JobFlowIds=[cluster], TerminationProtected=protected)
        if changed(old, new, "VisibleToAllUsers"):
            visible = new.get("VisibleToAllUsers", True)
            call(context, "emr", "SetVisibleToAllUsers", JobFlowIds=[cluster], VisibleToAllUsers=visible)
        if changed(old, new, "StepConcurrencyLevel"):
            level = new.get("StepConcurrencyLevel", 1)
            call(context, "emr", "ModifyCluster", ClusterId=cluster, StepConcurrencyLevel=level)

    def _settle_policies(self, context: Context, cluster: str, old: Properties, new: Properties) -> None:
        for name in ("ManagedScalingPolicy", "AutoTerminationPolicy"):
            if changed(old, new, name):
                if policy := new.get(name):
                    call(context, "emr", f"Put{name}", ClusterId=cluster, **{name: policy})
                else:
                    call(context, "emr", f"Remove{name}", ClusterId=cluster)

    def _settle_counts(self, context: Context, cluster: str, old: Properties, new: Properties) -> None:
        """The size of core and task groups; whatever else changes in a group makes another cluster."""
        before, after = list(_members(old, GROUPS)), list(_members(new, GROUPS))
        counts = [
            (role, group.get("Name"), group["InstanceCount"])
            for (role, group), (_, earlier) in zip(after, before, strict=True)
            if text(group["InstanceCount"]) != text(earlier["InstanceCount"])
        ]
        if not counts:
            return
        known = call(context, "emr", "ListInstanceGroups", ClusterId=cluster)["InstanceGroups"]
        changes = [
            {
                "InstanceGroupId": next(
                    group["Id"]
                    for group in known
                    if group["InstanceGroupType"] == role and name in (None, group["Name"])
                ),
                "InstanceCount": count,
            }
            for role, name, count in counts
        ]
        call(context, "emr", "ModifyInstanceGroups", ClusterId=cluster, InstanceGroups=changes)

    def _settle_targets(self, context: Context, cluster: str, old: Properties, new: Properties) -> None:
        """The units of fleets; whatever else changes in a fleet makes another cluster."""
        before, after = list(_members(old, FLEETS)), list(_members(new, FLEETS))
        known = None
        for (role, fleet), (_, earlier) in zip(after, before, strict=True):
            if _targets(fleet) == _targets(earlier):
                continue
            known = known or call(context, "emr", "ListInstanceFleets", ClusterId=cluster)["InstanceFleets"]
            fleet_id = next(
                each["Id"]
                for each in known
                if each["InstanceFleetType"] == role and fleet.get("Name") in (None, each.get("Name"))
            )
            change = {"InstanceFleetId": fleet_id, **_targets(fleet)}
            call(context, "emr", "ModifyInstanceFleet", ClusterId=cluster, InstanceFleet=change)


def _targets(fleet: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text(fleet.get(name, 0)) for name in TARGETS}


def _members(instances: Properties, kinds: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The instance groups or fleets with their roles, in the same order at each call."""
    for name, role in kinds.items():
        given = instances.get(name) or []
        for group in given if isinstance(given, list) else [given]:
            yield role, group


def _step(step: Properties) -> dict[str, Any]:
    """A template's step in the words of RunJobFlow, with the action on failure that CloudFormation gives it.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-emr-cluster-stepconfig.html
    """
    words = {"StepProperties": "Properties"}
    run = {words.get(name, name): value for name, value in step["HadoopJarStep"].items()}
    return {"ActionOnFailure": "CONTINUE", **step, "HadoopJarStep": run}


def _configuration(given: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration in the API's words, with those that it holds."""
    inner = [_configuration(each) for each in given.get("Configurations", [])]
    return {
        **pick(given, "Classification"),
        **({"Properties": given["ConfigurationProperties"]} if given.get("ConfigurationProperties") else {}),
        **({"Configurations": inner} if inner else {}),
    }


def _attributes(about: Mapping[str, Any]) -> dict[str, Any]:
    return {"Id": about["Id"], "MasterPublicDNS": about["MasterPublicDnsName"]}


@handler
class SecurityConfiguration(Handler):
    type_name = "AWS::EMR::SecurityConfiguration"
    supported = frozenset({"Name", "SecurityConfiguration"})

    def create(self, context: Context, properties: Properties) -> dict[str, Any]:
        name = properties.get("Name") or context.report_generated_name(limit=128)
        call(
            context,
            "emr",
            "CreateSecurityConfiguration",
            Name=name,
            SecurityConfiguration=properties["SecurityConfiguration"],
        )
        return {"Name": context.report_id(name)}

    def update(self, context: Context, physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
        """Every property replaces it; this is called where only the stack's own settings differ."""
        return {"Name": physical_id}

    def delete(self, context: Context, physical_id: str, properties: Properties) -> None:
        call(context, "emr", "DeleteSecurityConfiguration", Name=physical_id)
