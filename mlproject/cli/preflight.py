"""`mlproject preflight`: check that an account is ready for the first deployment."""

from __future__ import annotations

import sys
from itertools import chain
from typing import Annotated

import typer

from mlproject.cli.common.arguments import EnvironmentOption
from mlproject.cli.common.completion import complete_project


def register(app: typer.Typer) -> None:
    """Add the command `preflight`."""
    app.command("preflight")(preflight)


def preflight(
    environment: EnvironmentOption,
    project: Annotated[
        str | None,
        typer.Option(
            help="Check the requirements of this project only (default: all projects).", autocompletion=complete_project
        ),
    ] = None,
    libraries: Annotated[
        bool,
        typer.Option(
            "--libraries/--no-libraries",
            help="Whether the libraries must have been uploaded. `mlproject deploy` uploads them itself.",
        ),
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object: ok, outcomes.")] = False,
) -> None:
    """Check the account of an environment before the first deployment, without changing anything.

    Reports credentials, bootstrap, quotas, zones, networks, names, existing data, cost tags and volumes. Each problem
    comes with the command or form that fixes it. Exit code 0 if there is no problem, 1 if there is one.
    """
    from mlproject.aws_rules.endpoints import S3
    from mlproject.aws_rules.network_requirements import interfaces
    from mlproject.cli.common.deployed_definition import read_deployed_definition
    from mlproject.cli.common.library_outcomes import volume_outcomes
    from mlproject.cli.common.outcomes import outcomes_as_json, print_outcomes
    from mlproject.cli.common.session import create_session, is_on_laptop
    from mlproject.files import project_root
    from mlproject.parameters import load_valid_parameters
    from mlproject.preflight import account_requirements, check_account

    root = project_root()
    platform = load_valid_parameters(root)
    deployments = platform.deployments(project=project, environment=environment)
    if project is not None:
        platform.deployment(project, environment)  # refuses a project that does not name the environment
    definitions = {each.project: read_deployed_definition(root, each) for each in deployments}
    requirements = account_requirements(
        platform.environments[environment],
        deployments,
        {project: definition for project, definition in definitions.items() if definition},
        has_ci=platform.gitlab is not None and not is_on_laptop(platform.environments[environment]),
    )
    for name, invalid in platform.invalid_projects.items():
        if project is None and invalid.may_include(environment):
            print(
                f"Warning: {name} is not checked, since its parameters have errors: {invalid.error}",
                file=sys.stderr,
            )
    session = create_session(requirements.environment, root)
    # In an imported network, S3 has an interface endpoint like the others, since its route tables are unknown.
    services = frozenset(endpoint.service for endpoint in (S3, *interfaces(deployments)))
    volumes = tuple(volume_outcomes(deployments, root))
    checks = check_account(requirements, session.client, services=services, has_libraries=libraries)
    outcomes = chain(checks, volumes)
    if as_json:
        text, code = outcomes_as_json(outcomes)
        print(text)
    else:
        place = f"account {session.account}, {session.region}"
        code = print_outcomes(
            outcomes, title=f"{environment}: {place}" + (" (the embedded AWS)" if session.endpoint else "")
        )
    raise typer.Exit(code)
