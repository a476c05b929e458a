"""prowler: its checks of an AWS account, on what a project deploys into the embedded AWS."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

from audit.deployed_account import DeployedAccount, deployed_account
from audit.finding import Finding
from audit.judge import Judge, Verdict
from audit.subject import Subject
from audit.tools import PROWLER, program, run_tool, version

# Those of the stacks' resources. Others are settings of an account, which stacks do not have.
SERVICES = (
    *("cloudformation", "cloudwatch", "ec2", "ecr", "emr", "eventbridge"),
    *("iam", "kms", "s3", "sagemaker", "sns", "vpc"),
)
_REPORT = "report"
# A row contains texts about the risk.
_FIELD_LIMIT = 10_000_000


def judge(subject: Subject) -> Verdict:
    """Return the failed checks of resources that stacks have created. What belongs to the account is left out."""
    with tempfile.TemporaryDirectory(prefix="mlproject-prowler-") as name:
        folder = Path(name).resolve()
        with deployed_account(folder, subject.planted / "template.json") as account:
            command = [program(PROWLER, "prowler"), "aws", "--services", *SERVICES, "--region", account.region]
            options = ["--output-modes", "csv", "--output-directory", name, "--output-filename", _REPORT]
            run_tool(
                [*command, *options, "--ignore-exit-code-3", "--no-banner", "--no-color"],
                folder=folder,
                variables=account.variables,
            )
        findings = read_report(folder / f"{_REPORT}.csv", account)
    return Verdict(checked=f"{len(account.resources)} deployed resources", findings=findings)


def read_report(report: Path, account: DeployedAccount) -> tuple[Finding, ...]:
    """Return the failed checks of a report.

    Args:
        report: a file in prowler's CSV format.
        account: what was judged; findings about other resources are left out.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    with report.open(newline="", encoding="utf-8") as file:
        failed = [row for row in csv.DictReader(file, delimiter=";") if row["STATUS"] == "FAIL"]
    return tuple(
        Finding(judge="prowler", rule=row["CHECK_ID"], resource=resource, message=row["CHECK_TITLE"])
        for row in failed
        if (resource := account.resource_of(row["RESOURCE_UID"]))
    )


JUDGE = Judge(
    name="prowler",
    version=lambda: version(PROWLER, "prowler"),
    judge=judge,
    planted_rule="iam_inline_policy_no_administrative_privileges",
    on_request=True,
)
