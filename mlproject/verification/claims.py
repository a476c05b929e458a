"""The claims, in the order in which they are tried: each does something and says what it saw.

What is said names no account, region, id or time, so that both sides can be compared as texts.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mlproject.preflight import bootstrap_arguments
from mlproject.verification.place import Done, Place

ABSENT = "the project has none"
FAILED = "failed"
# What is taken away on purpose, so that the first step of the pipeline cannot start.
BROKEN = "sagemaker:CreateProcessingJob"
_POLICY = "broken-by-verify-aws"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Something that is said to be true of AWS.

    Args:
        sentence: for people.
        observe: does the step and says what was seen; and, when it failed, the last words of the command.
        needed: whether the steps after it make no sense when it fails.
    """

    sentence: str
    observe: Callable[[Place], tuple[str, str]]
    needed: bool = False


def _bootstrap(place: Place) -> tuple[str, str]:
    environment = place.deployment.environment
    with TemporaryDirectory(prefix="mlproject-verify-") as folder:  # away from cdk.json: nothing is synthesized
        done = place.cdk(*bootstrap_arguments(environment), folder=Path(folder))
    return _succeeded(done)


def _preflight(place: Place) -> tuple[str, str]:
    environment, project = place.deployment.environment.name, place.deployment.project
    done = place.mlproject("preflight", environment, "--project", project, "--json")
    if done.document is None:
        return _succeeded(done)
    problems = [outcome for outcome in done.document["outcomes"] if outcome["state"] == "problem"]
    return _listed(sorted({outcome["topic"] for outcome in problems})), "; ".join(
        outcome["message"] for outcome in problems
    )


def _deploy_storage(place: Place) -> tuple[str, str]:
    """The buckets come first: a cluster's nodes install libraries from there while it is created."""
    return _deployed(place, f"{place.deployment.names.path}/storage")


def _deploy(place: Place) -> tuple[str, str]:
    return _deployed(place, place.stacks)


def _deployed(place: Place, *stacks: str) -> tuple[str, str]:
    done = _cdk_deploy(place, *stacks)
    if done.code:
        return FAILED, done.last_words
    return _statuses(place), ""


def _deploy_again(place: Place) -> tuple[str, str]:
    done = _cdk_deploy(place, place.stacks)
    if done.code:
        return FAILED, done.last_words
    return f"{(done.output + done.errors).count('(no changes)')} stacks without changes", ""


def _push_data(place: Place) -> tuple[str, str]:
    return _succeeded(place.of_project("data push"))


def _push_libraries(place: Place) -> tuple[str, str]:
    return _succeeded(place.of_project("libraries push"))


def _run_pipeline(place: Place) -> tuple[str, str]:
    return _steps(_run(place))


def _open_notebook(place: Place) -> tuple[str, str]:
    if not place.deployment.notebooks:
        return ABSENT, ""
    sagemaker = place.client("sagemaker")
    seen = []
    for notebook in place.deployment.notebooks:
        name = place.deployment.names.notebook(notebook.name)
        status = sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
        seen.append(f"{notebook.name} {status}")
    return _listed(seen), ""


def _bootstrap_cluster(place: Place) -> tuple[str, str]:
    if place.deployment.emr is None:
        return ABSENT, ""
    done = place.of_project("cluster status", "--json")
    if not isinstance(done.document, dict):
        return FAILED, done.last_words
    return str(done.document.get("state")), str(done.document.get("reason") or "")


def _run_without_a_permission(place: Place) -> tuple[str, str]:
    with _denied(place, BROKEN):
        done = _run(place)
    if done.code == 0:
        return "the run succeeded", ""
    said = done.output + done.errors
    return f"the run failed{f' and named {BROKEN}' if BROKEN in said else ' without naming it'}", done.last_words


def _destroy(place: Place) -> tuple[str, str]:
    done = destroy(place)
    if done.code:
        return FAILED, done.last_words
    return _remains(place), ""


