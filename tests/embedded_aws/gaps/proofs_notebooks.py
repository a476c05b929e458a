"""The proofs of the gaps of SageMaker's notebook instances and of what they refer to."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.embedded_aws.gaps.proofs import proves
from tests.embedded_aws.gaps.proofs_ec2 import group, subnet, vpc
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

ROLE = f"arn:aws:iam::{ACCOUNT}:role/notebooks"


def notebook(services: Services, name: str, **more: Any) -> str:
    given = {"InstanceType": "ml.t3.medium", "RoleArn": ROLE, **more}
    services("sagemaker").create_notebook_instance(NotebookInstanceName=name, **given)
    return name


def described(services: Services, name: str) -> dict[str, Any]:
    about: dict[str, Any] = services("sagemaker").describe_notebook_instance(NotebookInstanceName=name)
    return about


def says(words: str, call: Any, **arguments: Any) -> None:
    """The service refuses the call in these words."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert words in caught.value.response["Error"]["Message"]


@proves("FakeSagemakerNotebookInstance.validate_instance_type")
def todays_types_are_known_and_others_are_not(services: Services, name: str) -> None:
    assert described(services, notebook(services, name, InstanceType="ml.m7i.large"))["InstanceType"] == "ml.m7i.large"
    create = services("sagemaker").create_notebook_instance
    other = {"NotebookInstanceName": f"{name}-other", "RoleArn": ROLE}
    says(
        "failed to satisfy constraint: Member must satisfy enum value set", create, InstanceType="ml.c5.large", **other
    )


@proves("SageMakerResponse.create_notebook_instance", "FakeSagemakerNotebookInstance.to_dict")
def a_notebook_keeps_all_that_it_is_given(services: Services, name: str) -> None:
    imds = {"MinimumInstanceMetadataServiceVersion": "2"}
    given = {"PlatformIdentifier": "notebook-al2023-v2", "InstanceMetadataServiceConfiguration": imds}
    vpc_id = vpc(services)
    inside = {"SubnetId": subnet(services, vpc_id)["SubnetId"], "SecurityGroupIds": [group(services, vpc_id, name)]}
    about = described(services, notebook(services, name, **given, **inside))
    assert {member: about[member] for member in given} == given
    assert (about["RootAccess"], about["IpAddressType"]) == ("Enabled", "ipv4")
    interfaces = services("ec2").describe_network_interfaces(NetworkInterfaceIds=[about["NetworkInterfaceId"]])
    assert interfaces["NetworkInterfaces"][0]["SubnetId"] == inside["SubnetId"]
    create, other = services("sagemaker").create_notebook_instance, f"{name}-other"
    for wrong, words in (
        ({"DirectInternetAccess": "Disabled"}, "only if a value for SubnetId is set"),
        ({"PlatformIdentifier": "notebook-al2-v3"}, "no longer supported"),
        ({"LifecycleConfigName": "no-such"}, "does not exist"),
        ({"VolumeSizeInGB": 20000}, "less than or equal to 16384"),
    ):
        says(words, create, NotebookInstanceName=other, InstanceType="ml.t3.medium", RoleArn=ROLE, **wrong)
    listed = services("sagemaker").list_notebook_instances(NameContains=other)["NotebookInstances"]
    assert listed == []


