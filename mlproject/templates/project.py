"""What a new project consists of, and its project.yaml."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from mlproject.templates.rendering import render

# Text that YAML reads as the same text without quotation marks.
_PLAIN = r"[A-Za-z][A-Za-z0-9._@+-]*( [A-Za-z0-9._@+-]+)*"
_WORDS_WITH_A_MEANING = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})

PIPELINE = """\
pipeline:
  folder: {folder}
  # Values that override the defaults in pipelines/{folder}/pipeline.py.
  parameters:
    Margin: 0.05

"""
USERS = """\
    # Users who may open it, beside administrators: IAM users or session names.
    {users}
    # To install libraries, list them in libraries/notebook.txt, add `libraries: notebook`, and run
    # `mlproject libraries lock`.
"""
OPERATIONS = """\
operations:
  # Recipients of notifications about failures and costs.
  emails: [{email}]
{budget}  # Starts the pipeline in every environment. To limit it to one, move it below that environment.
  schedule: {{expression: "cron(0 4 * * ? *)", timezone: UTC}}

"""


class Stage(StrEnum):
    """How much of a project is created. Each stage includes those before it."""

    EXPLORE = "explore"
    DEVELOP = "develop"
    PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class OwnData:
    """The user's data set.

    Args:
        folder: the folder with the CSV files.
        target: the column to predict.
    """

    folder: Path
    target: str


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """The values of a new project.

    Args:
        name: the project's name, such as `wine`.
        owner: a name or an e-mail address.
        cost_centre: the cost centre.
        environments: names in environments.yaml, at least one.
        stage: how much of the project is created.
        email: recipient of notifications, for the stage production.
        monthly_budget_usd: the budget, for the stage production; None for none.
        data: the data set; None for the sample.
    """

    name: str
    owner: str
    cost_centre: str
    environments: tuple[str, ...]
    stage: Stage
    email: str = ""
    monthly_budget_usd: int | None = None
    data: OwnData | None = None

    @property
    def pipeline(self) -> str | None:
        """The pipeline's folder, which Python imports, such as `my_wine` for my-wine; None without a pipeline."""
        return None if self.stage is Stage.EXPLORE else self.name.replace("-", "_")


def render_project_file(project: NewProject) -> str:
    """Return the text of project.yaml."""
    users = f"users: [{_yaml(project.owner)}]" if "@" in project.owner else "# users: [ana@example.com]"
    budget = "" if project.monthly_budget_usd is None else f"  monthly_budget_usd: {project.monthly_budget_usd}\n"
    operations = OPERATIONS.format(email=_yaml(project.email), budget=budget)
    return render(
        "project.yaml.txt",
        {
            "name": _yaml(project.name),
            "owner": _yaml(project.owner),
            "cost_centre": _yaml(project.cost_centre),
            "pipeline": PIPELINE.format(folder=project.pipeline) if project.pipeline else "",
            "users": USERS.format(users=users),
            "operations": operations if project.stage is Stage.PRODUCTION else "",
            "environments": "\n".join(f"  {name}: {{}}" for name in project.environments),
        },
    )


def _yaml(text: str) -> str:
    """Return text as a YAML scalar, in quotation marks where YAML would read something else. JSON is valid YAML."""
    is_plain = re.fullmatch(_PLAIN, text) and text.lower() not in _WORDS_WITH_A_MEANING
    return text if is_plain else json.dumps(text, ensure_ascii=False)
