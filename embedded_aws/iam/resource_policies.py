"""The policies of the resources themselves, from where moto keeps them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.iam import identities
from embedded_aws.iam.errors import UndecidableError
from embedded_aws.iam.policy_documents import Policy, parse
from embedded_aws.iam.resources import AccountRegion, account_in
from embedded_aws.iam.services import kms, s3

# Where the policy of a model package group lies in moto's group.
GROUP_POLICY = "embedded_resource_policy"
# Keys and roles: nobody may without their own policy's word, not even the account's administrator.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
_NEEDED = frozenset({"kms", "sts"})


def policies_of(action: str, resource: str | None, place: AccountRegion) -> tuple[tuple[Policy, ...], bool]:
    """The policy of a resource, and whether it must allow the action itself.

    Raises:
        UndecidableError: the policy is not valid, or the role to assume does not exist.
    """
    if resource is None or not resource.startswith("arn:"):
        return (), False
    _, _, service, region, account, name = resource.split(":", 5)
    prefix = action.partition(":")[0]
    if prefix == "sts":
        role = identities.role(resource, account)
        if role is None:
            raise UndecidableError(f"the role {resource} does not exist")
        return (identities.trust_policy(role),), True
    there = AccountRegion(
        partition=place.partition, region=region or place.region, account=account_in(resource) or place.account
    )
    read = _READERS.get(service)
    text = read(name, resource, there) if read else None
    found = (parse(f"the policy of {resource}", text),) if text else ()
    # A key that is being created has no policy yet.
    return found, prefix in _NEEDED and ":key/" in resource and not resource.endswith("/*")


def _bucket(name: str, _: str, place: AccountRegion) -> str | None:
    bucket = s3.find_bucket(name.partition("/")[0], place)
    if bucket is None or not bucket.policy:
        return None
    return bucket.policy.decode() if isinstance(bucket.policy, bytes) else str(bucket.policy)


def _key(name: str, _: str, place: AccountRegion) -> str | None:
    key = kms.find(name, place) if name.startswith("key/") else None
    return None if key is None else str(key.policy)


def _topic(_: str, arn: str, place: AccountRegion) -> str | None:
    from moto.sns.models import sns_backends  # moto takes long to import

    topic = sns_backends[place.account][place.region].topics.get(arn)
    return None if topic is None else str(topic.policy)


def _queue(name: str, _: str, place: AccountRegion) -> str | None:
    from moto.sqs.models import sqs_backends

    return getattr(sqs_backends[place.account][place.region].queues.get(name), "policy", None)


def _bus(name: str, _: str, place: AccountRegion) -> str | None:
    from moto.events.models import events_backends

    kind, _, bus = name.partition("/")
    buses = events_backends[place.account][place.region].event_buses
    return getattr(buses.get(bus), "policy", None) if kind == "event-bus" else None


def _table(name: str, arn: str, place: AccountRegion) -> str | None:
    """A table's policy holds for its indexes too, which it names."""
    from moto.dynamodb.models import dynamodb_backends

    table = "/".join(name.split("/")[:2])
    policies = dynamodb_backends[place.account][place.region].resource_policies
    return getattr(policies.get(f"{arn.removesuffix(name)}{table}"), "policy_doc", None)


def _secret(_: str, arn: str, place: AccountRegion) -> str | None:
    from moto.secretsmanager.models import secretsmanager_backends

    secret: Any = secretsmanager_backends[place.account][place.region].secrets.get(arn)
    return getattr(secret, "policy", None)


def _repository(name: str, _: str, place: AccountRegion) -> str | None:
    from moto.ecr.models import ecr_backends

    repository = ecr_backends[place.account][place.region].repositories.get(name.removeprefix("repository/"))
    return getattr(repository, "policy", None)


def _model_package_group(name: str, _: str, place: AccountRegion) -> str | None:
    """A group's policy holds for its versions too.

    https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_PutModelPackageGroupPolicy.html
    """
    from moto.sagemaker.models import sagemaker_backends

    kind, _, rest = name.partition("/")
    if kind not in {"model-package", "model-package-group"}:
        return None
    groups = sagemaker_backends[place.account][place.region].model_package_groups
    return getattr(groups.get(rest.partition("/")[0]), GROUP_POLICY, None)


_READERS: Mapping[str, Callable[[str, str, AccountRegion], str | None]] = {
    "dynamodb": _table,
    "ecr": _repository,
    "events": _bus,
    "kms": _key,
    "s3": _bucket,
    "sagemaker": _model_package_group,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
