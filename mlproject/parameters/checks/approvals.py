"""Validation of `promoted_on_approval`: what GitLab and the source environment must have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models.layers import Layers
from mlproject.parameters.yaml_files.located import Located

KEY = "promoted_on_approval"
# Targets of a rule: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
TARGETS_LIMIT = 5


def approval_findings(layers: Layers, *, environments: Layers) -> list[Finding]:
    """Return an error for each environment into which approved models cannot be promoted by GitLab.

    Args:
        layers: a project.yaml.
        environments: environments.yaml.
    """
    findings: list[Finding] = []
    sources: Counter[str] = Counter()
    for name in layers.overrides:
        view = layers.merged(name)
        place = view.at(KEY)
        if place is None or place.value is not True:
            continue
        source = view.text("promoted_from")
        if source is None:
            message = f"promoted_from is missing in {name}, so there is no approval to wait for"
            findings.append(place.finding(message, allowed=f"{KEY} in an environment with promoted_from"))
            continue
        sources[source] += 1
        findings.extend(_source_findings(place, source, layers))
        findings.extend(_gitlab_findings(place, name, environments))
        if sources[source] == TARGETS_LIMIT + 1:
            message = f"more than {TARGETS_LIMIT} environments promote the models of {source} on approval"
            findings.append(place.finding(message, allowed=f"{KEY} in at most {TARGETS_LIMIT} of them"))
    return findings


def _source_findings(place: Located, source: str, layers: Layers) -> Iterator[Finding]:
    """The rule and its alarm are in the operations stack of the source. Other errors are those of `promoted_from`."""
    if source not in layers.overrides:
        return
    operations = layers.merged(source).at("operations")
    if operations is None or operations.value is None:
        message = f"there is no key operations in {source}, whose notifications report a promotion that did not start"
        yield place.finding(message, allowed=f"{KEY} together with the key operations in {source}")


def _gitlab_findings(place: Located, name: str, environments: Layers) -> Iterator[Finding]:
    gitlab = environments.file.at("gitlab")
    if gitlab is None or gitlab.value is None:
        message = "environments.yaml has no key gitlab, so there is no pipeline to start"
        yield place.finding(message, allowed=f"{KEY} together with the key gitlab and its project_id")
        return
    if gitlab.at("project_id") is None:
        message = "gitlab.project_id is missing in environments.yaml, and the pipeline is started by it"
        yield place.finding(message, allowed=f"{KEY} together with gitlab.project_id, such as 4711")
    if gitlab.at("deploy_tags", name) is not None:
        message = f"{name} is deployed from tags (gitlab.deploy_tags), so no pipeline of the default branch may promote"
        yield place.finding(message, allowed=f"{KEY} in an environment that is deployed from the default branch")
