"""A project is refused in a region where CloudFormation lacks its resources."""

from __future__ import annotations

from pathlib import Path

from mlproject.parameters import load_parameters
from mlproject.parameters.tables import generate_regional_types
from mlproject.parameters.tables.regional_types import TABLE
from tests.parameters.sample_files import ENVIRONMENTS, SERVICES, error_lines, replaced, write_files

STOCKHOLM = replaced(ENVIRONMENTS, '"111111111111"\n', '"111111111111"\n    region: eu-north-1\n')
NO_SECRET = replaced(
    SERVICES, "      secret_arn: arn:aws:secretsmanager:eu-west-1:111111111111:secret:git-AbCdEf\n", ""
)


def test_the_table_is_fresh() -> None:
    again = "run `python -m mlproject.parameters.tables.generate_regional_types`"
    assert TABLE.read_text() == generate_regional_types.render(), again


def test_a_budget_is_refused_where_cloudformation_creates_none(tmp_path: Path) -> None:
    write_files(tmp_path, environments=STOCKHOLM, projects={"flights": NO_SECRET})
    assert error_lines(tmp_path) == [
        "projects/flights/project.yaml:35: operations.monthly_budget_usd: CloudFormation has no AWS::Budgets::Budget "
        "in eu-north-1, the region of dev. "
        "Allowed: this key in environments of other regions. Remove it from dev."
    ]


def test_operations_need_no_budget(tmp_path: Path) -> None:
    project = replaced(NO_SECRET, "  monthly_budget_usd: 300\n", "")
    write_files(tmp_path, environments=STOCKHOLM, projects={"flights": project})
    operations = load_parameters(tmp_path).deployment("flights", "dev").operations
    assert operations is not None
    assert operations.monthly_budget_usd is None
