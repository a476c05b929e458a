"""The proofs of SageMaker's images."""

from __future__ import annotations

from typing import Any

from tests.embedded_aws.gaps.proofs import proves, refused
from tests.embedded_aws.moto_server import ACCOUNT, REGION, Services

ROLE = f"arn:aws:iam::{ACCOUNT}:role/images"
BASE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/image"


def image(services: Services, name: str, **more: Any) -> str:
    arn: str = services("sagemaker").create_image(ImageName=name, RoleArn=ROLE, **more)["ImageArn"]
    return arn


def version(services: Services, name: str, tag: str, **more: Any) -> str:
    given = {"ImageName": name, "BaseImage": f"{BASE}:{tag}", "ClientToken": tag, **more}
    arn: str = services("sagemaker").create_image_version(**given)["ImageVersionArn"]
    return arn


@proves("SageMakerResponse.create_image", "SageMakerResponse.describe_image", "SageMakerResponse.list_images")
def an_image_is_shown_and_its_name_is_taken(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    arn = image(services, name, DisplayName="Ours", Tags=[{"Key": "team", "Value": "one"}])
    shown = sagemaker.describe_image(ImageName=name)
    assert (shown["ImageArn"], shown["ImageStatus"], shown["DisplayName"]) == (arn, "CREATED", "Ours")
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "one"}]
    assert [each["ImageName"] for each in sagemaker.list_images(NameContains=name)["Images"]] == [name]
    refused("ResourceInUse", sagemaker.create_image, ImageName=name, RoleArn=ROLE)
    refused("ResourceNotFound", sagemaker.describe_image, ImageName=f"{name}-other")


@proves("SageMakerResponse.create_image_version", "SageMakerResponse.describe_image_version")
def a_version_is_found_by_number_by_alias_and_as_the_latest(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    image(services, name)
    refused("ResourceNotFound", sagemaker.describe_image_version, ImageName=name)
    first = version(services, name, "1", Aliases=["stable"], JobType="TRAINING")
    second = version(services, name, "2")
    shown = sagemaker.describe_image_version(ImageName=name)
    assert (shown["Version"], shown["ImageVersionArn"]) == (2, second)
    assert (shown["BaseImage"], shown["ImageVersionStatus"]) == (f"{BASE}:2", "CREATED")
    for chosen in ({"Version": 1}, {"Alias": "stable"}):
        shown = sagemaker.describe_image_version(ImageName=name, **chosen)
        assert (shown["ImageVersionArn"], shown["JobType"]) == (first, "TRAINING")
    refused("ResourceNotFound", sagemaker.describe_image_version, ImageName=name, Version=3)


@proves("SageMakerResponse.list_image_versions", "SageMakerResponse.delete_image_version")
def a_deleted_version_is_not_listed_and_its_number_not_given_again(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    image(services, name)
    for tag in ("1", "2"):
        version(services, name, tag)
    refused("ValidationException", sagemaker.delete_image_version, ImageName=name)
    sagemaker.delete_image_version(ImageName=name, Version=2)
    version(services, name, "3")
    listed = sagemaker.list_image_versions(ImageName=name)["ImageVersions"]
    assert [each["Version"] for each in listed] == [3, 1]


@proves("SageMakerResponse.delete_image")
def an_image_is_deleted_with_its_versions(services: Services, name: str) -> None:
    sagemaker = services("sagemaker")
    image(services, name)
    version(services, name, "1")
    sagemaker.delete_image(ImageName=name)
    refused("ResourceNotFound", sagemaker.describe_image_version, ImageName=name, Version=1)
    refused("ResourceNotFound", sagemaker.delete_image, ImageName=name)
