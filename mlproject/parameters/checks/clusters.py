"""Validate the nodes of one cluster: types, counts and fleets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlproject.parameters.checks.fleets import FLEETS, check_fleets
from mlproject.parameters.findings import Finding, InvalidValueError, closest_match
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.tables import emr_releases
from mlproject.parameters.yaml_files.located import Located


def check_cluster(emr: Located) -> list[Finding]:
    """Return the errors in a cluster.

    Args:
        emr: the cluster's values in an environment, those of `emr` included.
    """
    return [*check_fleets(emr), *_node_types(emr), *_counts(emr)]


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
