"""A strategy for environments.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from mlproject.parameters.checks.gitlab import RESERVED
from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.files import EnvironmentInput
from mlproject.parameters.input_models.gitlab import TAG_PATTERN, GitLab
from mlproject.parameters.model import ImportedNetwork
from mlproject.parameters.tables.regions import PARTITIONS, REGIONS
from tests.properties.key_values import BY_VALIDATOR, CERTIFICATES, DEPLOYMENT_TIERS, HOSTS, SUB_CLAIMS
from tests.properties.model_values import key_of, keys_of, rarely
from tests.properties.partitions import common_partition, has_arn, in_partition

Document = dict[str, Any]
_NAMES = st.from_regex(constraints.ENVIRONMENT_NAME, fullmatch=True).filter(RESERVED.__ne__)
_ACCOUNTS = st.from_regex(constraints.ACCOUNT, fullmatch=True)
# Keys of an environment that others of the same environment determine.
_OWN = ("account", "region", "network", "permissions_boundary")
# In the order of the environments, so that none overlap: two of the sizes at their limits.
_RANGES = ("10.{}.0.0/16", "10.{}.0.0/27", "172.{}.0.0/20", "192.168.{}.0/24")


@st.composite
def environments_files(draw: st.DrawFn) -> Document:
    """Draw the content of environments.yaml: one to three environments, and perhaps a GitLab project."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=3, unique=True))
    regions = BY_VALIDATOR[constraints.validate_region]
    common = draw(_settings())
    # Models are promoted within a region, so environments often share it.
    common["region"] = draw(regions)
    common.update(
        draw(
            st.fixed_dictionaries(
                {}, optional={"permissions_boundary": key_of(EnvironmentInput, "permissions_boundary")}
            )
        )
    )
    environments = {}
    for number, name in enumerate(names):
        own = draw(st.just({}) | _settings())
        own["account"] = draw(_ACCOUNTS)
        if rarely(draw):
            own["region"] = draw(regions)
        region = str(own.get("region", common["region"]))
        own["network"] = draw(_networks(number + 18, region=region))
        boundaries = _own_boundaries(own["account"], partition=PARTITIONS[region])
        own.update(draw(st.fixed_dictionaries({}, optional={"permissions_boundary": boundaries})))
        environments[name] = own
    found = {**_common_arns(common, environments), "environments": environments}
    if not rarely(draw):
        found["gitlab"] = draw(_gitlab_projects(found))
    return found


def value_of(document: Mapping[str, Any], environment: str, key: str) -> Any:
    """Return the value of a key in an environment: its own, or the common one; None if there is neither."""
    own = document["environments"][environment] or {}
    return own[key] if key in own else document.get(key)


def _settings() -> st.SearchStrategy[Document]:
    """Return a strategy for the keys that the environments have in common, or that one overrides."""
    return keys_of(EnvironmentInput, without=_OWN, ca_bundle=st.just(CERTIFICATES))


def _common_arns(common: Document, environments: Mapping[str, Document]) -> Document:
    """Return the common keys with ARNs of the partition of all environments, if there is only one."""
    partition = common_partition(str(each.get("region", common["region"])) for each in environments.values())
    if partition is None:
        return {key: value for key, value in common.items() if not has_arn(value)}
    return {key: in_partition(value, partition) for key, value in common.items()}


def _own_boundaries(account: str, *, partition: str) -> st.SearchStrategy[str | None]:
    name = st.text("abcXYZ019+=,.@_/-", min_size=1, max_size=100).filter(lambda text: text.strip("/") == text)
    return st.none() | st.builds(f"arn:{partition}:iam::{account}:policy/{{}}".format, name)


@st.composite
def _networks(draw: st.DrawFn, number: int, *, region: str) -> Document:
    zones = REGIONS[region]
    if draw(st.booleans()):
        two = st.permutations(zones).map(lambda each: list(each[:2]))
        cidr = st.sampled_from(_RANGES).map(lambda text: text.format(number))
        return {"new": draw(st.fixed_dictionaries({"cidr": cidr}, optional={"zones": two}))}
    used = list(draw(st.permutations(zones)))[: draw(st.integers(1, len(zones)))]
    count = len(used) * draw(st.integers(1, constraints.SUBNETS_LIMIT // len(used)))
    endpoints = draw(st.sampled_from(["create", "exist"]))
    ids = st.from_regex(constraints.SUBNET_ID, fullmatch=True)
    return {
        "imported": draw(
            keys_of(
                ImportedNetwork,
                # Two environments in one VPC cannot both create its endpoints.
                vpc_id=st.sampled_from([f"vpc-{number:08x}", f"vpc-{number:017x}"]),
                without=() if endpoints == "create" else ("cidr", "route_table_ids"),
                zones=st.just(used),
                endpoints=st.just(endpoints),
                subnet_ids=st.lists(ids, min_size=count, max_size=count, unique=True),
                route_table_ids=st.lists(
                    st.from_regex(constraints.ROUTE_TABLE_ID, fullmatch=True), max_size=3, unique=True
                ),
                cidr=st.sampled_from(["10.200.0.0/16", "192.168.200.16/28", "100.64.0.0/20"]),
            )
        )
    }


@st.composite
def _gitlab_projects(draw: st.DrawFn, document: Document) -> Document:
    names = tuple(document["environments"])
    found: Document = draw(
        keys_of(
            GitLab,
            without=("deploy_tags", "branch_environments", "deployment_tiers", "protected_environments"),
            url=HOSTS.map(lambda host: f"https://{host}"),
            sub_claim_components=SUB_CLAIMS,
        )
    )
    if "url" not in found or not rarely(draw):
        # Required on gitlab.com, and for promotions on approval.
        found.setdefault("project_id", 4711)
    components = found.get("sub_claim_components", ())
    if "deployment_tier" in components:
        found["deployment_tiers"] = {name: draw(DEPLOYMENT_TIERS) for name in names}
    temporary = [name for name in names if _may_be_temporary(document, name) and not rarely(draw)]
    if temporary:
        found["branch_environments"] = temporary
    lasting = [name for name in names if name not in temporary]
    if "environment_protected" in components:
        found["protected_environments"] = _some(draw, lasting)
    if draw(st.booleans()):
        tags = st.from_regex(TAG_PATTERN, fullmatch=True)
        found["deploy_tags"] = {name: draw(tags) for name in _some(draw, lasting)}
    return found


def _may_be_temporary(document: Document, name: str) -> bool:
    accounts = [each["account"] for each in document["environments"].values()]
    own = document["environments"][name]["account"]
    return value_of(document, name, "retain_data") is False and accounts.count(own) == 1


def _some(draw: st.DrawFn, items: Sequence[str]) -> list[str]:
    return [item for item in items if draw(st.booleans())]
