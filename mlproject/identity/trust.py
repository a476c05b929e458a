"""Trust policies for tokens of GitLab CI jobs.

What a token contains: https://docs.gitlab.com/ci/secrets/id_token_authentication/. What IAM can compare: `aud` and
`sub` of any issuer, more claims of gitlab.com only
(https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from mlproject.parameters import GitLab

Statement = Mapping[str, Any]

# Jobs name their session gl-PIPELINE-JOB, so that CloudTrail shows who deployed. The job itself chooses the name, so
# this helps to find a deployment and keeps nobody out. Tokens of GitLab have no claim https://aws.amazon.com/tags,
# without which AWS gives a session no tags: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
SESSION_NAME = "gl-*"


def provider_arn(gitlab: GitLab, *, account: str, partition: str) -> str:
    """Return the ARN of the account's OIDC provider for a GitLab instance."""
    return f"arn:{partition}:iam::{account}:oidc-provider/{gitlab.host}"


def deploy_trust(gitlab: GitLab, environment: str, *, provider: str) -> Statement:
    """Return the trust of an environment's deploy role: jobs on the default branch, or on its protected tags.

    Any branch deploys to the environments in `branch_environments`.

    Args:
        gitlab: the GitLab project.
        environment: name of the environment.
        provider: ARN of the OIDC provider.
    """
    subject = _subject(gitlab, environment)
    operator = "StringLike" if "*" in subject else "StringEquals"
    is_protected = gitlab.is_gitlab_com and environment not in gitlab.branch_environments
    protected = {"gitlab.com:ref_protected": "true"} if is_protected else {}
    return _trust(gitlab, provider, subjects={operator: subject}, equals=protected)


def diff_trust(gitlab: GitLab, *, provider: str) -> Statement:
    """Return the trust of a read-only role: every job of the project, on any branch, tag or merge request.

    A job in a fork has the path of the fork in `sub`.
    """
    return _trust(gitlab, provider, subjects={"StringLike": f"project_path:{gitlab.project}:*"}, equals={})


def indistinguishable(gitlab: GitLab, environments: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of environments whose deploy roles trust the same tokens."""
    subjects = {name: _subject(gitlab, name) for name in environments}
    return tuple((one, other) for one, other in combinations(subjects, 2) if subjects[one] == subjects[other])


def _subject(gitlab: GitLab, environment: str) -> str:
    """Return `sub` of the jobs that deploy an environment, with the components in the project's order."""
    tag = gitlab.deploy_tags.get(environment)
    # The name of a branch contains no colon, so * does not reach into the next component.
    is_any = environment in gitlab.branch_environments
    claims = {
        "project_path": gitlab.project,
        "ref_type": "tag" if tag else "branch",
        "ref": "*" if is_any else tag or gitlab.default_branch,
        "ref_protected": "*" if is_any else "true",
        "environment_protected": "true" if environment in gitlab.protected_environments else "false",
        "deployment_tier": gitlab.deployment_tiers.get(environment, ""),
    }
    return ":".join(f"{name}:{claims[name]}" for name in gitlab.sub_claim_components)


def _trust(gitlab: GitLab, provider: str, *, subjects: Mapping[str, str], equals: Mapping[str, str]) -> Statement:
    condition: dict[str, dict[str, str]] = {
        "StringEquals": {f"{gitlab.host}:aud": gitlab.audience, **equals},
        "StringLike": {"sts:RoleSessionName": SESSION_NAME},
    }
    if gitlab.is_gitlab_com:
        condition["StringEquals"]["gitlab.com:project_id"] = str(gitlab.project_id)
    for operator, subject in subjects.items():
        condition[operator][f"{gitlab.host}:sub"] = subject
    return {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
