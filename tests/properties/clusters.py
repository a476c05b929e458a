"""Strategies for the EMR clusters of a project."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.emr import ClusterOverrides, Emr, inherit
from mlproject.parameters.input_models.emr_fleet import NODES_LIMIT, Fleet
from mlproject.parameters.tables import emr_releases
from tests.properties.key_values import BY_VALIDATOR, CERTIFICATES
from tests.properties.model_values import key_of, keys_of, rarely

Document = dict[str, Any]
_FLEETS = ("core_fleet", "task_fleet")
_GROUPS = ("core_instance_type", "core_count")


@st.composite
def clusters(draw: st.DrawFn) -> Document:
    """Draw the key `emr`: node types of one processor that the release supports, as instance groups or as fleets."""
    release = draw(key_of(Emr, "release"))
    supported = emr_releases.node_types(release)
    processor = draw(st.sampled_from(sorted(set(supported.values()))))
    types = [name for name, each in supported.items() if each == processor]
    found = draw(_nodes(Emr, types, release=st.just(release), certificate_file=st.just(CERTIFICATES)))
    if release != Emr.model_fields["release"].default:
        found["release"] = release
    if "certificate_s3" not in found:
        found.pop("certificate_file", None)
    if draw(st.booleans()):
        names = BY_VALIDATOR[constraints.validate_cluster_name]
        named = draw(st.dictionaries(names, _nodes(ClusterOverrides, types), min_size=1, max_size=2))
        for own in named.values():
            _complete(own, inherit(found, own))
        found["clusters"] = named
    return found


@st.composite
def _nodes(
    draw: st.DrawFn, /, model: type[Emr] | type[ClusterOverrides], types: Sequence[str], **given: Any
) -> Document:
    """Draw the keys of a cluster with nodes of these types."""
    node_type, fleet = st.sampled_from(types), _fleets(types)
    kind = draw(
        st.sampled_from(["fleets", "groups", "inherited"] if model is ClusterOverrides else ["fleets", "groups"])
    )
    without = (*_FLEETS, *_GROUPS) if kind != "groups" else _FLEETS
    found: Document = draw(
        keys_of(
            model,
            without=("clusters", *without),
            primary_instance_type=node_type,
            core_instance_type=node_type,
            **given,
        )
    )
    if kind == "groups":
        found["core_instance_type"] = draw(node_type)
    if kind == "fleets":
        found["core_fleet"] = draw(fleet)
        if not rarely(draw):
            found["task_fleet"] = draw(fleet)
    if model is Emr:
        _complete(found, found)
    return found


def _fleets(types: Sequence[str]) -> st.SearchStrategy[Document]:
    units = st.integers(1, 8)
    return keys_of(
        Fleet,
        instance_types=st.dictionaries(st.sampled_from(types), units, min_size=1, max_size=4),
        on_demand_units=st.integers(0, NODES_LIMIT // 4),
        spot_units=st.integers(0, NODES_LIMIT // 4),
    ).map(lambda fleet: fleet if _units(fleet) else {**fleet, "spot_units": 1})


def _units(fleet: Document) -> int:
    return int(fleet.get("on_demand_units", 0) + fleet.get("spot_units", 0))


def _complete(own: Document, inherited: Document) -> None:
    """Give a cluster a maximum that its nodes do not exceed, also where it takes them from the main cluster."""
    fleets = [inherited[key] for key in _FLEETS if key in inherited]
    least = sum(map(_units, fleets)) if fleets else inherited.get("core_count", 1)
    if inherited.get("maximum_count", Emr.model_fields["maximum_count"].default) < least:
        own["maximum_count"] = least
