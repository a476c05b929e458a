"""The keys of a fleet of EMR nodes: instance types of which EMR chooses, On-Demand and Spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from mlproject.parameters.input_models.fields import FrozenModel, parameter
from mlproject.parameters.tables import emr_releases

# Our limit: more nodes are a typing error.
NODES_LIMIT = 500
# With an allocation strategy, which the stack sets:
# https://docs.aws.amazon.com/emr/latest/APIReference/API_InstanceTypeConfig.html
FLEET_TYPES_LIMIT = 30
# https://docs.aws.amazon.com/emr/latest/APIReference/API_SpotProvisioningSpecification.html
SPOT_MINUTES_MINIMUM, SPOT_MINUTES_LIMIT = 5, 1440

NODE_TYPE_ALLOWED = "an EC2 type that EMR supports, such as m5.xlarge"
NodeType = Annotated[
    str,
    AfterValidator(emr_releases.validate_node_type),
    WithJsonSchema({"type": "string", "pattern": f"^({emr_releases.NODE_TYPE})$"}),
]
Units = Annotated[int, Field(ge=1, le=NODES_LIMIT)]
SpotFallback = Literal["SWITCH_TO_ON_DEMAND", "TERMINATE_CLUSTER"]


class Fleet(FrozenModel):
    """Core or task nodes of several instance types."""

    instance_types: Mapping[NodeType, Units] = parameter(
        "The types of which EMR chooses, each with the number of units that a node of the type counts as.",
        allowed=f"1 to {FLEET_TYPES_LIMIT} EC2 types that EMR supports, each with whole units, such as m5.xlarge: 1",
        max_length=FLEET_TYPES_LIMIT,
    )
    on_demand_units: int = parameter(
        "Units of On-Demand nodes. Default 0.",
        allowed=f"whole units, 0 to {NODES_LIMIT}",
        default=0,
        ge=0,
        le=NODES_LIMIT,
    )
    spot_units: int = parameter(
        "Units of Spot nodes. Default 0.",
        allowed=f"whole units, 0 to {NODES_LIMIT}",
        default=0,
        ge=0,
        le=NODES_LIMIT,
    )

    @property
    def units(self) -> int:
        """Units of On-Demand and Spot nodes together."""
        return self.on_demand_units + self.spot_units

    @property
    def first_type(self) -> str:
        """The type that comes first in the file."""
        return next(iter(self.instance_types))

    def nodes(self, units: int) -> int:
        """Return the number of nodes of the first type that have at least these units."""
        return -(-units // self.instance_types[self.first_type])
