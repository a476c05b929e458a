"""The GitLab pipeline that promotes a model as soon as it is approved."""

from __future__ import annotations

from collections.abc import Iterable

from mlproject.names import gitlab_token_secret
from mlproject.parameters.input_models.fields import FrozenModel
from mlproject.parameters.input_models.gitlab import GitLab


class ApprovalPipeline(FrozenModel):
    """A pipeline that EventBridge starts when a model is approved in an environment.

    Args:
        endpoint: URL of GitLab's API that starts pipelines of the project.
        branch: the branch on which the pipeline runs.
        secret: name of the secret in the environment's account that contains the token for the API.
        targets: names of the environments into which the model is promoted.
    """

    endpoint: str
    branch: str
    secret: str
    targets: tuple[str, ...]


def approval_pipeline(gitlab: GitLab | None, *, environment: str, targets: Iterable[str]) -> ApprovalPipeline | None:
    """Return the pipeline that promotes approved models; None if none are promoted on approval.

    https://docs.gitlab.com/api/pipelines/#create-a-new-pipeline

    Args:
        gitlab: the GitLab project; the checks require its ID if there are targets.
        environment: the environment in which models are approved.
        targets: names of the environments into which they are promoted.
    """
    names = tuple(targets)
    if gitlab is None or not names:
        return None
    return ApprovalPipeline(
        endpoint=f"{gitlab.url}/api/v4/projects/{gitlab.project_id}/pipeline",
        branch=gitlab.default_branch,
        secret=gitlab_token_secret(environment, gitlab.token_generation),
        targets=names,
    )
