"""Grants of the role of a pipeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlproject.access_denied.keyed_grants import ANY, KeyedGrant, RoleContext, partition_in
from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.grants import Grant, grants, role_arn
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS, permissions_for
from mlproject.definition import (
    Location,
    application_values,
    check_image_values,
    cluster_role_arns,
    every_step,
    fn_sub_string,
    pulled_repositories,
    step_resources,
    used_placeholders,
)
from mlproject.definition.pipeline_resources import pipeline_resources
from mlproject.definition.resources.step_arns import RESOURCE_TYPES
from mlproject.parameters import Deployment


def pipeline_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of a pipeline's role for the steps of its definition."""
    parameters, definition = deployment.pipeline, context.definition
    if parameters is None or definition is None:
        return
    environment, names = deployment.environment, deployment.names
    account = environment.account
    images = check_image_values(
        environment.region, used_placeholders(fn_sub_string(definition, parameters=parameters.parameters))
    )
    own_role = role_arn(
        partition=partition_in(deployment),
        account=account,
        path=environment.role_path,
        name=names.role("pipeline"),
    )
    found = step_resources(
        definition,
        parameters.parameters,
        location=Location(partition=partition_in(deployment), region=environment.region, account=account),
        placeholders={
            "Role": own_role,
            "ModelGroup": names.model_package_group,
            **cluster_role_arns(deployment, partition=partition_in(deployment)),
            **application_values(deployment, partition=partition_in(deployment), application_id=ANY),
            **images,
        },
    )
    step_types = {str(step["Type"]) for step in every_step(definition.document)}
    for grant in _step_grants(deployment, context, step_types=step_types, step_arns=found.arns):
        yield KeyedGrant(key="pipeline", grant=grant)


def _step_grants(
    deployment: Deployment, context: RoleContext, *, step_types: set[str], step_arns: Mapping[str, Sequence[str]]
) -> list[Grant]:
    parameters, definition, environment = deployment.require_pipeline(), context.definition, deployment.environment
    repositories = (
        pulled_repositories(definition, parameters=parameters.parameters, region=environment.region)
        if definition
        else ()
    )
    resources = pipeline_resources(
        deployment,
        folder=parameters.folder,
        step_types=step_types,
        step_arns=step_arns,
        partition=partition_in(deployment),
        image_repositories=repositories,
        key_arn=context.key(deployment),
        security_group_id=ANY,
        subnet_ids=[ANY],
        code_bucket=bootstrap_bucket(environment),
        code_keys=[ANY],
    )
    return grants(permissions_for(step_types), resources)


def step_type_grants(deployment: Deployment, context: RoleContext, *, resource: str) -> Iterator[KeyedGrant]:
    """Yield the grants that the pipeline's role would have if its definition had a step of another type.

    Args:
        deployment: the project in an environment.
        context: what else the grants depend on.
        resource: resource that the step would name, if it names one.
    """
    if deployment.pipeline is None or context.definition is None:
        return
    named = {kind: [resource] for kind in RESOURCE_TYPES}
    for step_type in sorted(STEP_PERMISSIONS):
        for grant in _step_grants(deployment, context, step_types={step_type}, step_arns=named):
            yield KeyedGrant(key="pipeline", grant=grant, note=f"a step of type {step_type}")
