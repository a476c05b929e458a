"""Least-privilege permissions of the pipeline's role for endpoints, lineage, cleanup and repeated steps.

A permission whose resources a definition does not name is not granted.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.aws_rules.permissions import VOLUMES, Permission

_ACTIONS = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"
_LINEAGE = "https://docs.aws.amazon.com/sagemaker/latest/dg/lineage-tracking-entities.html"
_DELETE = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html"
_ENDPOINT_REASON = "endpoints that the pipeline creates or updates"


def _permission(sid: str, *operations: str, on: tuple[str, ...], reason: str, source: str = _ACTIONS) -> Permission:
    actions = tuple(f"sagemaker:{operation}" for operation in operations)
    return Permission(sid=sid, actions=actions, resource_types=on, reason=reason, source=source)


_PASS_SERVING_ROLE = Permission(
    sid="PassServingRoles",
    actions=("iam:PassRole",),
    resource_types=("serving roles",),
    condition=("StringEquals", "iam:PassedToService", "sagemaker"),
    reason="the role of an endpoint with inference components",
    source=_ACTIONS,
)

OTHER_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    "EndpointConfig": (
        _permission(
            "CreateEndpointConfigs",
            "AddTags",
            "CreateEndpointConfig",
            "DescribeEndpointConfig",
            on=("endpoint configurations",),
            reason=_ENDPOINT_REASON,
        ),
        _PASS_SERVING_ROLE,
        VOLUMES,
    ),
    "Endpoint": (
        _permission(
            "CreateEndpoints",
            "CreateEndpoint",
            "UpdateEndpoint",
            on=("endpoints", "configurations of endpoints"),
            reason=_ENDPOINT_REASON,
        ),
        _permission("FollowEndpoints", "AddTags", "DescribeEndpoint", on=("endpoints",), reason=_ENDPOINT_REASON),
        VOLUMES,
    ),
    "InferenceComponent": (
        _permission(
            "CreateInferenceComponents",
            "CreateInferenceComponent",
            on=("inference components", "endpoints of components"),
            reason="inference components that the pipeline creates",
        ),
        _permission(
            "UseInferenceComponents",
            "AddTags",
            "DescribeInferenceComponent",
            "UpdateInferenceComponent",
            on=("inference components",),
            reason="inference components that the pipeline creates or updates",
        ),
    ),
    "Lineage": (
        *(
            _permission(
                f"Create{entity}s",
                "AddTags",
                f"Create{entity}",
                f"Describe{entity}",
                on=(f"{entity.lower()}s",),
                reason="lineage. SageMaker assigns the ids of artifacts",
                source=_LINEAGE,
            )
            for entity in ("Action", "Artifact", "Context")
        ),
        _permission(
            "AssociateEntities",
            "AddAssociation",
            on=("associated entities",),
            reason="lineage. The entities may be those of jobs, whose ids SageMaker assigns",
            source=_LINEAGE,
        ),
    ),
    # The SDK's CleanupStep states the permission: sagemaker.mlops.workflow.cleanup_step.
    "Cleanup": (
        Permission(
            sid="DeleteArtifacts",
            actions=("s3:DeleteObject",),
            resource_types=("artifact objects",),
            reason="a Cleanup step deletes outputs of earlier steps",
            source=_DELETE,
        ),
    ),
    "ForEach": (),  # its repeated steps have their own types
}
