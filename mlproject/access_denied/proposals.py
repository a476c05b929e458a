"""Find the key of project.yaml that would grant an action on a resource, by evaluating what each key would grant."""

from __future__ import annotations

from collections.abc import Iterator

from mlproject.access_denied.evaluation import matching_statements
from mlproject.access_denied.keyed_grants import KeyedGrant, RoleContext
from mlproject.access_denied.notebook_grants import notebook_key_grants
from mlproject.access_denied.pipeline_grants import step_type_grants
from mlproject.access_denied.role_grants import existing_data_grants_of, reads_existing_data
from mlproject.access_denied.roles import ProjectRole
from mlproject.access_denied.serving_grants import serving_key_grants
from mlproject.parameters import Athena, ExistingBucket, ExistingData

# Passing roles and changing permissions are not granted by naming a resource in the parameters or in a step.
_NEVER_PROPOSED = frozenset({"iam", "sts"})


def find_proposal(role: ProjectRole, context: RoleContext, *, action: str, resource: str) -> KeyedGrant | None:
    """Return a key that is not set and would grant an action on a resource, or None if no key would."""
    if action.partition(":")[0] in _NEVER_PROPOSED or resource in ("*", ""):
        return None
    for candidate in _candidates(role, context, resource):
        if matching_statements([candidate.grant.statement], action=action, resource=resource):
            return candidate
    return None


def _candidates(role: ProjectRole, context: RoleContext, resource: str) -> Iterator[KeyedGrant]:
    if role.use == "notebooks":
        yield from notebook_key_grants(role.deployment, context, resource=resource)
    if reads_existing_data(role):
        for data in _existing_data(role, resource):
            yield from existing_data_grants_of(role.deployment, data)
    if role.use == "pipeline":
        yield from step_type_grants(role.deployment, context, resource=resource)
    if role.use == "serving":
        yield from serving_key_grants(role.deployment, context, resource=resource)


def _existing_data(role: ProjectRole, resource: str) -> Iterator[ExistingData]:
    """Yield the parameters that name a resource, such as the bucket and the prefix of an object."""
    parts = resource.split(":", 5)
    if len(parts) < 6:
        return
    service, name = parts[2], parts[5]
    kind, _, rest = name.partition("/")
    # Not validated: a part that the resource does not contain is a placeholder.
    if service == "s3":
        # The prefix is the folder of the object; the whole bucket if it is in none.
        prefix = f"{rest.rpartition('/')[0]}/" if "/" in rest else ""
        bucket = ExistingBucket.model_construct(name=kind, prefixes=(prefix,), key_arn=None)
        yield ExistingData.model_construct(buckets=(bucket,))
    elif service == "kms":
        bucket = ExistingBucket.model_construct(name="BUCKET", prefixes=("",), key_arn=resource)
        yield ExistingData.model_construct(buckets=(bucket,))
    elif service == "glue" and kind in ("database", "table"):
        yield ExistingData.model_construct(glue_databases=(rest.partition("/")[0],))
    elif service == "athena" and kind == "workgroup":
        given = role.deployment.existing_data.athena
        results = given.results if given else "s3://BUCKET/PREFIX/"
        yield ExistingData.model_construct(athena=Athena.model_construct(workgroup=rest, results=results, key_arn=None))
