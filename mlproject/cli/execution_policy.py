"""`mlproject execution-policy`: the policy with which CloudFormation deploys an environment's stacks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.aws_rules.partitions import partition_of
from mlproject.cli.common.arguments import EnvironmentOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlproject.execution_policy import PolicyDocument
    from mlproject.parameters import Environment


def register(app: typer.Typer) -> None:
    """Add the command `execution-policy`."""
    app.command("execution-policy")(execution_policy)


def execution_policy(
    environment: EnvironmentOption,
    write: Annotated[
        Path | None, typer.Option(help="Write each policy to a file in this folder, and print how to bootstrap.")
    ] = None,
) -> None:
    """Print the permissions that CloudFormation needs for an environment's stacks, instead of AdministratorAccess.

    They are derived from the resource types of the stacks and limited to the names of the environment. With --write,
    prints the commands that create the policies and bootstrap the account with them. Calls no AWS.
    """
    from mlproject.execution_policy import execution_policies
    from mlproject.files import project_root, write_atomically
    from mlproject.parameters import load_valid_parameters

    platform = load_valid_parameters(project_root())
    platform.deployments(environment=environment)  # refuses an environment that does not exist
    chosen = platform.environments[environment]
    policies = execution_policies(chosen, partition=partition_of(chosen.region))
    if write is None:
        for policy in policies:
            print(policy.readable, end="")
        return
    for policy in policies:
        write_atomically(write / f"{policy.name}.json", policy.readable)
    print("\n".join(_commands(chosen, policies, write)))


def _commands(environment: Environment, policies: Sequence[PolicyDocument], folder: Path) -> list[str]:
    """The commands of a person with administrator rights in the account."""
    import shlex

    from mlproject.preflight import bootstrap_arguments

    partition = partition_of(environment.region)
    arns = [f"arn:{partition}:iam::{environment.account}:policy/{policy.name}" for policy in policies]
    create = [
        f"aws iam create-policy --policy-name {policy.name} "
        f"--policy-document {shlex.quote(f'file://{folder / policy.name}.json')}"
        for policy in policies
    ]
    arguments = [*bootstrap_arguments(environment), "--cloudformation-execution-policies", ",".join(arns)]
    return [*create, f"cdk {shlex.join(arguments)}"]
