"""A deployed EMR cluster: how it is, ending it, bringing it back."""

from mlproject.cluster.changes import end, restart
from mlproject.cluster.looking import ClusterView, Nodes, look
from mlproject.cluster.stack import Polling

__all__ = ["ClusterView", "Nodes", "Polling", "end", "look", "restart"]
