"""The code quality report of `mlproject check`: what GitLab requires, and fingerprints that survive other edits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mlproject.gitlab import code_quality_report
from mlproject.parameters import Finding
from tests.cli.checkout import Checkout, lay_out


def report(checkout: Checkout, *, code: int) -> list[dict[str, Any]]:
    done = checkout.run("check", "--codequality", "build/quality.json")
    assert done.returncode == code, done.stderr
    entries: list[dict[str, Any]] = json.loads((checkout.root / "build" / "quality.json").read_text())
    return entries


def test_errors_are_reported_at_their_lines_with_fingerprints_that_survive_other_edits(tmp_path: Path) -> None:
    checkout = lay_out(tmp_path)
    file = tmp_path / "projects" / "tiny" / "project.yaml"
    file.write_text(file.read_text().replace("noncurrent_days: 1\n", "noncurrent_days: none\n"))
    (entry,) = [each for each in report(checkout, code=2) if each["location"]["path"] == "projects/tiny/project.yaml"]
    line = file.read_text().splitlines().index("  noncurrent_days: none") + 1
    assert entry["location"] == {"path": "projects/tiny/project.yaml", "lines": {"begin": line}}
    assert (entry["severity"], entry["check_name"]) == ("critical", "mlproject check")
    file.write_text(f"# One more line\n{file.read_text()}")
    moved = [each for each in report(checkout, code=2) if each["fingerprint"] == entry["fingerprint"]]
    assert [each["location"]["lines"]["begin"] for each in moved] == [line + 1]


def test_no_findings_are_an_empty_report_and_equal_ones_have_different_fingerprints() -> None:
    assert code_quality_report(()) == []
    finding = Finding(file="environments.yaml", line=None, key="", message="cannot be read")
    first, second = code_quality_report((finding, finding))
    assert first["location"]["lines"]["begin"] == 1
    assert first["fingerprint"] != second["fingerprint"]
