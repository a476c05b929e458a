"""Validate a project's notebooks and cluster across several keys and files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from mlproject.names import APPLICATION, MAIN_CLUSTER, NOTEBOOK_NAME_LIMIT, POLICY_NAME_LIMIT, Names
from mlproject.parameters.checks.clusters import check_cluster
from mlproject.parameters.checks.named_files import check_certificates, check_start_script
from mlproject.parameters.findings import Finding, closest_match
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.emr import inherit
from mlproject.parameters.input_models.hours import STOP_MINUTES, minute_of_day
from mlproject.parameters.input_models.library_lists import OWNED_BY_EMR, LibraryLists
from mlproject.parameters.yaml_files.located import Located, child_key
from mlproject.translation import Message


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
        found += _missing_cluster(notebook.at("cluster"), view, environment=environment)
        found += check_start_script(notebook.at("start_script"), folder=folder)
        found += _secret_elsewhere(notebook.at("repository", "secret_arn"), of_environment, environment=environment)
    return found


def check_emr(view: Located, *, folder: Path, lists: LibraryLists) -> list[Finding]:
    """Return the errors in a project's clusters, each with the values that it takes from `emr`.

    Args:
        view: the project's values in an environment.
        folder: the project's folder.
        lists: the project's library lists.
    """
    emr = view.at("emr")
    if emr is None or not emr.mapping:
        return []
    in_main = check_cluster(emr)
    said = {finding.message for finding in in_main}
    named = emr.at("clusters")
    in_others = [
        finding
        for cluster in (named.mapping if named is not None else {}).values()
        for finding in check_cluster(_with_inherited(cluster, emr))
        if finding.message not in said
    ]
    return [
        *lists.check(emr.at("libraries"), owned=OWNED_BY_EMR),
        *_check_certificate_file(emr, folder=folder),
        *in_main,
        *in_others,
    ]


def _check_certificate_file(emr: Located, *, folder: Path) -> list[Finding]:
    file = emr.at("certificate_file")
    if file is not None and emr.at("certificate_s3") is None:
        message = Message("there is no certificate_s3, whose certificate the notebooks would trust")
        return [
            file.finding(
                message, allowed=Message("certificate_file together with certificate_s3. Add it, or remove this")
            )
        ]
    return check_certificates(file, folder=folder)


def _with_inherited(cluster: Located, emr: Located) -> Located:
    """Return a cluster with the values that it takes from `emr`, as if they were written below its name."""
    inherited = {
        key: replace(value, line=cluster.line, key=child_key(cluster.key, key))
        for key, value in emr.mapping.items()
        if key != "clusters"
    }
    return replace(cluster, value=inherit(inherited, cluster.mapping))


def _missing_cluster(place: Located | None, view: Located, *, environment: str) -> list[Finding]:
    """Return an error if a notebook uses a cluster or an application that the project does not have."""
    if place is None or not isinstance(place.value, str):
        return []
    emr, application = view.at("emr"), view.at("emr_serverless")
    has_application = application is not None and application.value is not None
    if place.value == APPLICATION:
        message = f"there is no emr_serverless in {environment}, whose application the notebook would use"
        allowed = "the key emr_serverless beside notebooks. Add it, or remove this"
        return [] if has_application else [place.finding(message, allowed=allowed)]
    if emr is None or not emr.mapping:
        message = Message(
            "there is no emr in {environment}, of which {place} would be a cluster",
            environment=environment,
            place=place.raw,
        )
        return [place.finding(message, allowed=Message("the key emr beside notebooks. Add it, or remove this"))]
    named = emr.at("clusters")
    clusters = [MAIN_CLUSTER, *sorted(named.mapping if named is not None else ())]
    clusters += [APPLICATION] if has_application else []
    if place.value in clusters:
        return []
    message = Message("there is no cluster {place} in {environment}", place=place.raw, environment=environment)
    near = closest_match(place.value, clusters)
    return [place.finding(message, allowed=", ".join(clusters), suggestion=near)]


def _name_too_long(name: str, place: Located, *, project: str, environment: str) -> list[Finding]:
    """Return an error if a name derived from the notebook's name would exceed its limit."""
    if not constraints.matches(constraints.NOTEBOOK_NAME, name):
        return []
    names = Names(project=project, environment=environment, account="", region="")
    limit, resource = min(
        (NOTEBOOK_NAME_LIMIT - len(names.notebook("")), Message("the notebook instance")),
        (POLICY_NAME_LIMIT - len(names.opening_policy("")), Message("its access policy")),
    )
    if len(name) <= limit:
        return []
    message = Message(
        "the notebook's name has {length} characters, but the name of {resource} in {environment} "
        "leaves room for {limit}",
        length=len(name),
        resource=resource,
        environment=environment,
        limit=limit,
    )
    return [place.finding(message, allowed=Message("at most {limit} characters", limit=max(limit, 0)))]


def _hours_without_end(hours: Located | None) -> list[Finding]:
    """Return an error if the instance would be stopped when it has just started."""
    start, stop = (hours.at(key) for key in ("start", "stop")) if hours is not None else (None, None)
    if start is None or stop is None:
        return []
    start_minute, stop_minute = minute_of_day(start.value), minute_of_day(stop.value)
    if start_minute is None or stop_minute is None:
        return []
    if start.value == stop.value:
        message = Message("the notebook would stop when it starts, at {start}", start=start.raw)
        return [
            stop.finding(
                message, allowed=Message("another time than start. Remove `hours` to start the notebook by hand")
            )
        ]
    if (start_minute - stop_minute) % (24 * 60) <= STOP_MINUTES:
        message = Message(
            "the notebook would be stopped when it has just started, at {start}: {stop_minutes} minutes "
            "after `stop`, a schedule stops an instance that has not stopped itself",
            start=start.raw,
            stop_minutes=STOP_MINUTES,
        )
        return [
            stop.finding(
                message,
                allowed=Message(
                    "a time more than {stop_minutes} minutes before start, or after it", stop_minutes=STOP_MINUTES
                ),
            )
        ]
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
            allowed = Message(
                "a secret in {expected}; set it for {environment} under `environments:`",
                expected=expected,
                environment=environment,
            )
            message = Message(
                "the secret belongs to {key} {written}, but the environment {environment} uses {expected}",
                key=key,
                written=written,
                environment=environment,
                expected=expected,
            )
            found.append(place.finding(message, allowed=allowed))
    return found
