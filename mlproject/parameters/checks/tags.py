"""Validate tags: reserved keys, duplicates, the number of tags, and letters that a service does not accept."""

from __future__ import annotations

from collections.abc import Mapping

from mlproject.parameters.findings import Finding
from mlproject.parameters.input_models import constraints
from mlproject.parameters.yaml_files.located import Located
from mlproject.translation import Message

# This application sets these tags on every resource: see Deployment.tags.
RESERVED = ("cost-centre", "environment", "owner", "project")


def check_tags(tags: Located | None, *, others: Mapping[str, Located], findings: list[Finding]) -> None:
    """Report reserved keys, keys that differ only in case, and too many tags.

    For IAM, `Team` and `team` are the same tag (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html).

    Args:
        tags: the tags as written; None for none.
        others: the environment's tags, if `tags` are a project's.
        findings: receives each error.
    """
    written = tags.mapping if tags is not None else {}
    taken = {name.lower(): place for name, place in others.items()}
    for name, place in written.items():
        if name.lower() in RESERVED:
            findings.append(place.finding(f"the tag {name} is set by mlproject. Remove it here"))
        elif name.lower() in taken:
            other = taken[name.lower()]
            where = f"{other.file}:{other.line}"
            findings.append(place.finding(f"the tag {name} is already set in {where}. Keep one of them"))
        taken.setdefault(name.lower(), place)
    count = len(written) + len(others) + len(RESERVED)
    if tags is not None and count > constraints.TAGS_PER_RESOURCE:
        limit = f"{constraints.TAGS_PER_RESOURCE} in total, including the {len(RESERVED)} that mlproject sets"
        findings.append(tags.finding(f"each resource would have {count} tags", allowed=limit))


def check_application_tags(view: Located, of_environment: Located, *, environment: str) -> list[Finding]:
    """Return an error for each tag with letters that EMR Serverless does not accept, if the project has an application.

    https://docs.aws.amazon.com/emr-serverless/latest/APIReference/API_CreateApplication.html (tags)

    Args:
        view: the project's values in the environment.
        of_environment: the values of the environment itself.
        environment: the environment's name.
    """
    application = view.at("emr_serverless")
    if application is None or application.value is None:
        return []
    tags = [tags.mapping for each in (of_environment, view) if (tags := each.at("tags")) is not None]
    written = [(place, text) for each in tags for name, place in each.items() for text in (name, place.value)]
    written += [(place, place.value) for key in ("owner", "cost_centre") if (place := view.at(key)) is not None]
    return [
        place.finding(
            Message(
                "the application of emr_serverless in {environment} gets this tag, "
                "and EMR Serverless does not accept {text}",
                environment=environment,
                text=text,
            ),
            allowed=Message("letters without accents, digits, spaces and . : / = + - @ _"),
        )
        for place, text in written
        if isinstance(text, str) and not text.isascii()
    ]
