"""The GitLab project whose CI jobs may deploy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, WithJsonSchema

from mlproject.parameters.findings import InvalidValueError, closest_match, join_names
from mlproject.parameters.input_models import addresses, constraints
from mlproject.parameters.input_models.fields import FrozenModel, MatchesPattern, parameter, validate_distinct

GITLAB_COM = "https://gitlab.com"
# Our limit: a larger number is a typing error.
GENERATION_LIMIT = 1_000_000
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html (Url)
URL_LIMIT = 255
# https://docs.gitlab.com/user/reserved_names/ (names of groups and projects). Neither * nor : nor ${ can be in it, so
# that a policy compares it literally.
PROJECT = r"[A-Za-z0-9_.][A-Za-z0-9_.-]*(/[A-Za-z0-9_.][A-Za-z0-9_.-]*)+"
# A part of what https://git-scm.com/docs/git-check-ref-format allows: nothing that means something in an IAM policy.
BRANCH = r"[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*"
# With * as in GitLab's protected tags: https://docs.gitlab.com/user/project/protected_tags/
TAG_PATTERN = r"[A-Za-z0-9_*][A-Za-z0-9_.*-]*(/[A-Za-z0-9_*][A-Za-z0-9_.*-]*)*"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html (ClientIDList)
AUDIENCE = r"[A-Za-z0-9._:/-]{1,255}"
# https://docs.gitlab.com/api/projects/ (ci_id_token_sub_claim_components); the last three since GitLab 18.7
DEFAULT_COMPONENTS = ("project_path", "ref_type", "ref")
COMPONENTS = (*DEFAULT_COMPONENTS, "ref_protected", "environment_protected", "deployment_tier")
# https://docs.gitlab.com/ci/environments/#deployment-tier-of-environments
TIERS = ("production", "staging", "testing", "development", "other")


def _validate_issuer(text: str) -> str:
    """Validate the URL of a GitLab instance, as IAM accepts it for an OIDC provider.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html: https, a path is possible,
    a port is not.
    """
    addresses.validate_https_url(text)
    if urlsplit(text).port is not None:
        raise InvalidValueError(f"{text} has a port, which IAM does not accept in the URL of an identity provider")
    if text.endswith("/"):
        raise InvalidValueError(f"{text} ends in a slash, unlike the issuer in GitLab's tokens", suggestion=text[:-1])
    host = urlsplit(text).netloc
    if host != host.lower() or re.search(r"[*?$]", text):
        raise InvalidValueError(f"{text} is not allowed", suggestion=text.lower() if host != host.lower() else "")
    if len(text) > URL_LIMIT:
        raise InvalidValueError(f"the URL has {len(text)} characters, and IAM accepts {URL_LIMIT}")
    return text


def _validate_component(text: str) -> str:
    if text not in COMPONENTS:
        near = closest_match(text, COMPONENTS)
        raise InvalidValueError(f"{text} cannot be a component of sub", allowed=join_names(COMPONENTS), suggestion=near)
    return text


def _validate_components(items: tuple[str, ...]) -> tuple[str, ...]:
    """Validate the components: GitLab wants project_path first; without the ref every branch could deploy."""
    validate_distinct(items)
    missing = [name for name in DEFAULT_COMPONENTS if name not in items]
    if missing:
        raise InvalidValueError(f"{missing[0]} is missing")
    if items[0] != DEFAULT_COMPONENTS[0]:
        raise InvalidValueError(f"{items[0]} comes first, but GitLab requires {DEFAULT_COMPONENTS[0]}")
    return items


def _validate_tier(text: str) -> str:
    if text not in TIERS:
        near = closest_match(text, TIERS)
        raise InvalidValueError(f"{text} is not a deployment tier of GitLab", allowed=", ".join(TIERS), suggestion=near)
    return text


Component = Annotated[
    str, AfterValidator(_validate_component), WithJsonSchema({"type": "string", "enum": list(COMPONENTS)})
]
Tier = Annotated[str, AfterValidator(_validate_tier), WithJsonSchema({"type": "string", "enum": list(TIERS)})]
EnvironmentName = Annotated[str, MatchesPattern(constraints.ENVIRONMENT_NAME)]


class GitLab(FrozenModel):
    """A GitLab project, and what its tokens contain. The stacks `identity/ACCOUNT` let its jobs assume roles."""

    url: Annotated[str, AfterValidator(_validate_issuer)] = parameter(
        "The GitLab instance. Default: https://gitlab.com.",
        allowed="an https URL without port, such as https://gitlab.example.com",
        default=GITLAB_COM,
    )
    project: Annotated[str, MatchesPattern(PROJECT)] = parameter(
        "The path of the GitLab project whose jobs deploy.", allowed="group/project, such as data/platform"
    )
    project_id: int | None = parameter(
        "The ID of the GitLab project, which never belongs to another project. Required on gitlab.com, where AWS can "
        "compare it. Default: none.",
        allowed="the project's ID, such as 4711",
        default=None,
        ge=1,
    )
    default_branch: Annotated[str, MatchesPattern(BRANCH)] = parameter(
        "The protected branch whose jobs deploy. Default: main.",
        allowed="a branch name of letters, digits and . _ - /",
        default="main",
    )
    audience: Annotated[str, MatchesPattern(AUDIENCE)] = parameter(
        "The audience (`aud`) of the tokens. Default: sts.amazonaws.com.",
        allowed="1 to 255 letters, digits and . _ : / -",
        default="sts.amazonaws.com",
    )
    sub_claim_components: Annotated[tuple[Component, ...], AfterValidator(_validate_components)] = parameter(
        "What `sub` contains: the project's setting ci_id_token_sub_claim_components. Default: GitLab's, which cannot "
        "tell environments apart.",
        allowed=f"a list that starts with project_path and contains ref_type and ref; also {', '.join(COMPONENTS[3:])}",
        default=DEFAULT_COMPONENTS,
    )
    deploy_tags: Mapping[EnvironmentName, Annotated[str, MatchesPattern(TAG_PATTERN)]] = parameter(
        "Environments that are deployed from protected tags instead of the default branch. Default: none.",
        allowed="a mapping from environment name to a tag or pattern, such as {prod: v*}",
        default={},
    )
    branch_environments: Annotated[tuple[EnvironmentName, ...], AfterValidator(validate_distinct)] = parameter(
        "Temporary environments that merge requests deploy to, each in an account that no other kind of environment "
        "uses: every job of the project may change them. Default: none.",
        allowed="a list of environment names, such as [sandbox]",
        default=(),
    )
    deployment_tiers: Mapping[EnvironmentName, Tier] = parameter(
        "The GitLab deployment tier of each environment, if deployment_tier is in sub_claim_components. Default: none.",
        allowed=f"a mapping from environment name to one of {', '.join(TIERS)}",
        default={},
    )

    protected_environments: Annotated[tuple[EnvironmentName, ...], AfterValidator(validate_distinct)] = parameter(
        "The environments that are protected in GitLab, if environment_protected is in sub_claim_components. Default: "
        "none.",
        allowed="a list of environment names, such as [prod]",
        default=(),
    )

    token_generation: int = parameter(
        "The number in the names of the secrets with the token for promotions on approval, such as "
        "mlproject/dev/gitlab-token-1. Increase it for a new token. Default 1.",
        allowed=f"a whole number, 1 to {GENERATION_LIMIT}",
        default=1,
        ge=1,
        le=GENERATION_LIMIT,
    )

    @property
    def host(self) -> str:
        """The instance without scheme, as in the ARN of the OIDC provider and in condition keys."""
        return self.url.removeprefix("https://")

    @property
    def is_gitlab_com(self) -> bool:
        """Whether AWS STS also compares GitLab's own claims, as it does for gitlab.com only."""
        return self.url == GITLAB_COM
