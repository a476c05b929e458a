"""The part of GitLab's REST API that the settings of a project use, with its state.

Parameters are those of https://docs.gitlab.com/api/projects/, /protected_branches/, /protected_tags/,
/protected_environments/ and /pipeline_schedules/. GitLab ignores others; this server rejects them, so that a misspelt
name fails a test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.gitlab.project_attributes import MAINTAINER_ATTRIBUTES, NEW_PROJECT, VALUES

JSON = dict[str, Any]


class RejectedError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
        body: JSON.
    """

    def __init__(self, status: int, body: JSON) -> None:
        super().__init__(status, body)
        self.status, self.body = status, body


@dataclass
class GitLabProject:
    """A project on the server.

    Args:
        premium: whether the licence includes protected environments and `allowed_to_push`.
        ignored: attributes that the server accepts but does not change, like those that a group enforces.
        is_sign_in_page: whether every answer is the page of a proxy that asks people to sign in.
        failing: requests that the server answers with 500, as `METHOD /path below the project`.
    """

    path: str = "data/platform"
    id: int = 4711
    default_branch: str = "main"
    empty_repo: bool = False
    premium: bool = True
    attributes: JSON = field(default_factory=lambda: dict(NEW_PROJECT))
    branches: dict[str, JSON] = field(default_factory=dict)
    tags: dict[str, JSON] = field(default_factory=dict)
    environments: dict[str, JSON] = field(default_factory=dict)
    schedules: dict[int, JSON] = field(default_factory=dict)
    ignored: set[str] = field(default_factory=set)
    is_sign_in_page: bool = False
    failing: set[str] = field(default_factory=set)
    requests: list[str] = field(default_factory=list)
    next_id: int = 100

    def __post_init__(self) -> None:
        # GitLab protects the default branch with the first push.
        self.protect_branch({"name": self.default_branch})

    @property
    def changes(self) -> list[str]:
        """The requests that change something."""
        return [request for request in self.requests if not request.startswith("GET ")]

    def number(self) -> int:
        self.next_id += 1
        return self.next_id

    def access(self, level: int, **holder: int) -> JSON:
        return {"id": self.number(), "access_level": level, "user_id": None, "group_id": None, **holder}

    def show(self, role: int) -> JSON:
        shown = {"id": self.id, "path_with_namespace": self.path, "empty_repo": self.empty_repo}
        hidden = () if role >= 40 else MAINTAINER_ATTRIBUTES
        visible = {key: value for key, value in self.attributes.items() if key not in hidden}
        return {**shown, "default_branch": None if self.empty_repo else self.default_branch, **visible}

    def edit(self, body: JSON) -> JSON:
        for key, value in body.items():
            if key not in self.attributes or not VALUES[key](value):
                raise RejectedError(400, {"error": f"{key} does not have a valid value"})
        self.attributes.update({key: value for key, value in body.items() if key not in self.ignored})
        return self.show(40)

    def protect_branch(self, body: JSON) -> JSON:
        require(body, {"name"}, {"push_access_level", "merge_access_level", "allow_force_push"})
        self.branches[body["name"]] = {
            "id": self.number(),
            "name": body["name"],
            "push_access_levels": [self.access(body.get("push_access_level", 40))],
            "merge_access_levels": [self.access(body.get("merge_access_level", 40))],
            "allow_force_push": body.get("allow_force_push", False),
        }
        return self.branches[body["name"]]

    def update_branch(self, name: str, body: JSON) -> JSON:
        require(body, set(), {"allow_force_push", "allowed_to_push", "allowed_to_merge"})
        branch = self.branches[name]
        branch["allow_force_push"] = body.get("allow_force_push", branch["allow_force_push"])
        if self.premium:
            for right in ("push", "merge"):
                self.update_access(branch[f"{right}_access_levels"], body.get(f"allowed_to_{right}", []))
        return branch

    def update_access(self, levels: list[JSON], changes: list[JSON]) -> None:
        for change in changes:
            if change.get("_destroy"):
                (removed,) = [level for level in levels if level["id"] == change["id"]]
                levels.remove(removed)
            elif any(level["access_level"] == change["access_level"] for level in levels if not holder(level)):
                raise RejectedError(422, {"message": "access_level has already been taken"})
            else:
                levels.append(self.access(level=change["access_level"]))

    def protect_tag(self, body: JSON) -> JSON:
        require(body, {"name"}, {"create_access_level"})
        if body["name"] in self.tags:
            raise RejectedError(409, {"message": f"Protected tag '{body['name']}' already exists"})
        level = self.access(body.get("create_access_level", 40))
        self.tags[body["name"]] = {"name": body["name"], "create_access_levels": [level]}
        return self.tags[body["name"]]

    def protect_environment(self, body: JSON) -> JSON:
        require(body, {"name", "deploy_access_levels"}, {"required_approval_count", "approval_rules"})
        levels = [self.access(each["access_level"]) for each in body["deploy_access_levels"]]
        self.environments[body["name"]] = {"name": body["name"], "deploy_access_levels": levels, "approval_rules": []}
        return self.environments[body["name"]]

    def update_environment(self, name: str, body: JSON) -> JSON:
        require(body, {"deploy_access_levels"}, set())
        self.update_access(self.environments[name]["deploy_access_levels"], body["deploy_access_levels"])
        return self.environments[name]

    def create_schedule(self, body: JSON) -> JSON:
        require(body, {"description", "ref", "cron"}, {"cron_timezone", "active"})
        ref = f"refs/heads/{body['ref'].removeprefix('refs/heads/')}"
        schedule = {"cron_timezone": "UTC", "active": True, **body, "ref": ref, "id": self.number(), "variables": []}
        schedule["owner"] = {"username": "me"}
        self.schedules[schedule["id"]] = schedule
        return schedule

    def take_ownership(self, number: str, _: JSON) -> JSON:
        self.schedules[int(number)]["owner"] = {"username": "me"}
        return self.schedules[int(number)]

    def update_schedule(self, number: str, body: JSON) -> JSON:
        require(body, set(), {"description", "ref", "cron", "cron_timezone", "active"})
        self.require_owner(number)
        self.schedules[int(number)].update(body)
        return self.schedules[int(number)]

    def require_owner(self, number: str) -> None:
        """Reject a change of a schedule that belongs to another user."""
        if self.schedules[int(number)]["owner"] != {"username": "me"}:
            raise RejectedError(403, {"message": "403 Forbidden"})

    def add_variable(self, number: str, body: JSON) -> JSON:
        require(body, {"key", "value"}, {"variable_type"})
        self.require_owner(number)
        variables = self.schedules[int(number)]["variables"]
        if any(each["key"] == body["key"] for each in variables):
            raise RejectedError(400, {"message": {"variables": ["have duplicate values"]}})
        variables.append({"variable_type": "env_var", "raw": False, **body})
        return dict(variables[-1])

    def answer(self, method: str, below: str, body: JSON, role: int) -> object:
        """Return the answer to a request for a path below the project, such as `/protected_tags/v%2A`."""
        self.requests.append(f"{method} {below or '/'}")
        if self.requests[-1] in self.failing:
            raise RejectedError(500, {"message": "500 Internal Server Error"})
        if not below and method == "GET":
            return self.show(role)
        if role < 40:
            raise RejectedError(403, {"message": "403 Forbidden"})
        _, collection, *rest = below.split("/") if below else ("", "")
        if collection == "protected_environments" and not self.premium:
            raise RejectedError(404, {"error": "404 Not Found"})
        return self.route(method, collection, [unquote(each) for each in rest], body)

    def route(self, method: str, collection: str, names: list[str], body: JSON) -> object:
        """Call the handler of a request. `names` are what follows the collection in the path."""
        handlers: dict[tuple[str, str, int | str], Callable[..., object]] = {
            ("PUT", "", 0): self.edit,
            ("POST", "protected_branches", 0): self.protect_branch,
            ("PATCH", "protected_branches", 1): self.update_branch,
            ("POST", "protected_tags", 0): self.protect_tag,
            ("POST", "protected_environments", 0): self.protect_environment,
            ("PUT", "protected_environments", 1): self.update_environment,
            ("POST", "pipeline_schedules", 0): self.create_schedule,
            ("PUT", "pipeline_schedules", 1): self.update_schedule,
            ("POST", "pipeline_schedules", 2): self.take_ownership
            if names[1:] == ["take_ownership"]
            else self.add_variable,
        }
        if handler := handlers.get((method, collection, len(names))):
            return handler(*names[:1], body)
        collections: dict[str, dict[Any, JSON]] = {
            "protected_branches": self.branches,
            "protected_tags": self.tags,
            "protected_environments": self.environments,
            "pipeline_schedules": self.schedules,
        }
        items = collections[collection]
        if not names:
            # The list of schedules contains no variables.
            return [{key: value for key, value in each.items() if key != "variables"} for each in items.values()]
        key = int(names[0]) if collection == "pipeline_schedules" else names[0]
        if key not in items:
            raise RejectedError(404, {"message": "404 Not found"})
        return items.pop(key) if method == "DELETE" else items[key]


def holder(level: JSON) -> bool:
    return any(level.get(key) is not None for key in ("user_id", "group_id", "deploy_key_id"))


def require(body: JSON, required: set[str], optional: set[str]) -> None:
    if missing := required - set(body):
        raise RejectedError(400, {"error": f"{', '.join(sorted(missing))} is missing"})
    if unknown := set(body) - required - optional:
        raise RejectedError(400, {"error": f"{', '.join(sorted(unknown))} is not a parameter"})
