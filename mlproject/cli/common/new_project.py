"""The values of a new project: as given, asked for on the terminal, or default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import embedded_aws
from mlproject.cli.common.prompts import ask, has_terminal
from mlproject.errors import UserError
from mlproject.parameters import Environment, Platform
from mlproject.parameters.findings import closest_match
from mlproject.parameters.input_models import constraints
from mlproject.parameters.tables.regional_types import is_missing
from mlproject.templates import NewProject, OwnData, Stage
from mlproject.translation import Message

BUDGET_USD = 100
EXAMPLE = "mlproject new wine --owner team@example.com --cost-centre CC-7"


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the user has given so far; None or empty for what is missing.

    Args:
        name: the project's name.
        owner: a name or an e-mail address.
        cost_centre: the cost centre.
        environments: names in environments.yaml.
        stage: the name of a stage.
        data: folder with the user's CSV files.
        target: the column to predict in them.
        email: recipient of notifications.
        budget: monthly budget in USD.
    """

    name: str | None
    owner: str | None
    cost_centre: str | None
    environments: tuple[str, ...]
    stage: str | None
    data: Path | None
    target: str | None
    email: str | None
    budget: int | None


def complete_answers(given: Answers, *, platform: Platform) -> NewProject:
    """Return the project, and ask on the terminal for what is missing.

    Args:
        given: the command's arguments.
        platform: the environments and the existing projects.

    Raises:
        UserError: a value is invalid, or a required value is missing and there is no terminal.
    """
    for name in given.environments:
        platform.deployments(environment=name)  # rejects an unknown name
    stage = _parse_stage(given.stage)
    _require_consistency(given, stage)
    answers = _with_defaults(given, platform)
    if missing := _missing(answers):
        if not has_terminal():
            raise UserError(
                Message(
                    "{missing}: missing, and there is no terminal to ask on. Example: `{example}`.",
                    missing=_join(missing),
                    example=EXAMPLE,
                )
            )
        answers = _with_defaults(_ask(given, platform=platform), platform)
    return _project(answers)


def _parse_stage(stage: str | None) -> Stage:
    names = [each.value for each in Stage]
    if stage is None:
        return Stage.DEVELOP
    if stage not in names:
        near = closest_match(stage, names)
        raise UserError(
            Message(
                "--stage {stage}: no such stage.{hint} Allowed: {names}.",
                stage=stage,
                hint=Message(" Did you mean {name}?", name=near) if near else "",
                names=", ".join(names),
            )
        )
    return Stage(stage)


def _require_consistency(given: Answers, stage: Stage) -> None:
    if given.data and stage is Stage.EXPLORE:
        raise UserError(Message("--data: the stage explore has no pipeline to read the data. Choose --stage develop."))
    require_data_folder(given.data, given.target)


def require_data_folder(data: Path | None, target: str | None) -> None:
    """Raise a UserError if the folder does not exist, or if a column is given without a folder."""
    if target and not data:
        raise UserError(Message("--target: names a column of your own CSV files. Give their folder with --data."))
    if data and not data.is_dir():
        raise UserError(Message("--data {data}: no such folder. It must contain CSV files.", data=data))


def _with_defaults(given: Answers, platform: Platform) -> Answers:
    environments = tuple(dict.fromkeys(given.environments)) or _embedded(platform.environments.values())
    regions = [platform.environments[name].region for name in environments]
    lacking = any(is_missing("operations", "monthly_budget_usd", region=region) for region in regions)
    return replace(
        given,
        environments=environments,
        email=given.email or (given.owner if given.owner and "@" in given.owner else None),
        budget=given.budget if given.budget is not None or lacking else BUDGET_USD,
    )


def _embedded(environments: Iterable[Environment]) -> tuple[str, ...]:
    """Return the first environment in the embedded AWS, where a new project can be tried at no cost."""
    return tuple(each.name for each in environments if each.account == embedded_aws.ACCOUNT)[:1]


def _missing(answers: Answers) -> list[str]:
    """Return the arguments that are required and missing."""
    needs_email = _parse_stage(answers.stage) is Stage.PRODUCTION
    values = {
        "NAME": answers.name,
        "--owner": answers.owner,
        "--cost-centre": answers.cost_centre,
        "--environment": answers.environments,
        "--target": answers.target if answers.data else "not needed",
        "--email": answers.email if needs_email else "not needed",
    }
    return [argument for argument, value in values.items() if not value]


def _ask(given: Answers, *, platform: Platform) -> Answers:
    """Ask for everything that is not given."""
    known = platform.environments
    name = given.name or ask(Message("Name of the project, such as wine"), problem=_name_problem(platform))
    owner = given.owner or ask(Message("Owner, a name or an e-mail address"))
    cost_centre = given.cost_centre or ask(Message("Cost centre, such as CC-7"))
    environments = given.environments or _split(
        ask(
            Message("Environments, separated by commas ({known})", known=", ".join(known)),
            default=", ".join(_embedded(known.values())),
            problem=lambda answer: _unknown(_split(answer), known),
        )
    )
    stage = given.stage or ask(
        Message("Stage: explore (a notebook), develop (a pipeline too), production (a budget and a schedule too)"),
        default=Stage.DEVELOP,
        problem=lambda answer: _unknown([answer], [each.value for each in Stage]),
    )
    answers = replace(
        given, name=name, owner=owner, cost_centre=cost_centre, environments=tuple(environments), stage=stage
    )
    if answers.data and not answers.target:
        answers = replace(answers, target=ask(Message("Column to predict")))
    if "--email" in _missing(_with_defaults(answers, platform)):
        answers = replace(answers, email=ask(Message("E-mail address for notifications about failures and costs")))
    return answers


def _name_problem(platform: Platform) -> Callable[[str], str]:
    def problem(name: str) -> str:
        if not constraints.matches(constraints.PROJECT_NAME, name):
            return Message("Use lower-case letters, digits and single hyphens, and start with a letter.")
        if name in platform.projects or name in platform.invalid_projects:
            return Message("projects/{name} exists already. Choose another name.", name=name)
        return ""

    return problem


def _unknown(names: Sequence[str], known: Iterable[str]) -> str:
    choices = tuple(known)
    unknown = [name for name in names if name not in choices]
    if not unknown:
        return ""
    names, allowed = ", ".join(unknown), ", ".join(choices)
    return Message("Unknown: {names}. Choose from {allowed}.", names=names, allowed=allowed)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, text.replace(",", " ").split())))


def _join(words: Sequence[str]) -> str:
    names, last = ", ".join(words[:-1]), words[-1]
    return Message("{names} and {last}", names=names, last=last) if names else last


def _project(answers: Answers) -> NewProject:
    """Return the project of complete answers."""
    if not (answers.name and answers.owner and answers.cost_centre):
        raise AssertionError("complete_answers asks for what is missing")
    data = OwnData(folder=answers.data, target=answers.target) if answers.data and answers.target else None
    return NewProject(
        name=answers.name,
        owner=answers.owner,
        cost_centre=answers.cost_centre,
        environments=answers.environments,
        stage=_parse_stage(answers.stage),
        email=answers.email or "",
        monthly_budget_usd=answers.budget,
        data=data,
    )
