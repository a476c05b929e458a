"""The claims in the order in which they are verified. Each runs a step and returns what it observed.

Observations contain no account, region, ID or time, so that both sides can be compared as text.
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
from mlproject.verification.target import CommandResult, Target

ABSENT = "the project has none"
FAILED = "failed"
# The permission that is denied, so that the first step of the pipeline cannot start.
DENIED_ACTION = "sagemaker:CreateProcessingJob"
_POLICY = "broken-by-verify-aws"


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A claim about AWS.

    Args:
        sentence: the claim as a sentence.
        observe: runs the step; returns the observation and, if it failed, the last line of the command's output.
        required: whether the remaining steps are skipped if it fails.
    """

    sentence: str
    observe: Callable[[Target], tuple[str, str]]
    required: bool = False


def _bootstrap(target: Target) -> tuple[str, str]:
    environment = target.deployment.environment
    with TemporaryDirectory(prefix="mlproject-verify-") as folder:  # without cdk.json, nothing is synthesized
        done = target.cdk(*bootstrap_arguments(environment), folder=Path(folder))
    return _outcome(done)


def _preflight(target: Target) -> tuple[str, str]:
    environment, project = target.deployment.environment.name, target.deployment.project
    done = target.mlproject("preflight", "--environment", environment, "--project", project, "--json")
    if done.document is None:
        return _outcome(done)
    problems = [outcome for outcome in done.document["outcomes"] if outcome["state"] == "problem"]
    return _join(sorted({outcome["topic"] for outcome in problems})), "; ".join(
        outcome["message"] for outcome in problems
    )


def _deploy_storage(target: Target) -> tuple[str, str]:
    """Deploy the buckets first, since a cluster's nodes install libraries from them while it is created."""
    return _deploy_stacks(target, f"{target.deployment.names.path}/storage")


def _deploy(target: Target) -> tuple[str, str]:
    return _deploy_stacks(target, target.stacks)


def _deploy_stacks(target: Target, *stacks: str) -> tuple[str, str]:
    done = _cdk_deploy(target, *stacks)
    if done.code:
        return FAILED, done.last_line
    return _stack_statuses(target), ""


def _deploy_again(target: Target) -> tuple[str, str]:
    done = _cdk_deploy(target, target.stacks)
    if done.code:
        return FAILED, done.last_line
    return f"{(done.output + done.errors).count('(no changes)')} stacks without changes", ""


def _push_data(target: Target) -> tuple[str, str]:
    return _outcome(target.run_for_project("data push"))


def _push_libraries(target: Target) -> tuple[str, str]:
    return _outcome(target.run_for_project("libraries push"))


def _run_pipeline(target: Target) -> tuple[str, str]:
    return _steps(_run(target))


def _open_notebook(target: Target) -> tuple[str, str]:
    if not target.deployment.notebooks:
        return ABSENT, ""
    sagemaker = target.client("sagemaker")
    statuses = []
    for notebook in target.deployment.notebooks:
        name = target.deployment.names.notebook(notebook.name)
        status = sagemaker.describe_notebook_instance(NotebookInstanceName=name)["NotebookInstanceStatus"]
        statuses.append(f"{notebook.name} {status}")
    return _join(statuses), ""


def _bootstrap_cluster(target: Target) -> tuple[str, str]:
    if target.deployment.emr is None:
        return ABSENT, ""
    done = target.run_for_project("cluster status", "--json")
    if not isinstance(done.document, dict):
        return FAILED, done.last_line
    others = [f"{name} {each['state']}" for name, each in done.document["clusters"].items()]
    return _join([str(done.document.get("state")), *others]), str(done.document.get("reason") or "")


def _run_without_a_permission(target: Target) -> tuple[str, str]:
    with _denied(target, DENIED_ACTION):
        done = _run(target)
    if done.code == 0:
        return "the run succeeded", ""
    output = done.output + done.errors
    return (
        f"the run failed{f' and named {DENIED_ACTION}' if DENIED_ACTION in output else ' without naming it'}",
        done.last_line,
    )


def _destroy(target: Target) -> tuple[str, str]:
    done = destroy_deployment(target)
    if done.code:
        return FAILED, done.last_line
    return _find_remains(target), ""


