"""Whole platforms as their teams would write them: environments.yaml, projects, and the files that these name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from tests.checkouts import ROOT
from tests.lifecycle_scripts.certificates import self_signed_certificate
from tests.properties.accents import has_application, with_accents
from tests.properties.environments import Document, environments_files
from tests.properties.key_values import CERTIFICATES, LIBRARY_LISTS, START_SCRIPT
from tests.properties.model_values import rarely
from tests.properties.projects import project_files, project_names
from tests.properties.yaml_text import to_yaml


@dataclass(frozen=True, kw_only=True)
class PlatformFiles:
    """The parameter files of a platform.

    Args:
        environments: the content of environments.yaml.
        projects: the content of each project.yaml by the name of its folder.
    """

    environments: Document
    projects: Mapping[str, Document]

    def documents(self) -> dict[str, Document]:
        """Return the content of each file by its path."""
        projects = {f"projects/{name}/project.yaml": content for name, content in self.projects.items()}
        return {"environments.yaml": self.environments, **projects}

    def write(self, root: Path) -> Path:
        """Write the files, and those that they name, and return the folder."""
        for path, content in self.documents().items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(to_yaml(content), encoding="utf-8")
        for folder in (root, *(root / "projects" / name for name in self.projects)):
            _write_named_files(folder)
        for name in ("pipelines", "pipeline_builder", "requirements"):
            (root / name).symlink_to(ROOT / name, target_is_directory=True)
        return root


@st.composite
def platforms(draw: st.DrawFn, *, projects: int = 2) -> PlatformFiles:
    """Draw a platform.

    Args:
        projects: number of projects, at most.
    """
    environments = draw(environments_files())
    names = draw(st.lists(project_names(environments), min_size=1, max_size=projects, unique=True))
    files = {name: draw(project_files(name, environments)) for name in names}
    if not any(map(has_application, files.values())) and rarely(draw):
        environments = with_accents(environments)
    return PlatformFiles(environments=environments, projects=files)


def _write_named_files(folder: Path) -> None:
    contents: dict[str, str] = {f"libraries/{name}.txt": f"tabulate>=0.{len(name)}\n" for name in LIBRARY_LISTS}
    for path, text in {**contents, START_SCRIPT: "echo started\n", CERTIFICATES: _certificate()}.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)


@cache
def _certificate() -> str:
    return self_signed_certificate()
