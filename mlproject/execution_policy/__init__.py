"""The policy of the role with which CloudFormation deploys the stacks, derived from their resource types."""

from mlproject.execution_policy.documents import PolicyDocument, execution_policies
from mlproject.execution_policy.resource_types import RESOURCE_TYPES

__all__ = ["RESOURCE_TYPES", "PolicyDocument", "execution_policies"]
