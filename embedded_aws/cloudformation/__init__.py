"""CloudFormation: an engine of our own, and the HTTP layer that puts it in place of moto's."""

from __future__ import annotations

from embedded_aws.cloudformation.engine import Engine
from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.cloudformation.install import install
from embedded_aws.cloudformation.stack import Stack

__all__ = ["CloudFormationError", "Engine", "Stack", "install"]
