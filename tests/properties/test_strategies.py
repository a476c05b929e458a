"""The strategies draw every key of the schemas, and nearly always a valid platform."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from mlproject.parameters import ParametersError, load_parameters
from tests.checkouts import ROOT
from tests.properties.examples import examples
from tests.properties.platforms import PlatformFiles, platforms
from tests.properties.schema_keys import schema_keys, used_keys

REPEATABLE = settings(examples(30), derandomize=True, database=None, phases=[Phase.generate])


def known_keys(name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(schema_keys(json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())))


@pytest.mark.slow
def test_every_key_of_the_schemas_is_drawn() -> None:
    known = {name: known_keys(name) for name in ("environments", "project")}
    missing = {(name, key) for name, keys in known.items() for key in keys}

    def completes(platform: PlatformFiles) -> bool:
        for path, content in platform.documents().items():
            name = Path(path).stem
            used = set(used_keys(content, known[name]))
            assert used <= known[name], "the strategy draws a key that no schema has"
            missing.difference_update((name, key) for key in used)
        return not missing

    try:
        find(platforms(), completes, settings=settings(REPEATABLE, max_examples=500))
    except NoSuchExample:
        names = sorted(f"{name}: {'.'.join(key)}" for name, key in missing)
        pytest.fail(f"no platform has {names}", pytrace=False)


def test_nearly_every_platform_is_valid() -> None:
    outcomes: Counter[str] = Counter()

    @REPEATABLE
    @given(platforms())
    def load(platform: PlatformFiles) -> None:
        with tempfile.TemporaryDirectory() as folder:
            try:
                load_parameters(platform.write(Path(folder)))
            except ParametersError as error:
                outcomes[str(error)] += 1
            else:
                outcomes["valid"] += 1

    load()
    # The rest breaks a rule across keys that the strategies leave to chance, such as a tag that is in both files.
    assert outcomes["valid"] >= 0.9 * outcomes.total(), outcomes.most_common()
