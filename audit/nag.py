"""Synthesize an app with the packs of cdk-nag."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks

_PACKS = (AwsSolutionsChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks)


def synthesize_with_nag(app: cdk.App, report: Path) -> None:
    """Write the cloud assembly of an app, and the report of four packs.

    Args:
        app: the app.
        report: where the synthesis writes the report, in the output folder.
    """
    cdk.Validations.of(app).add_plugins(*(pack(app) for pack in _PACKS))
    try:
        app.synth()
    except RuntimeError:
        # Findings end a synthesis so; another failure leaves no report.
        json.loads(report.read_text())
