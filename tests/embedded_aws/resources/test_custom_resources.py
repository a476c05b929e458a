"""CDK's own custom resources do what their Lambda functions do; every other function is refused by name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from embedded_aws.cloudformation.errors import CloudFormationError
from embedded_aws.live_properties import user_tags
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services
from tests.embedded_aws.resources.cases_operations import ref, tags
from tests.embedded_aws.resources.harness import SUBJECT, Driver

pytestmark = pytest.mark.slow

PROPERTIES: dict[str, Any] = {
    "Code": {"ZipFile": "exports.handler = () => { throw new Error('nobody runs this'); };"},
    "Handler": "index.handler",
    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
    "Runtime": "nodejs24.x",
}
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": PROPERTIES}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
            ],
        }
    },
}
MAY_BE_EMPTIED = tags(**{"aws-cdk:auto-delete-objects": "true"})


def custom(name: str, **properties: Any) -> dict[str, Any]:
    """A stack's resources: the custom resource, its function and the function's role."""
    token = {"Fn::GetAtt": ["Function", "Arn"]}
    resource = {"Type": f"Custom::{name}", "Properties": {"ServiceToken": token, **properties}}
    return {"Role": ROLE, "Function": FUNCTION, SUBJECT: resource}


def bucket(name: str, **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name, **properties}}


def applied(driver: Driver, resources: dict[str, Any], status: str) -> None:
    assert driver.apply(resources) == status, driver.reasons()


def keys(driver: Driver, bucket: str) -> list[str]:
    return [each["Key"] for each in driver.services("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def make_bucket(driver: Driver, name: str) -> None:
    driver.services("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})


def archive(driver: Driver, bucket: str, key: str, **files: str) -> None:
    """Put a zip archive into a bucket; `a_txt="1"` is its file `a.txt`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        opened.mkdir("folder")
        for name, content in files.items():
            opened.writestr(name.replace("__", "/").replace("_", "."), content)
    driver.services("s3").put_object(Bucket=bucket, Key=key, Body=buffer.getvalue())


@pytest.fixture(autouse=True)
def _nothing_left(moto_services: Services) -> Iterator[None]:
    yield
    moto_services.reset()


@pytest.fixture
def source(driver: Driver) -> str:
    name = "custom-source"
    make_bucket(driver, name)
    archive(driver, name, "one.zip", index_html="<p>one</p>", css__a_css="a{}")
    archive(driver, name, "two.zip", index_html="<p>two</p>")
    return name


def deployment(source: str, *objects: str, destination: str = "custom-site", **properties: Any) -> dict[str, Any]:
    return {
        **custom(
            "CDKBucketDeployment",
            SourceBucketNames=[source] * len(objects),
            SourceObjectKeys=list(objects),
            DestinationBucketName=destination,
            **properties,
        ),
    }


def test_a_bucket_is_emptied_of_every_version_before_it_is_deleted(driver: Driver) -> None:
    versioned = bucket("custom-versions", Tags=MAY_BE_EMPTIED, VersioningConfiguration={"Status": "Enabled"})
    with_bucket = {"Bucket": versioned, **custom("S3AutoDeleteObjects", BucketName=ref("Bucket"))}
    applied(driver, with_bucket, "CREATE_COMPLETE")
    s3 = driver.services("s3")
    for body in (b"1", b"2"):
        s3.put_object(Bucket="custom-versions", Key="same", Body=body)
    s3.delete_object(Bucket="custom-versions", Key="same")
    s3.put_object(Bucket="custom-versions", Key="other", Body=b"3")
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert "custom-versions" not in [each["Name"] for each in s3.list_buckets()["Buckets"]]


def test_a_bucket_without_the_tag_keeps_its_objects(driver: Driver) -> None:
    untagged = bucket("custom-untagged")
    applied(
        driver,
        {"Bucket": untagged, **custom("S3AutoDeleteObjects", BucketName=ref("Bucket"))},
        "CREATE_COMPLETE",
    )
    driver.services("s3").put_object(Bucket="custom-untagged", Key="kept", Body=b"1")
    assert driver.delete() == "DELETE_FAILED"
    assert keys(driver, "custom-untagged") == ["kept"]


