"""The pages about the stacks show what the templates of the example contain, in both languages."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs_site.reference import stack_pages
from docs_site.reference.stack_facts import EXAMPLE, read_facts
from docs_site.reference.stack_pages import include_stack, pattern_of, purposes, stack_section, translated
from mlproject.cdk_cli import VALIDATION
from mlproject.parameters import load_parameters
from mlproject.translation import LANGUAGES, Language
from tests.checkouts import ROOT

STACKS = sorted(path.parent.name.replace("_", "-") for path in (ROOT / "stacks").glob("*/stack.py"))
WRITTEN = [(language, path) for language in LANGUAGES for path in (ROOT / "docs" / language / "stacks").glob("*.md")]


def test_the_facts_are_those_of_the_synthesized_example() -> None:
    code = "from docs_site.reference import stack_facts as it; print(it.render_facts(it.collect_facts()))"
    # In a process of its own: synthesis starts Node.
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, VALIDATION: "false"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    committed = (ROOT / "docs_site" / "reference" / "stacks.json").read_text()
    assert json.loads(done.stdout) == json.loads(committed), "run `make snapshots` and commit docs_site/reference"


def test_each_stack_of_the_application_has_a_page_in_each_language_with_its_generated_part() -> None:
    assert sorted(read_facts().stacks) == STACKS
    for language in LANGUAGES:
        assert sorted(path.stem for each, path in WRITTEN if each == language) == STACKS
    for language, path in WRITTEN:
        text = path.read_text()
        assert re.findall(r"^<!-- stack: (.+) -->$", text, re.MULTILINE) == [path.stem]
        assert stack_section(path.stem, language) in include_stack(text, language=language)


@pytest.mark.parametrize("name", STACKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_has_every_resource_role_statement_and_cost(name: str, language: Language) -> None:
    stack, text = read_facts().stacks[name], stack_section(name, language)
    table = text.partition("| resource" if language == "en" else "| recurso")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (\d*)[^`]*`(AWS::\S+)`", table, re.MULTILINE)
    counts = {kind: sum(int(number or 1) for number, each in rows if each == kind) for _, kind in rows}
    kinds = [each.type for each in stack.resources]
    assert counts == {kind: kinds.count(kind) for kind in kinds}
    for role in stack.roles:
        section = text.partition(f"### `{role.name}`")[2].partition("\n#")[0]
        for statement in role.statements:
            assert f"| {statement.sid} | " in section
            assert f"| {translated(statement.reason, language)} |" in section
    for cost in stack.costs:
        assert f"| {translated(cost.what, language)} | " in text


def test_no_text_explains_nothing() -> None:
    facts = read_facts()
    used = {(name, pattern_of(name, each)) for name, stack in facts.stacks.items() for each in stack.resources}
    assert {(name, pattern) for name, patterns in purposes().items() for pattern in patterns} == used


def test_data_of_an_environment_that_retains_it_stays_and_stops_the_deployment() -> None:
    assert load_parameters(EXAMPLE).environments["prod"].retain_data
    assert "| DataBucket `AWS::S3::Bucket` | data sets, and the saved work of notebooks | stays, and the [guard]" in (
        stack_section("storage", "en")
    )
    assert "| Cluster `AWS::EMR::Cluster` | the Spark cluster, which ends when it is idle | is deleted |" in (
        stack_section("emr", "en")
    )


def test_a_cost_without_a_known_price_is_unknown_and_not_free() -> None:
    text = stack_section("serving", "es")
    assert "| 1 x ml.m5.large del endpoint, día y noche | desconocido | - |" in text
    assert "**al menos 0,50 USD al mes**: falta un precio." in text


def test_a_picture_contains_what_the_stack_uses_of_others_and_nothing_else() -> None:
    picture = stack_section("notebooks", "es").partition("</svg>")[0]
    assert "instancia de notebook" in picture
    assert "llama al puerto 8998" in picture
    assert "flights-prod-operations" in picture
    assert "flights-prod-serving" not in picture


@pytest.mark.parametrize("name", STACKS)
def test_a_picture_in_spanish_has_no_english_label(name: str) -> None:
    english = re.findall(r'class="(?:type|label[^"]*|note)"[^>]*>([^<]+)<', stack_section(name, "en"))
    spanish = re.findall(r'class="(?:type|label[^"]*|note)"[^>]*>([^<]+)<', stack_section(name, "es"))
    same = {"VPC", "PrivateLink", "pipeline", "CloudWatch", "EventBridge"}
    assert set(english) & set(spanish) <= same
    words = r"\b(?:steps?|rules|alarms|endpoints,|subnets?|retained|month|images)\b"
    assert not re.findall(rf'class="(?:name|detail)"[^>]*>[^<]*{words}', stack_section(name, "es"))


def test_every_translation_is_used() -> None:
    asked: set[str] = set()
    catalogue = stack_pages._catalogue()

    class Recording(dict[str, str]):
        def __getitem__(self, key: str) -> str:
            asked.add(key)
            return super().__getitem__(key)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stack_pages, "_catalogue", lambda: Recording(catalogue))
        for name in STACKS:
            stack_section(name, "es")
    assert asked == set(catalogue)


@pytest.mark.slow
def test_a_page_of_the_site_contains_the_picture_and_the_tables(site: Path) -> None:
    for folder, head in ((site, "Recursos"), (site / "en", "Resources")):
        page = (folder / "stacks" / "storage" / "index.html").read_text()
        assert '<svg xmlns="http://www.w3.org/2000/svg"' in page
        assert f">{head}<" in page
        assert "<td>DataBucket <code>AWS::S3::Bucket</code></td>" in page
