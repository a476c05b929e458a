"""SageMaker: what notebook instances refer to, which are lifecycle configurations and code repositories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse
from moto.sagemaker.utils import arn_formatter

from embedded_aws.gaps._registry import fills
from embedded_aws.gaps.sagemaker.images import image_of

_create_config = SageMakerResponse.create_notebook_instance_lifecycle_config
_resource = SageMakerModelBackend._get_resource_from_arn

HOOKS = ("OnCreate", "OnStart")
# Base64 characters.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_NotebookInstanceLifecycleHook.html
LONGEST = 16384


@fills(
    SageMakerModelBackend,
    "_get_resource_from_arn",
    service="sagemaker",
    what="tags of lifecycle configurations, code repositories and images",
    why="moto keeps none",
)
def get_resource_from_arn(self: Any, arn: str) -> Any:
    kind, _, name = arn.rsplit(":", 1)[-1].partition("/")
    if kind == "notebook-instance-lifecycle-config":
        self.describe_notebook_instance_lifecycle_config(name)
        return self.notebook_instance_lifecycle_configurations[name]
    if kind == "code-repository":
        return _repository(self, name)
    if kind == "image":
        return image_of(self, arn)
    return _resource(self, arn)


def _check_hooks(response: Any) -> None:
    for name in HOOKS:
        for number, hook in enumerate(response._get_param(name) or [], start=1):
            if len(hook.get("Content") or "") > LONGEST:
                place = f"{name[0].lower()}{name[1:]}.{number}.member.content"
                raise ValidationError(
                    f"1 validation error detected: Value '{hook['Content']}' at '{place}' failed to satisfy "
                    f"constraint: Member must have length less than or equal to {LONGEST}"
                )


@fills(
    SageMakerResponse,
    "create_notebook_instance_lifecycle_config",
    service="sagemaker",
    what=f"CreateNotebookInstanceLifecycleConfig with tags, refused with a script over {LONGEST} base64 characters",
    why="moto keeps no tags and takes scripts of any length",
)
def create_notebook_instance_lifecycle_config(self: Any) -> Any:
    _check_hooks(self)
    answer = _create_config(self)
    name = self._get_param("NotebookInstanceLifecycleConfigName")
    self.sagemaker_backend.notebook_instance_lifecycle_configurations[name].tags = self._get_param("Tags") or []
    return answer


@fills(
    SageMakerResponse,
    "update_notebook_instance_lifecycle_config",
    service="sagemaker",
    what="UpdateNotebookInstanceLifecycleConfig",
    why="moto does not know it",
)
def update_notebook_instance_lifecycle_config(self: Any) -> Any:
    _check_hooks(self)
    name = self._get_param("NotebookInstanceLifecycleConfigName")
    self.sagemaker_backend.describe_notebook_instance_lifecycle_config(name)
    config = self.sagemaker_backend.notebook_instance_lifecycle_configurations[name]
    on_create, on_start = (self._get_param(hook) for hook in HOOKS)
    config.on_create = config.on_create if on_create is None else on_create
    config.on_start = config.on_start if on_start is None else on_start
    config.last_modified_time = utcnow()
    return EmptyResult()


@fills(
    SageMakerResponse,
    "list_notebook_instance_lifecycle_configs",
    service="sagemaker",
    what="ListNotebookInstanceLifecycleConfigs, all at once, newest first or by name",
    why="moto does not know it",
)
def list_notebook_instance_lifecycle_configs(self: Any) -> Any:
    configs = self.sagemaker_backend.notebook_instance_lifecycle_configurations.values()
    listed = _listed(self, configs, name=lambda config: config.notebook_instance_lifecycle_config_name)
    return ActionResult(
        {
            "NotebookInstanceLifecycleConfigs": [
                {
                    "NotebookInstanceLifecycleConfigName": config.notebook_instance_lifecycle_config_name,
                    "NotebookInstanceLifecycleConfigArn": config.arn,
                    "CreationTime": config.creation_time,
                    "LastModifiedTime": config.last_modified_time,
                }
                for config in listed
            ]
        }
    )


def _listed(response: Any, things: Iterable[Any], *, name: Callable[[Any], str]) -> list[Any]:
    """Those whose name contains what is asked for, sorted as asked for."""
    wanted = response._get_param("NameContains") or ""
    by = response._get_param("SortBy") or "CreationTime"
    orders: dict[str, Callable[[Any], Any]] = {
        "Name": name,
        "CreationTime": lambda thing: thing.creation_time,
        "LastModifiedTime": lambda thing: thing.last_modified_time,
    }
    descending = (response._get_param("SortOrder") or "Descending") == "Descending"
    return sorted((thing for thing in things if wanted in name(thing)), key=orders[by], reverse=descending)


class CodeRepository:
    """A Git repository that notebook instances clone.

    Args:
        arn: its ARN.
        name: its name in the account and region.
        git: RepositoryUrl, Branch, SecretArn.
        tags: as the API gives them.
    """

    def __init__(self, *, arn: str, name: str, git: dict[str, Any], tags: list[dict[str, str]]) -> None:
        self.arn = arn
        self.name = name
        self.git = git
        self.tags = tags
        self.creation_time = self.last_modified_time = utcnow()

    @property
    def members(self) -> dict[str, Any]:
        return {
            "CodeRepositoryName": self.name,
            "CodeRepositoryArn": self.arn,
            "CreationTime": self.creation_time,
            "LastModifiedTime": self.last_modified_time,
            "GitConfig": self.git,
        }


def _repositories(backend: Any) -> dict[str, CodeRepository]:
    """The backend's repositories; they go when it is reset, as all that it has."""
    if not hasattr(backend, "code_repositories"):
        backend.code_repositories = {}
    found: dict[str, CodeRepository] = backend.code_repositories
    return found


