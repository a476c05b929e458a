"""Deployed stacks that no project of the repository owns any longer, and that no deployment updates or deletes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from mlproject.deployment.consequences import Effect
from mlproject.deployment.deployed_stacks import DeployedStack
from mlproject.deployment.fingerprints import STATE_LENGTH, fingerprint
from mlproject.deployment.verdicts import Judgement, Verdict, permit
from mlproject.parameters import Deployment, LockedNetwork

_TYPE = "AWS::CloudFormation::Stack"


def judge_obsolete_stacks(stacks: Sequence[DeployedStack], *, environment: str) -> tuple[Judgement, ...]:
    """Judge the deployed stacks of a project that its parameters no longer require.

    Args:
        stacks: these stacks.
        environment: name of the environment.
    """
    return tuple(
        Judgement(
            resource=stack.name,
            name=stack.name,
            type=_TYPE,
            effect=Effect.ORPHANS,
            description=f"{stack.name} is deployed, but project.yaml no longer requires it",
            verdict=Verdict.ALLOWED,
            reason="it stays, and may cost money; "
            f"`mlproject destroy {stack.project} --environment {environment} --stack {stack.kind}` removes it",
        )
        for stack in stacks
    )


def judge_removed_projects(
    deployed: Mapping[str, Sequence[DeployedStack]], projects: Collection[str], *, project: str, environment: str
) -> Iterator[Judgement]:
    """Judge the deployed projects that the repository no longer contains in an environment.

    They do not block other projects. Only the first deployment of a project needs a confirmation, since it may be one
    of them with another name, which starts without the data of the old one.

    Args:
        deployed: the deployed stacks of each project.
        projects: the projects of the repository in the environment.
        project: the project that is deployed now.
        environment: name of the environment.
    """
    for name in sorted(set(deployed) - set(projects)):
        stacks = ", ".join(stack.kind for stack in deployed[name])
        removal = f"`mlproject destroy {name} --environment {environment}` removes them"
        is_first = project not in deployed
        yield Judgement(
            resource=name,
            name=name,
            type=_TYPE,
            effect=Effect.ORPHANS,
            description=f"{name} is deployed ({stacks}), but the repository has no such project in {environment}",
            verdict=Verdict.CONFIRM if is_first else Verdict.ALLOWED,
            reason=f"if {project} is its new name, {project} starts without its data; {removal}"
            if is_first
            else f"its stacks stay, and may cost money; {removal}",
        )


def judge_account(deployment: Deployment, locked: LockedNetwork | None) -> tuple[Judgement, ...]:
    """Judge a change of the environment's account or region, after which everything is created anew.

    Args:
        deployment: the project in the environment.
        locked: the network of the environment in environments.lock.json.
    """
    environment = deployment.environment
    if locked is None or (locked.account, locked.region) == (environment.account, environment.region):
        return ()
    old, new = f"aws://{locked.account}/{locked.region}", f"aws://{environment.account}/{environment.region}"
    state = fingerprint(locked.model_dump(mode="json"))[:STATE_LENGTH]
    verdict, reason = permit(
        [old],
        state=state,
        permissions=deployment.allow_replacement,
        otherwise=f"everything is created anew without data in {new}, and the stacks in {old} stay and cost money",
    )
    return (
        Judgement(
            resource=old,
            name=old,
            type=_TYPE,
            effect=Effect.ORPHANS,
            description=f"{environment.name} is deployed in {old}, but environments.yaml says {new}",
            verdict=verdict,
            reason=reason,
            deployed_state=state,
            can_be_permitted=True,
        ),
    )
