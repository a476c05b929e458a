"""The table of step types on the page about pipelines, compared with what is deployed and what runs here."""

from __future__ import annotations

import re

import pytest

from mlproject.aws_rules.step_permissions import STEP_PERMISSIONS
from mlproject.definition.service_model import step_types
from mlproject.runner import supported_features
from tests.docs.pages import LANGUAGES, page, rows

NO = "no"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_lists_each_type_once_and_says_whether_it_is_deployed_and_runs_here(language: str) -> None:
    section = re.split(r"^## ", page(language, "pipelines.md"), flags=re.MULTILINE)
    (table,) = [rows(text) for text in section if re.match(r"(Step types|Tipos de paso)\n", text)]
    *deployed, others = table
    listed = [kind for types, *_ in deployed for kind in types.split(", ")]
    assert sorted(listed) == sorted(STEP_PERMISSIONS)
    runs = {kind for types, _, here in deployed if here != NO for kind in types.split(", ")}
    assert runs == set(supported_features()["step types"])
    examples = re.findall(r"[A-Z]\w+", others[0])
    assert examples
    assert set(examples) <= set(step_types()) - set(STEP_PERMISSIONS)
    assert others[2] == NO
