"""URIs of images in ECR: their parts, and what is wrong with a malformed one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
_HOST = re.compile(r"(?P<account>[^./]*)\.dkr\.ecr\.(?P<region>[^./]*)\.(?P<domain>[^/]+)")
_ACCOUNT = re.compile(r"\d{12}")
_REGION = re.compile(r"[a-z]{2,}(?:-[a-z]+)+-\d+")
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageIdentifier.html
_VERSION = re.compile(r":\w[\w.-]{0,127}|@sha256:[0-9a-f]{64}", re.ASCII)
# https://github.com/boto/botocore/blob/master/botocore/data/partitions.json: the dnsSuffix of each partition.
_DOMAINS = frozenset(
    {
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.eu",
        "c2s.ic.gov",
        "sc2s.sgov.gov",
        "cloud.adc-e.uk",
        "csp.hci.ic.gov",
    }
)
FORM = "ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG"


@dataclass(frozen=True, kw_only=True, order=True)
class Repository:
    """A repository in ECR.

    Args:
        account: the AWS account that owns it.
        region: its region.
        name: its name, such as `team/training`.
    """

    account: str
    region: str
    name: str


def image_repository(uri: str) -> Repository | None:
    """Return the repository of an image, with or without a tag; None if the URI is not one of ECR."""
    host, _, path = uri.partition("/")
    name = re.split("[:@]", path)[0]
    match = _HOST.fullmatch(host)
    if match is None or image_problem(f"{host}/{name}:latest"):
        return None
    return Repository(account=match["account"], region=match["region"], name=name)


def image_repositories(uris: Iterable[str]) -> tuple[Repository, ...]:
    """Return the repositories of the images that are in ECR, sorted and without duplicates."""
    return tuple(sorted({found for uri in uris if (found := image_repository(uri))}))


def image_problem(uri: str) -> str | None:
    """Return what is wrong with the URI of an image in ECR, and the correct form, as a clause; None if nothing is."""
    host, _, path = uri.partition("/")
    match = _HOST.fullmatch(host)
    if re.search(r"\s", uri):
        problem = "contains a space"
    elif match is None:
        problem = "is not the URI of an image in ECR"
    elif not _ACCOUNT.fullmatch(match["account"]):
        problem = f"has the account {match['account']!r} instead of 12 digits"
    elif not _REGION.fullmatch(match["region"]):
        problem = f"has {match['region']!r} instead of a region"
    elif match["domain"] not in _DOMAINS:
        problem = f"has the unknown domain {match['domain']!r}"
    else:
        problem = _path_problem(path)
    return f"{problem}. Write {FORM}, or @sha256:DIGEST instead of :TAG" if problem else None


def _path_problem(path: str) -> str:
    name = re.split("[:@]", path)[0]
    version = path.removeprefix(name)
    if not name:
        return "has no repository"
    if name != name.lower():
        return f"has upper-case letters in the repository {name!r}"
    if not _REPOSITORY.fullmatch(name):
        return f"has the invalid repository {name!r}"
    if not version:
        return "has neither a tag nor a digest"
    return "" if _VERSION.fullmatch(version) else f"has the invalid tag or digest {version!r}"
