"""Validate that CloudFormation has the resources of a project in the region of each environment."""

from __future__ import annotations

from mlproject.parameters.findings import Finding
from mlproject.parameters.tables.regional_types import TYPES_OF_KEYS, missing_types
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message


def check_regional_types(view: Located, of_environment: Located, *, environment: str) -> list[Finding]:
    """Return an error for each key whose resources CloudFormation does not have in the region.

    Args:
        view: the project's values in the environment.
        of_environment: the values of the environment itself.
        environment: the environment's name.
    """
    region = of_environment.text("region")
    if region is None:
        return []
    return [
        place.finding(
            Message(
                "CloudFormation has no {type} in {region}, the region of {environment}",
                type=missing[0],
                region=region,
                environment=environment,
            ),
            allowed=Message(
                "this key in environments of other regions. Remove it from {environment}", environment=environment
            ),
        )
        for key, types in TYPES_OF_KEYS.items()
        if (place := view.at(*key)) is not None
        and place.value not in (None, False, {})
        and (missing := sorted(missing_types(region).intersection(types)))
    ]
