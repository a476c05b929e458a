"""The texts of a report.json in other languages: report.es.json beside it maps them to their translations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from mlproject.parameters import Finding, ParametersError, locate_json
from mlproject.parameters.findings import closest_match
from mlproject.report.settings import ReportSettings
from mlproject.translation import LANGUAGES, Language, Message

# The keys of report.json whose values are texts, at any depth; `baseline` is one only at the top.
_TEXTS = frozenset({"question", "items", "event", "value", "label", "data", "description"})


def translations_file(language: Language) -> str:
    """Return the name of the file with the translations into a language."""
    return f"report.{language}.json"


def read_translations(pipeline: Path, settings: ReportSettings, language: Language) -> Mapping[str, str]:
    """Return the translation of each text in the report.json of a pipeline's folder; none without a file for it.

    Args:
        pipeline: the pipeline's folder.
        settings: its report.json.
        language: the language of the translations.

    Raises:
        ParametersError: the file is not valid JSON, or has an error that `translation_findings` finds.
    """
    path = pipeline / translations_file(language)
    if not path.exists():
        return {}
    if findings := tuple(translation_findings(pipeline, settings)):
        raise ParametersError(findings)
    found = locate_json(path, root=pipeline.parents[1]).mapping
    return {text: located.value for text, located in found.items() if isinstance(located.value, str)}


def translate_settings(settings: ReportSettings, translations: Mapping[str, str]) -> ReportSettings:
    """Return the settings with their texts translated; texts without a translation stay as they are."""
    if not translations:
        return settings
    return ReportSettings.model_validate(
        _replace_texts(
            settings.model_dump(exclude_unset=True),
            lambda text: translations.get(text, text),
            texts=_TEXTS | {"baseline"},
        )
    )


def translation_findings(pipeline: Path, settings: ReportSettings) -> Iterator[Finding]:
    """Yield the errors in the translations of a pipeline's report.json: texts that it does not have, empty ones.

    Args:
        pipeline: the pipeline's folder.
        settings: its report.json.
    """
    texts = list[str]()
    _replace_texts(settings.model_dump(), texts.append, texts=_TEXTS | {"baseline"})
    for language in LANGUAGES:
        path = pipeline / translations_file(language)
        if not path.exists():
            continue
        seen = set[object]()
        for text, located in locate_json(path, root=pipeline.parents[1]).mapping.items():
            if located.value in seen:
                yield located.finding(Message("another text has the same translation"))
            seen.add(located.value)
            if text not in texts:
                message = Message("report.json does not contain this text")
                yield located.finding(message, suggestion=closest_match(text, texts))
            elif not isinstance(located.value, str) or not located.value.strip():
                yield located.finding(Message("has no translation"), allowed=Message("text"))


def _replace_texts(value: Any, replace: Callable[[str], object], *, texts: frozenset[str] = _TEXTS) -> Any:
    """Return a value of report.json with its texts replaced.

    Args:
        replace: returns what replaces a text.
        texts: the keys of this level whose values are texts.
    """
    if isinstance(value, list | tuple):
        return tuple(_replace_texts(item, replace) for item in value)
    if not isinstance(value, Mapping):
        return value
    replaced = dict(value)
    for name, member in value.items():
        if name in texts and isinstance(member, str):
            replaced[name] = replace(member)
        else:
            # Every value of the descriptions is a text, whatever the feature is called.
            below = frozenset(member) if name == "descriptions" else _TEXTS
            replaced[name] = _replace_texts(member, replace, texts=below)
    return replaced