def _repository(backend: Any, name: str) -> CodeRepository:
    found = _repositories(backend).get(name)
    if found is None:
        arn = arn_formatter("code-repository", name, backend.account_id, backend.region_name)
        raise ValidationError(f"Cannot find CodeRepository: {arn}")
    return found


_UNKNOWN = "moto does not know it"


@fills(
    SageMakerResponse,
    "create_code_repository",
    service="sagemaker",
    what="CreateCodeRepository; neither the repository nor its secret is looked up, as on AWS",
    why=_UNKNOWN,
)
def create_code_repository(self: Any) -> Any:
    backend, name = self.sagemaker_backend, self._get_param("CodeRepositoryName")
    arn = arn_formatter("code-repository", name, backend.account_id, backend.region_name)
    repositories = _repositories(backend)
    if name in repositories:
        raise ValidationError(f"Cannot create an already existing CodeRepository: {arn}")
    repositories[name] = CodeRepository(
        arn=arn, name=name, git=self._get_param("GitConfig"), tags=self._get_param("Tags") or []
    )
    return ActionResult({"CodeRepositoryArn": arn})


@fills(SageMakerResponse, "describe_code_repository", service="sagemaker", what="DescribeCodeRepository", why=_UNKNOWN)
def describe_code_repository(self: Any) -> Any:
    return ActionResult(_repository(self.sagemaker_backend, self._get_param("CodeRepositoryName")).members)


@fills(
    SageMakerResponse,
    "list_code_repositories",
    service="sagemaker",
    what="ListCodeRepositories, all at once, newest first or by name",
    why=_UNKNOWN,
)
def list_code_repositories(self: Any) -> Any:
    repositories = _repositories(self.sagemaker_backend).values()
    listed = _listed(self, repositories, name=lambda repository: repository.name)
    return ActionResult({"CodeRepositorySummaryList": [repository.members for repository in listed]})


@fills(
    SageMakerResponse,
    "update_code_repository",
    service="sagemaker",
    what="UpdateCodeRepository, of the secret only",
    why=_UNKNOWN,
)
def update_code_repository(self: Any) -> Any:
    repository = _repository(self.sagemaker_backend, self._get_param("CodeRepositoryName"))
    change = self._get_param("GitConfig") or {}
    kept = {name: value for name, value in repository.git.items() if name != "SecretArn"}
    secret = change.get("SecretArn")
    repository.git = {**kept, "SecretArn": secret} if secret else kept
    repository.last_modified_time = utcnow()
    return ActionResult({"CodeRepositoryArn": repository.arn})


@fills(SageMakerResponse, "delete_code_repository", service="sagemaker", what="DeleteCodeRepository", why=_UNKNOWN)
def delete_code_repository(self: Any) -> Any:
    repository = _repository(self.sagemaker_backend, self._get_param("CodeRepositoryName"))
    del _repositories(self.sagemaker_backend)[repository.name]
    return EmptyResult()
