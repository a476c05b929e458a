"""Least-privilege permissions of the pipeline's role for the checks of Model Monitor and Clarify, and for AutoML jobs.

A permission whose resources a definition does not name is not granted, such as a registered baseline.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.aws_rules.permissions import ANY_RESOURCE, JOB, JOB_STEP_PERMISSIONS, Permission, run_permission

_BASELINES = "https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-quality-clarify-baseline-lifecycle.html"
_CLARIFY = "https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-configure-analysis.html"
_AUTOML = "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-autopilot-perms"
_CANDIDATES = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html"

_CHECK = (
    *JOB_STEP_PERMISSIONS["Processing"],
    Permission(
        sid="ReadBaselines",
        actions=("sagemaker:DescribeModelPackage", "sagemaker:ListModelPackages"),
        resource_types=("baseline packages",),
        reason="a check compares with the baseline of the latest approved version in the model package group",
        source=_BASELINES,
    ),
)

CHECK_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    "QualityCheck": _CHECK,
    "ClarifyCheck": (
        *_CHECK,
        Permission(
            sid="ReadCheckedModels",
            actions=("sagemaker:DescribeModel",),
            resource_types=("checked models",),
            reason="Clarify asks the model for predictions",
            source=_CLARIFY,
        ),
        Permission(
            sid="UseTemporaryEndpoint",
            actions=(
                "sagemaker:AddTags",
                "sagemaker:CreateEndpoint",
                "sagemaker:CreateEndpointConfig",
                "sagemaker:DeleteEndpoint",
                "sagemaker:DeleteEndpointConfig",
                "sagemaker:DescribeEndpoint",
                "sagemaker:DescribeEndpointConfig",
                "sagemaker:InvokeEndpoint",
            ),
            resource_types=("temporary endpoints",),
            reason="Clarify creates an endpoint of the model for the time of the check, and chooses its name",
            source=_CLARIFY,
        ),
    ),
    "AutoML": (
        run_permission("AutoMLJob", "AutoML jobs"),
        Permission(
            sid="ListCandidates",
            actions=("sagemaker:ListCandidatesForAutoMLJob",),
            resource_types=(ANY_RESOURCE,),
            reason="the best candidate. The action has no resource-level permissions",
            source=_CANDIDATES,
        ),
        Permission(
            sid="UseAutoMLModels",
            actions=(
                "sagemaker:AddTags",
                "sagemaker:CreateEndpoint",
                "sagemaker:CreateEndpointConfig",
                "sagemaker:CreateModel",
                "sagemaker:DeleteEndpoint",
                "sagemaker:DeleteEndpointConfig",
                "sagemaker:DeleteModel",
                "sagemaker:DescribeEndpoint",
                "sagemaker:DescribeEndpointConfig",
                "sagemaker:DescribeModel",
                "sagemaker:InvokeEndpoint",
                "sagemaker:ListTags",
            ),
            resource_types=("AutoML models",),
            reason="the AutoML job tries its candidates, and chooses the names of their models and endpoints",
            source=_AUTOML,
        ),
        Permission(
            sid="PullAutoMLImages",
            actions=("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            resource_types=("AutoML images",),
            reason="AWS's images of the candidates. AWS documents neither their accounts nor their repositories",
            source=_AUTOML,
        ),
        *(permission for permission in JOB if permission.sid != "PullImages"),
    ),
}
