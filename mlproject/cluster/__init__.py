"""Status, termination and re-creation of a deployed EMR cluster."""

from mlproject.cluster.operations import recreate_cluster, terminate_cluster
from mlproject.cluster.stack import Polling
from mlproject.cluster.status import ClusterStatus, NodeGroup, describe_cluster

__all__ = ["ClusterStatus", "NodeGroup", "Polling", "describe_cluster", "recreate_cluster", "terminate_cluster"]
