"""`mlproject doctor`: what is wrong with this machine, with its cure, in words and in JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.checkout import lay_out


def test_a_checkout_without_its_tools_is_told_what_to_do(tmp_path: Path) -> None:
    done = lay_out(tmp_path).run("doctor")
    assert done.returncode == 1
    assert "✗ CDK CLI" in done.stdout
    assert "make install" in done.stdout
    assert "✓ ports" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_machines_read_the_same_as_json(tmp_path: Path) -> None:
    done = lay_out(tmp_path).run("doctor", "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["ok"]) == (1, False)
    by_topic = {outcome["topic"]: outcome for outcome in document["outcomes"]}
    assert by_topic["CDK CLI"]["state"] == "problem"
    assert by_topic["embedded AWS"]["state"] == "ok"
