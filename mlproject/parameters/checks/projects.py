"""What must fit in a project.yaml: its name, its environments, its tags, its pipeline, its notebooks and cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mlproject.names import (
    BUCKET_NAME_LIMIT,
    BUCKET_USES,
    MODEL_PACKAGE_GROUP_NAME_LIMIT,
    PIPELINE_NAME_LIMIT,
    ROLE_NAME_LIMIT,
    ROLE_USES,
    Names,
)
from mlproject.parameters.checks.pipelines import PipelineFolders
from mlproject.parameters.checks.services import check_emr, check_notebooks
from mlproject.parameters.checks.tags import check_tags
from mlproject.parameters.finding import MISSING, Finding, listing, nearest
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.input_models.library_lists import LibraryLists
from mlproject.parameters.tables.regions import REGIONS
from mlproject.parameters.yaml_files.located import Located

FILE = "project.yaml"

# `network` is the environment's own part of the names (names.network_parameter); a bucket may not begin with the
# others: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
RESERVED_NAMES = frozenset({"network", "sthree"})
RESERVED_BEGINNINGS = ("sthree-", "amzn-s3-demo")


def project_files(root: Path) -> list[Path]:
    """The project.yaml of every folder of projects/, sorted; folders that begin with . or _ are not ours."""
    folders = (root / "projects").glob("[!._]*/")
    return sorted(folder / FILE for folder in folders)


def check(
    layers: Layers,
    *,
    project: str,
    environments: Layers | None,
    folders: PipelineFolders,
    lists: LibraryLists,
    findings: list[Finding],
) -> None:
    """Find what does not fit; values that are wrong by themselves are passed over, they are found elsewhere.

    Args:
        layers: a project.yaml.
        project: the project's name.
        environments: environments.yaml; None if it could not be read.
        folders: the pipelines that there are.
        lists: the project's lists of libraries.
        findings: receives each mistake.
    """
    check_tags(layers.common.at("tags"), others={}, findings=findings)
    for name, override in layers.overrides.items():
        view = layers.merged(name)
        findings.extend(folders.check(view.at("pipeline")))
        findings.extend(check_emr(view, lists=lists))
        if environments is None:
            continue
        if name not in environments.overrides:
            near = nearest(name, environments.overrides)
            allowed = listing(environments.overrides)
            findings.append(
                override.finding("environments.yaml has no such environment", allowed=allowed, suggestion=near)
            )
            continue
        of_environment = environments.merged(name)
        findings.extend(
            check_notebooks(view, project=project, environment=name, of_environment=of_environment, lists=lists)
        )
        tags = of_environment.at("tags")
        check_tags(view.at("tags"), others=tags.mapping if tags is not None else {}, findings=findings)


def check_names(files: Mapping[Path, Located], *, environments: Layers | None, findings: list[Finding]) -> None:
    """A project's name is its folder's name, so no two projects share one, and short enough for what carries it.

    Args:
        files: path of each project.yaml to its values.
        environments: environments.yaml; None if it could not be read.
        findings: receives each mistake.
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
    allowed = f"{folder}, the folder's name"
    return Finding(file=file.file, line=file.line, key="name", message=MISSING, allowed=allowed)


def _name_problem(place: Located, *, folder: str, owners: Mapping[str, Located]) -> Finding | None:
    """What is wrong with a name, apart from its length."""
    name = place.value
    if name != folder:
        owner = owners.get(name) if isinstance(name, str) else None
        taken = (
            f"{owner.file} has the name {name}" if owner is not None else f"{place.raw} differs from the folder's name"
        )
        return place.finding(taken, allowed=f"{folder}, the folder's name")
    if not isinstance(name, str) or not constraints.matches(constraints.PROJECT_NAME, name):
        allowed = "lower-case letters, digits and single hyphens, beginning with a letter; rename the folder too"
        return place.finding(f"{place.raw} is no name for a project", allowed=allowed)
    if name in RESERVED_NAMES or name.startswith(RESERVED_BEGINNINGS):
        return place.finding(f"{name} is reserved by AWS or mlproject; choose another and rename the folder too")
    return None


def _too_long(place: Located, environments: Layers, *, used: Located | None) -> Finding | None:
    """Whether the name leaves no room in some name of what is deployed; the tightest place is named."""
    rooms = [
        (limit - len(with_nothing), what, environment)
        for environment in environments.overrides
        if used is not None and environment in used.mapping
        for what, with_nothing, limit in _names_without_project(environment, environments.merged(environment))
    ]
    room, what, environment = min(rooms, default=(len(place.raw), "", ""))
    if len(str(place.value)) <= room:
        return None
    message = f"{place.raw} has {len(str(place.value))} characters, and the {what} of {environment} leaves {room}"
    return place.finding(message, allowed=f"at most {room} characters; rename the folder too")


def _names_without_project(environment: str, view: Located) -> list[tuple[str, str, int]]:
    """What carries a project's name in an environment: what it is, its name without the project's, its limit."""
    region = view.text("region")
    if region is None or region not in REGIONS:
        return []
    names = Names(project="", environment=environment, account="0" * 12, region=region)
    buckets = [(f"bucket `{use}`", names.bucket(use), BUCKET_NAME_LIMIT) for use in BUCKET_USES]
    return [
        *buckets,
        ("pipeline", names.pipeline, PIPELINE_NAME_LIMIT),
        ("model package group", names.model_package_group, MODEL_PACKAGE_GROUP_NAME_LIMIT),
        *((f"role `{use}`", names.role(use), ROLE_NAME_LIMIT) for use in ROLE_USES),
    ]
