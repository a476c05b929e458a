"""Validate a project.yaml: name, environments, tags, pipeline, notebooks and cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlproject.names import (
    BUCKET_NAME_LIMIT,
    BUCKET_USES,
    ENDPOINT_NAME_LIMIT,
    MODEL_PACKAGE_GROUP_NAME_LIMIT,
    PIPELINE_NAME_LIMIT,
    ROLE_NAME_LIMIT,
    ROLE_USES,
    Names,
)
from mlproject.parameters.checks.approvals import approval_findings
from mlproject.parameters.checks.partitions import check_project_partitions
from mlproject.parameters.checks.pipelines import PipelineFolders
from mlproject.parameters.checks.promotions import promotion_findings
from mlproject.parameters.checks.regional_types import check_regional_types
from mlproject.parameters.checks.services import check_emr, check_notebooks
from mlproject.parameters.checks.serving import check_serving
from mlproject.parameters.checks.tags import check_application_tags, check_tags
from mlproject.parameters.findings import MISSING, Finding, closest_match, join_names
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.input_models.library_lists import LibraryLists
from mlproject.parameters.tables.regions import REGIONS
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message

FILE = "project.yaml"

# `network` is used in the names of the environment's own parameters (names.network_parameter). A bucket name must not
# start with the others: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
RESERVED_NAMES = frozenset({"network", "sthree"})
# A project's buckets alone are of no use: it has at least one of these.
CONTENTS = ("notebooks", "emr", "emr_serverless", "pipeline")
RESERVED_PREFIXES = ("sthree-", "amzn-s3-demo")


def project_files(root: Path) -> list[Path]:
    """Return the sorted paths of project.yaml in projects/*/. Folders that start with . or _ are skipped."""
    folders = (root / "projects").glob("[!._]*/")
    return sorted(folder / FILE for folder in folders)


def check(
    layers: Layers,
    *,
    project: str,
    environments: Layers | None,
    folder: Path,
    folders: PipelineFolders,
    lists: LibraryLists,
    findings: list[Finding],
) -> None:
    """Validate keys of a project.yaml against each other and other files. Single values are validated elsewhere.

    Args:
        layers: a project.yaml.
        project: the project's name.
        environments: environments.yaml; None if it could not be read.
        folder: the project's folder.
        folders: the existing pipelines.
        lists: the project's library lists.
        findings: receives each error.
    """
    check_tags(layers.common.at("tags"), others={}, findings=findings)
    for name, override in layers.overrides.items():
        view = layers.merged(name)
        findings.extend(_misspelled_notebooks(layers.common.at("notebooks"), override.at("notebooks")))
        findings.extend(folders.check(view.at("pipeline")))
        findings.extend(_check_contents(view, override, project=project, environment=name))
        findings.extend(check_emr(view, folder=folder, lists=lists))
        findings.extend(check_serving(view))
        if environments is None:
            continue
        if name not in environments.overrides:
            near = closest_match(name, environments.overrides)
            allowed = join_names(environments.overrides)
            findings.append(
                override.finding(
                    Message("there is no such environment in environments.yaml"), allowed=allowed, suggestion=near
                )
            )
            continue
        of_environment = environments.merged(name)
        findings.extend(
            check_notebooks(
                view, project=project, environment=name, of_environment=of_environment, folder=folder, lists=lists
            )
        )
        tags = of_environment.at("tags")
        check_tags(view.at("tags"), others=tags.mapping if tags is not None else {}, findings=findings)
        findings.extend(check_application_tags(view, of_environment, environment=name))
        findings.extend(check_project_partitions(view, of_environment))
        findings.extend(check_regional_types(view, of_environment, environment=name))
    if environments is not None:
        findings.extend(promotion_findings(layers, environments=environments))
        findings.extend(approval_findings(layers, environments=environments))


def _misspelled_notebooks(common: Located | None, override: Located | None) -> list[Finding]:
    """Return an error for each incomplete notebook of an override whose name is similar to that of a common one."""
    names = common.mapping if common is not None else {}
    findings = []
    for name, notebook in (override.mapping if override is not None else {}).items():
        near = closest_match(name, names)
        if near and name not in names and notebook.at("instance_type") is None and notebook.value is not None:
            message = Message("no common notebook is called {name}, and a new one requires instance_type", name=name)
            findings.append(notebook.finding(message, allowed=join_names(names), suggestion=near))
    return findings


