"""The texts of the code that can be translated: the literal arguments of the functions that translate, and what the
fields of the parameters allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from jinja2.ext import babel_extract

from mlproject.data import dataset
from mlproject.parameters import FrozenModel
from mlproject.report import settings as report_settings

ROOT = Path(__file__).parents[2]
# The modules of models beside those of `mlproject.parameters`.
_MODELS = (dataset, report_settings)
# The positions of the arguments that are texts, by function.
_FUNCTIONS = {"Message": (0,), "translated": (0,), "counted": (1, 2), "_format_properties": (0,)}


def read_texts() -> dict[str, str]:
    """Return each text with the file that contains it."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "mlproject").rglob("*.py")):
        found |= dict.fromkeys(_python_texts(path), str(path.relative_to(ROOT)))
    for path in sorted((ROOT / "mlproject").rglob("*.j2")):
        found |= dict.fromkeys(_template_texts(path), str(path.relative_to(ROOT)))
    for model in _models(FrozenModel):
        found |= dict.fromkeys(_allowed_values(model), model.__module__)
    return found


def _models(base: type[FrozenModel]) -> Iterator[type[FrozenModel]]:
    """Yield the models of all files that people write, whose modules are imported here."""
    for model in base.__subclasses__():
        if model.__module__.startswith("mlproject."):
            yield model
            yield from _models(model)


def _allowed_values(model: type[FrozenModel]) -> Iterator[str]:
    """Yield what the fields of a model allow, which an error names."""
    for field in model.model_fields.values():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("allowed"):
            yield str(extra["allowed"])


def _python_texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file. Babel would not see those within f-strings."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for position in _FUNCTIONS.get(node.func.id, ()):
                argument = node.args[position] if position < len(node.args) else None
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value


def _template_texts(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        for _, _, text, _ in babel_extract(file, ["_"], [], {}):
            # A call with values has a tuple with one text.
            yield from (part for part in (text if isinstance(text, tuple) else (text,)) if isinstance(part, str))
