"""Recording what the local runner did in an execution, so that SageMaker's own calls show it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from embedded_aws.execution_events import announce
from embedded_aws.iam.resources import account_in


class UnknownPipelineExecutionError(LookupError):
    """There is no such execution in the embedded AWS."""


class InvalidPipelineExecutionError(ValueError):
    """The record is not what ListPipelineExecutionSteps can show; the message names the member."""


def record_pipeline_execution(region: str, record: Mapping[str, Any]) -> None:
    """Set an execution's status and steps; a later record replaces an earlier one.

    Args:
        region: such as `eu-west-1`.
        record: `arn`, `status`, `steps` (each as ListPipelineExecutionSteps gives it, times in ISO 8601, in the
            order in which they began) and, of one that failed, `failure_reason`.

    Raises:
        UnknownPipelineExecutionError: no execution has this ARN.
        InvalidPipelineExecutionError: a status that does not exist, or a step that the API could not show.
    """
    from moto.core.utils import utcnow  # moto takes long to import
    from moto.sagemaker.exceptions import ValidationError
    from moto.sagemaker.models import sagemaker_backends
    from moto.sagemaker.utils import get_pipeline_execution_from_arn

    missing = [name for name in ("arn", "status", "steps") if name not in record]
    if missing:
        raise InvalidPipelineExecutionError(f"the record of an execution lacks {', '.join(missing)}")
    _check_enum(record["status"], _shape("PipelineExecutionStatus"), what="status of an execution")
    steps = [_step(step) for step in record["steps"]]
    account = account_in(record["arn"])
    try:
        execution = get_pipeline_execution_from_arn(sagemaker_backends[account][region].pipelines, record["arn"])
    except (ValidationError, IndexError) as error:
        raise UnknownPipelineExecutionError(f"there is no pipeline execution {record['arn']} in {region}") from error
    previous, execution.pipeline_execution_status = execution.pipeline_execution_status, record["status"]
    execution.pipeline_execution_failure_reason = record.get("failure_reason")
    execution.steps = steps
    execution.last_modified_time = utcnow()
    if previous != record["status"]:
        announce(account, region, execution, previous=previous)


def _step(step: Mapping[str, Any]) -> dict[str, Any]:
    members = dict(step)
    for name in ("StartTime", "EndTime"):
        if isinstance(members.get(name), str):
            try:
                members[name] = datetime.fromisoformat(members[name])
            except ValueError as error:
                raise InvalidPipelineExecutionError(f"{name} {members[name]!r} is no time in ISO 8601") from error
    shape = _shape("PipelineExecutionStep")
    unknown = sorted(set(members) - set(shape.members))
    if unknown:
        raise InvalidPipelineExecutionError(f"a step has no member {', '.join(unknown)}")
    report = ParamValidator().validate(members, shape)
    if report.has_errors():
        raise InvalidPipelineExecutionError(report.generate_report())
    _check_enum(members.get("StepStatus"), shape.members["StepStatus"], what="status of a step")
    return members


def _check_enum(value: Any, shape: Any, *, what: str) -> None:
    if value not in shape.enum:
        raise InvalidPipelineExecutionError(f"{value!r} is no {what}; allowed: {', '.join(shape.enum)}")


@cache
def _shape(name: str) -> Any:
    return botocore.session.get_session().get_service_model("sagemaker").shape_for(name)
