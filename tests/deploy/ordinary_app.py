"""A CDK app as other teams write it: high-level constructs, whose custom resources and VPC come as they are."""

from __future__ import annotations

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3_deployment
from aws_cdk import aws_s3_notifications as s3_notifications
from aws_cdk import aws_sns as sns

# What `cdk init` writes into a new app's cdk.json.
CONTEXT = {"@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": True}


def synthesize(*, folder: Path, name: str, changed: bool = False, denied: bool = False) -> Path:
    """Write the cloud assembly of one stack.

    Args:
        folder: a new one.
        name: of the stack; makes names apart from those of other tests on the same server.
        changed: another page, another retention, no notification.
        denied: the role that deploys the page may not write it.
    """
    app = cdk.App(outdir=str(folder / "cdk.out"), analytics_reporting=False, context=CONTEXT)
    stack = cdk.Stack(app, name)  # of no environment, as `cdk init` writes it: the CLI decides
    site = s3.Bucket(stack, "Site", auto_delete_objects=True, removal_policy=cdk.RemovalPolicy.DESTROY)
    pages = folder / "pages"
    pages.mkdir(parents=True)
    (pages / ("new.html" if changed else "index.html")).write_text("<p>page</p>")
    deployment = s3_deployment.BucketDeployment(
        stack,
        "Pages",
        sources=[
            s3_deployment.Source.asset(str(pages)),
            s3_deployment.Source.json_data("settings.json", {"bucket": site.bucket_arn}),
        ],
        destination_bucket=site,
    )
    if denied:
        deployment.handler_role.add_to_principal_policy(
            iam.PolicyStatement(effect=iam.Effect.DENY, actions=["s3:PutObject"], resources=["*"])
        )
    topic = sns.Topic(stack, "Topic")
    if not changed:
        site.add_event_notification(s3.EventType.OBJECT_CREATED, s3_notifications.SnsDestination(topic))
    logs.LogRetention(
        stack,
        "Retention",
        log_group_name=f"/{name}/logs",
        retention=logs.RetentionDays.ONE_MONTH if changed else logs.RetentionDays.ONE_WEEK,
        removal_policy=cdk.RemovalPolicy.DESTROY,
    )
    ec2.Vpc(stack, "Network")
    app.synth()
    return folder / "cdk.out"
