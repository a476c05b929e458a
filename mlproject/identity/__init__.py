"""Who may deploy from GitLab CI: the trust policies and permissions of the roles that jobs assume."""

from mlproject.identity.permissions import Permission, deploy_permissions, diff_permissions
from mlproject.identity.trust import deploy_trust, diff_trust, indistinguishable, provider_arn

__all__ = [
    "Permission",
    "deploy_permissions",
    "deploy_trust",
    "diff_permissions",
    "diff_trust",
    "indistinguishable",
    "provider_arn",
]