def test_another_bucket_to_empty_is_another_resource_and_the_old_bucket_is_emptied(driver: Driver) -> None:
    buckets = {name: bucket(f"custom-{name}", Tags=MAY_BE_EMPTIED) for name in ("first", "second")}
    applied(driver, {**buckets, **custom("S3AutoDeleteObjects", BucketName=ref("first"))}, "CREATE_COMPLETE")
    before = driver.subject.physical_id
    for name in buckets:
        driver.services("s3").put_object(Bucket=f"custom-{name}", Key="object", Body=b"1")
    applied(driver, {**buckets, **custom("S3AutoDeleteObjects", BucketName=ref("second"))}, "UPDATE_COMPLETE")
    assert driver.subject.physical_id != before
    assert (keys(driver, "custom-first"), keys(driver, "custom-second")) == ([], ["object"])


def test_a_deployment_uploads_the_files_of_its_sources_and_prunes_those_that_are_gone(
    driver: Driver, source: str
) -> None:
    make_bucket(driver, "custom-site")
    s3 = driver.services("s3")
    s3.put_object(Bucket="custom-site", Key="web/old.txt", Body=b"old")
    s3.put_object(Bucket="custom-site", Key="website/other.txt", Body=b"of somebody else")
    applied(driver, deployment(source, "one.zip", DestinationBucketKeyPrefix="web"), "CREATE_COMPLETE")
    assert keys(driver, "custom-site") == ["web/css/a.css", "web/index.html", "website/other.txt"]
    page = s3.get_object(Bucket="custom-site", Key="web/index.html")
    assert (page["Body"].read(), page["ContentType"]) == (b"<p>one</p>", "text/html")

    applied(driver, deployment(source, "two.zip", DestinationBucketKeyPrefix="web"), "UPDATE_COMPLETE")
    assert keys(driver, "custom-site") == ["web/index.html", "website/other.txt"]
    assert s3.get_object(Bucket="custom-site", Key="web/index.html")["Body"].read() == b"<p>two</p>"
    # Retained without another word, as CDK's RetainOnDelete is true by default.
    assert driver.delete() == "DELETE_COMPLETE"
    assert keys(driver, "custom-site") == ["web/index.html", "website/other.txt"]


def test_a_deployment_that_is_not_retained_deletes_its_objects_and_those_of_an_old_destination(
    driver: Driver, source: str
) -> None:
    for name in ("custom-site", "custom-new-site"):
        make_bucket(driver, name)
        driver.services("s3").put_object(Bucket=name, Key="other", Body=b"1")
    here: dict[str, Any] = {"DestinationBucketKeyPrefix": "web/", "RetainOnDelete": False}
    applied(driver, deployment(source, "one.zip", **here), "CREATE_COMPLETE")
    applied(driver, deployment(source, "one.zip", destination="custom-new-site", **here), "UPDATE_COMPLETE")
    assert keys(driver, "custom-site") == ["other"]
    assert keys(driver, "custom-new-site") == ["other", "web/css/a.css", "web/index.html"]
    assert driver.delete() == "DELETE_COMPLETE"
    assert keys(driver, "custom-new-site") == ["other"]


def test_a_deployment_follows_filters_metadata_and_order_of_its_sources(driver: Driver, source: str) -> None:
    make_bucket(driver, "custom-site")
    s3 = driver.services("s3")
    s3.put_object(Bucket="custom-site", Key="kept.log", Body=b"excluded, so it is not pruned")
    options: dict[str, Any] = {
        "Exclude": ["*.css", "*.log"],
        "SystemMetadata": {"cache-control": "max-age=60", "content-type": "text/plain"},
        "UserMetadata": {"Team": "a"},
    }
    applied(driver, deployment(source, "one.zip", "two.zip", **options), "CREATE_COMPLETE")
    assert keys(driver, "custom-site") == ["index.html", "kept.log"]
    page = s3.get_object(Bucket="custom-site", Key="index.html")
    assert page["Body"].read() == b"<p>two</p>"
    assert (page["CacheControl"], page["ContentType"], page["Metadata"]) == ("max-age=60", "text/plain", {"team": "a"})
    applied(driver, deployment(source, "one.zip", **options, Include=["css/*"]), "UPDATE_COMPLETE")
    assert keys(driver, "custom-site") == ["css/a.css", "index.html", "kept.log"]


