"""Shell completion of the names in the checkout, as bash asks for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.checkout import Checkout, lay_out


def complete(checkout: Checkout, line: str) -> list[str]:
    """What is offered for the last word of a line, which may be empty."""
    variables = {
        "_MLPROJECT_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split(" ")) - 1),
    }
    done = subprocess.run(
        [sys.executable, "-m", "mlproject.cli.main"],
        cwd=checkout.root,
        env={**checkout.environment(), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    found = lay_out(tmp_path_factory.mktemp("checkout"))
    (found.root / "pipelines" / "tiny" / "pipeline.py").touch()
    return found


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("mlproject deploy t", ["tiny"]),
        ("mlproject run x", []),
        ("mlproject run tiny --environment ", ["dev", "kept", "local"]),
        ("mlproject deploy tiny -e k", ["kept"]),
        ("mlproject stacks --environment l", ["local"]),
        ("mlproject new wine --environment d", ["dev"]),
        ("mlproject new wine --stage ", ["explore", "develop", "production"]),
        ("mlproject pipeline build ", ["tiny"]),
        ("mlproject data lock ti", ["tiny"]),
        ("mlproject cluster up ", ["tiny"]),
        ("mlproject remo", ["remove"]),
    ],
)
def test_names_are_completed(checkout: Checkout, line: str, expected: list[str]) -> None:
    assert complete(checkout, line) == expected


@pytest.mark.parametrize("content", [None, "environments: [", "[]", "environments: 1"])
def test_without_readable_environments_nothing_is_offered(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "environments.yaml").write_text(content)
    checkout = Checkout(root=tmp_path, project="")
    assert complete(checkout, "mlproject deploy tiny --environment ") == []
    assert complete(checkout, "mlproject deploy ") == []