@proves("SageMakerModelBackend.start_notebook_instance", "SageMakerModelBackend.stop_notebook_instance")
def what_runs_is_stopped_and_what_is_stopped_is_started(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    notebook(services, name)
    says("Status (InService) not in ([Stopped, Failed])", sagemaker.start_notebook_instance, NotebookInstanceName=name)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    says("Status (Stopped) not in ([InService])", sagemaker.stop_notebook_instance, NotebookInstanceName=name)
    sagemaker.start_notebook_instance(NotebookInstanceName=name)
    assert described(services, name)["NotebookInstanceStatus"] == "InService"


@proves("SageMakerResponse.update_notebook_instance")
def a_stopped_notebook_is_changed_and_its_volume_only_grows(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    notebook(services, name, VolumeSizeInGB=20, DefaultCodeRepository="https://git.example.com/one.git")
    change = {"NotebookInstanceName": name, "InstanceType": "ml.t3.large"}
    says("Unable to transition to (Updating)", sagemaker.update_notebook_instance, **change)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    imds = {"MinimumInstanceMetadataServiceVersion": "2"}
    sagemaker.update_notebook_instance(
        **change,
        VolumeSizeInGB=30,
        RootAccess="Disabled",
        InstanceMetadataServiceConfiguration=imds,
        DisassociateDefaultCodeRepository=True,
    )
    about = described(services, name)
    assert (about["InstanceType"], about["VolumeSizeInGB"], about["RootAccess"]) == ("ml.t3.large", 30, "Disabled")
    assert about["InstanceMetadataServiceConfiguration"] == imds
    assert "DefaultCodeRepository" not in about
    for wrong, words in (
        ({"VolumeSizeInGB": 20}, "cannot be less than its current size (30 GB)"),
        ({"InstanceType": "ml.c5.large"}, "Member must satisfy enum value set"),
        ({"PlatformIdentifier": "notebook-al2-v3"}, "no longer supported"),
        ({"LifecycleConfigName": "no-such"}, "does not exist"),
    ):
        says(words, sagemaker.update_notebook_instance, NotebookInstanceName=name, **wrong)
    assert described(services, name)["NotebookInstanceStatus"] == "Stopped"


@proves("SageMakerModelBackend.delete_notebook_instance")
def a_deleted_notebook_leaves_no_network_interface(services: Services, name: str) -> None:
    sagemaker, ec2 = services("sagemaker"), services("ec2")
    vpc_id = vpc(services)
    inside, using = subnet(services, vpc_id)["SubnetId"], group(services, vpc_id, name)
    notebook(services, name, SubnetId=inside, SecurityGroupIds=[using])
    for delete, thing in ((ec2.delete_subnet, {"SubnetId": inside}), (ec2.delete_security_group, {"GroupId": using})):
        with pytest.raises(ClientError, match="DependencyViolation"):
            delete(**thing)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    sagemaker.delete_notebook_instance(NotebookInstanceName=name)
    ec2.delete_security_group(GroupId=using)
    ec2.delete_subnet(SubnetId=inside)


@proves("SageMakerResponse.create_presigned_notebook_instance_url")
def a_running_notebook_is_opened(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    notebook(services, name)
    url = sagemaker.create_presigned_notebook_instance_url(NotebookInstanceName=name)["AuthorizedUrl"]
    assert url.startswith(f"https://{name}.notebook.{REGION}.sagemaker.aws?authToken=")
    again = sagemaker.create_presigned_notebook_instance_url(
        NotebookInstanceName=name, SessionExpirationDurationInSeconds=1800
    )
    assert again["AuthorizedUrl"] != url
    too_long = {"NotebookInstanceName": name, "SessionExpirationDurationInSeconds": 43201}
    says("less than or equal to 43200", sagemaker.create_presigned_notebook_instance_url, **too_long)
    sagemaker.stop_notebook_instance(NotebookInstanceName=name)
    says("(Stopped)", sagemaker.create_presigned_notebook_instance_url, NotebookInstanceName=name)
    says("RecordNotFound", sagemaker.create_presigned_notebook_instance_url, NotebookInstanceName=f"{name}-other")


def hook(length: int) -> list[dict[str, str]]:
    """A script of as many raw bytes."""
    return [{"Content": base64.b64encode(b"#" * length).decode()}]


def config(services: Services, name: str, **more: Any) -> str:
    made = services("sagemaker").create_notebook_instance_lifecycle_config(
        NotebookInstanceLifecycleConfigName=name, **more
    )
    arn: str = made["NotebookInstanceLifecycleConfigArn"]
    return arn


TOO_LONG = (
    "at 'onStart.1.member.content' failed to satisfy constraint: Member must have length less than or equal to 16384"
)


@proves("SageMakerResponse.create_notebook_instance_lifecycle_config", "SageMakerModelBackend._get_resource_from_arn")
def a_script_of_12288_bytes_is_the_longest(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    arn = config(services, name, OnStart=hook(12288), Tags=[{"Key": "a", "Value": "1"}])
    create = sagemaker.create_notebook_instance_lifecycle_config
    says(TOO_LONG, create, NotebookInstanceLifecycleConfigName=f"{name}-other", OnStart=hook(12289))
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=["a"])
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]


@proves("SageMakerResponse.update_notebook_instance_lifecycle_config")
def a_script_is_changed_and_taken_away(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    config(services, name, OnCreate=hook(1), OnStart=hook(2))
    update = sagemaker.update_notebook_instance_lifecycle_config
    update(NotebookInstanceLifecycleConfigName=name, OnCreate=[])
    shown = sagemaker.describe_notebook_instance_lifecycle_config(NotebookInstanceLifecycleConfigName=name)
    assert (shown.get("OnCreate"), shown["OnStart"]) == ([], hook(2))
    assert shown["LastModifiedTime"] > shown["CreationTime"]
    says(TOO_LONG, update, NotebookInstanceLifecycleConfigName=name, OnStart=hook(12289))
    says("does not exist", update, NotebookInstanceLifecycleConfigName=f"{name}-other", OnStart=hook(1))


@proves("SageMakerResponse.list_notebook_instance_lifecycle_configs")
def lifecycle_configurations_are_listed(services: Services, name: str) -> None:
    for suffix in ("b", "a"):
        config(services, f"{name}-{suffix}")
    list_configs = services("sagemaker").list_notebook_instance_lifecycle_configs
    newest_first = list_configs(NameContains=name)["NotebookInstanceLifecycleConfigs"]
    assert [each["NotebookInstanceLifecycleConfigName"][-1] for each in newest_first] == ["a", "b"]
    by_name = list_configs(NameContains=name, SortBy="Name", SortOrder="Descending")
    assert [
        each["NotebookInstanceLifecycleConfigName"][-1] for each in by_name["NotebookInstanceLifecycleConfigs"]
    ] == [
        "b",
        "a",
    ]


@proves(
    "SageMakerResponse.create_code_repository",
    "SageMakerResponse.describe_code_repository",
    "SageMakerResponse.list_code_repositories",
    "SageMakerResponse.update_code_repository",
    "SageMakerResponse.delete_code_repository",
)
def a_code_repository_changes_its_secret_only(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:no-such-secret"
    git = {"RepositoryUrl": "https://git.example.com/one.git", "Branch": "main"}
    arn = sagemaker.create_code_repository(CodeRepositoryName=name, GitConfig=git, Tags=[{"Key": "a", "Value": "1"}])[
        "CodeRepositoryArn"
    ]
    assert arn == f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:code-repository/{name}"
    says("already existing", sagemaker.create_code_repository, CodeRepositoryName=name, GitConfig=git)
    sagemaker.update_code_repository(CodeRepositoryName=name, GitConfig={"SecretArn": secret})
    shown = sagemaker.describe_code_repository(CodeRepositoryName=name)
    assert shown["GitConfig"] == {**git, "SecretArn": secret}
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "1"}]
    listed = sagemaker.list_code_repositories(NameContains=name)["CodeRepositorySummaryList"]
    assert [each["CodeRepositoryArn"] for each in listed] == [arn]
    sagemaker.delete_code_repository(CodeRepositoryName=name)
    says("Cannot find CodeRepository", sagemaker.describe_code_repository, CodeRepositoryName=name)
