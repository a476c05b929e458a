"""Status, logs, termination and re-creation of deployed EMR clusters, and the Spark executors that fit their nodes."""

from mlproject.cluster.executors import (
    ContainerSize,
    ExecutorPlan,
    driver_size,
    executor_size,
    parse_memory,
    plan_executors,
)
from mlproject.cluster.history import POLL_SECONDS, create_history_url
from mlproject.cluster.library_reports import LibraryFailure
from mlproject.cluster.logs import ClusterLogs, LogFile, LogFolders, find_newest_cluster
from mlproject.cluster.node_types import NodeType, find_node_type
from mlproject.cluster.operations import recreate_cluster, terminate_cluster, unprotect_cluster
from mlproject.cluster.stack import Polling
from mlproject.cluster.status import (
    ClusterStatus,
    NodeGroup,
    describe_cluster,
    describe_clusters,
    find_protected_clusters,
    is_protected_cluster,
)
from mlproject.cluster.steps import ClusterStep, list_steps

__all__ = [
    "POLL_SECONDS",
    "ClusterLogs",
    "ClusterStatus",
    "ClusterStep",
    "ContainerSize",
    "ExecutorPlan",
    "LibraryFailure",
    "LogFile",
    "LogFolders",
    "NodeGroup",
    "NodeType",
    "Polling",
    "create_history_url",
    "describe_cluster",
    "describe_clusters",
    "driver_size",
    "executor_size",
    "find_newest_cluster",
    "find_node_type",
    "find_protected_clusters",
    "is_protected_cluster",
    "list_steps",
    "parse_memory",
    "plan_executors",
    "recreate_cluster",
    "terminate_cluster",
    "unprotect_cluster",
]
