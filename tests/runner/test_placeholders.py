"""`${Name}` is a placeholder in the definitions that `mlproject pipeline build` writes, and text in all others."""

from __future__ import annotations

import pytest

from mlproject.errors import UserError
from tests.runner.conftest import Bench
from tests.runner.samples import definition, parameter, processing

NAMES = parameter("Name", "String", "${ModelGrup}")
STEP = processing("A", arguments=[{"Get": "Parameters.Name"}, "${Role}", "${!Literal}"])


def written_text(bench: Bench) -> str:
    """What the step got as arguments."""
    (path,) = bench.object("s3://artifacts").rglob("text.txt")
    return path.read_text()


def test_a_definition_from_elsewhere_keeps_its_text(bench: Bench) -> None:
    result = bench.run(definition(STEP, parameters=(NAMES,)))
    assert result.status == "Succeeded", result.failure
    assert written_text(bench) == "${ModelGrup} ${Role} ${!Literal}"


def test_a_definition_with_its_lock_file_has_placeholders(bench: Bench) -> None:
    (bench.folder / "definition.lock.json").write_text("{}")
    result = bench.run(definition(processing("A", arguments=["${ModelGroup}", "${!Literal}"])))
    assert result.status == "Succeeded", result.failure
    assert written_text(bench) == "local ${Literal}"
    with pytest.raises(UserError, match=r"\$\{ModelGrup\} has no value\. Did you mean ModelGroup\?"):
        bench.run(definition(STEP, parameters=(NAMES,)))
