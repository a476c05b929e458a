"""CloudWatch."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.exceptions import ResourceNotFoundException
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse

from embedded_aws.gaps._registry import fills

_put_alarm = CloudWatchBackend.put_metric_alarm
_delete_alarms = CloudWatchBackend.delete_alarms
_put_dashboard = CloudWatchResponse.put_dashboard
_delete_dashboards = CloudWatchBackend.delete_dashboards

_STATE = ("state_reason", "state_reason_data", "state_value", "state_updated_timestamp", "history")


@fills(
    CloudWatchBackend,
    "put_metric_alarm",
    service="cloudwatch",
    what="PutMetricAlarm: a new alarm has insufficient data, one that exists keeps its state and its tags",
    why="moto makes a new one in each case, with the state OK",
)
def put_metric_alarm(self: Any, name: str, *, tags: Any = None, **rest: Any) -> Any:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    before = self.alarms.get(name)
    alarm = _put_alarm(self, name=name, tags=None if before else tags, **rest)
    if before is None:
        alarm.state_value = "INSUFFICIENT_DATA"
    for member in _STATE if before else ():
        setattr(alarm, member, getattr(before, member))
    return alarm


@fills(
    CloudWatchBackend,
    "delete_alarms",
    service="cloudwatch",
    what="DeleteAlarms, which forgets their tags",
    why="moto gives them to the next alarm of that name",
)
def delete_alarms(self: Any, alarm_names: list[str]) -> None:
    _forget_tags(self, [self.alarms[name].alarm_arn for name in alarm_names if name in self.alarms])
    _delete_alarms(self, alarm_names)


@fills(
    CloudWatchResponse,
    "put_dashboard",
    service="cloudwatch",
    what="PutDashboard that keeps the tags of a new dashboard",
    why="moto forgets them",
)
def put_dashboard(self: Any) -> Any:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
    backend, name = self.cloudwatch_backend, self._get_param("DashboardName")
    is_new = name not in backend.dashboards
    answer = _put_dashboard(self)
    if is_new:
        backend.tagger.tag_resource(backend.dashboards[name].arn, self._get_param("Tags", []))
    return answer


@fills(
    CloudWatchBackend,
    "delete_dashboards",
    service="cloudwatch",
    what="DeleteDashboards, which forgets their tags",
    why="moto gives a dashboard none",
)
def delete_dashboards(self: Any, dashboards: list[str]) -> str | None:
    arns = [self.dashboards[name].arn for name in dashboards if name in self.dashboards]
    missing: str | None = _delete_dashboards(self, dashboards)
    if missing is None:
        _forget_tags(self, arns)
    return missing


@fills(
    CloudWatchBackend,
    "tag_resource",
    service="cloudwatch",
    what="TagResource of a dashboard",
    why="moto tags alarms only",
)
def tag_resource(self: Any, arn: str, tags: dict[str, str]) -> None:
    _refuse_unknown(self, arn)
    self.tagger.tag_resource(arn, self.tagger.convert_dict_to_tags_input(tags))


@fills(
    CloudWatchBackend,
    "untag_resource",
    service="cloudwatch",
    what="UntagResource of what has no tags",
    why="moto says that there is no such alarm",
)
def untag_resource(self: Any, arn: str, tag_keys: list[str]) -> None:
    _refuse_unknown(self, arn)
    self.tagger.untag_resource_using_names(arn, tag_keys)


def _refuse_unknown(backend: Any, arn: str) -> None:
    alarms = (alarm.alarm_arn for alarm in backend.alarms.values())
    dashboards = (dashboard.arn for dashboard in backend.dashboards.values())
    rules = (rule.rule_arn for rule in backend.insight_rules.values())
    if arn not in {*alarms, *dashboards, *rules}:
        raise ResourceNotFoundException


def _forget_tags(backend: Any, arns: list[str]) -> None:
    for arn in arns:
        backend.tagger.delete_all_tags_for_resource(arn)