def destroy(place: Place) -> Done:
    """Delete the data, then the project's stacks and the network; safe to repeat."""
    emptied = place.of_project("empty", "--yes")
    if emptied.code:
        return emptied
    return place.cdk("destroy", place.stacks, *place.context, "--force")


CLAIMS = (
    Claim(sentence="`cdk bootstrap` succeeds", observe=_bootstrap, needed=True),
    Claim(sentence="`mlproject preflight` finds nothing in the way", observe=_preflight),
    Claim(sentence="the network and the storage are created first", observe=_deploy_storage, needed=True),
    Claim(sentence="the data set is uploaded", observe=_push_data, needed=True),
    Claim(sentence="the libraries are uploaded with their hashes", observe=_push_libraries, needed=True),
    Claim(sentence="every stack is created by one `cdk deploy`", observe=_deploy, needed=True),
    Claim(sentence="a second `cdk deploy` changes nothing", observe=_deploy_again),
    Claim(sentence="the pipeline's steps end as its definition says", observe=_run_pipeline),
    Claim(sentence="each notebook is in service in spite of its lifecycle scripts", observe=_open_notebook),
    Claim(sentence="the cluster's bootstrap action succeeds and it waits for work", observe=_bootstrap_cluster),
    Claim(
        sentence=f"without {BROKEN} in the pipeline's role the run fails by that name",
        observe=_run_without_a_permission,
    ),
    Claim(sentence="`mlproject empty` and `cdk destroy` leave nothing", observe=_destroy),
)


def _cdk_deploy(place: Place, *stacks: str) -> Done:
    return place.cdk(
        "deploy", *stacks, *place.context,
        "--require-approval", "never", "--progress", "events",
    )  # fmt: skip


def _run(place: Place) -> Done:
    return place.of_project("run", "--parameter", f"InstanceType={place.instance_type}", "--no-cache", "--json")


def _steps(done: Done) -> tuple[str, str]:
    if not isinstance(done.document, dict):
        return FAILED, done.last_words
    steps = [f"{step['name']} {step['status']}" for step in done.document["steps"]]
    return _listed(steps), str(done.document.get("failure") or "")


def _succeeded(done: Done) -> tuple[str, str]:
    return (FAILED, done.last_words) if done.code else ("succeeded", "")


def _listed(items: list[str]) -> str:
    return ", ".join(items) if items else "nothing"


def _own_stacks(place: Place) -> Iterator[tuple[str, str]]:
    """The deployment's stacks that exist: last part of the name, status."""
    beginnings = {f"{place.deployment.names.prefix}-", f"{place.deployment.environment.name}-network"}
    pages = place.client("cloudformation").get_paginator("describe_stacks").paginate()
    for page in pages:
        for stack in page["Stacks"]:
            name = stack["StackName"]
            if any(name.startswith(beginning) for beginning in beginnings):
                yield name.rpartition("-")[2], stack["StackStatus"]


def _statuses(place: Place) -> str:
    return _listed(sorted(f"{name} {status}" for name, status in _own_stacks(place)))


def _remains(place: Place) -> str:
    prefix = place.deployment.names.prefix
    stacks = [f"stack {name}" for name, _ in _own_stacks(place)]
    buckets = place.client("s3").list_buckets()["Buckets"]
    roles = place.client("iam").get_paginator("list_roles").paginate().build_full_result()["Roles"]
    return _listed(
        sorted(
            [
                *stacks,
                *(f"bucket {each['Name']}" for each in buckets if each["Name"].startswith(f"{prefix}-")),
                *(f"role {each['RoleName']}" for each in roles if each["RoleName"].startswith(f"{prefix}-")),
            ]
        )
    )


@contextmanager
def _denied(place: Place, action: str) -> Iterator[None]:
    """Take an action from the pipeline's role for a while."""
    role = place.deployment.names.role("pipeline")
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = place.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName=_POLICY, PolicyDocument=document)
    try:
        time.sleep(place.settle_seconds)
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=_POLICY)
