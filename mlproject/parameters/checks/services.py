"""Validate a project's notebooks and cluster across several keys and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from mlproject.names import NOTEBOOK_NAME_LIMIT, POLICY_NAME_LIMIT, Names
from mlproject.parameters.checks.fleets import FLEETS, check_fleets
from mlproject.parameters.checks.named_files import check_start_script
from mlproject.parameters.findings import Finding, InvalidValueError, closest_match
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.hours import STOP_MINUTES, minute_of_day
from mlproject.parameters.input_models.library_lists import OWNED_BY_EMR, LibraryLists
from mlproject.parameters.tables import emr_releases
from mlproject.parameters.yaml_files.located import Located


def check_notebooks(
    view: Located, *, project: str, environment: str, of_environment: Located, folder: Path, lists: LibraryLists
) -> list[Finding]:
    """Return the errors in a project's notebooks in one environment.

    Args:
        view: the project's values in the environment.
        project: the project's name.
        environment: the environment's name.
        of_environment: the values of the environment itself.
        folder: the project's folder.
        lists: the project's library lists.
    """
    notebooks = view.at("notebooks")
    found: list[Finding] = []
    for name, notebook in (notebooks.mapping if notebooks is not None else {}).items():
        found += _name_too_long(name, notebook, project=project, environment=environment)
        found += lists.check(notebook.at("libraries"))
        found += _hours_without_end(notebook.at("hours"))
        found += check_start_script(notebook.at("start_script"), folder=folder)
        found += _secret_elsewhere(notebook.at("repository", "secret_arn"), of_environment, environment=environment)
    return found


def check_emr(view: Located, *, lists: LibraryLists) -> list[Finding]:
    """Return the errors in a project's cluster.

    Args:
        view: the project's values in an environment.
        lists: the project's library lists.
    """
    emr = view.at("emr")
    if emr is None or not emr.mapping:
        return []
    return [
        *lists.check(emr.at("libraries"), owned=OWNED_BY_EMR),
        *check_fleets(emr),
        *_node_types(emr),
        *_counts(emr),
    ]


def _name_too_long(name: str, place: Located, *, project: str, environment: str) -> list[Finding]:
    """Return an error if a name derived from the notebook's name would exceed its limit."""
    if not constraints.matches(constraints.NOTEBOOK_NAME, name):
        return []
    names = Names(project=project, environment=environment, account="", region="")
    limit, resource = min(
        (NOTEBOOK_NAME_LIMIT - len(names.notebook("")), "the notebook instance"),
        (POLICY_NAME_LIMIT - len(names.opening_policy("")), "its access policy"),
    )
    if len(name) <= limit:
        return []
    message = (
        f"the notebook's name has {len(name)} characters, but the name of {resource} in {environment} "
        f"leaves room for {limit}"
    )
    return [place.finding(message, allowed=f"at most {max(limit, 0)} characters")]


def _hours_without_end(hours: Located | None) -> list[Finding]:
    """Return an error if the instance would be stopped when it has just started."""
    start, stop = (hours.at(key) for key in ("start", "stop")) if hours is not None else (None, None)
    if start is None or stop is None:
        return []
    start_minute, stop_minute = minute_of_day(start.value), minute_of_day(stop.value)
    if start_minute is None or stop_minute is None:
        return []
    if start.value == stop.value:
        message = f"the notebook would stop when it starts, at {start.raw}"
        return [stop.finding(message, allowed="another time than start. Remove `hours` to start the notebook by hand")]
    if (start_minute - stop_minute) % (24 * 60) <= STOP_MINUTES:
        message = (
            f"the notebook would be stopped when it has just started, at {start.raw}: {STOP_MINUTES} minutes after "
            "`stop`, a schedule stops an instance that has not stopped itself"
        )
        return [stop.finding(message, allowed=f"a time more than {STOP_MINUTES} minutes before start, or after it")]
    return []


