"""Validation of `promoted_from`: the environment from which a project's models come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlproject.parameters.findings import Finding, closest_match, join_names
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.yaml_files.located import Located

KEY = "promoted_from"


def promotion_findings(layers: Layers, *, environments: Layers) -> list[Finding]:
    """Return an error for each environment into which no model can be promoted.

    Args:
        layers: a project.yaml.
        environments: environments.yaml.
    """
    views = {name: layers.merged(name) for name in layers.overrides}
    sources = {name: place for name, view in views.items() if (place := view.at(KEY)) is not None}
    problems = {name: _problem(name, place, views, environments) for name, place in sources.items()}
    findings = [problem for problem in problems.values() if problem is not None]
    valid = {name: str(place.value) for name, place in sources.items() if problems[name] is None}
    findings.extend(
        sources[cycle[0]].finding(
            f"models would be promoted in a circle: {' from '.join([*cycle, cycle[0]])}",
            allowed=f"an environment whose models are not promoted from {cycle[0]}",
        )
        for cycle in _cycles(valid)
    )
    return findings


def _problem(name: str, place: Located, views: Mapping[str, Located], environments: Layers) -> Finding | None:
    """Return the error in one value. A value that is no text is reported with the types of all values."""
    source = place.value
    if not isinstance(source, str):
        return None
    others = [other for other in views if other != name]
    if source == name:
        return place.finding(f"{name} cannot be promoted from itself", allowed=join_names(others) or "no such key")
    if source not in environments.overrides:
        return place.finding(
            f"there is no environment {source} in environments.yaml",
            allowed=join_names(others),
            suggestion=closest_match(source, others),
        )
    if source not in views:
        return place.finding(f"the project is not in the environment {source}", allowed=join_names(others))
    return _other_pipeline(source, name, place, views) or _other_region(source, name, place, environments)


def _other_pipeline(source: str, name: str, place: Located, views: Mapping[str, Located]) -> Finding | None:
    for each in (source, name):
        if views[each].at("pipeline") is None:
            message = f"there is no pipeline in {each}, and so no model to promote"
            return place.finding(message, allowed="an environment in which the project has a pipeline")
    folders = [views[each].text("pipeline", "folder") for each in (source, name)]
    if folders[0] != folders[1]:
        message = f"the pipeline of {source} is {folders[0]}, and that of {name} is {folders[1]}"
        return place.finding(message, allowed="an environment with the same pipeline")
    return None


def _other_region(source: str, name: str, place: Located, environments: Layers) -> Finding | None:
    regions = [environments.merged(each).text("region") for each in (source, name) if each in environments.overrides]
    if len(set(regions)) <= 1:
        return None
    return place.finding(
        f"{source} is in {regions[0]} and {name} in {regions[1]}, but the images of a model belong to a region",
        allowed=f"an environment in {regions[1]}",
    )


def _cycles(sources: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield each cycle once."""
    reported: set[str] = set()
    for start in sources:
        path = [start]
        while path[-1] in sources and sources[path[-1]] not in path:
            path.append(sources[path[-1]])
        repeated = sources.get(path[-1])
        if repeated == start and not reported & set(path):
            reported |= set(path)
            yield path
