"""Glue: crawlers, jobs and triggers."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.glue.exceptions import CrawlerRunningException, EntityNotFoundException
from moto.glue.models import Action, FakeJob, GlueBackend, Predicate
from moto.glue.responses import GlueResponse

from embedded_aws.gaps._registry import fills

_create_job = GlueResponse.create_job
_describe_job = FakeJob.as_dict
_delete_job = GlueBackend.delete_job
_delete_crawler = GlueBackend.delete_crawler
_delete_trigger = GlueBackend.delete_trigger
_initialize_predicate: Any = Predicate.__init__
# What moto drops of a job.
_FORGOTTEN = ("JobMode", "JobRunQueuingEnabled", "MaintenanceWindow")
_JOB = (
    "AllocatedCapacity",
    "CodeGenConfigurationNodes",
    "Command",
    "Connections",
    "DefaultArguments",
    "Description",
    "ExecutionClass",
    "ExecutionProperty",
    "GlueVersion",
    "LogUri",
    "MaxCapacity",
    "MaxRetries",
    "NonOverridableArguments",
    "NotificationProperty",
    "NumberOfWorkers",
    "Role",
    "SecurityConfiguration",
    "SourceControlDetails",
    "Timeout",
    "WorkerType",
)
_CRAWLER = (
    "Classifiers",
    "Configuration",
    "CrawlerSecurityConfiguration",
    "DatabaseName",
    "Description",
    "LineageConfiguration",
    "RecrawlPolicy",
    "Role",
    "Schedule",
    "SchemaChangePolicy",
    "TablePrefix",
    "Targets",
)
_LACKS = "moto lacks it"
_TAGS = "moto keeps the tags, for the next one of this name"


@fills(
    GlueResponse,
    "create_job",
    service="glue",
    what=f"CreateJob with {', '.join(_FORGOTTEN)}",
    why="moto drops them",
)
def create_job(self: Any) -> Any:
    answer = _create_job(self)
    _keep_forgotten(self.glue_backend.get_job(self._get_param("Name")), self.parameters)
    return answer


def _keep_forgotten(job: Any, given: dict[str, Any]) -> None:
    job.forgotten = {name: given[name] for name in _FORGOTTEN if given.get(name) is not None}


@fills(FakeJob, "as_dict", service="glue", what=f"GetJob with {', '.join(_FORGOTTEN)}", why="moto does not show them")
def describe_job(self: Any) -> dict[str, Any]:
    return {**_describe_job(self), **getattr(self, "forgotten", {})}


@fills(GlueResponse, "update_job", service="glue", what="UpdateJob", why=_LACKS)
def update_job(self: Any) -> Any:
    """What the update does not give is reset: https://docs.aws.amazon.com/glue/latest/webapi/API_JobUpdate.html."""
    job, given = self.glue_backend.get_job(self._get_param("JobName")), self._get_param("JobUpdate")
    for name in _JOB:
        setattr(job, camelcase_to_underscores(name), given.get(name))
    job.execution_class = job.execution_class or "STANDARD"
    job.execution_property = job.execution_property or {}
    job.default_arguments = job.default_arguments or {}
    job.last_modified_on = utcnow()
    _keep_forgotten(job, given)
    return ActionResult({"JobName": job.name})


@fills(GlueResponse, "update_crawler", service="glue", what="UpdateCrawler", why=_LACKS)
def update_crawler(self: Any) -> Any:
    """What the update does not give stays: https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateCrawler.html."""
    crawler = self.glue_backend.get_crawler(self._get_param("Name"))
    if crawler.status == "RUNNING":
        raise CrawlerRunningException(f"Crawler with name {crawler.name} is running")
    for name in _CRAWLER:
        if (value := self.parameters.get(name)) is not None:
            setattr(crawler, camelcase_to_underscores(name), value)
    crawler.last_updated = utcnow()
    crawler.version += 1
    return EmptyResult()


@fills(GlueResponse, "update_trigger", service="glue", what="UpdateTrigger", why=_LACKS)
def update_trigger(self: Any) -> Any:
    """The definition is replaced: https://docs.aws.amazon.com/glue/latest/webapi/API_UpdateTrigger.html."""
    name, given = self._get_param("Name"), self._get_param("TriggerUpdate")
    trigger = self.glue_backend.triggers.get(name)
    if trigger is None:
        raise EntityNotFoundException(f"Trigger {name} not found.")
    trigger.description = given.get("Description")
    trigger.schedule = given.get("Schedule")
    trigger.actions = [Action(each) for each in given.get("Actions") or []]
    trigger.predicate = Predicate(given["Predicate"]) if given.get("Predicate") else None
    trigger.event_batching_condition = given.get("EventBatchingCondition")
    return ActionResult({"Trigger": trigger.as_dict()})


@fills(
    Predicate,
    "__init__",
    service="glue",
    what="CreateTrigger on one condition, without a word that joins it to others",
    why="moto fails with a 500",
)
def initialize_predicate(self: Any, inputs: dict[str, Any]) -> None:
    # https://docs.aws.amazon.com/glue/latest/webapi/API_Predicate.html
    _initialize_predicate(self, {"Logical": "AND", **inputs})


@fills(GlueBackend, "delete_job", service="glue", what="DeleteJob, with the job's tags", why=_TAGS)
def delete_job(self: Any, name: str) -> None:
    _forget_tags(self, self.jobs.get(name))
    _delete_job(self, name)


@fills(GlueBackend, "delete_crawler", service="glue", what="DeleteCrawler, with the crawler's tags", why=_TAGS)
def delete_crawler(self: Any, name: str) -> None:
    _forget_tags(self, self.crawlers.get(name))
    _delete_crawler(self, name)


@fills(GlueBackend, "delete_trigger", service="glue", what="DeleteTrigger, with the trigger's tags", why=_TAGS)
def delete_trigger(self: Any, name: str) -> None:
    _forget_tags(self, self.triggers.get(name))
    _delete_trigger(self, name)


def _forget_tags(backend: Any, resource: Any) -> None:
    if resource is not None:
        backend.tagger.delete_all_tags_for_resource(resource.arn)
