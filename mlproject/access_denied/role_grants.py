"""Grants of a project's roles according to its parameters, each with the key of project.yaml that causes it.

The stacks create their roles with the same functions. IDs that AWS assigns are wildcards here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mlproject.access_denied.emr_grants import emr_node_grants, emr_serverless_grants, emr_service_grants
from mlproject.access_denied.keyed_grants import KeyedGrant, RoleContext, partition_in
from mlproject.access_denied.notebook_grants import notebook_grants, notebook_hours_grants
from mlproject.access_denied.pipeline_grants import pipeline_grants
from mlproject.access_denied.roles import ProjectRole
from mlproject.access_denied.serving_grants import serving_grants
from mlproject.aws_rules.approval_permissions import approval_grants
from mlproject.aws_rules.existing_data import existing_data_grants
from mlproject.aws_rules.promotion_permissions import promotion_grants
from mlproject.aws_rules.schedule_permissions import schedule_grants
from mlproject.parameters import Deployment, ExistingData


def role_grants(role: ProjectRole, context: RoleContext) -> tuple[KeyedGrant, ...]:
    """Return the grants of a role according to the parameters of the project."""
    own = _OWN_GRANTS[role.use](role.deployment, context)
    if not reads_existing_data(role):
        return tuple(own)
    return (*own, *existing_data_grants_of(role.deployment, role.deployment.existing_data))


def existing_data_grants_of(deployment: Deployment, data: ExistingData) -> Iterator[KeyedGrant]:
    """Yield the grants on existing data, by the key below `existing_data`.

    Args:
        deployment: the project in an environment.
        data: existing data that it has, or could have.
    """
    for name in ExistingData.model_fields:
        alone = ExistingData.model_construct(**{**dict(ExistingData()), name: getattr(data, name)})
        single = deployment.model_copy(update={"existing_data": alone})
        for grant in existing_data_grants(single, partition=partition_in(deployment)):
            yield KeyedGrant(key=f"existing_data.{name}", grant=grant)


def _emr_nodes(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    emr = deployment.emr
    if emr is not None:
        libraries, certificate = emr.libraries is not None, emr.certificate_s3
        yield from emr_node_grants(deployment, context, libraries=libraries, certificate=certificate)


def _emr_service(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    if deployment.emr is not None:
        yield from emr_service_grants(deployment, context)


def _emr_serverless(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    if deployment.emr_serverless is not None:
        yield from emr_serverless_grants(deployment, context)


def _schedule(deployment: Deployment, _: RoleContext) -> Iterator[KeyedGrant]:
    if deployment.operations and deployment.operations.schedule:
        yield from _starting(deployment, deployment.names.pipeline, key="operations.schedule")


def _batch_schedule(deployment: Deployment, _: RoleContext) -> Iterator[KeyedGrant]:
    serving = deployment.serving
    if serving and serving.batch and serving.batch.schedule:
        yield from _starting(deployment, deployment.names.batch_pipeline, key="serving.batch.schedule")


def _starting(deployment: Deployment, pipeline: str, *, key: str) -> Iterator[KeyedGrant]:
    environment = deployment.environment
    arn = f"arn:{partition_in(deployment)}:sagemaker:{environment.region}:{environment.account}:pipeline/{pipeline}"
    for grant in schedule_grants(pipeline_arn=arn):
        yield KeyedGrant(key=key, grant=grant)


def _promotion(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    source = deployment.promoted_from
    if source is None or deployment.pipeline is None:
        return
    folder, key_arn = deployment.pipeline.folder, context.key(deployment)
    for grant in promotion_grants(
        deployment, source, folder=folder, key_arn=key_arn, partition=partition_in(deployment)
    ):
        yield KeyedGrant(key="promoted_from", grant=grant)


def _approval(deployment: Deployment, _: RoleContext) -> Iterator[KeyedGrant]:
    if deployment.operations is None or deployment.approval_pipeline is None:
        return
    for grant in approval_grants(deployment, partition=partition_in(deployment)):
        yield KeyedGrant(key="promoted_on_approval", grant=grant)


_OWN_GRANTS: Mapping[str, Callable[[Deployment, RoleContext], Iterator[KeyedGrant]]] = {
    "pipeline": pipeline_grants,
    "notebooks": notebook_grants,
    "emr-service": _emr_service,
    "emr-nodes": _emr_nodes,
    "emr-serverless": _emr_serverless,
    "schedule": _schedule,
    "promotion": _promotion,
    "serving": serving_grants,
    "batch-schedule": _batch_schedule,
    "notebook-hours": notebook_hours_grants,
    "approval": _approval,
}
# Roles that may read existing data.
_READERS = frozenset({"pipeline", "notebooks", "emr-nodes", "emr-serverless"})


def reads_existing_data(role: ProjectRole) -> bool:
    """Whether a role may read existing data."""
    return role.use in _READERS
