"""Runs in .venv-audit: reads policies from standard input, and prints parliament's findings."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import parliament

parliament.override_config(Path(parliament.__file__).parent / "community_auditors" / "config_override.yaml")
findings = []
for policy in json.load(sys.stdin):
    analyzed = parliament.analyze_policy_string(
        json.dumps(policy["document"]), include_community_auditors=True, config=parliament.config
    )
    for finding in map(parliament.enhance_finding, analyzed.findings):
        message = f"{finding.title}: {json.dumps(finding.detail)}" if finding.detail else finding.title
        findings.append({"resource": policy["name"], "rule": finding.issue, "message": message})
json.dump(findings, sys.stdout)
