"""The keys of allow_replacement: stateful resources that one deployment may replace, delete or leave behind."""

from __future__ import annotations

from typing import Annotated

from mlproject.parameters.input_models import constraints
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter


class AllowedReplacement(FrozenModel):
    """A resource that may be replaced, and the deployed state for which this is valid.

    The deployment changes the state, so an entry is valid for one deployment and cannot be used again.
    """

    resource: Annotated[str, MatchesPattern(constraints.RESOURCE)] = parameter(
        "The resource, as `mlproject guard` names it, or its name in AWS.",
        allowed="text such as flights-dev-storage/DataBucketE3889A50 or flights-dev-explore",
    )
    reason: Annotated[str, MatchesPattern(constraints.REASON)] = parameter(
        "The reason, which `mlproject guard` shows.", allowed="non-empty text in one line"
    )
    deployed_state: Annotated[str, MatchesPattern(constraints.DEPLOYED_STATE)] = parameter(
        "The state of the deployed stack, as `mlproject guard` prints it. The entry expires when the state changes.",
        allowed='twelve hexadecimal digits in quotes, such as "3f2a9c41d07b"',
    )
