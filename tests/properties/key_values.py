"""Strategies for the values of single keys, by the validator or the pattern that the input models give them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import strategies as st

from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.gitlab import COMPONENTS, DEFAULT_COMPONENTS, TIERS
from mlproject.parameters.schedule import expressions
from mlproject.parameters.tables import emr_releases, notebook_types, serving_types
from mlproject.parameters.tables.regions import REGIONS

Values = st.SearchStrategy[Any]

# Files that each generated platform has, in the folder of a project and in the root.
LIBRARY_LISTS = ("science", "a", "plots-and-maps_2")
START_SCRIPT, CERTIFICATES = "notebooks/start.sh", "certificates/company.pem"

_TAG_TEXT = "abcXYZ019 .:/=+@-_"
_TEXT = f"{_TAG_TEXT}éñ"
_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(_LABELS, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example.com"]))
_KEY_IDS = st.from_regex(r"mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", fullmatch=True)
TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))


def _urls(*, segments: int, ending: str = "") -> Values:
    path = st.lists(st.text("abcXYZ019._~-", min_size=1, max_size=20), min_size=segments, max_size=3)
    return st.builds(lambda host, parts: "/".join([f"https://{host}", *parts]) + ending, HOSTS, path)


def _emails() -> Values:
    local = st.lists(st.text("abcXYZ019!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=20), min_size=1, max_size=3)
    return st.builds("{}@{}".format, local.map(".".join), HOSTS)


def _expressions() -> Values:
    days = st.sampled_from(["* * ?", "1 * ?", "L * ?", "15W * ?", "? * MON-FRI", "? 1,7 SUN", "? * 6L", "? * 3#2"])
    cron = st.builds("cron({} {} {} *)".format, st.integers(0, 59), st.integers(0, 23), days)
    rate = st.builds("rate({} {})".format, st.integers(1, 500), st.sampled_from(["minutes", "hours", "days", "hour"]))
    return cron | rate


def _serving_types(use: str) -> Values:
    families: Mapping[str, str] = json.loads(serving_types.TABLE.read_text())["types"][use]
    return st.sampled_from([f"{family}.{size}" for family, sizes in families.items() for size in sizes.split()])


# The functions of AfterValidator.
BY_VALIDATOR: Mapping[Callable[..., Any], Values] = {
    addresses.validate_email: _emails(),
    addresses.validate_https_url: _urls(segments=0),
    addresses.validate_proxy: st.builds(
        "{}://{}:{}".format, st.sampled_from(["http", "https"]), HOSTS, st.integers(1, addresses.PORT_LIMIT)
    ),
    addresses.validate_repository_url: _urls(segments=2, ending=".git"),
    # In many others AWS does not publish the images of the pipelines.
    constraints.validate_region: st.sampled_from(
        ["eu-west-1", "us-east-1", "eu-central-1", "us-gov-west-1", "cn-north-1"]
    )
    | st.sampled_from([region for region, zones in REGIONS.items() if zones]),
    constraints.validate_tag_key: st.text(_TAG_TEXT, min_size=1, max_size=constraints.TAG_KEY_LIMIT).filter(
        lambda text: not text.lower().startswith("aws:")
    ),
    constraints.validate_tag_value: st.text(_TAG_TEXT, min_size=1, max_size=constraints.TAG_VALUE_LIMIT),
    constraints.validate_filled_tag_value: st.text(_TAG_TEXT, min_size=1, max_size=constraints.TAG_VALUE_LIMIT).filter(
        lambda text: text.strip() != ""
    ),
    constraints.validate_notebook_name: st.from_regex(constraints.NOTEBOOK_NAME, fullmatch=True),
    constraints.validate_cluster_name: st.from_regex(constraints.CLUSTER_NAME, fullmatch=True).filter("main".__ne__),
    emr_releases.validate_release: st.sampled_from(emr_releases.releases()),
    expressions.validate_expression: _expressions(),
    expressions.validate_timezone: st.sampled_from(["UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires"]),
    notebook_types.validate_instance_type: st.sampled_from(notebook_types.SUPPORTED),
    serving_types.endpoint_type: _serving_types("endpoint"),
    serving_types.transform_type: _serving_types("transform"),
}


def _are_in_pairs(text: str) -> bool:
    return re.sub(r"[^()]|\([^()]*\)", "", text) == ""


# Patterns whose values name something, or that also match what no editor shows.
BY_PATTERN: Mapping[str, Values] = {
    constraints.LIBRARIES: st.sampled_from(LIBRARY_LISTS),
    constraints.REASON: st.text(_TEXT, min_size=1, max_size=300).filter(lambda text: text[0] != " "),
    addresses.PREFIX: st.from_regex(re.compile(addresses.PREFIX), fullmatch=True).filter(_are_in_pairs),
    addresses.S3_FOLDER: st.from_regex(re.compile(addresses.S3_FOLDER), fullmatch=True).filter(_are_in_pairs),
    # Text of the length that it requires first would nearly never match the rest.
    constraints.ROLE_PATH: st.lists(st.text("abcXYZ019.,+@=_-", min_size=1, max_size=60), max_size=8).map(
        lambda names: "".join(["/", *(f"{name}/" for name in names)])
    ),
    addresses.KEY_ARN: st.builds(
        "arn:aws:kms:{}:{:012}:key/{}".format, st.sampled_from(sorted(REGIONS)), st.integers(0, 10**12 - 1), _KEY_IDS
    ),
    constraints.GIT_NAME: st.from_regex(r"[A-Za-zéñ.'-]( ?[A-Za-zéñ.'-]){0,40}", fullmatch=True),
    # Without the number of an account, which must be the environment's.
    constraints.POLICY: st.from_regex(r"[A-Za-z0-9_+=,.@-]{1,128}", fullmatch=True)
    | st.just("arn:aws:iam::aws:policy/PowerUserAccess"),
}
SUB_CLAIMS = st.permutations(COMPONENTS[1:]).map(lambda others: [DEFAULT_COMPONENTS[0], *others])
DEPLOYMENT_TIERS = st.sampled_from(TIERS)
