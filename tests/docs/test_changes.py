"""What the page on the parameters says that a change does is what CloudFormation would do, by the rules of the types.

A project with everything is synthesized beside one in which a single key differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.resource_rules import changed_paths, resource_rules
from mlproject.parameters import (
    AllowedReplacement,
    Deployment,
    Emr,
    EmrServerless,
    ExistingData,
    Fleet,
    GitIdentity,
    Hours,
    Notebook,
    Platform,
    Repository,
    Schedule,
)
from tests.docs.test_parameters import table
from tests.stacks.assembly import Stack, once, stacks_of
from tests.stacks.examples import EXISTING, LENT, OWNED, ROOT, WATCHED, deployment
from tests.stacks.serving_examples import COMPLETE, SERVERLESS

Change = Callable[[Deployment], Deployment]
AUTHOR = GitIdentity(name="Ana Ruiz", email="ana@example.com")
HOURS = Hours(start="08:30", stop="20:00")
# The words of the page, from nothing to the worst.
NOTHING, IN_PLACE, ADDS, STOPS, REPLACES = "nothing", "in place", "adds or removes", "stops", "replaces"
BASE = deployment(
    "base",
    OWNED,
    notebooks=(
        Notebook(
            name="explore",
            instance_type="ml.t3.medium",
            users=("ana",),
            hours=HOURS,
            repository=Repository(url="https://git.example.com/a.git", branch="main"),
        ),
    ),
    emr=Emr.model_validate(
        {
            "primary_instance_type": "m5.xlarge",
            "core_instance_type": "m5.xlarge",
            "libraries": "emr",
            "clusters": {"large": {"idle_minutes": 20}},
        }
    ),
    emr_serverless=EmrServerless(),
    operations=WATCHED,
    serving=COMPLETE,
    existing_data=EXISTING,
    Margin=0.05,
).model_copy(update={"promoted_from": LENT})


def fields(**values: Any) -> Change:
    return lambda each: each.model_copy(update=values)


def within(part: str, **values: Any) -> Change:
    return lambda each: each.model_copy(update={part: getattr(each, part).model_copy(update=values)})


def notebook(**values: Any) -> Change:
    return lambda each: each.model_copy(update={"notebooks": (each.notebooks[0].model_copy(update=values),)})


def cluster(**values: Any) -> Change:
    def change(each: Deployment) -> Deployment:
        large = each.require_emr().clusters["large"].model_copy(update=values)
        return within("emr", clusters={"large": large})(each)

    return change


def repository(**values: Any) -> Change:
    def change(each: Deployment) -> Deployment:
        found = each.notebooks[0].repository
        assert found
        return notebook(repository=found.model_copy(update=values))(each)

    return change


def schedule(**values: Any) -> Change:
    def change(each: Deployment) -> Deployment:
        assert each.operations
        assert each.operations.schedule
        return within("operations", schedule=each.operations.schedule.model_copy(update=values))(each)

    return change


def endpoint(**values: Any) -> Change:
    assert COMPLETE.endpoint
    return within("serving", endpoint=COMPLETE.endpoint.model_copy(update=values))


def batch(**values: Any) -> Change:
    assert COMPLETE.batch
    return within("serving", batch=COMPLETE.batch.model_copy(update=values))


SECRET = "arn:aws:secretsmanager:us-east-1:444444444444:secret:git-AbCdEf"  # an ARN
CHANGES: Mapping[str, Change] = {
    "owner": fields(owner="others@example.com"),
    "cost_centre": fields(cost_centre="CC-9"),
    "tags": fields(project_tags={"data-class": "public"}),
    "storage.archive_after_days": within("storage", archive_after_days=61),
    "storage.noncurrent_days": within("storage", noncurrent_days=15),
    "storage.artifacts_expire_days": within("storage", artifacts_expire_days=91),
    "storage.access_logs_expire_days": within("storage", access_logs_expire_days=401),
    "pipeline.engine": within("pipeline", engine="spark"),
    "pipeline.parallel_steps": within("pipeline", parallel_steps=4),
    "pipeline.parameters": within("pipeline", parameters={"Margin": 0.06}),
    "notebooks": fields(notebooks=()),
    "notebooks.<name>.instance_type": notebook(instance_type="ml.t3.large"),
    "notebooks.<name>.volume_gb": notebook(volume_gb=30),
    "notebooks.<name>.idle_minutes": notebook(idle_minutes=30),
    "notebooks.<name>.save_limit_mb": notebook(save_limit_mb=500),
    "notebooks.<name>.hours": notebook(hours=None),
    "notebooks.<name>.hours.start": notebook(hours=HOURS.model_copy(update={"start": "09:00"})),
    "notebooks.<name>.hours.stop": notebook(hours=HOURS.model_copy(update={"stop": "19:00"})),
    "notebooks.<name>.hours.days": notebook(hours=HOURS.model_copy(update={"days": ("MON",)})),
    "notebooks.<name>.hours.timezone": notebook(hours=HOURS.model_copy(update={"timezone": "Europe/Madrid"})),
    "notebooks.<name>.users": notebook(users=("ana", "bo")),
    "notebooks.<name>.open_from_vpc_only": notebook(open_from_vpc_only=True),
    "notebooks.<name>.libraries": notebook(libraries="notebook"),
    "notebooks.<name>.cluster": notebook(cluster="large"),
    "notebooks.<name>.repository": notebook(repository=None),
    "notebooks.<name>.repository.url": repository(url="https://git.example.com/b.git"),
    "notebooks.<name>.repository.branch": repository(branch="next"),
    "notebooks.<name>.repository.secret_arn": repository(secret_arn=SECRET),
    "notebooks.<name>.language": notebook(language="es"),
    "notebooks.<name>.git_identity": notebook(git_identity=AUTHOR),
    "notebooks.<name>.git_identity.name": notebook(git_identity=AUTHOR),
    "notebooks.<name>.git_identity.email": notebook(git_identity=AUTHOR),
    "notebooks.<name>.start_script": notebook(start_script="start.sh", start_script_text="echo\n"),
    "emr": fields(emr=None),
    "emr.release": within("emr", release="emr-7.12.0"),
    "emr.primary_instance_type": within("emr", primary_instance_type="m5.2xlarge"),
    "emr.core_instance_type": within("emr", core_instance_type="m5.2xlarge"),
    "emr.core_count": within("emr", core_count=2),
    "emr.maximum_count": within("emr", maximum_count=4),
    "emr.core_fleet": within(
        "emr", core_instance_type=None, core_fleet=Fleet(instance_types={"m5.xlarge": 1}, on_demand_units=1)
    ),
    "emr.volume_gb": within("emr", volume_gb=65),
    "emr.idle_minutes": within("emr", idle_minutes=30),
    "emr.step_concurrency": within("emr", step_concurrency=2),
    "emr.termination_protection": within("emr", termination_protection=False),
    "emr.libraries": within("emr", libraries=None),
    "emr.generation": within("emr", generation=2),
    "emr.certificate_s3": within("emr", certificate_s3="s3://platform/certificates.zip"),
    "emr.clusters": within("emr", clusters={}),
    "emr.clusters.<name>.core_count": cluster(core_count=2),
    "emr.clusters.<name>.generation": cluster(generation=2),
    "emr_serverless": fields(emr_serverless=None),
    "emr_serverless.release": within("emr_serverless", release="emr-7.12.0"),
    "emr_serverless.architecture": within("emr_serverless", architecture="arm64"),
    "emr_serverless.maximum_vcpus": within("emr_serverless", maximum_vcpus=32),
    "emr_serverless.maximum_memory_gb": within("emr_serverless", maximum_memory_gb=128),
    "emr_serverless.maximum_disk_gb": within("emr_serverless", maximum_disk_gb=400),
    "emr_serverless.idle_minutes": within("emr_serverless", idle_minutes=30),
    "operations": fields(operations=None),
    "operations.emails": within("operations", emails=("other@example.com",)),
    "operations.monthly_budget_usd": within("operations", monthly_budget_usd=1),
    "operations.schedule": within("operations", schedule=None),
    "operations.schedule.expression": schedule(expression="cron(0 4 * * ? *)"),
    "operations.schedule.timezone": schedule(timezone="UTC"),
    "serving": fields(serving=None),
    "serving.model_version": within("serving", model_version=5),
    "serving.previous_version": within("serving", previous_version=None),
    "serving.endpoint": within("serving", endpoint=None),
    "serving.endpoint.kind": within("serving", endpoint=SERVERLESS),
    "serving.endpoint.instance_type": endpoint(instance_type="ml.m5.xlarge"),
    "serving.endpoint.instance_count": endpoint(instance_count=3),
    "serving.endpoint.data_capture_percent": endpoint(data_capture_percent=100),
    "serving.endpoint.maximum_latency_ms": endpoint(maximum_latency_ms=500),
    "serving.batch": within("serving", batch=None),
    "serving.batch.input_prefix": batch(input_prefix="others/"),
    "serving.batch.instance_type": batch(instance_type="ml.m5.xlarge"),
    "serving.batch.instance_count": batch(instance_count=2),
    "serving.batch.schedule": batch(schedule=None),
    "serving.batch.schedule.expression": batch(schedule=Schedule(expression="rate(1 day)")),
    "serving.batch.schedule.timezone": batch(schedule=Schedule(expression="cron(0 2 * * ? *)")),
    "existing_data": fields(existing_data=ExistingData()),
    "existing_data.buckets": within("existing_data", buckets=EXISTING.buckets[:1]),
    "existing_data.buckets.prefixes": within(
        "existing_data", buckets=(EXISTING.buckets[0].model_copy(update={"prefixes": ("x/",)}), EXISTING.buckets[1])
    ),
    "existing_data.buckets.key_arn": within(
        "existing_data", buckets=(EXISTING.buckets[0].model_copy(update={"key_arn": None}), EXISTING.buckets[1])
    ),
    "existing_data.glue_databases": within("existing_data", glue_databases=()),
    "allow_replacement": fields(
        allow_replacement=(AllowedReplacement(resource="base-owned-storage", reason="test", deployed_state="0" * 12),)
    ),
    "existing_data.athena": within("existing_data", athena=None),
    "promoted_from": fields(promoted_from=None),
}
# Of other types, a new resource takes the place of the old one without anybody noticing.
WITH_RULES = {
    "AWS::SageMaker::NotebookInstance", "AWS::EMR::Cluster", "AWS::EMRServerless::Application", "AWS::S3::Bucket",
    "AWS::KMS::Key",
}  # fmt: skip
# Keys that only hold others, and those of which a change is another thing.
OTHERS = {
    "name", "storage", "pipeline", "pipeline.folder", "environments", "existing_data.buckets.name",
    # Of a cluster with fleets, which the base has not: tests/stacks/test_emr_fleets.py.
    "emr.task_fleet", "emr.spot_timeout_minutes", "emr.spot_fallback",
    *(f"emr.{fleet}.{key}" for fleet in ("core_fleet", "task_fleet")
      for key in ("instance_types", "on_demand_units", "spot_units")),
    "emr.certificate_file",  # changes only the archive of the tools, whose hash counts for no other key
    # Named clusters are made like the main one: core_count and generation stand for all keys.
    *(key for key in table("en", "project")
      if key.startswith("emr.clusters.<name>.") and not key.endswith((".core_count", ".generation"))),
    "serving.endpoint.memory_mb", "serving.endpoint.max_concurrency",  # of another kind than the base's endpoint
    "existing_data.athena.workgroup", "existing_data.athena.results", "existing_data.athena.key_arn",
    "allow_replacement.resource", "allow_replacement.reason", "allow_replacement.deployed_state",
    "promoted_on_approval",  # changes a stack of the other environment: tests/stacks/test_approval_deployed.py
}  # fmt: skip
KEYS = {key: f"v{number:03}" for number, key in enumerate(CHANGES)}


@pytest.fixture(scope="session")
def variants(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Stack]:
    """The stacks of the base and of each change, all in one application."""

    def make(folder: Path) -> None:
        from stacks.application import add_stages, create_app

        changed = {
            KEYS[key]: (change(BASE).model_copy(update={"project": KEYS[key]}),) for key, change in CHANGES.items()
        }
        platform = Platform(environments={"owned": OWNED}, projects={"base": (BASE,), **changed})
        app = create_app(ROOT, outdir=str(folder))
        add_stages(app, platform, pipelines=ROOT / "pipelines")
        app.synth()

    return stacks_of(once(tmp_path_factory, "changes", make))


def effects(key: str, variants: Mapping[str, Stack], *, with_hashes: bool) -> Iterator[str]:
    """What happens to each resource of the base.

    Args:
        with_hashes: whether hashes of code count. The archive of the notebooks' tools contains the name of the project,
            which differs in each variant.
    """
    project = KEYS[key]
    for kind in ("storage", "pipeline", "notebooks", "emr", "emr-serverless", "operations", "serving"):
        before, after = (
            _resources(variants.get(f"owned/{name}/{kind}"), name, with_hashes=with_hashes)
            for name in ("base", project)
        )
        if before.keys() - after.keys():
            yield ADDS
        for name in before.keys() & after.keys():
            yield from _effects(before[name], after[name])


def _resources(stack: Stack | None, project: str, *, with_hashes: bool) -> dict[str, Any]:
    text = json.dumps(stack.template["Resources"] if stack else {}).replace(project, "base")
    found: dict[str, Any] = json.loads(text if with_hashes else re.sub(r"[0-9a-f]{64}", "", text))
    return found


def _effects(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    rules = resource_rules(before["Type"])
    paths = changed_paths(before["Properties"], after["Properties"])
    if not paths:
        return
    if before["Type"] in WITH_RULES:
        yield REPLACES if rules.replacing(paths) else STOPS if rules.interrupting(paths) else IN_PLACE
    elif before["Type"] == "AWS::EMR::SecurityConfiguration":
        # The cluster is told of another one, which it cannot take while it runs.
        yield REPLACES if rules.replacing(paths) else IN_PLACE
    elif before["Type"] == "AWS::SageMaker::CodeRepository":
        # The notebook is told of another one, for which it stops.
        yield STOPS if rules.replacing(paths) else IN_PLACE
    else:
        yield IN_PLACE


@pytest.mark.slow
@pytest.mark.parametrize("key", CHANGES)
def test_a_change_does_what_its_row_says(key: str, variants: Mapping[str, Stack]) -> None:
    order = (NOTHING, IN_PLACE, ADDS, STOPS, REPLACES)
    said = table("en", "project")[key][-1]
    worst = max((NOTHING, *effects(key, variants, with_hashes=not said.startswith(NOTHING))), key=order.index)
    assert said.startswith(worst), key


def test_every_row_that_can_change_is_tried() -> None:
    assert set(table("en", "project")) - OTHERS == set(CHANGES)
