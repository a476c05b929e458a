"""Drift detection. It has ended when the request that starts it is answered."""

from __future__ import annotations

import json

from embedded_aws.cloudformation.actions.registry import Parameters, action
from embedded_aws.cloudformation.drift import StackDrift, detect_drift
from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.resource_drift import ResourceDrift
from embedded_aws.cloudformation.response_shapes import Shape, without_none


@action
def detect_stack_drift(engine: Engine, given: Parameters) -> Shape:
    included = frozenset(given.get("LogicalResourceIds") or ())
    return {"StackDriftDetectionId": detect_drift(engine, given["StackName"], included=included).detection_id}


@action
def detect_stack_resource_drift(engine: Engine, given: Parameters) -> Shape:
    drift = detect_drift(engine, given["StackName"], included=frozenset({given["LogicalResourceId"]}))
    if drift.failure:
        raise CloudFormationError(drift.failure)
    if not drift.resources:
        raise CloudFormationError(f"The embedded AWS cannot detect drift of resource {given['LogicalResourceId']}.")
    return {"StackResourceDrift": _drift_shape(drift, drift.resources[0])}


@action
def describe_stack_drift_detection_status(engine: Engine, given: Parameters) -> Shape:
    detection_id = given["StackDriftDetectionId"]
    for stack in list(engine.stacks.values()):
        drift = stack.drift
        if drift is not None and drift.detection_id == detection_id:
            return without_none(
                StackId=stack.stack_id,
                StackDriftDetectionId=detection_id,
                StackDriftStatus=drift.status,
                DetectionStatus="DETECTION_FAILED" if drift.failure else "DETECTION_COMPLETE",
                DetectionStatusReason=drift.failure,
                DriftedStackResourceCount=len(drift.drifted),
                Timestamp=drift.time,
            )
    raise CloudFormationError(f"Drift detection with id {detection_id} does not exist.")


@action
def describe_stack_resource_drifts(engine: Engine, given: Parameters) -> Shape:
    drift = engine.get(given["StackName"]).drift
    desired = given.get("StackResourceDriftStatusFilters")
    found = drift.resources if drift is not None else ()
    return {
        "StackResourceDrifts": [
            _drift_shape(drift, each) for each in found if drift is not None and (not desired or each.status in desired)
        ]
    }


def _drift_shape(drift: StackDrift, checked: ResourceDrift) -> Shape:
    resource = checked.resource
    return without_none(
        StackId=drift.stack.stack_id,
        LogicalResourceId=resource.logical_id,
        PhysicalResourceId=resource.physical_id,
        ResourceType=resource.type_name,
        ExpectedProperties=json.dumps(checked.expected, default=str),
        ActualProperties=None if checked.actual is None else json.dumps(checked.actual, default=str),
        PropertyDifferences=[
            {
                "PropertyPath": each.path,
                "ExpectedValue": each.expected,
                "ActualValue": each.actual,
                "DifferenceType": each.kind,
            }
            for each in checked.differences
        ],
        StackResourceDriftStatus=checked.status,
        Timestamp=checked.time,
    )