def _check_contents(view: Located, override: Located, *, project: str, environment: str) -> list[Finding]:
    """Return an error if there is nothing to deploy, or a schedule without a pipeline to start."""
    if all(_is_absent(view.at(key)) for key in CONTENTS):
        message = Message("{project} has nothing to deploy in {environment}", project=project, environment=environment)
        allowed = Message(
            "at least one of the keys {contents}, at the top level or here", contents=join_names(CONTENTS)
        )
        return [override.finding(message, allowed=allowed)]
    engine = view.at("pipeline", "engine")
    uses_spark = engine is not None and engine.value == "spark"
    if engine is not None and uses_spark and _is_absent(view.at("emr")) and _is_absent(view.at("emr_serverless")):
        message = Message(
            "there is neither emr nor emr_serverless in {environment}, on which the steps would run",
            environment=environment,
        )
        allowed = Message("spark together with the key emr or emr_serverless. Add one, or use pandas")
        return [engine.finding(message, allowed=allowed)]
    has_cluster = not _is_absent(view.at("emr"))
    if engine is not None and uses_spark and has_cluster and _is_absent(view.at("emr", "core_instance_type")):
        message = Message(
            "the cluster in {environment} has fleets, and the steps create clusters of one core node type",
            environment=environment,
        )
        return [engine.finding(message, allowed=Message("spark together with emr.core_instance_type, or pandas"))]
    serving = view.at("serving")
    if serving is not None and not _is_absent(serving) and _is_absent(view.at("pipeline")):
        message = Message(
            "there is no pipeline in {environment} that registers a model to serve", environment=environment
        )
        return [
            serving.finding(message, allowed=Message("serving together with the key pipeline. Add it, or remove this"))
        ]
    operations = view.at("operations")
    schedule = operations.at("schedule") if operations is not None else None
    if schedule is not None and not _is_absent(schedule) and _is_absent(view.at("pipeline")):
        message = Message("there is no pipeline to start in {environment}", environment=environment)
        return [
            schedule.finding(
                message, allowed=Message("a schedule together with the key pipeline. Add it, or remove this")
            )
        ]
    return []


def _is_absent(value: Located | None) -> bool:
    """Whether a key is not there or has no content; an application without keys is one with the defaults."""
    if value is None or value.value is None:
        return True
    return value.value == {} and value.key.split(".")[-1] != "emr_serverless"


def check_names(files: Mapping[Path, Located], *, environments: Layers | None, findings: list[Finding]) -> None:
    """Validate project names: equal to the folder's name, hence unique, and short enough for every derived name.

    Args:
        files: the values of each project.yaml by its path.
        environments: environments.yaml; None if it could not be read.
        findings: receives each error.
    """
    owners = {path.parent.name: file for path, file in files.items()}
    for path, file in files.items():
        place = file.at("name")
        if place is None or place.value is None:
            findings.append(_missing_name(file, path.parent.name))
            continue
        problem = _name_problem(place, folder=path.parent.name, owners=owners)
        if problem is None and environments is not None:
            problem = _too_long(place, environments, used=file.at("environments"))
        if problem is not None:
            findings.append(problem)


def _missing_name(file: Located, folder: str) -> Finding:
    allowed = Message("{folder}, the name of the folder", folder=folder)
    return Finding(file=file.file, line=file.line, key="name", message=MISSING, allowed=allowed)


def _name_problem(place: Located, *, folder: str, owners: Mapping[str, Located]) -> Finding | None:
    """Return the error in a name, apart from its length."""
    name = place.value
    if name != folder:
        owner = owners.get(name) if isinstance(name, str) else None
        message = (
            Message("{name} is already the name of {file}", name=name, file=owner.file)
            if owner is not None
            else Message("{place} does not match the name of the folder", place=place.raw)
        )
        return place.finding(message, allowed=Message("{folder}, the name of the folder", folder=folder))
    if not isinstance(name, str) or not constraints.matches(constraints.PROJECT_NAME, name):
        allowed = Message(
            "lower-case letters, digits and single hyphens, starting with a letter; rename the folder too"
        )
        return place.finding(Message("{place} is not a valid project name", place=place.raw), allowed=allowed)
    if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIXES):
        return place.finding(
            Message("{name} is reserved by AWS or mlproject. Choose another name, and rename the folder too", name=name)
        )
    return None


def _too_long(place: Located, environments: Layers, *, used: Located | None) -> Finding | None:
    """Return an error if a name derived from the project's name would exceed its limit; reports the tightest limit."""
    limits = [
        (limit - len(affixes), resource, environment)
        for environment in environments.overrides
        if used is not None and environment in used.mapping
        for resource, affixes, limit in _names_without_project(environment, environments.merged(environment))
    ]
    limit, resource, environment = min(limits, default=(len(place.raw), "", ""))
    length = len(str(place.value))
    if length <= limit:
        return None
    message = Message(
        "{place} has {length} characters, but the name of the {resource} in {environment} leaves room for {limit}",
        place=place.raw,
        length=length,
        resource=resource,
        environment=environment,
        limit=limit,
    )
    return place.finding(message, allowed=Message("at most {limit} characters. Rename the folder too", limit=limit))


def _names_without_project(environment: str, view: Located) -> list[tuple[str, str, int]]:
    """Return each resource whose name contains the project's name: its kind, the rest of its name, and the limit."""
    region = view.text("region")
    if region is None or region not in REGIONS:
        return []
    names = Names(project="", environment=environment, account="0" * 12, region=region)
    buckets = [(Message("bucket `{use}`", use=use), names.bucket(use), BUCKET_NAME_LIMIT) for use in BUCKET_USES]
    return [
        *buckets,
        (Message("pipeline"), names.batch_pipeline, PIPELINE_NAME_LIMIT),
        (Message("model package group"), names.model_package_group, MODEL_PACKAGE_GROUP_NAME_LIMIT),
        (Message("endpoint"), names.endpoint("real_time"), ENDPOINT_NAME_LIMIT),
        *((Message("role `{use}`", use=use), names.role(use), ROLE_NAME_LIMIT) for use in ROLE_USES),
    ]
