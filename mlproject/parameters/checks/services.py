"""What must fit together in a project's notebooks and cluster."""

from __future__ import annotations

import re

from mlproject.names import NOTEBOOK_NAME_LIMIT, POLICY_NAME_LIMIT, Names
from mlproject.parameters.finding import Finding, RefusalError, nearest
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr import Emr
from mlproject.parameters.input_models.library_lists import OWNED_BY_EMR, LibraryLists
from mlproject.parameters.tables import emr_releases
from mlproject.parameters.yaml_files.located import Located


def check_notebooks(
    view: Located, *, project: str, environment: str, of_environment: Located, lists: LibraryLists
) -> list[Finding]:
    """Find what does not fit in the notebooks of a project in an environment.

    Args:
        view: the project's values there.
        project: its name.
        environment: the environment's name.
        of_environment: the environment's own values.
        lists: the project's lists of libraries.
    """
    notebooks = view.at("notebooks")
    found: list[Finding] = []
    for name, notebook in (notebooks.mapping if notebooks is not None else {}).items():
        found += _name_too_long(name, notebook, project=project, environment=environment)
        found += lists.check(notebook.at("libraries"))
        found += _secret_elsewhere(notebook.at("repository", "secret_arn"), of_environment, environment=environment)
    return found


def check_emr(view: Located, *, lists: LibraryLists) -> list[Finding]:
    """Find what does not fit in a project's cluster.

    Args:
        view: the project's values in an environment.
        lists: the project's lists of libraries.
    """
    emr = view.at("emr")
    if emr is None or not emr.mapping:
        return []
    return [*lists.check(emr.at("libraries"), owned=OWNED_BY_EMR), *_node_types(emr), *_counts(emr)]


def _name_too_long(name: str, place: Located, *, project: str, environment: str) -> list[Finding]:
    """Whether a notebook's name leaves no room in the names that carry it."""
    if not constraints.matches(constraints.NOTEBOOK_NAME, name):
        return []
    names = Names(project=project, environment=environment, account="", region="")
    room, what = min(
        (NOTEBOOK_NAME_LIMIT - len(names.notebook("")), "the notebook instance"),
        (POLICY_NAME_LIMIT - len(names.opening_policy("")), "the policy for opening it"),
    )
    if len(name) <= room:
        return []
    message = f"the notebook's name has {len(name)} characters, and the name of {what} in {environment} leaves {room}"
    return [place.finding(message, allowed=f"at most {max(room, 0)} characters")]


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
        wanted = of_environment.text(key)
        if wanted is not None and written != wanted:
            allowed = f"a secret of {wanted}; give {environment} its own below `environments:`"
            message = f"the secret belongs to {key} {written}, the environment {environment} to {wanted}"
            found.append(place.finding(message, allowed=allowed))
    return found


def _node_types(emr: Located) -> list[Finding]:
    """Every node type is one that the release supports; libraries are fetched for x86 processors."""
    release = emr.text("release") or Emr.model_fields["release"].default
    try:
        emr_releases.release(release)
    except RefusalError:
        release = emr_releases.releases()[-1]
    supported = emr_releases.node_types(release)
    found = []
    for key in ("primary_instance_type", "core_instance_type"):
        place = emr.at(key)
        if (
            place is None
            or not isinstance(place.value, str)
            or not constraints.matches(emr_releases.NODE_TYPE, place.value)
        ):
            continue
        node_type = place.value
        if node_type not in supported:
            found.append(_unsupported(place, node_type, release=release))
        elif supported[node_type] != "x86_64" and emr.at("libraries") is not None:
            message = f"{node_type} has an ARM processor, and libraries are fetched for x86"
            found.append(place.finding(message, allowed="an x86 type such as m5.xlarge, or no `libraries`"))
    return found


def _unsupported(place: Located, node_type: str, *, release: str) -> Finding:
    """Why a node type cannot be taken: a newer release has it, or none has."""
    for newer in emr_releases.releases():
        if node_type in emr_releases.node_types(newer):
            return place.finding(f"{release} does not support {node_type}, which came with {newer}")
    supported = emr_releases.node_types(release)
    family = node_type.partition(".")[0]
    of_family = sorted((each for each in supported if each.partition(".")[0] == family), key=_size)
    return place.finding(
        f"{node_type} is no node type that EMR supports",
        allowed=", ".join(of_family) or "an EC2 type that EMR supports, such as m5.xlarge",
        suggestion=nearest(node_type, of_family or supported),
    )


def _size(node_type: str) -> tuple[int, str]:
    """A type's place among its family's: large, xlarge, 2xlarge, ..."""
    size = node_type.partition(".")[2]
    match = re.fullmatch(r"(\d*)xlarge", size)
    return (int(match.group(1) or 1) if match else 0), size


def _counts(emr: Located) -> list[Finding]:
    """Managed scaling grows from core_count: it does not shrink below it.

    https://docs.aws.amazon.com/emr/latest/APIReference/API_ComputeLimits.html
    """
    least, most = (_number(emr, key) for key in ("core_count", "maximum_count"))
    if least is None or most is None or not 0 < most < least:
        return []
    place = emr.at("maximum_count") or emr.at("core_count") or emr
    return [place.finding(f"maximum_count is {most}, and core_count is {least}", allowed="maximum_count >= core_count")]


def _number(emr: Located, key: str) -> int | None:
    """A count as written, or its default; None if it is no whole number."""
    place = emr.at(key)
    value = place.value if place is not None else Emr.model_fields[key].default
    return value if isinstance(value, int) and not isinstance(value, bool) else None
