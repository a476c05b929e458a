"""cdk-nag, cfn-lint and CDK's own validation: every finding is acknowledged with a reason."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from mlproject.parameters import Platform
from tests.checkouts import ROOT, lay_out_example
from tests.stacks.assembly import Stack, run_app, stacks_of

# The rules of cfn-lint that are no matter of ours, and why.
FOR_WRITERS_OF_TEMPLATES = {
    "I1022": "asks for Fn::Sub in place of Fn::Join; CDK writes every text with a token so, and nobody edits it",
    "I3042": "asks for a pseudo parameter in an ARN, and takes `sagemaker-scikit-learn:1.9-0` in a definition for one",
}

# Findings of aws-cdk-lib's own rules, which only some syntheses check (CDK_VALIDATION).
OF_CDK = "CloudFormation-Validate::"
INVALID = """\
        import aws_cdk as cdk

        cdk.CfnResource(cdk.Stack(app, "invalid"), "Bucket", type="AWS::S3::Bucket", properties={"BucketNames": "one"})
        app.synth()
"""


def nag_report(
    folder: Path, *platforms: Platform, spoil: bool = False, pipelines: Path = ROOT / "pipelines"
) -> dict[str, Any]:
    """Return the findings of two rule packs of cdk-nag. Violations fail the synthesis, so it runs separately.

    Args:
        folder: for the cloud assembly.
        platforms: whose stacks are checked.
        spoil: add a bucket that breaks rules, to see that the pack looks.
        pipelines: folder that contains the pipelines of the platforms.
    """
    import aws_cdk as cdk
    from aws_cdk import aws_s3 as s3
    from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks

    from stacks.application import add_stages, create_app

    app = create_app(ROOT, outdir=str(folder))
    for platform in platforms:
        add_stages(app, platform, pipelines=pipelines)
    if spoil:
        s3.CfnBucket(cdk.Stack(app, "spoiled"), "Bucket")
    cdk.Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    if spoil:
        with pytest.raises(RuntimeError, match="AwsSolutions-S1"):
            app.synth()
    else:
        app.synth()
    report: dict[str, Any] = json.loads((folder / "validation-report.json").read_text())
    return report


def suppressed(report: dict[str, Any]) -> set[str]:
    return {each["acknowledgedId"] for plugin in report["pluginReports"] for each in plugin["suppressedViolations"]}


def accepted(stacks: Mapping[str, Stack]) -> set[str]:
    return {rule for stack in stacks.values() for rules in stack.acknowledged.values() for rule in rules}


def violations(report: dict[str, Any]) -> list[str]:
    return [
        f"{violation['ruleName']}: {violation['violatingConstructs']}"
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
    ]


def test_the_pack_finds_what_is_wrong(tmp_path: Path) -> None:
    found = violations(nag_report(tmp_path, spoil=True))
    assert any("AwsSolutions-S1" in finding for finding in found)
    assert any("AwsSolutions-S10" in finding for finding in found)


def test_cdk_nag_has_nothing_to_say_and_every_accepted_finding_is_still_found(
    tmp_path: Path, every_stack: Mapping[str, Stack], platforms: Sequence[Platform]
) -> None:
    report = nag_report(tmp_path, *platforms)
    assert violations(report) == []
    assert suppressed(report) == {rule for rule in accepted(every_stack) if not rule.startswith(OF_CDK)}


def test_rule_19_cdks_own_validation_has_nothing_to_say_and_every_accepted_finding_is_still_found(
    assemblies: Sequence[Path], every_stack: Mapping[str, Stack]
) -> None:
    reports = [json.loads((folder / "validation-report.json").read_text()) for folder in assemblies]
    # Without a finding, accepted ones among them, the plugin has no report.
    assert {plugin["pluginName"] for each in reports for plugin in each["pluginReports"]} <= {"CloudFormation Validate"}
    assert [finding for report in reports for finding in violations(report)] == []
    found = {rule for report in reports for rule in suppressed(report)}
    assert found == {rule for rule in accepted(every_stack) if rule.startswith(OF_CDK)}


@pytest.mark.slow
def test_rule_19_an_invalid_template_ends_a_synthesis_that_checks(tmp_path: Path) -> None:
    checkout = lay_out_example(tmp_path / "checkout")
    synthesis = checkout / "stacks" / "synthesis.py"
    code = synthesis.read_text()
    synthesis.write_text(code.replace("        app.synth()\n", INVALID))
    assert synthesis.read_text() != code
    checked = run_app(checkout, tmp_path / "checked", validate=True, project="flights", environment="local")
    assert checked.returncode != 0
    assert "BucketNames" in checked.stderr
    unchecked = run_app(checkout, tmp_path / "unchecked", project="flights", environment="local")
    assert unchecked.returncode == 0, unchecked.stderr
    # Although it is in no stage.
    assert "invalid" in stacks_of(tmp_path / "unchecked")


@pytest.mark.slow
def test_cfn_lint_has_nothing_to_say_in_any_region_used(all_stacks: Mapping[str, Stack]) -> None:
    regions = sorted({stack.region for stack in all_stacks.values()})
    assert regions == ["eu-central-1", "eu-west-1", "us-east-1"]
    assert lint(regions, *(stack.template_file for stack in all_stacks.values())) == []


def test_cfn_lint_finds_what_is_wrong(tmp_path: Path) -> None:
    template = tmp_path / "wrong.json"
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"Nme": "x"}}
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
        },
    }
    template.write_text(json.dumps({"Resources": {"Bucket": bucket, "Table": table}}))
    found = {finding["Rule"]["Id"] for finding in lint(["eu-west-1"], template)}
    # An error, and a remark: informational rules are on.
    assert {"E3002", "I3011"} <= found


def lint(regions: list[str], *templates: Path) -> list[dict[str, Any]]:
    """Return all findings of cfn-lint, including informational ones."""
    program = str(Path(sys.executable).parent / "cfn-lint")
    files = map(str, templates)
    command = [program, "--include-checks", "I", "--format", "json", "--regions", *regions, "--", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or done.stdout, done.stderr
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    return [finding for finding in findings if finding["Rule"]["Id"] not in FOR_WRITERS_OF_TEMPLATES]


ACCEPTED = (
    "NIST.800.53.R5::NIST.800.53.R5-CloudWatchAlarmAction",
    "NIST.800.53.R5::NIST.800.53.R5-IAMNoInlinePolicy",
    "NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled",
    "NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS",
    "NIST.800.53.R5::NIST.800.53.R5-SageMakerEndpointConfigurationKMSKeyConfigured",
    "NIST.800.53.R5::NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
    "AwsSolutions::AwsSolutions-EMR",
    "AwsSolutions::AwsSolutions-IAM5[Resource::",
    "CloudFormation-Validate::W3010",
)


def test_findings_are_accepted_on_resources_only_each_with_a_reason(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        for path, rules in stack.acknowledged.items():
            # Something in the stack; never the stack itself, a project, a stage or the app.
            assert path.strip("/").startswith(f"{stack.name}/"), path
            for rule, reason in rules.items():
                assert len(reason) > 30, rule
                assert rule.startswith(ACCEPTED), rule


def test_a_project_has_findings_that_are_accepted(stacks: Mapping[str, Stack]) -> None:
    assert stacks["prod/flights/storage"].acknowledged


def test_what_cfn_lint_ignores_is_accepted_with_a_reason_too(all_stacks: Mapping[str, Stack]) -> None:
    for stack in all_stacks.values():
        ignored = [
            rule
            for resource in stack.resources().values()
            for rule in resource.get("Metadata", {}).get("cfn-lint", {}).get("config", {}).get("ignore_checks", [])
        ]
        reasons = [rule for rules in stack.acknowledged.values() for rule in rules if rule.endswith("W3010")]
        assert ignored == ["W3010"] * len(reasons)
