"""Acknowledge findings of cdk-nag and cfn-lint on a resource, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge findings of cdk-nag or of CDK's own validation on a resource.

    Args:
        construct: the resource, never an app, a stage or a stack.
        reasons: reason for each rule, such as `AwsSolutions::AwsSolutions-S2`.
    """
    stack = cdk.Stack.of(construct)
    accepted = [
        cdk.Acknowledgment(id=_flattened(stack.resolve(rule)), reason=reason) for rule, reason in reasons.items()
    ]
    cdk.Validations.of(construct).acknowledge(*accepted)


def _flattened(rule: Any) -> str:
    """Return the rule with references as cdk-nag writes them, `<LogicalId>`."""
    if isinstance(rule, str):
        return rule
    return "".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in rule["Fn::Join"][1])


def acknowledge_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Acknowledge a finding of cfn-lint on a resource, both in cfn-lint and in CDK's built-in copy of its rules.

    Args:
        resource: the resource.
        rule: such as `W3010`.
        reason: why the finding is acceptable.
    """
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}})
    acknowledge(resource, {f"CloudFormation-Validate::{rule}": reason})
