"""EMR Serverless."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.emrserverless import urls
from moto.emrserverless.exceptions import ResourceNotFoundException, ValidationException
from moto.emrserverless.models import EMRServerlessBackend
from moto.emrserverless.responses import EMRServerlessResponse

from embedded_aws.gaps._registry import fills

_create = EMRServerlessResponse.create_application
_update = EMRServerlessResponse.update_application
_start_job_run = EMRServerlessBackend.start_job_run
_list_job_runs = EMRServerlessBackend.list_job_runs
_LACKS = "moto lacks it"
# What CreateApplication and UpdateApplication take and moto forgets, by the names of its model.
_FORGOTTEN = {
    "architecture": "architecture",
    "interactiveConfiguration": "interactive_configuration",
    "monitoringConfiguration": "monitoring_configuration",
    "runtimeConfiguration": "runtime_configuration",
}
# https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_CreateApplication.html
_DEFAULTS = {"architecture": "X86_64"}

# moto reads the routes of a service at its first request. Without the operations below, this one leads nowhere.
urls.url_paths["{0}/tags/(?P<resourceArn>.+)$"] = EMRServerlessResponse.dispatch


@fills(
    EMRServerlessResponse,
    "create_application",
    service="emr-serverless",
    what="CreateApplication, which keeps processor, Livy endpoint, logs and settings of Spark, and does not start the "
    "application",
    why="moto forgets them and starts it",
)
def create_application(self: Any) -> Any:
    answer = _create(self)
    application = self.emrserverless_backend.applications[answer.result["applicationId"]]
    for name, attribute in _FORGOTTEN.items():
        setattr(application, attribute, self._get_param(name, _DEFAULTS.get(name)))
    # https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/applications.html
    application.state = "CREATED"
    return answer


@fills(
    EMRServerlessResponse,
    "update_application",
    service="emr-serverless",
    what="UpdateApplication of release, processor, Livy endpoint, logs and settings of Spark",
    why="moto ignores them",
)
def update_application(self: Any) -> Any:
    answer = _update(self)  # refuses a started application
    application = self.emrserverless_backend.get_application(self._get_param("applicationId"))
    for name, attribute in {**_FORGOTTEN, "releaseLabel": "release_label"}.items():
        if (value := self._get_param(name)) is not None:
            setattr(application, attribute, value)
    return answer


@fills(
    EMRServerlessBackend,
    "start_job_run",
    service="emr-serverless",
    what="StartJobRun, which starts the application, or is refused where it may not; the job is submitted, and no more",
    why="moto runs jobs on a stopped application, and all of them succeed",
)
def start_job_run(self: Any, application_id: str, **rest: Any) -> Any:
    application = self.get_application(application_id)
    if application.state not in ("STARTED", "TERMINATED"):
        if not application.auto_start_configuration.get("enabled", True):
            raise ValidationException(
                f"Application {application_id} is not started and does not start by itself. "
                f"Current status: {application.state}"
            )
        application.state = "STARTED"
    run = _start_job_run(self, application_id=application_id, **rest)
    # Nothing runs Spark here: whoever does, records the outcome (embedded_aws/job_runs.py).
    run.state, run.state_details = "SUBMITTED", ""
    return run


@fills(
    EMRServerlessBackend,
    "list_job_runs",
    service="emr-serverless",
    what="ListJobRuns of an application that has run none",
    why="moto says that there is no application",
)
def list_job_runs(self: Any, application_id: str, **filters: Any) -> Any:
    self.get_application(application_id)  # refuses an unknown one
    self.job_runs.setdefault(application_id, [])
    return _list_job_runs(self, application_id=application_id, **filters)


@fills(EMRServerlessResponse, "tag_resource", service="emr-serverless", what="TagResource", why=_LACKS)
def tag_resource(self: Any) -> Any:
    _tags(self).update(self._get_param("tags"))
    return EmptyResult()


@fills(EMRServerlessResponse, "untag_resource", service="emr-serverless", what="UntagResource", why=_LACKS)
def untag_resource(self: Any) -> Any:
    tags = _tags(self)
    for key in self._get_param("tagKeys"):
        tags.pop(key, None)
    return EmptyResult()


@fills(
    EMRServerlessResponse,
    "list_tags_for_resource",
    service="emr-serverless",
    what="ListTagsForResource",
    why=_LACKS,
)
def list_tags_for_resource(self: Any) -> Any:
    return ActionResult({"tags": _tags(self)})


def _tags(response: Any) -> Any:
    """The tags of the application or job run that a request names."""
    backend, arn = response.emrserverless_backend, response._get_param("resourceArn")
    found = [*backend.applications.values(), *(run for runs in backend.job_runs.values() for run in runs)]
    for each in found:
        if each.arn == arn:
            each.tags = each.tags or {}
            return each.tags
    raise ResourceNotFoundException(arn, "Resource")
