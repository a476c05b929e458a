"""Acknowledge findings of cdk-nag and cfn-lint on a resource, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

# How CDK writes a reference in a string until the synthesis resolves it.
_REFERENCE = "${Token["


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings of cdk-nag or of CDK's own validation on a resource.

    Args:
        construct: the resource, never an app, a stage or a stack.
        reasons: reason for each rule, such as `AwsSolutions::AwsSolutions-S2`.
    """
    accepted = [cdk.Acknowledgment(id=_flattened(construct, rule), reason=reason) for rule, reason in reasons.items()]
    cdk.Validations.of(construct).acknowledge(*accepted)


def _flattened(construct: IConstruct, rule: str) -> str:
    """Return the rule with references as cdk-nag writes them, `<LogicalId>`."""
    # Only few rules have references, and asking Node about each rule takes a tenth of a synthesis.
    if _REFERENCE not in rule:
        return rule
    resolved: Any = cdk.Stack.of(construct).resolve(rule)
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in resolved["Fn::Join"][1])


def acknowledge_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Acknowledge a finding of cfn-lint on a resource, both in cfn-lint and in CDK's built-in copy of its rules.

    Args:
        resource: the resource.
        rule: such as `W3010`.
        reason: why the finding is acceptable.
    """
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}})
    acknowledge(resource, {f"CloudFormation-Validate::{rule}": reason})
