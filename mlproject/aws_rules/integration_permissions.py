"""Least-privilege permissions of the pipeline's role for steps of other services: Lambda, SQS, EMR, EMR Serverless.

A permission whose resources a definition does not name is not granted, such as the rule for new clusters in a pipeline
that runs its EMR steps on an existing cluster.
"""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.aws_rules.permissions import Permission

# The managed policy AmazonSageMakerPipelinesIntegrations, which AWS requires for these steps, and which lists the
# actions for all functions, queues and clusters.
_INTEGRATIONS = "https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam-awsmanpol-pipelines.html"
_STEPS = "https://docs.aws.amazon.com/sagemaker/latest/dg/build-and-manage-steps-types.html"
_QUEUE_KEYS = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html"
_RUNTIME_ROLES = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-steps-runtime-roles.html"
_EMR = "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html"
_EMR_ROLES = "https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-iam-roles.html"
# AWS lists no permissions for EMRServerless steps. Those of Step Functions are for the same calls.
_SERVERLESS = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-emr-serverless.html"


def _pass_permission(sid: str, roles: str, service: str, *, reason: str, source: str) -> Permission:
    return Permission(
        sid=sid,
        actions=("iam:PassRole",),
        resource_types=(roles,),
        condition=("StringEquals", "iam:PassedToService", service),
        reason=reason,
        source=source,
    )


def _rule_permission(sid: str, rule: str) -> Permission:
    return Permission(
        sid=sid,
        actions=("events:DescribeRule", "events:PutRule", "events:PutTargets"),
        resource_types=(rule,),
        reason="SageMaker Pipelines follows the status of EMR with a rule of EventBridge, which it creates",
        source=_STEPS,
    )


_EMR_PERMISSIONS = (
    Permission(
        sid="RunOnCluster",
        actions=(
            "elasticmapreduce:AddJobFlowSteps",
            "elasticmapreduce:CancelSteps",
            "elasticmapreduce:DescribeCluster",
            "elasticmapreduce:DescribeStep",
        ),
        resource_types=("clusters",),
        reason="steps on a running cluster",
        source=_INTEGRATIONS,
    ),
    Permission(
        sid="RunOnClusterAsRole",
        actions=("elasticmapreduce:AddJobFlowSteps",),
        resource_types=("clusters of runtime roles",),
        condition=("StringEquals", "elasticmapreduce:ExecutionRoleArn", "runtime roles"),
        reason="steps on a running cluster, only with the runtime roles of the definition",
        source=_RUNTIME_ROLES,
    ),
    Permission(
        sid="FollowOnClusterAsRole",
        actions=("elasticmapreduce:CancelSteps", "elasticmapreduce:DescribeCluster", "elasticmapreduce:DescribeStep"),
        resource_types=("clusters of runtime roles",),
        reason="steps on a running cluster",
        source=_INTEGRATIONS,
    ),
    _rule_permission("FollowClusterSteps", "rule of cluster steps"),
    Permission(
        sid="CreateCluster",
        # Tagging at creation is authorized before the cluster has an id.
        actions=("elasticmapreduce:AddTags", "elasticmapreduce:RunJobFlow"),
        resource_types=("any new cluster",),
        reason="clusters that a step creates, with their tags. RunJobFlow has no resource-level permissions",
        source=_EMR,
    ),
    Permission(
        sid="UseNewCluster",
        actions=(
            "elasticmapreduce:CancelSteps",
            "elasticmapreduce:DescribeCluster",
            "elasticmapreduce:DescribeStep",
            "elasticmapreduce:ListSteps",
            "elasticmapreduce:TerminateJobFlows",
        ),
        resource_types=("new clusters",),
        reason="clusters that a step creates and terminates. EMR assigns the id at creation",
        source=_INTEGRATIONS,
    ),
    _rule_permission("FollowNewClusters", "rule of new clusters"),
    _pass_permission(
        "PassClusterRoles", "cluster roles", "elasticmapreduce", reason="roles of a new cluster", source=_EMR_ROLES
    ),
    _pass_permission("PassNodeRoles", "node roles", "ec2", reason="role of a new cluster's nodes", source=_EMR_ROLES),
    _pass_permission(
        "PassScalingRoles",
        "scaling roles",
        "application-autoscaling",
        reason="role that scales a new cluster",
        source=_EMR_ROLES,
    ),
)
_SERVERLESS_PERMISSIONS = (
    Permission(
        sid="RunOnApplication",
        actions=("emr-serverless:GetApplication", "emr-serverless:StartApplication", "emr-serverless:StartJobRun"),
        resource_types=("applications",),
        reason="jobs on an EMR Serverless application",
        source=_SERVERLESS,
    ),
    Permission(
        sid="FollowJobRuns",
        actions=("emr-serverless:CancelJobRun", "emr-serverless:GetJobRun", "emr-serverless:TagResource"),
        resource_types=("job runs",),
        reason="jobs on an EMR Serverless application, which assigns their ids",
        source=_SERVERLESS,
    ),
    Permission(
        sid="CreateApplication",
        actions=("emr-serverless:CreateApplication",),
        resource_types=("any new application",),
        reason="applications that a step creates. CreateApplication has no resource-level permissions",
        source=_SERVERLESS,
    ),
    Permission(
        sid="UseNewApplication",
        actions=(
            "emr-serverless:DeleteApplication",
            "emr-serverless:GetApplication",
            "emr-serverless:StartApplication",
            "emr-serverless:StartJobRun",
            "emr-serverless:StopApplication",
            "emr-serverless:TagResource",
        ),
        resource_types=("new applications",),
        reason="applications that a step creates and deletes. EMR Serverless assigns the id at creation",
        source=_SERVERLESS,
    ),
    _pass_permission(
        "PassJobRunRoles", "job run roles", "emr-serverless", reason="roles of the job runs", source=_SERVERLESS
    ),
)

INTEGRATION_PERMISSIONS: Mapping[str, tuple[Permission, ...]] = {
    "Lambda": (
        Permission(
            sid="InvokeFunctions",
            actions=("lambda:InvokeFunction",),
            resource_types=("functions",),
            reason="functions of the Lambda steps",
            source=_INTEGRATIONS,
        ),
    ),
    "Callback": (
        Permission(
            sid="SendToQueues",
            actions=("sqs:SendMessage",),
            resource_types=("queues",),
            reason="queues of the Callback steps",
            source=_INTEGRATIONS,
        ),
        Permission(
            sid="UseKeysOfQueues",
            actions=("kms:Decrypt", "kms:GenerateDataKey"),
            resource_types=("keys of queues",),
            condition=("StringEquals", "kms:EncryptionContext:aws:sqs:arn", "queues"),
            reason="messages in an encrypted queue. The definition does not name its key, so only the messages of the "
            "queues are allowed",
            source=_QUEUE_KEYS,
        ),
    ),
    "EMR": _EMR_PERMISSIONS,
    "EMRServerless": _SERVERLESS_PERMISSIONS,
}
