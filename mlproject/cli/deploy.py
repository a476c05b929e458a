"""`mlproject deploy`: deploy a project with the CDK CLI, after checking the effects on resources in use."""

from __future__ import annotations

import shlex
import signal
import sys
import uuid
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption, ProjectArgument
from mlproject.errors import UserError
from mlproject.translation import Message, translated

if TYPE_CHECKING:
    from mlproject.cli.common.cdk import CdkCli
    from mlproject.cli.common.plan import Plan
    from mlproject.cli.common.session import Session
    from mlproject.deployment import DeployedStack
    from mlproject.libraries import LibraryList
    from mlproject.parameters import Deployment


def register(app: typer.Typer) -> None:
    """Add the command `deploy`."""
    app.command("deploy")(deploy)


def deploy(
    project: ProjectArgument,
    environment: EnvironmentOption,
    *,
    libraries: Annotated[
        bool | None,
        typer.Option(
            "--libraries/--no-libraries",
            help="Whether to upload the libraries of notebooks and cluster before the stacks that install them. "
            "Default: on AWS; the embedded AWS installs none.",
            show_default=False,
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before stopping, replacing or deleting resources in use.")
    ] = False,
    approved: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|HASH",
            help="Deploy only exactly the changes that `mlproject guard --record` has written. Implies --yes.",
        ),
    ] = None,
    override: Annotated[
        str | None,
        typer.Option(
            metavar="REASON",
            help="Deploy although `mlproject guard` stops it. The reason is recorded in an SSM parameter. Implies "
            "--yes.",
        ),
    ] = None,
) -> None:
    """Deploy a project and the environment's network: storage, libraries, then the other stacks.

    Prints each command before running it; you can also run them yourself. Fails if a pipeline definition is stale or
    if the deployed network would change. Obeys `mlproject guard`: does not deploy changes that lose data or work
    unless they are allowed, and asks for confirmation before other resources in use are stopped, replaced or deleted.
    Continues a deployment that was interrupted: waits for operations in progress, and retries a stack whose first
    creation failed, even if it is protected. Finally, locks the network in environments.lock.json.
    """
    from mlproject.cli.common.application_change import stop_changed_application
    from mlproject.cli.common.cdk import create_cdk_cli, synthesized
    from mlproject.cli.common.context import open_deployment_and_projects
    from mlproject.cli.common.deploy_decision import require_decision, require_reason, write_override
    from mlproject.cli.common.guard import judge_plan, print_guard
    from mlproject.cli.common.library_push import require_locks
    from mlproject.cli.common.plan import deployment_warnings, plan_deployment
    from mlproject.cli.common.stack_failures import explaining_stack_failures
    from mlproject.cli.lock import lock_network
    from mlproject.deployment import read_stacks
    from mlproject.libraries import read_library_lists

    signal.signal(signal.SIGTERM, _interrupt)
    require_reason(override)
    root, deployment, projects, session = open_deployment_and_projects(project, environment)
    warnings = deployment_warnings(root, deployment)
    if warnings:
        raise UserError(" ".join(warnings))
    _require_same_network(deployment, session)
    _require_bootstrap(deployment, session)
    upload = session.endpoint is None if libraries is None else libraries
    lists = require_locks(read_library_lists(deployment, root)) if upload else ()
    cdk = create_cdk_cli(deployment, session, root)
    with synthesized(cdk, deployment, validate=True) as assembly:
        plan = plan_deployment(assembly, deployment, session)
        report = judge_plan(plan, deployment, projects=projects, root=root)
        print_guard(plan, report, deployment)
        require_decision(report, approved=approved, override=override, yes=yes)
        if override and report.stopping:
            write_override(override, report, deployment, session, root)
        stop_changed_application(plan, deployment, session)
        unprotected = _unprotect_failed_stacks(session, plan.deployed.get(project, ()))
        names = [stack.name for stack in read_stacks(assembly)]
        # With the name that the CDK CLI gives to every change set, two deployments at once could execute each other's.
        change_set = f"mlproject-deploy-{uuid.uuid4().hex[:8]}"
        with explaining_stack_failures(names, deployment, session, planned=plan.existing, change_set=change_set):
            _deploy_in_order(
                cdk,
                assembly,
                plan,
                deployment=deployment,
                session=session,
                lists=lists,
                unprotected=unprotected,
                change_set=change_set,
            )
    _record_commit(root, deployment, session)
    lock_network(root, deployment.environment, session)


def _interrupt(number: int, frame: object) -> None:
    """End as Ctrl-C does, since GitLab cancels a job with SIGTERM: the CDK CLI ends, and change sets are deleted."""
    raise KeyboardInterrupt


