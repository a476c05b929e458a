"""The page with the Python API: what projects and CDK applications import, read from the source without importing it.

Class attributes and their meaning are documented in `Args:` of the class, as everywhere in this code.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import griffe

from mlproject.translation import Language

_ROOT = Path(__file__).parents[2]
_TEXTS = Path(__file__).parent / "texts"
# A team's pipeline.py, its scripts that read parameters, and the tests of any CDK application.
MODULES = ("pipeline_builder.offline", "pipeline_builder.steps", "mlproject.parameters", "embedded_aws")
# Its other constants are for `steps`. `__all__` in the module would make every committed definition stale.
_OFFLINE = (
    *("ARTIFACTS_BUCKET", "DATA_BUCKET", "DEFINITION_HASH", "SKLEARN_IMAGE", "XGBOOST_IMAGE", "ImageError"),
    *("OfflineSession", "aws_image", "build_definition", "create_session", "main"),
)
_CODE = re.compile(r"(`[^`]*`)")


@dataclass(frozen=True, kw_only=True)
class _Words:
    """The words of the page in a language."""

    arguments: str
    errors: str


_WORDS: dict[Language, _Words] = {
    "en": _Words(arguments="| argument | meaning |", errors="| error | when |"),
    "es": _Words(arguments="| argumento | significado |", errors="| error | cuándo |"),
}
Documented = griffe.Function | griffe.Class | griffe.Attribute


@cache
def python_api_page(language: Language) -> str:
    """Return the page as Markdown."""
    lines = [(_TEXTS / f"python-api.{language}.md").read_text(encoding="utf-8")]
    for module in MODULES:
        package = _load(module)
        lines += [f"## {module}", "", *_prose(package), ""]
        for name, subject in public_objects(module).items():
            lines += [f"### {name}", "", *_describe(subject, _WORDS[language])]
            if isinstance(subject, griffe.Class):
                for method in _methods(subject):
                    lines += [f"#### {name}.{method.name}", "", *_describe(method, _WORDS[language])]
    return "\n".join(lines)


def public_objects(module: str) -> dict[str, Documented]:
    """Return what a module offers: its `__all__`, or its own classes and functions without an underscore."""
    package = _load(module)
    own = [name for name in (*package.classes, *package.functions) if not name.startswith("_")]
    names = _OFFLINE if module == "pipeline_builder.offline" else package.exports or own
    # A submodule may have the name of a function, so an imported name is looked up where it is defined.
    paths = {str(name): package.imports.get(str(name), f"{module}.{name}") for name in names}
    found = {name: _loader().modules_collection[path] for name, path in sorted(paths.items())}
    resolved = {name: each.final_target if each.is_alias else each for name, each in found.items()}
    return {
        name: each
        for name, each in resolved.items()
        if isinstance(each, griffe.Attribute) or (isinstance(each, Documented) and each.docstring)
    }


@cache
def _load(module: str) -> griffe.Module:
    package, _, inner = module.partition(".")
    loaded = _loader().load(package)
    return cast(griffe.Module, loaded[inner] if inner else loaded)


@cache
def _loader() -> griffe.GriffeLoader:
    return griffe.GriffeLoader(
        search_paths=[_ROOT],
        docstring_parser=griffe.Parser.google,
        docstring_options={"warnings": False},
        allow_inspection=False,
    )


def _methods(subject: griffe.Class) -> Iterator[griffe.Function]:
    for each in subject.functions.values():
        if not each.name.startswith("_") and each.docstring:
            yield each


def _describe(subject: Documented, words: _Words) -> Iterator[str]:
    """Yield the signature, the text of the docstring, and the tables of its arguments and errors."""
    yield from ("```python", _signature(subject), "```", "", *_prose(subject), "")
    sections = subject.docstring.parsed if subject.docstring else []
    for section in sections:
        if isinstance(section, griffe.DocstringSectionParameters):
            yield from _table(words.arguments, ((each.name, each.description) for each in section.value))
        elif isinstance(section, griffe.DocstringSectionRaises):
            yield from _table(words.errors, ((str(each.annotation), each.description) for each in section.value))


def _signature(subject: Documented) -> str:
    if isinstance(subject, griffe.Function):
        return str(subject.signature())
    if isinstance(subject, griffe.Class):
        bases = ", ".join(map(str, subject.bases))
        return f"class {subject.name}({bases})" if bases else f"class {subject.name}"
    return f"{subject.name} = {subject.value}"


def _prose(subject: griffe.Object) -> list[str]:
    sections = subject.docstring.parsed if subject.docstring else []
    return [_escape(section.value) for section in sections if isinstance(section, griffe.DocstringSectionText)]


def _escape(text: str) -> str:
    """Keep what stands in angle brackets outside of code, such as `<name>`, from being HTML."""
    return "".join(part if part.startswith("`") else html.escape(part, quote=False) for part in _CODE.split(text))


def _table(head: str, rows: Iterator[tuple[str, str]]) -> Iterator[str]:
    yield from (head, "|---|---|")
    for name, meaning in rows:
        text = _escape(" ".join(meaning.split())).replace("|", r"\|")
        yield f"| `{name}` | {text} |"
    yield ""
