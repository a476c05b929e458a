"""Validate the key `gitlab` of environments.yaml against the environments."""

from __future__ import annotations

from collections.abc import Iterable

from mlproject.parameters.findings import Finding, closest_match, join_names
from mlproject.parameters.input_models.gitlab import GitLab
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.yaml_files.located import Located

# The stage of the stacks `identity/ACCOUNT`.
RESERVED = "identity"


def check(gitlab: GitLab, written: Located, layers: Layers, *, findings: list[Finding]) -> None:
    """Validate the GitLab project against the environments.

    Args:
        gitlab: the valid key `gitlab`.
        written: the key as written.
        layers: environments.yaml.
        findings: receives each error.
    """
    names = tuple(layers.overrides)
    for key in ("deploy_tags", "deployment_tiers"):
        findings.extend(_unknown_environments(written.at(key), names))
    for key in ("protected_environments", "branch_environments"):
        findings.extend(_unknown_items(written.at(key), names))
    findings.extend(_branch_environments(gitlab, written, layers))
    findings.extend(_tiers(gitlab, written, names))
    findings.extend(_unused_protection(gitlab, written))
    if gitlab.is_gitlab_com and gitlab.project_id is None:
        findings.append(
            written.finding(
                "project_id is missing. A path on gitlab.com can pass to another project after a rename, so AWS "
                "compares the ID too",
                allowed="the project's ID, such as 4711",
            )
        )
    if RESERVED in layers.overrides:
        message = f"{RESERVED} is the name of the stacks that `gitlab:` adds. Rename the environment"
        findings.append(layers.overrides[RESERVED].finding(message))


def _unknown_environments(place: Located | None, names: Iterable[str]) -> list[Finding]:
    known = tuple(names)
    return [
        item.finding(f"{name} is not an environment", allowed=join_names(known), suggestion=closest_match(name, known))
        for name, item in (place.mapping if place is not None else {}).items()
        if name not in known
    ]


def _unknown_items(place: Located | None, names: tuple[str, ...]) -> list[Finding]:
    items = place.value if place is not None and isinstance(place.value, tuple) else ()
    return [
        item.finding(
            f"{item.value} is not an environment",
            allowed=join_names(names),
            suggestion=closest_match(str(item.value), names),
        )
        for item in items
        if item.value not in names
    ]


def _unused_protection(gitlab: GitLab, written: Located) -> list[Finding]:
    place = written.at("protected_environments")
    if "environment_protected" in gitlab.sub_claim_components or not gitlab.protected_environments or place is None:
        return []
    return [place.finding("has no effect. Remove it, or add environment_protected to sub_claim_components")]


def _tiers(gitlab: GitLab, written: Located, names: Iterable[str]) -> list[Finding]:
    """Require the tier of each environment exactly if `sub` contains it."""
    place = written.at("deployment_tiers")
    if "deployment_tier" not in gitlab.sub_claim_components:
        if not gitlab.deployment_tiers or place is None:
            return []
        return [place.finding("has no effect. Remove it, or add deployment_tier to sub_claim_components")]
    missing = [name for name in names if name not in gitlab.deployment_tiers]
    if not missing:
        return []
    message = f"the tier of {join_names(missing)} is missing in deployment_tiers, which sub_claim_components requires"
    return [(place or written).finding(message)]


def _branch_environments(gitlab: GitLab, written: Located, layers: Layers) -> list[Finding]:
    """Require that a branch can lose nothing and reach nothing else in the environments that it deploys to."""
    place = written.at("branch_environments")
    items = place.value if place is not None and isinstance(place.value, tuple) else ()
    names = {str(item.value): item for item in items if item.value in layers.overrides}
    accounts = {name: _value(layers, name, "account") for name in layers.overrides}
    found = []
    for name, item in names.items():
        others = [other for other in accounts if other not in names and accounts[other] == accounts[name]]
        if others:
            found.append(
                item.finding(
                    f"{name} is in the account of {join_names(others)}, which every branch could then change. Give it "
                    "an account of its own"
                )
            )
        if _value(layers, name, "retain_data") is not False:
            found.append(item.finding(f"{name} retains data, so no job may delete it. Set its retain_data to false"))
        for key, listed in (
            ("deploy_tags", gitlab.deploy_tags),
            ("protected_environments", gitlab.protected_environments),
        ):
            if name in listed:
                found.append(item.finding(f"{name} is in {key}, too. Remove it from one of the two"))
    return found


def _value(layers: Layers, environment: str, key: str) -> object:
    place = layers.merged(environment).at(key)
    return place.value if place is not None else None
