"""Validate the keys of serving against each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mlproject.parameters.findings import Finding
from mlproject.parameters.yaml_files.located import Located

# What a kind of endpoint has and the other has not. Serverless endpoints have no instances and no data capture:
# https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html (feature exclusions).
_KEYS: Mapping[str, tuple[str, ...]] = {
    "serverless": ("memory_mb", "max_concurrency"),
    "real_time": ("instance_type", "instance_count", "data_capture_percent"),
}


def check_serving(view: Located) -> list[Finding]:
    """Return the errors in a project's serving keys.

    Args:
        view: the project's values in an environment.
    """
    serving = view.at("serving")
    if serving is None or not serving.mapping:
        return []
    return [*_contents(serving), *_versions(serving), *_endpoint(serving)]


def _contents(serving: Located) -> Iterator[Finding]:
    if _value(serving, "endpoint") is None and _value(serving, "batch") is None:
        yield serving.finding("nothing serves the model", allowed="at least one of the keys endpoint, batch")


def _versions(serving: Located) -> Iterator[Finding]:
    previous = serving.at("previous_version")
    if previous is None or previous.value is None:
        return
    if previous.value == _value(serving, "model_version"):
        yield previous.finding(
            f"version {previous.raw} is also the model_version, so there would be nothing to return to",
            allowed="another version, or remove the key",
        )
    if _value(serving, "endpoint") is None:
        yield previous.finding(
            "only an endpoint returns to a previous version",
            allowed="previous_version together with the key endpoint. Add it, or remove this",
        )


def _endpoint(serving: Located) -> Iterator[Finding]:
    endpoint = serving.at("endpoint")
    kind = _value(serving, "endpoint", "kind")
    if endpoint is None or not isinstance(kind, str) or kind not in _KEYS:
        return
    for other, keys in _KEYS.items():
        for key in keys if other != kind else ():
            place = endpoint.at(key)
            if place is not None and place.value is not None:
                yield place.finding(f"a {kind} endpoint has no {key}", allowed=f"the key with kind {other}. Remove it")
    if kind == "real_time" and _value(serving, "endpoint", "instance_type") is None:
        yield endpoint.finding(
            "a real_time endpoint requires instance_type", allowed="instance_type, such as ml.m5.large"
        )


def _value(place: Located, *path: str) -> object:
    found = place.at(*path)
    return found.value if found is not None else None