def _deploy_in_order(
    cdk: CdkCli,
    assembly: Path,
    plan: Plan,
    *,
    deployment: Deployment,
    session: Session,
    lists: Sequence[LibraryList],
    unprotected: Collection[str],
    change_set: str,
) -> None:
    """Deploy storage if it is new, upload the libraries to it, and deploy the stacks that install them.

    Args:
        unprotected: names of stacks whose termination protection this deployment has turned off since it was planned.
        change_set: name of the change set of each stack.
    """
    storage = f"{deployment.names.path}/storage"
    others = {stack.name for stack in plan.stacks} - set(unprotected)
    if lists and any(stack.path == storage and stack.is_new for stack in plan.stacks):
        _require_unchanged(plan, others, session)
        _deploy_stacks(cdk, storage, assembly, change_set=change_set)
        others.discard(deployment.names.stack("storage"))
    if lists:
        _push_libraries(deployment, session, lists)
    if plan.is_empty:
        print(translated("Every stack is up to date."))
    else:
        _require_unchanged(plan, others, session)
        _deploy_stacks(cdk, f"{deployment.names.path}/*", assembly, change_set=change_set)


def _require_unchanged(plan: Plan, names: Collection[str], session: Session) -> None:
    """Verify that no other deployment is in progress, or has changed the stacks since the changes were planned."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import list_stacks, require_unchanged

    with reporting_aws_errors("listing the stacks"):
        require_unchanged(plan.existing, list_stacks(session.client), names)


def _deploy_stacks(cdk: CdkCli, selection: str, assembly: Path, *, change_set: str) -> None:
    """Run `cdk deploy`. The assembly saves the CLI a second synthesis; without it, the result is the same."""
    print(f"$ {shlex.join(('cdk', 'deploy', selection))}")
    progress = "bar" if sys.stdout.isatty() else "events"
    try:
        cdk.run(
            "deploy", selection, "--app", str(assembly), "--require-approval", "never", "--progress", progress,
            "--change-set-name", change_set,
        )  # fmt: skip
    except KeyboardInterrupt:
        print(
            translated("CloudFormation completes what it has started. To continue, run the command again."),
            file=sys.stderr,
        )
        raise


def _record_commit(root: Path, deployment: Deployment, session: Session) -> None:
    """Record the commit, for whoever later asks which one is deployed. The stacks are deployed in any case."""
    from mlproject.cli.common.commit import read_commit
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import write_deployed_commit

    with (
        read_commit(root) as wait_for_commit,
        reporting_aws_errors("every stack is deployed, but recording the deployed commit in SSM failed"),
    ):
        write_deployed_commit(
            session.client,
            project=deployment.project,
            environment=deployment.environment.name,
            commit=wait_for_commit(),
        )


def _push_libraries(deployment: Deployment, session: Session, lists: Sequence[LibraryList]) -> None:
    from mlproject.cli.common.library_push import print_results, push_lists

    print(f"$ mlproject libraries push {deployment.project} --environment {deployment.environment.name}")
    print_results(push_lists(deployment, session, lists))


def _require_same_network(deployment: Deployment, session: Session) -> None:
    """Compare the parameters with the deployed network itself, since the lock may not have an entry for it yet."""
    from mlproject.cli.lock import deployed_network
    from mlproject.parameters import NewNetwork

    environment = deployment.environment
    if not isinstance(environment.network, NewNetwork):
        return
    deployed = deployed_network(environment, session)
    if deployed and (deployed.cidr, deployed.zones) != (environment.network.cidr, environment.network.zones):
        raise UserError(
            Message(
                "environments.yaml, network of {environment}: {deployed} is deployed, and another range or "
                "zone would replace the VPC with everything in it. Write the deployed range and zones, or "
                "add another environment.",
                environment=environment.name,
                deployed=deployed,
            ),
            topic="network-changed",
        )


def _require_bootstrap(deployment: Deployment, session: Session) -> None:
    """Check the account as `mlproject preflight` does, since the CDK CLI fails later and with less clear words."""
    from botocore.exceptions import ClientError

    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.preflight import bootstrap_arguments, read_bootstrap_version

    environment = deployment.environment
    with reporting_aws_errors("reading the version of the bootstrap stack"):
        try:
            version = read_bootstrap_version(session.client, qualifier=environment.bootstrap_qualifier)
        except ClientError as error:
            if "AccessDenied" not in error.response["Error"]["Code"]:
                raise
            return
    if version is None:
        raise UserError(
            Message(
                "{environment} is not bootstrapped with the qualifier {qualifier}. Run `cdk "
                "{arguments}`, or the commands that `mlproject execution-policy -e {environment} --write "
                "build/policies` prints, which do not give CloudFormation AdministratorAccess.",
                environment=environment.name,
                qualifier=environment.bootstrap_qualifier,
                arguments=" ".join(bootstrap_arguments(environment)),
            ),
            topic="not-bootstrapped",
        )


def _unprotect_failed_stacks(session: Session, stacks: Sequence[DeployedStack]) -> frozenset[str]:
    """Turn off the protection of stacks that were never created, and return their names."""
    from mlproject.cli.common.session import reporting_aws_errors
    from mlproject.deployment import unprotect_failed_stacks

    with reporting_aws_errors("disabling the termination protection of stacks that were never created"):
        unprotected = unprotect_failed_stacks(stacks, session.client)
    for stack in unprotected:
        print(
            translated(
                "{stack} was never created ({status}): its termination protection is now disabled, and the "
                "deployment retries it.",
                stack=stack.name,
                status=stack.status,
            )
        )
    return frozenset(stack.name for stack in unprotected)
