"""Status and rollback of the endpoint and the batch transform that serve a project's model."""

from mlproject.serving.rollback import Rollback, roll_back
from mlproject.serving.status import AlarmState, BatchStatus, EndpointStatus, ServingStatus, read_status

__all__ = [
    "AlarmState",
    "BatchStatus",
    "EndpointStatus",
    "Rollback",
    "ServingStatus",
    "read_status",
    "roll_back",
]
