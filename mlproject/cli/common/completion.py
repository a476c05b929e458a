"""Shell completion of names in the checkout. The functions read as little as possible, since the shell waits."""

from __future__ import annotations

from collections.abc import Iterable

from mlproject.errors import UserError


def complete_project(incomplete: str) -> list[str]:
    """Return the projects whose names start with a text."""
    return _complete(incomplete, folder="projects", file="project.yaml")


def complete_pipeline(incomplete: str) -> list[str]:
    """Return the folders of pipelines/ whose names start with a text."""
    return _complete(incomplete, folder="pipelines", file="pipeline.py")


def complete_environment(incomplete: str) -> list[str]:
    """Return the environments whose names start with a text, in the order of environments.yaml."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    from mlproject.files import project_root

    try:
        content = YAML(typ="safe").load(project_root() / "environments.yaml")
    except (UserError, OSError, YAMLError):
        return []  # a command reports the error; a message here would disturb the line that is being typed
    environments = content.get("environments") if isinstance(content, dict) else None
    return _starting_with(incomplete, environments if isinstance(environments, dict) else ())


def _complete(incomplete: str, *, folder: str, file: str) -> list[str]:
    from mlproject.files import project_root

    try:
        root = project_root()
    except UserError:
        return []  # outside of a checkout, there is nothing to complete
    return _starting_with(incomplete, sorted(path.parent.name for path in (root / folder).glob(f"[!._]*/{file}")))


def _starting_with(incomplete: str, names: Iterable[object]) -> list[str]:
    return [name for name in map(str, names) if name.startswith(incomplete)]
