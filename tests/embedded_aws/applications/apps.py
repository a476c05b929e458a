"""CDK apps as other teams write them, with the constructs of CDK's own library; each in its first and changed form."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_athena as athena
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as cloudwatch_actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

OF_NO_BOOTSTRAP = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
DESTROY = cdk.RemovalPolicy.DESTROY


class Orders(cdk.Stack):
    """Events of a shop that reach a queue by a topic and by a bus, and a table that keeps them."""

    def __init__(self, scope: Construct, name: str, *, changed: bool) -> None:
        super().__init__(scope, name, synthesizer=OF_NO_BOOTSTRAP)
        key = kms.Key(self, "Key", alias=f"alias/{name}", enable_key_rotation=True, removal_policy=DESTROY)
        dead = sqs.Queue(
            self, "Dead", enforce_ssl=True, encryption=sqs.QueueEncryption.SQS_MANAGED, retention_period=days(14)
        )
        queue = sqs.Queue(
            self,
            "Queue",
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5 if changed else 3),
            encryption_master_key=key,
            visibility_timeout=cdk.Duration.minutes(5),
        )
        topic = sns.Topic(self, "Topic", master_key=key, display_name="changed" if changed else "first")
        wanted = {"kind": sns.SubscriptionFilter.string_filter(allowlist=["order"])}
        topic.add_subscription(
            subscriptions.SqsSubscription(queue, dead_letter_queue=dead, filter_policy=None if changed else wanted)
        )
        self._add_buses(name, queue, topic, dead, changed=changed)
        table = self._add_tables(changed=changed)
        worker = iam.Role(self, "Worker", assumed_by=iam.ServicePrincipal("sagemaker.amazonaws.com"))
        queue.grant_consume_messages(worker)
        table.grant_read_write_data(worker)
        messages = dead.metric_approximate_number_of_messages_visible()
        alarm = cloudwatch.Alarm(self, "Alarm", metric=messages, threshold=1, evaluation_periods=1)
        alarm.add_alarm_action(cloudwatch_actions.SnsAction(topic))
        for output, value in (("Queue", queue.queue_url), ("Topic", topic.topic_arn), ("Table", table.table_name)):
            cdk.CfnOutput(self, f"{output}Out", value=value)

    def _add_buses(self, name: str, queue: sqs.Queue, topic: sns.Topic, dead: sqs.Queue, *, changed: bool) -> None:
        bus = events.EventBus(
            self, "Bus", event_bus_name=name, description="changed" if changed else "first", dead_letter_queue=dead
        )
        bus.add_to_resource_policy(
            iam.PolicyStatement(
                sid="partner",
                principals=[iam.AccountPrincipal("111111111111")],
                actions=["events:PutEvents"],
                resources=[bus.event_bus_arn],
            )
        )
        bus.archive("Archive", event_pattern=events.EventPattern(source=["shop"]), retention=days(7))
        rule = events.Rule(self, "Rule", event_bus=bus, event_pattern=events.EventPattern(source=["shop"]))
        rule.add_target(targets.SqsQueue(queue, dead_letter_queue=dead, retry_attempts=2))
        if changed:
            rule.add_target(targets.SnsTopic(topic))

    def _add_tables(self, *, changed: bool) -> dynamodb.Table:
        table = dynamodb.Table(
            self,
            "Table",
            partition_key=attribute("id"),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=DESTROY,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
            time_to_live_attribute="expires",
        )
        if changed:
            table.add_global_secondary_index(index_name="customer", partition_key=attribute("customer"))
        dynamodb.TableV2(
            self,
            "Customers",
            partition_key=attribute("id"),
            deletion_protection=False,
            removal_policy=DESTROY,
            table_class=dynamodb.TableClass.STANDARD_INFREQUENT_ACCESS if changed else None,
        )
        return table


class Catalog(cdk.Stack):
    """Data in S3 that a Glue job prepares and Athena reads, with a secret for the job."""

    def __init__(self, scope: Construct, name: str, *, changed: bool) -> None:
        super().__init__(scope, name, synthesizer=OF_NO_BOOTSTRAP)
        bucket = s3.Bucket(self, "Data", removal_policy=DESTROY, enforce_ssl=True)
        secret = secretsmanager.Secret(
            self,
            "Secret",
            description=None if changed else "of the source",
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True,
                generate_string_key="password",
                secret_string_template=json.dumps({"username": "reader"}),
            ),
        )
        role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("glue.amazonaws.com"))
        secret.grant_read(role)
        bucket.grant_read_write(role)
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name=name, description="orders"),
        )
        self._add_jobs(database, role, bucket, changed=changed)
        self._add_queries(name, database, bucket, changed=changed)
        group = logs.LogGroup(self, "Logs", retention=logs.RetentionDays.ONE_WEEK, removal_policy=DESTROY)
        group.add_stream("Stream", log_stream_name="job")
        errors = logs.FilterPattern.literal("FATAL" if changed else "ERROR")
        group.add_metric_filter(
            "Errors", filter_pattern=errors, metric_name="errors", metric_namespace=name, default_value=0
        )
        group.grant_write(iam.ServicePrincipal("events.amazonaws.com"))
        query = logs.QueryString(fields=["@timestamp", "@message"], limit=100 if changed else 10)
        logs.QueryDefinition(
            self, "Latest", query_definition_name=f"{name}/latest", query_string=query, log_groups=[group]
        )
        cdk.CfnOutput(self, "SecretOut", value=secret.secret_arn)

    def _add_jobs(self, database: glue.CfnDatabase, role: iam.Role, bucket: s3.Bucket, *, changed: bool) -> None:
        column = glue.CfnTable.ColumnProperty
        columns = [column(name="id", type="string"), *([column(name="at", type="timestamp")] if changed else [])]
        table = glue.CfnTable(
            self,
            "Orders",
            catalog_id=self.account,
            database_name=database.ref,
            table_input=glue.CfnTable.TableInputProperty(
                name="orders",
                parameters={"classification": "parquet"},
                partition_keys=[column(name="day", type="date")],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=columns, location=bucket.s3_url_for_object("orders")
                ),
                table_type="EXTERNAL_TABLE",
            ),
        )
        crawler = glue.CfnCrawler(
            self,
            "Crawler",
            database_name=database.ref,
            role=role.role_arn,
            targets=glue.CfnCrawler.TargetsProperty(
                s3_targets=[glue.CfnCrawler.S3TargetProperty(path=bucket.s3_url_for_object("raw"))]
            ),
        )
        crawler.node.add_dependency(table)
        job = glue.CfnJob(
            self,
            "Job",
            command=glue.CfnJob.JobCommandProperty(
                name="glueetl", python_version="3", script_location=bucket.s3_url_for_object("job.py")
            ),
            default_arguments={"--job-language": "python"},
            glue_version="5.0",
            number_of_workers=4 if changed else 2,
            role=role.role_arn,
            worker_type="G.1X",
        )
        glue.CfnTrigger(
            self,
            "Nightly",
            actions=[glue.CfnTrigger.ActionProperty(job_name=job.ref)],
            schedule="cron(0 2 * * ? *)" if changed else "cron(0 1 * * ? *)",
            start_on_creation=True,
            type="SCHEDULED",
        )

    def _add_queries(self, name: str, database: glue.CfnDatabase, bucket: s3.Bucket, *, changed: bool) -> None:
        group = athena.CfnWorkGroup(
            self,
            "Group",
            name=name,
            description="changed" if changed else "first",
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                bytes_scanned_cutoff_per_query=None if changed else 10_000_000_000,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=bucket.s3_url_for_object("results/")
                ),
            ),
        )
        query = athena.CfnNamedQuery(
            self,
            "Count",
            database=database.ref,
            query_string="select count(*) from orders",
            work_group=group.name,
        )
        query.add_dependency(group)
        athena.CfnDataCatalog(
            self, "Shared", name=f"{name}-shared", parameters={"catalog-id": "111111111111"}, type="GLUE"
        )


def attribute(name: str) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)


def days(number: int) -> cdk.Duration:
    return cdk.Duration.days(number)


def synthesize(stack: type[Orders | Catalog], name: str, folder: Path, *, changed: bool = False) -> str:
    """The template of an app with this one stack."""
    app = cdk.App(outdir=str(folder), analytics_reporting=False)
    stack(app, name, changed=changed)
    app.synth()
    return (folder / f"{name}.template.json").read_text()
