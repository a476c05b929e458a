"""aws-cdk-lib checks the templates against CloudFormation's rules; other tests leave it out, since it takes long."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlproject.cdk_cli import VALIDATION
from tests.checkouts import ROOT, inherited_variables, lay_out_example
from tests.stacks.assembly import run_app, stacks_of

INVALID = """\
    import aws_cdk as cdk

    cdk.CfnResource(cdk.Stack(app, "invalid"), "Bucket", type="AWS::S3::Bucket", properties={"BucketNames": "one"})
    app.synth()
"""


def conclusion(assembly: Path) -> str:
    report = json.loads((assembly / "validation-report.json").read_text())
    [each] = [each for each in report["pluginReports"] if each["pluginName"] == "CloudFormation Validate"]
    return str(each["conclusion"])


def test_rule_19_every_template_of_the_example_platform_is_checked_and_valid(cloud_assembly: Path) -> None:
    assert conclusion(cloud_assembly) == "success"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "fixture"), [("examples", "example_assembly"), ("serving_examples", "serving_assembly")]
)
def test_rule_19_the_templates_of_other_examples_are_valid_and_the_check_changes_none(
    tmp_path: Path, request: pytest.FixtureRequest, module: str, fixture: str
) -> None:
    code = f"from pathlib import Path; from tests.stacks.{module} import synthesize; synthesize(Path(r'{tmp_path}'))"
    environment = {name: value for name, value in inherited_variables().items() if name != VALIDATION}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
    assert conclusion(tmp_path) == "success"
    checked, unchecked = templates(tmp_path), templates(request.getfixturevalue(fixture))
    assert checked == unchecked
    assert len(checked) > 1


def templates(assembly: Path) -> Mapping[str, object]:
    return {path: stack.template for path, stack in stacks_of(assembly).items()}


@pytest.mark.slow
def test_rule_19_an_invalid_template_ends_a_checked_synthesis_only(tmp_path: Path) -> None:
    checkout = lay_out_example(tmp_path / "checkout")
    app = checkout / "app.py"
    code = app.read_text()
    app.write_text(code.replace("    app.synth()\n", INVALID))
    assert app.read_text() != code
    checked = run_app(checkout, tmp_path / "checked", validate=True, project="flights", environment="local")
    assert checked.returncode != 0
    assert "BucketNames" in checked.stderr
    unchecked = run_app(checkout, tmp_path / "unchecked", project="flights", environment="local")
    assert unchecked.returncode == 0, unchecked.stderr