def destroy_deployment(target: Target) -> CommandResult:
    """Delete the data, then the project's stacks and the network. You can repeat it safely."""
    emptied = target.run_for_project("empty", "--yes")
    if emptied.code:
        return emptied
    return target.cdk("destroy", target.stacks, *target.context, "--force")


CLAIMS = (
    Claim(sentence="`cdk bootstrap` succeeds", observe=_bootstrap, required=True),
    Claim(sentence="`mlproject preflight` finds no problem", observe=_preflight),
    Claim(sentence="the network and the storage are created first", observe=_deploy_storage, required=True),
    Claim(sentence="the data set is uploaded", observe=_push_data, required=True),
    Claim(sentence="the libraries are uploaded with their hashes", observe=_push_libraries, required=True),
    Claim(sentence="every stack is created by one `cdk deploy`", observe=_deploy, required=True),
    Claim(sentence="a second `cdk deploy` changes nothing", observe=_deploy_again),
    Claim(sentence="the pipeline's steps end as defined", observe=_run_pipeline),
    Claim(sentence="each notebook is in service after its lifecycle scripts", observe=_open_notebook),
    Claim(
        sentence="the cluster's bootstrap action succeeds and the cluster waits for work", observe=_bootstrap_cluster
    ),
    Claim(
        sentence=f"without {DENIED_ACTION} in the pipeline's role the run fails and names it",
        observe=_run_without_a_permission,
    ),
    Claim(sentence="`mlproject empty` and `cdk destroy` leave nothing", observe=_destroy),
)


def _cdk_deploy(target: Target, *stacks: str) -> CommandResult:
    return target.cdk(
        "deploy", *stacks, *target.context,
        "--require-approval", "never", "--progress", "events",
    )  # fmt: skip


def _run(target: Target) -> CommandResult:
    return target.run_for_project("run", "--parameter", f"InstanceType={target.instance_type}", "--no-cache", "--json")


def _steps(done: CommandResult) -> tuple[str, str]:
    if not isinstance(done.document, dict):
        return FAILED, done.last_line
    steps = [f"{step['name']} {step['status']}" for step in done.document["steps"]]
    return _join(steps), str(done.document.get("failure") or "")


def _outcome(done: CommandResult) -> tuple[str, str]:
    return (FAILED, done.last_line) if done.code else ("succeeded", "")


def _join(items: list[str]) -> str:
    return ", ".join(items) if items else "nothing"


def _own_stacks(target: Target) -> Iterator[tuple[str, str]]:
    """Yield the last part of the name and the status of each existing stack of the deployment."""
    prefixes = {f"{target.deployment.names.prefix}-", f"{target.deployment.environment.name}-network"}
    pages = target.client("cloudformation").get_paginator("describe_stacks").paginate()
    for page in pages:
        for stack in page["Stacks"]:
            name = stack["StackName"]
            if any(name.startswith(prefix) for prefix in prefixes):
                yield name.rpartition("-")[2], stack["StackStatus"]


def _stack_statuses(target: Target) -> str:
    return _join(sorted(f"{name} {status}" for name, status in _own_stacks(target)))


def _find_remains(target: Target) -> str:
    prefix = target.deployment.names.prefix
    stacks = [f"stack {name}" for name, _ in _own_stacks(target)]
    buckets = target.client("s3").list_buckets()["Buckets"]
    roles = target.client("iam").get_paginator("list_roles").paginate().build_full_result()["Roles"]
    return _join(
        sorted(
            [
                *stacks,
                *(f"bucket {each['Name']}" for each in buckets if each["Name"].startswith(f"{prefix}-")),
                *(f"role {each['RoleName']}" for each in roles if each["RoleName"].startswith(f"{prefix}-")),
            ]
        )
    )


@contextmanager
def _denied(target: Target, action: str) -> Iterator[None]:
    """Temporarily deny an action to the pipeline's role."""
    role = target.deployment.names.role("pipeline")
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = target.client("iam")
    iam.put_role_policy(RoleName=role, PolicyName=_POLICY, PolicyDocument=document)
    try:
        time.sleep(target.propagation_seconds)
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=_POLICY)
