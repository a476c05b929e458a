"""The tags of resources, for conditions on aws:ResourceTag; of the services whose tags policies here look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.iam import context, identities
from embedded_aws.iam.context import Family
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.resources import AccountRegion, account_in
from embedded_aws.iam.services import kms

# The older names of the same key, each service's own.
OLDER = ("ec2:resourcetag/", "elasticmapreduce:resourcetag/", "iam:resourcetag/", "sagemaker:resourcetag/",
         "secretsmanager:resourcetag/", "ssm:resourcetag/")  # fmt: skip


def tags_of(resource: str | None, place: AccountRegion) -> Family:
    """A family that reads the tags when a condition asks for them."""

    def read(name: str) -> tuple[str, ...]:
        return context.tags(_tags(resource, place))(name)

    return read


def _tags(resource: str | None, place: AccountRegion) -> Mapping[str, str]:
    if resource == "*" or (resource is not None and resource.endswith("/*")):
        return {}  # no resource, or none yet
    service = resource.split(":")[2] if resource else ""
    reader = _READERS.get(service)
    if resource is None or reader is None:
        raise UndecidableError(f"the embedded AWS does not know the tags of {resource or 'this resource'}")
    region = resource.split(":")[3] or place.region
    account = account_in(resource) or place.account
    return reader(resource, AccountRegion(partition=place.partition, region=region, account=account))


def _pairs(tags: Any) -> dict[str, str]:
    return {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value", "")) for tag in tags or ()}


def _ec2(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.ec2.models import ec2_backends  # moto takes long to import

    identifier = resource.rpartition("/")[2]
    found = ec2_backends[place.account][place.region].describe_tags({"resource-id": [identifier]})
    return {tag["key"]: tag["value"] for tag in found}


def _emr(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.emr.models import emr_backends

    cluster = emr_backends[place.account][place.region].clusters.get(resource.rpartition("/")[2])
    return dict(cluster.tags) if cluster is not None else {}


def _emr_serverless(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.emrserverless.models import emrserverless_backends

    backend = emrserverless_backends[place.account][place.region]
    known = [*backend.applications.values(), *(run for runs in backend.job_runs.values() for run in runs)]
    return next((dict(each.tags or {}) for each in known if each.arn == resource), {})


def _sagemaker(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.sagemaker.models import sagemaker_backends

    try:
        return _pairs(sagemaker_backends[place.account][place.region].list_tags(resource))
    except Exception as error:
        # moto knows no tags of some kinds, and says so in several ways; none of them may pass as "untagged".
        raise UndecidableError(f"the embedded AWS does not know the tags of {resource}: {error}") from error


def _secret(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.secretsmanager.models import secretsmanager_backends

    secret: Any = secretsmanager_backends[place.account][place.region].secrets.get(resource)
    return {} if secret is None else _pairs(secret.tags)


def _key(resource: str, place: AccountRegion) -> Mapping[str, str]:
    from moto.kms.models import kms_backends

    key = kms.find(resource, place)
    if key is None:
        return {}
    tags = kms_backends[place.account][place.region].list_resource_tags(key.id)["Tags"]
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}


def _role(resource: str, place: AccountRegion) -> Mapping[str, str]:
    if ":role/" not in resource:
        raise UndecidableError(f"the embedded AWS does not know the tags of {resource}")
    role = identities.role(resource, place.account)
    return {} if role is None else _pairs(role.tags)


_READERS: Mapping[str, Callable[[str, AccountRegion], Mapping[str, str]]] = {
    "ec2": _ec2,
    "elasticmapreduce": _emr,
    "emr-serverless": _emr_serverless,
    "iam": _role,
    "kms": _key,
    "sagemaker": _sagemaker,
    "secretsmanager": _secret,
}
