"""Recording how a job of EMR Serverless ended that the local runner ran, so that the service's own calls show it."""

from __future__ import annotations

import botocore.session

# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_JobRun.html (stateDetails)
_DETAILS_LIMIT = 256


class UnknownJobRunError(LookupError):
    """There is no such job run in the embedded AWS."""


class InvalidJobRunError(ValueError):
    """The state is none of a job run."""


def record_job_run(arn: str, state: str, *, details: str) -> None:
    """Set the state of a job run.

    Args:
        arn: ARN of the job run.
        state: such as `SUCCESS`.
        details: why it failed; cut where the API limits it.

    Raises:
        UnknownJobRunError: no job run has this ARN.
        InvalidJobRunError: the API has no such state.
    """
    from moto.core.utils import utcnow  # moto takes long to import
    from moto.emrserverless.models import emrserverless_backends

    states = botocore.session.get_session().get_service_model("emr-serverless").shape_for("JobRunState").enum
    if state not in states:
        raise InvalidJobRunError(f"{state!r} is no state of a job run; there are: {', '.join(states)}")
    parts = arn.split(":")
    runs = emrserverless_backends[parts[4]][parts[3]].job_runs if len(parts) == 6 else {}
    for run in (each for of_application in runs.values() for each in of_application):
        if run.arn == arn:
            run.state, run.state_details, run.updated_at = state, details[:_DETAILS_LIMIT], utcnow()
            return
    raise UnknownJobRunError(f"there is no job run {arn}")
