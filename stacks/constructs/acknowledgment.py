"""Accepting a finding of a checker beside the resource that causes it, with the reason."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(construct: IConstruct, reasons: Mapping[str, str]) -> None:
    """Accept rules of cdk-nag or of CDK's own validation on one construct.

    Args:
        construct: the resource; never an app, a stage or a stack.
        reasons: rule, such as `AwsSolutions::AwsSolutions-S2`, to why the finding is right to stay.
    """
    accepted = [cdk.Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items()]
    cdk.Validations.of(construct).acknowledge(*accepted)


def acknowledge_lint(resource: cdk.CfnResource, rule: str, reason: str) -> None:
    """Accept one rule of cfn-lint on one resource, both in cfn-lint and in CDK's built-in copy of its rules.

    Args:
        resource: the resource.
        rule: such as `W3010`.
        reason: why the finding is right to stay.
    """
    resource.add_metadata("cfn-lint", {"config": {"ignore_checks": [rule]}})
    acknowledge(resource, {f"CloudFormation-Validate::{rule}": reason})