def test_a_deployment_puts_the_deployed_values_in_place_of_their_markers(driver: Driver, source: str) -> None:
    make_bucket(driver, "custom-site")
    archive(driver, source, "values.zip", a_json='{"arn": "<<marker:0>>", "quoted": "<<marker:1>>"}')
    markers = {"<<marker:0>>": {"Fn::GetAtt": ["Role", "Arn"]}, "<<marker:1>>": 'a "b"'}
    resources = deployment(source, "values.zip", SourceMarkers=[markers], SourceMarkersConfig=[{"jsonEscape": "true"}])
    applied(driver, resources, "CREATE_COMPLETE")
    arn = driver.stack.resources["Role"].attributes["Arn"]
    written = driver.services("s3").get_object(Bucket="custom-site", Key="a.json")["Body"].read().decode()
    assert written == f'{{"arn": "{arn}", "quoted": "a \\"b\\""}}'


def test_a_source_that_is_not_an_archive_is_named_unless_it_is_copied_whole(driver: Driver, source: str) -> None:
    make_bucket(driver, "custom-site")
    driver.services("s3").put_object(Bucket=source, Key="folder/data.csv", Body=b"a,b")
    assert driver.apply(deployment(source, "folder/data.csv")) == "ROLLBACK_COMPLETE"
    assert f"s3://{source}/folder/data.csv is not a zip archive" in " ".join(driver.reasons())
    driver.delete()
    applied(driver, deployment(source, "folder/data.csv", Extract=False), "CREATE_COMPLETE")
    assert keys(driver, "custom-site") == ["data.csv"]


def test_notifications_of_other_people_stay_beside_those_of_a_bucket_that_is_not_managed(driver: Driver) -> None:
    make_bucket(driver, "custom-notified")
    s3, sns = driver.services("s3"), driver.services("sns")
    theirs, ours, later = (sns.create_topic(Name=f"custom-{name}")["TopicArn"] for name in ("theirs", "ours", "later"))
    created = {"Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="custom-notified",
        NotificationConfiguration={"TopicConfigurations": [{"Id": "theirs", "TopicArn": theirs, **created}]},
    )

    def notified(*topics: str) -> dict[str, Any]:
        configurations = [{"TopicArn": topic, **created} for topic in topics]
        return custom(
            "S3BucketNotifications",
            BucketName="custom-notified",
            Managed=False,
            NotificationConfiguration={"TopicConfigurations": configurations} if topics else {},
        )

    def topics() -> list[str]:
        shown = s3.get_bucket_notification_configuration(Bucket="custom-notified")
        return [each["TopicArn"] for each in shown.get("TopicConfigurations", [])]

    applied(driver, notified(ours), "CREATE_COMPLETE")
    assert topics() == [theirs, ours]
    applied(driver, notified(later), "UPDATE_COMPLETE")
    assert topics() == [theirs, later]
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert topics() == [theirs]


def test_notifications_of_a_managed_bucket_are_all_of_the_stack(driver: Driver) -> None:
    make_bucket(driver, "custom-managed")
    topic = driver.services("sns").create_topic(Name="custom-managed")["TopicArn"]
    configuration = {
        "EventBridgeConfiguration": {},
        "TopicConfigurations": [{"Events": ["s3:ObjectRemoved:*"], "TopicArn": topic}],
    }
    resources = custom(
        "S3BucketNotifications", BucketName="custom-managed", Managed=True, NotificationConfiguration=configuration
    )
    applied(driver, resources, "CREATE_COMPLETE")
    assert driver.subject.physical_id == SUBJECT
    shown = driver.services("s3").get_bucket_notification_configuration(Bucket="custom-managed")
    assert [each["TopicArn"] for each in shown["TopicConfigurations"]] == [topic]
    assert driver.delete() == "DELETE_COMPLETE"
    shown = driver.services("s3").get_bucket_notification_configuration(Bucket="custom-managed")
    assert "TopicConfigurations" not in shown


