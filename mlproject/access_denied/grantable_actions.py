"""The actions that the roles of a project can have with any parameters."""

from __future__ import annotations

from mlproject.access_denied.emr_grants import emr_node_grants, emr_serverless_grants, emr_service_grants
from mlproject.access_denied.keyed_grants import RoleContext, partition_in
from mlproject.access_denied.role_grants import existing_data_grants_of, reads_existing_data
from mlproject.access_denied.roles import ProjectRole
from mlproject.access_denied.serving_grants import every_serving_action
from mlproject.aws_rules.approval_permissions import approval_grants
from mlproject.aws_rules.hours_permissions import every_hours_action
from mlproject.aws_rules.notebook_permissions import notebook_permissions
from mlproject.aws_rules.promotion_permissions import promotion_grants
from mlproject.aws_rules.schedule_permissions import schedule_grants
from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS
from mlproject.names import ROLE_USES
from mlproject.parameters import Athena, ExistingBucket, ExistingData

_KEY = "arn:aws:kms:eu-west-1:111111111111:key/01234567-89ab-cdef-0123-456789abcdef"
# Every key of existing data, with values that only have the right form.
_EVERY_KEY = ExistingData(
    buckets=(ExistingBucket(name="bucket", key_arn=_KEY),),
    glue_databases=("database",),
    athena=Athena(workgroup="workgroup", results="s3://bucket/results/", key_arn=_KEY),
)


def grantable_actions(role: ProjectRole, context: RoleContext) -> dict[str, frozenset[str]]:
    """Return the actions that the roles of a project can have, by use of the role.

    Args:
        role: one of the roles.
        context: what else the grants depend on.
    """
    deployment = role.deployment
    notebooks = notebook_permissions(git_secrets=True, pipeline=True, cluster=True, application=True)
    nodes = emr_node_grants(deployment, context, libraries=True, certificate="s3://bucket/certificates.zip")
    promotion = promotion_grants(
        deployment,
        deployment.environment,
        folder="*",
        key_arn="*",
        partition=partition_in(deployment),
    )
    starts = [tuple(grant.actions) for grant in schedule_grants(pipeline_arn="*")]
    granted: dict[str, list[tuple[str, ...]]] = {
        "pipeline": [permission.actions for each in STEP_PERMISSIONS.values() for permission in each],
        "notebooks": [permission.actions for permission in notebooks],
        "emr-nodes": [tuple(each.grant.actions) for each in nodes],
        "emr-service": [tuple(each.grant.actions) for each in emr_service_grants(deployment, context)],
        "emr-serverless": [tuple(each.grant.actions) for each in emr_serverless_grants(deployment, context)],
        "schedule": starts,
        "promotion": [tuple(grant.actions) for grant in promotion],
        "serving": every_serving_action(),
        "batch-schedule": starts,
        "notebook-hours": every_hours_action(),
        "approval": [tuple(grant.actions) for grant in approval_grants(deployment, partition=partition_in(deployment))],
    }
    data = [tuple(each.grant.actions) for each in existing_data_grants_of(deployment, _EVERY_KEY)]
    found: dict[str, frozenset[str]] = {}
    for use in ROLE_USES:
        readable = data if reads_existing_data(ProjectRole(deployment=deployment, use=use)) else []
        found[use] = frozenset(action for actions in [*granted[use], *readable] for action in actions)
    return found