def _secret_elsewhere(place: Located | None, of_environment: Located, *, environment: str) -> list[Finding]:
    """SageMaker reads a repository's secret with the notebook's role in the notebook's account and region.

    https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-git-resource.html
    """
    if place is None or not isinstance(place.value, str):
        return []
    match = re.fullmatch(addresses.SECRETS_MANAGER_ARN, place.value)
    if match is None:
        return []
    found = []
    for key, written in (("region", match.group(1)), ("account", match.group(2))):
        expected = of_environment.text(key)
        if expected is not None and written != expected:
            allowed = f"a secret in {expected}; set it for {environment} under `environments:`"
            message = f"the secret belongs to {key} {written}, but the environment {environment} uses {expected}"
            found.append(place.finding(message, allowed=allowed))
    return found


def _node_types(emr: Located) -> list[Finding]:
    """Validate node types: the release supports them, and they have the same processor.

    EMR's images and the libraries of the nodes are those of one processor.
    """
    release = emr.text("release") or Emr.model_fields["release"].default
    try:
        emr_releases.validate_release(release)
    except InvalidValueError:
        release = emr_releases.releases()[-1]
    supported = emr_releases.node_types(release)
    found = []
    processors: dict[str, tuple[str, Located]] = {}
    for node_type, place in _written_node_types(emr):
        if not constraints.matches(emr_releases.NODE_TYPE, node_type):
            continue
        if node_type not in supported:
            found.append(_unsupported(place, node_type, release=release))
        else:
            processors.setdefault(supported[node_type], (node_type, place))
    if len(processors) > 1:
        (first, _), (second, other) = processors.values()
        message = f"{first} and {second} have different processors ({' and '.join(processors)})"
        found.append(other.finding(message, allowed="types with one processor for all nodes of a cluster"))
    return found


def _written_node_types(emr: Located) -> Iterator[tuple[str, Located]]:
    """Yield each node type and the place where it is written."""
    for key in ("primary_instance_type", "core_instance_type"):
        place = emr.at(key)
        if place is not None and isinstance(place.value, str):
            yield place.value, place
    for key in FLEETS:
        types = emr.at(key, "instance_types")
        yield from types.mapping.items() if types is not None else ()


def _unsupported(place: Located, node_type: str, *, release: str) -> Finding:
    """Report an unsupported node type: only a newer release supports it, or no release does."""
    for newer in emr_releases.releases():
        if node_type in emr_releases.node_types(newer):
            return place.finding(f"{release} does not support {node_type}, which requires {newer} or later")
    supported = emr_releases.node_types(release)
    family = node_type.partition(".")[0]
    of_family = sorted((each for each in supported if each.partition(".")[0] == family), key=_size)
    return place.finding(
        f"{node_type} is not an instance type that EMR supports",
        allowed=", ".join(of_family) or "an EC2 type that EMR supports, such as m5.xlarge",
        suggestion=closest_match(node_type, of_family or supported),
    )


def _size(node_type: str) -> tuple[int, str]:
    """Return the sort key of a type within its family: large, xlarge, 2xlarge, ..."""
    size = node_type.partition(".")[2]
    match = re.fullmatch(r"(\d*)xlarge", size)
    return (int(match.group(1) or 1) if match else 0), size


def _counts(emr: Located) -> list[Finding]:
    """Validate the node counts: managed scaling never scales below core_count.

    https://docs.aws.amazon.com/emr/latest/APIReference/API_ComputeLimits.html
    """
    if emr.at("core_fleet") is not None:
        return []
    least, most = (_number(emr, key) for key in ("core_count", "maximum_count"))
    if least is None or most is None or not 0 < most < least:
        return []
    place = emr.at("maximum_count") or emr.at("core_count") or emr
    return [
        place.finding(
            f"maximum_count ({most}) is less than core_count ({least})", allowed="maximum_count >= core_count"
        )
    ]


def _number(emr: Located, key: str) -> int | None:
    """Return a count as written, or its default; None if it is not an integer."""
    place = emr.at(key)
    value = place.value if place is not None else Emr.model_fields[key].default
    return value if isinstance(value, int) and not isinstance(value, bool) else None
