"""The picture of the jobs of .gitlab-ci.yml: `python -m docs_site.ci_diagram` writes docs/images/ci-LANGUAGE.svg.

A row for each way in which a pipeline starts, a column for each stage. gitlab-ci-local evaluates the rules of the jobs.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from mlproject.drawing import read_styles, svg
from mlproject.translation import LANGUAGES, Language

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"

# Pixels.
_BOX_WIDTH, _BOX_HEIGHT, _GAP = 132, 26, 8
_COLUMN, _TITLE, _MARGIN, _HEAD = 168, 190, 16, 34

_MERGE_REQUEST = {"CI_PIPELINE_SOURCE": "merge_request_event", "CI_MERGE_REQUEST_IID": "7"}
_BRANCH = {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": "main"}
_SCHEDULE = {"CI_PIPELINE_SOURCE": "schedule", "CI_COMMIT_BRANCH": "main"}
_PERSON = {"CI_PIPELINE_SOURCE": "web", "CI_COMMIT_BRANCH": "main"}
# The variables of each way in which a pipeline starts.
_STARTS: Mapping[str, Sequence[Mapping[str, str]]] = {
    "merge request": [_MERGE_REQUEST],
    "default branch": [_BRANCH],
    "schedule": [
        {**_SCHEDULE, "SCHEDULE": "drift"},
        {**_SCHEDULE, "SCHEDULE": "updates"},
        {**_SCHEDULE, "SCHEDULE": "audit"},
        {**_SCHEDULE, "SCHEDULE": "verify", "VERIFY_ENVIRONMENT": "sandbox"},
    ],
    "person": [{**_PERSON, "OPERATION": name} for name in ("rollback", "promote", "destroy")],
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "title": "The jobs of .gitlab-ci.yml",
        "merge request": "merge request",
        "default branch": "default branch",
        "schedule": "schedule",
        "person": "started by a person",
    },
    "es": {
        "title": "Los jobs de .gitlab-ci.yml",
        "merge request": "merge request",
        "default branch": "rama por defecto",
        "schedule": "programado",
        "person": "lo inicia una persona",
    },
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job of a pipeline.

    Args:
        name: its name.
        stage: its stage.
    """

    name: str
    stage: str


def list_jobs(root: Path) -> dict[str, tuple[Job, ...]]:
    """Return the jobs of a repository by the way in which a pipeline starts."""
    return {name: tuple(job for each in starts for job in _list(root, each)) for name, starts in _STARTS.items()}


def _list(root: Path, variables: Mapping[str, str]) -> list[Job]:
    node, program = ROOT / ".venv" / "bin" / "node", ROOT / "node_modules" / "gitlab-ci-local" / "dist" / "index.js"
    values = {"CI_DEFAULT_BRANCH": "main", **variables}
    arguments = [part for name, value in values.items() for part in ("--variable", f"{name}={value}")]
    branch = [] if "CI_COMMIT_BRANCH" in variables else ["--unset-variable", "CI_COMMIT_BRANCH"]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [node, program, "--no-color", "--list-json", *arguments, *branch],
            cwd=root,
            # The variables of this machine would be those of the jobs.
            env={"PATH": os.environ["PATH"], "HOME": home, "GCL_IGNORE_PREDEFINED_VARS": ",".join(values)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
        )
    return [Job(name=each["name"], stage=each["stage"]) for each in json.loads(done.stdout) if each["when"] != "never"]


def draw(jobs: Mapping[str, Sequence[Job]], stages: Sequence[str], language: Language) -> str:
    """Return the picture as SVG.

    Args:
        jobs: jobs by the way in which a pipeline starts.
        stages: the stages in their order.
        language: the language of its words.
    """
    words = _WORDS[language]
    shapes: list[Markup] = [
        svg.text(stage, _TITLE + column * _COLUMN, _MARGIN + 12, class_="title") for column, stage in enumerate(stages)
    ]
    top = float(_MARGIN + _HEAD)
    width = _TITLE + len(stages) * _COLUMN + _MARGIN
    for start, found in jobs.items():
        columns = [[job for job in found if job.stage == stage] for stage in stages]
        height = max(len(column) for column in columns) * (_BOX_HEIGHT + _GAP) + _GAP
        shapes.append(svg.tag("rect", x=_MARGIN, y=top, width=width - 2 * _MARGIN, height=height, rx=6, class_="panel"))
        shapes.append(svg.text(words[start], _MARGIN + 12, top + _GAP + 17, class_="name"))
        for column, named in enumerate(columns):
            for row, job in enumerate(named):
                x, y = _TITLE + column * _COLUMN, top + _GAP + row * (_BOX_HEIGHT + _GAP)
                shapes.append(svg.tag("rect", x=x, y=y, width=_BOX_WIDTH, height=_BOX_HEIGHT, rx=4, class_="node"))
                shapes.append(svg.text(job.name, x + 10, y + 17, class_="label"))
        top += height + _GAP
    sentences = [f"{words[start]}: {', '.join(job.name for job in found)}." for start, found in jobs.items()]
    picture = svg.image(
        svg.tag("style", read_styles()),
        *shapes,
        width=width,
        height=top + _MARGIN,
        title=words["title"],
        description=" ".join(sentences),
        name="ci",
        class_="plan",
    )
    return f"{picture}\n"


def draw_repository(root: Path, stages: Sequence[str]) -> dict[Path, str]:
    """Return the pictures of a repository by their files."""
    jobs = list_jobs(root)
    return {IMAGES / f"ci-{language}.svg": draw(jobs, stages, language) for language in LANGUAGES}


# Of .gitlab-ci.yml, whose tags for references no YAML library reads without help.
STAGES = ("check", "review", "deploy", "maintenance")

if __name__ == "__main__":
    for file, text in draw_repository(ROOT, STAGES).items():
        file.write_text(text)
        print(file.relative_to(ROOT))
