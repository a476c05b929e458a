"""Grants of the role that serves a model."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.access_denied.keyed_grants import ANY, KeyedGrant, RoleContext, partition_in
from mlproject.aws_rules.grants import grants
from mlproject.aws_rules.serving_permissions import BATCH_PERMISSIONS, MODEL_PERMISSIONS, serving_permissions
from mlproject.definition import pulled_repositories, submits_scripts
from mlproject.definition.serving_resources import serving_resources
from mlproject.parameters import BatchTransform, Deployment, Endpoint, Serving

# Instances do not change what a role may do.
_INSTANCE = "ml.m5.large"


def serving_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of the role for what the project serves."""
    if deployment.serving is not None:
        yield from _grants_of(deployment, deployment.serving, context)


def serving_key_grants(deployment: Deployment, context: RoleContext, *, resource: str) -> Iterator[KeyedGrant]:
    """Yield the grants that the role would have with an endpoint that captures data, and with a batch transform.

    Args:
        deployment: the project in an environment.
        context: what else the grants depend on.
        resource: ARN of the resource, whose folder the batch transform would read.
    """
    if deployment.serving is None:
        return
    path = resource.rpartition(":")[2].partition("/")[2]
    folder = f"{path.rpartition('/')[0]}/" if "/" in path else "PREFIX/"
    endpoint = Endpoint(kind="real_time", instance_type=_INSTANCE, data_capture_percent=100)
    batch = BatchTransform.model_construct(input_prefix=folder, instance_type=_INSTANCE, instance_count=1)
    yield from _grants_of(
        deployment, deployment.serving.model_copy(update={"endpoint": endpoint, "batch": batch}), context
    )


def every_serving_action() -> list[tuple[str, ...]]:
    """Return the actions of each permission that the role can have."""
    endpoint = Endpoint(kind="real_time", instance_type=_INSTANCE, data_capture_percent=100)
    batch = BatchTransform(input_prefix="scoring/", instance_type=_INSTANCE)
    return [each.actions for each in serving_permissions(Serving(model_version=1, endpoint=endpoint, batch=batch))]


def _grants_of(deployment: Deployment, serving: Serving, context: RoleContext) -> Iterator[KeyedGrant]:
    parameters, definition = deployment.pipeline, context.definition
    if parameters is None or definition is None:
        return
    resources = serving_resources(
        deployment,
        serving,
        folder=parameters.folder,
        partition=partition_in(deployment),
        image_repositories=pulled_repositories(
            definition, parameters=parameters.parameters, region=deployment.environment.region
        ),
        has_script=submits_scripts(definition),
        key_arn=context.key(deployment),
        security_group_id=ANY,
        subnet_ids=[ANY],
    )
    models = {permission.sid for permission in MODEL_PERMISSIONS}
    batch = {permission.sid for permission in BATCH_PERMISSIONS} if serving.batch else set()
    for grant in grants(serving_permissions(serving), resources):
        part = "" if grant.sid in models else ".batch" if grant.sid in batch else ".endpoint"
        yield KeyedGrant(key=f"serving{part}", grant=grant)
