"""`mlproject deploy`: the ordinary `cdk deploy` of a project, after a look at what it would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.errors import UserError

if TYPE_CHECKING:
    from mlproject.cli._session import Session
    from mlproject.parameters import Deployment


def register(app: typer.Typer) -> None:
    """Add the command `deploy`."""
    app.command("deploy")(deploy)


def deploy(
    project: Annotated[str, typer.Argument(help="A project's name, such as flights.")],
    environment: Annotated[str, typer.Option("--environment", "-e", help="One of environments.yaml, such as dev.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before something is stopped, replaced or deleted.")
    ] = False,
) -> None:
    """Deploy a project with the environment's network: `cdk deploy 'ENVIRONMENT/PROJECT/*'`, with what it lacks.

    Refused: a pipeline whose definition is stale, a network that is not the deployed one any more. Asked first: what
    stops, replaces or deletes something in use. A stack whose first creation failed is repeated although it is
    protected. Afterwards the network is written into environments.lock.json.
    """
    from mlproject.cli._deployment import (
        agree,
        cdk_for,
        deployment_warnings,
        open_deployment,
        plan,
        show_plan,
        synthesized,
    )  # fmt: skip
    from mlproject.cli.lock import lock_network

    root, deployment, session = open_deployment(project, environment)
    warnings = deployment_warnings(root, deployment)
    if warnings:
        raise UserError(" ".join(warnings))
    _refuse_another_range(deployment, session)
    cdk = cdk_for(deployment, session, root)
    with synthesized(cdk, deployment) as assembly:
        found = plan(assembly, deployment, session)
        show_plan(found, environment=environment)
        if found.consequences:
            agree("Deploy all the same?", yes=yes, nothing="nothing was deployed")
        _unprotect_empty(session, deployment)
        cdk.run(
            "deploy", f"{deployment.names.path}/*", "--app", str(assembly),
            "--require-approval", "never", "--progress", "events",
        )  # fmt: skip
    lock_network(root, deployment.environment, session)


def _refuse_another_range(deployment: Deployment, session: Session) -> None:
    """Before the lock knows the network, the deployed one itself says what it is."""
    from mlproject.cli.lock import deployed_network
    from mlproject.parameters import NewNetwork

    environment = deployment.environment
    if not isinstance(environment.network, NewNetwork):
        return
    deployed = deployed_network(environment, session)
    if deployed and (deployed.cidr, deployed.zones) != (environment.network.cidr, environment.network.zones):
        raise UserError(
            f"environments.yaml, network of {environment.name}: {deployed} is deployed, and another range or zone "
            "would replace it under everything that stands in it. Write the deployed one, or add another environment."
        )


def _unprotect_empty(session: Session, deployment: Deployment) -> None:
    from mlproject.cli._session import in_words
    from mlproject.deployment import list_projects, unprotect_failed_stacks

    environment = deployment.environment.name
    with in_words("lifting the protection of stacks that were never created"):
        stacks = list_projects(session.client, environment=environment).get(deployment.project, ())
        for stack in unprotect_failed_stacks(stacks, session.client):
            print(f"{stack.name} was never created ({stack.status}): its protection is lifted and it is repeated.")
