"""Values that the emr stack passes to the pipeline whose steps create clusters like the project's."""

from __future__ import annotations

# Placeholder in the definition to the name of the SSM parameter.
SHARED_VALUES = {
    "ClusterSecurityConfiguration": "emr-security-configuration",
    "ClusterPrimaryGroup": "emr-primary-group",
    "ClusterCoreGroup": "emr-core-group",
    "ClusterServiceGroup": "emr-service-group",
}