def test_the_default_security_group_loses_its_rules_and_has_them_again_afterwards(driver: Driver) -> None:
    ec2 = driver.services("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]

    def rules() -> tuple[Any, Any]:
        (shown,) = ec2.describe_security_groups(GroupIds=[group["GroupId"]])["SecurityGroups"]
        return shown["IpPermissions"], shown["IpPermissionsEgress"]

    restricted = custom("VpcRestrictDefaultSG", DefaultSecurityGroupId=group["GroupId"], Account=ACCOUNT)
    applied(driver, restricted, "CREATE_COMPLETE")
    assert rules() == ([], [])
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    ingress, egress = rules()
    assert [pair["GroupId"] for rule in ingress for pair in rule["UserIdGroupPairs"]] == [group["GroupId"]]
    assert [each["CidrIp"] for rule in egress for each in rule["IpRanges"]] == ["0.0.0.0/0"]


def test_the_retention_of_a_log_group_is_set_whether_it_exists_or_not(driver: Driver) -> None:
    logs = driver.services("logs")
    logs.create_log_group(logGroupName="/custom/existing")

    def retention(name: str) -> int | None:
        (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        days: int | None = group.get("retentionInDays")
        return days

    existing = {"LogGroupName": "/custom/existing", "RetentionInDays": 7}
    applied(driver, custom("LogRetention", **existing), "CREATE_COMPLETE")
    assert driver.subject.physical_id == "/custom/existing"
    assert retention("/custom/existing") == 7
    applied(driver, custom("LogRetention", LogGroupName="/custom/existing"), "UPDATE_COMPLETE")
    assert retention("/custom/existing") is None
    destroyed = {"LogGroupName": "/custom/new", "RetentionInDays": 30, "RemovalPolicy": "destroy"}
    applied(driver, custom("LogRetention", **destroyed), "UPDATE_COMPLETE")
    assert retention("/custom/new") == 30
    assert driver.delete() == "DELETE_COMPLETE"
    names = [each["logGroupName"] for each in logs.describe_log_groups(logGroupNamePrefix="/custom/")["logGroups"]]
    assert names == ["/custom/existing"]


def test_a_function_and_its_layer_are_recorded_and_change(driver: Driver, source: str) -> None:
    def resources(**function: Any) -> dict[str, Any]:
        layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content, "Description": "a layer"}}
        changed = {**PROPERTIES, "Layers": [ref("Layer")], **function}
        retained = custom("LogRetention", LogGroupName="/custom/function")
        return {**retained, "Layer": layer, "Function": {**FUNCTION, "Properties": changed}}

    content = {"S3Bucket": source, "S3Key": "one.zip"}
    awslambda = driver.services("lambda")
    applied(driver, resources(MemorySize=256, Tags=tags(a="1")), "CREATE_COMPLETE")
    name = driver.stack.resources["Function"].physical_id
    first = awslambda.get_function(FunctionName=name)
    assert (first["Configuration"]["MemorySize"], user_tags(first["Tags"])) == (256, {"a": "1"})
    (layer,) = first["Configuration"]["Layers"]
    assert layer["Arn"] == driver.stack.resources["Layer"].physical_id

    applied(driver, resources(Code=content, Tags=tags(b="2")), "UPDATE_COMPLETE")
    second = awslambda.get_function(FunctionName=name)
    assert (second["Configuration"]["MemorySize"], user_tags(second["Tags"])) == (128, {"b": "2"})
    assert second["Configuration"]["CodeSha256"] != first["Configuration"]["CodeSha256"]
    assert driver.delete() == "DELETE_COMPLETE", driver.reasons()
    assert awslambda.list_functions()["Functions"] == awslambda.list_layers()["Layers"] == []


@pytest.mark.parametrize("token", [{"Fn::GetAtt": "Function.Arn"}, {"Fn::GetAtt": ["Function", "Arn"]}])
def test_a_function_that_serves_a_custom_resource_is_found_in_both_forms(driver: Driver, token: Any) -> None:
    resources = custom("LogRetention", LogGroupName="/custom/forms", RemovalPolicy="destroy")
    resources[SUBJECT]["Properties"]["ServiceToken"] = token
    applied(driver, resources, "CREATE_COMPLETE")


def test_functions_that_serve_nothing_known_are_refused_by_name_before_anything_is_made(driver: Driver) -> None:
    layer = {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "k"}}}
    resources = {**custom("LogRetention", LogGroupName="/custom/refused"), "Mine": FUNCTION, "Layer": layer}
    with pytest.raises(CloudFormationError, match=r"runs no Lambda functions.* but not these: Layer, Mine$"):
        driver.apply(resources)
    with pytest.raises(CloudFormationError, match=r"Unrecognized resource types: \[Custom::Mine\]"):
        driver.apply(custom("Mine"))
