"""Endpoints that answer: one process for each deployed model, started by a command that the server is given."""

from embedded_aws.inference.containers import ContainerError, ContainerSpec, Reply
from embedded_aws.inference.hosting import Hosting, configure_hosting, hosting

__all__ = ["ContainerError", "ContainerSpec", "Hosting", "Reply", "configure_hosting", "hosting"]
