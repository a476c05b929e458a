"""Grants of the role of notebooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlproject.access_denied.keyed_grants import ANY, KeyedGrant, RoleContext, partition_in
from mlproject.aws_rules.bootstrap import bootstrap_bucket
from mlproject.aws_rules.grants import grants
from mlproject.aws_rules.hours_permissions import hours_grants
from mlproject.aws_rules.notebook_permissions import notebook_permissions
from mlproject.aws_rules.notebook_resources import git_secret_arns, notebook_resources
from mlproject.parameters import Deployment

# The keys on which the permissions of notebooks depend, by the arguments of notebook_permissions.
_NOTEBOOK_KEYS: Mapping[str, str] = {
    "git_secrets": "notebooks.NAME.repository.secret_arn",  # pragma: allowlist secret
    "pipeline": "pipeline",
    "cluster": "emr",
    "application": "emr_serverless",
}


def notebook_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of the role of a project's notebooks."""
    used = {
        "git_secrets": bool(git_secret_arns(deployment)),
        "pipeline": deployment.pipeline is not None,
        "cluster": deployment.emr is not None,
        "application": deployment.notebooks_use_application,
    }
    secrets = git_secret_arns(deployment)
    if deployment.notebooks:
        yield from _notebook_grants(deployment, context, used=used, secrets=secrets)


def notebook_hours_grants(deployment: Deployment, context: RoleContext) -> Iterator[KeyedGrant]:
    """Yield the grants of the role that starts and stops notebooks."""
    for grant in hours_grants(
        deployment,
        partition=partition_in(deployment),
        key_arn=context.key(deployment),
        security_group_id=ANY,
        subnet_id=ANY,
    ):
        yield KeyedGrant(key="notebooks.NAME.hours", grant=grant)


def notebook_key_grants(deployment: Deployment, context: RoleContext, *, resource: str) -> Iterator[KeyedGrant]:
    """Yield the grants that the role of the notebooks would have with every key.

    Args:
        deployment: the project in an environment.
        context: what else the grants depend on.
        resource: a secret that a private repository would name.
    """
    secrets = [resource] if ":secretsmanager:" in resource else []
    yield from _notebook_grants(deployment, context, used=dict.fromkeys(_NOTEBOOK_KEYS, True), secrets=secrets)


def _notebook_grants(
    deployment: Deployment, context: RoleContext, *, used: Mapping[str, bool], secrets: Sequence[str]
) -> Iterator[KeyedGrant]:
    resources = notebook_resources(
        deployment,
        partition=partition_in(deployment),
        key_arn=context.key(deployment),
        security_group_id=ANY,
        subnet_id=ANY,
        tools_object=f"{bootstrap_bucket(deployment.environment)}/{ANY}",
        application_id=ANY,
    )
    resources = {**resources, "git secrets": list(secrets)}
    none = dict.fromkeys(_NOTEBOOK_KEYS, False)
    base = notebook_permissions(**none)
    yield from (KeyedGrant(key="notebooks", grant=grant) for grant in grants(base, resources))
    for option, key in _NOTEBOOK_KEYS.items():
        added = [each for each in notebook_permissions(**{**none, option: True}) if each not in base]
        if used[option]:
            yield from (KeyedGrant(key=key, grant=grant) for grant in grants(added, resources))
