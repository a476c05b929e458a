"""The page with the Python API has every public name with its signature, arguments and errors, in each language."""

from __future__ import annotations

import importlib
import inspect
import re

import pytest

from docs_site.reference.python_api import MODULES, public_objects, python_api_page
from mlproject.translation import LANGUAGES, Language
from tests.checkouts import ROOT


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next one."""
    (found,) = re.findall(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_public_name_has_a_section_with_a_signature(language: Language) -> None:
    page = python_api_page(language)
    for module in MODULES:
        assert public_objects(module)
        assert f"\n## {module}\n" in page
        for name in public_objects(module):
            assert "```python" in section(page, name)


@pytest.mark.parametrize("module", ["mlproject.parameters", "embedded_aws"])
def test_what_all_names_is_on_the_page_if_it_has_a_docstring(module: str) -> None:
    imported = importlib.import_module(module)
    documented = {
        name
        for name in imported.__all__
        if inspect.isclass(each := getattr(imported, name)) or inspect.isfunction(each)
        if each.__doc__ and each.__module__.startswith(module.partition(".")[0])
    }
    assert len(documented) > 10
    assert documented <= public_objects(module).keys()


def test_a_function_has_its_arguments_and_its_errors() -> None:
    text = section(python_api_page("en"), "load_parameters")
    assert "load_parameters(root: Path) -> Platform" in text
    assert "| error | when |\n|---|---|\n| `ParametersError` |" in text
    text = section(python_api_page("es"), "StepFactory.processing_step")
    assert "| argumento | significado |\n|---|---|\n| `name` |" in text
    assert "/input/&lt;input name&gt;" in text


def test_everything_that_the_pages_and_the_pipelines_import_is_on_the_page() -> None:
    texts = [path.read_text() for folder in ("docs/en", "pipelines") for path in (ROOT / folder).rglob("*.[mp][dy]")]
    used = {name for text in texts for name in re.findall(r"\boffline\.([A-Za-z_]+)", text)} - {"py"}
    assert {"create_session", "SKLEARN_IMAGE"} <= used
    assert used <= public_objects("pipeline_builder.offline").keys()
