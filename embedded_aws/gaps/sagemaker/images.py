"""SageMaker: images and their versions, which name a container image in ECR.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateImageVersion.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ResourceInUseException, ResourceNotFound, ValidationError
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemaker.utils import arn_formatter

from embedded_aws.gaps._registry import fills

_WHY = "moto does not know it"
_OF_IMAGE = ("Description", "DisplayName", "RoleArn")
_OF_VERSION = ("VendorGuidance", "JobType", "MLFramework", "ProgrammingLang", "Processor", "Horovod", "ReleaseNotes")


@dataclass
class Version:
    """One version of an image.

    Args:
        number: from 1, never given twice.
        members: what DescribeImageVersion shows.
        aliases: other names of the version.
    """

    number: int
    members: dict[str, Any]
    aliases: tuple[str, ...]


@dataclass
class Image:
    """A SageMaker image."""

    name: str
    arn: str
    members: dict[str, Any]
    tags: list[dict[str, str]]
    created: datetime
    versions: list[Version] = field(default_factory=list)
    last_number: int = 0


@fills(SageMakerResponse, "create_image", service="sagemaker", what="CreateImage", why=_WHY)
def create_image(self: Any) -> ActionResult:
    name, now = self._get_param("ImageName"), utcnow()
    if name in _images(self):
        raise ResourceInUseException(f"Image {name} already exists.")
    arn = arn_formatter("image", name, self.current_account, self.region)
    given = {each: value for each in _OF_IMAGE if (value := self._get_param(each)) is not None}
    members = {
        **given,
        "ImageName": name,
        "ImageArn": arn,
        "ImageStatus": "CREATED",
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    _images(self)[name] = Image(name=name, arn=arn, members=members, tags=self._get_param("Tags") or [], created=now)
    return ActionResult({"ImageArn": arn})


@fills(SageMakerResponse, "describe_image", service="sagemaker", what="DescribeImage", why=_WHY)
def describe_image(self: Any) -> ActionResult:
    return ActionResult(_image(self).members)


@fills(
    SageMakerResponse,
    "list_images",
    service="sagemaker",
    what="ListImages, all at once, newest first, by a part of the name",
    why=_WHY,
)
def list_images(self: Any) -> ActionResult:
    part = self._get_param("NameContains") or ""
    found = [image.members for image in reversed(_images(self).values()) if part in image.name]
    return ActionResult({"Images": found})


@fills(SageMakerResponse, "delete_image", service="sagemaker", what="DeleteImage, with its versions", why=_WHY)
def delete_image(self: Any) -> ActionResult:
    del _images(self)[_image(self).name]
    return EmptyResult()


@fills(SageMakerResponse, "create_image_version", service="sagemaker", what="CreateImageVersion", why=_WHY)
def create_image_version(self: Any) -> ActionResult:
    image, now = _image(self), utcnow()
    aliases = tuple(self._get_param("Aliases") or ())
    taken = sorted({alias for version in image.versions for alias in version.aliases}.intersection(aliases))
    if taken:
        raise ResourceInUseException(f"Image {image.name} has a version with the alias {', '.join(taken)}.")
    image.last_number += 1
    # The pattern of ImageVersionArn has no capital letters, unlike that of ImageArn.
    version_id = f"{image.name.lower()}/{image.last_number}"
    arn = arn_formatter("image-version", version_id, self.current_account, self.region)
    base = self._get_param("BaseImage")
    given = {each: value for each in _OF_VERSION if (value := self._get_param(each)) is not None}
    members = {
        **given,
        "BaseImage": base,
        "ContainerImage": base,
        "ImageArn": image.arn,
        "ImageVersionArn": arn,
        "ImageVersionStatus": "CREATED",
        "Version": image.last_number,
        "CreationTime": now,
        "LastModifiedTime": now,
    }
    image.versions.append(Version(number=image.last_number, members=members, aliases=aliases))
    return ActionResult({"ImageVersionArn": arn})


@fills(
    SageMakerResponse,
    "describe_image_version",
    service="sagemaker",
    what="DescribeImageVersion, by number or alias, else of the latest version",
    why=_WHY,
)
def describe_image_version(self: Any) -> ActionResult:
    return ActionResult(_version(self, _image(self)).members)


@fills(
    SageMakerResponse,
    "list_image_versions",
    service="sagemaker",
    what="ListImageVersions, all at once, newest first",
    why=_WHY,
)
def list_image_versions(self: Any) -> ActionResult:
    return ActionResult({"ImageVersions": [version.members for version in reversed(_image(self).versions)]})


@fills(SageMakerResponse, "delete_image_version", service="sagemaker", what="DeleteImageVersion", why=_WHY)
def delete_image_version(self: Any) -> ActionResult:
    image = _image(self)
    if self._get_param("Version") is None and self._get_param("Alias") is None:
        raise ValidationError("DeleteImageVersion needs Version or Alias.")
    image.versions.remove(_version(self, image))
    return EmptyResult()


def image_of(backend: Any, arn: str) -> Image:
    """The image with an ARN.

    Raises:
        ResourceNotFound: there is none.
    """
    for image in images_of(backend).values():
        if image.arn == arn:
            return image
    raise ResourceNotFound(f"No Image with the ARN {arn} was found.")


def images_of(backend: Any) -> dict[str, Image]:
    """The images of an account and a region, kept with moto's own state so that a reset forgets them."""
    images: dict[str, Image] = backend.__dict__.setdefault("images", {})
    return images


def _images(response: Any) -> dict[str, Image]:
    return images_of(response.sagemaker_backend)


def _image(response: Any) -> Image:
    name = response._get_param("ImageName")
    image = _images(response).get(name)
    if image is None:
        raise ResourceNotFound(f"No Image with the name {name} was found.")
    return image


def _version(response: Any, image: Image) -> Version:
    number, alias = response._get_param("Version"), response._get_param("Alias")
    found = [
        version
        for version in image.versions
        if (number is None or version.number == number) and (alias is None or alias in version.aliases)
    ]
    if not found:
        raise ResourceNotFound(f"Image {image.name} has no such version.")
    return found[-1]
