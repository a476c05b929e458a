"""Count the findings in the templates of other repositories, and in ours, in the same way.

`python -m audit.comparison OWNER/NAME=CHECKOUT ...` writes benchmarks/results/audit.json. It reads templates, and runs
no code of the checkouts.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfnlint.decode import cfn_yaml

from audit.finding import Finding
from audit.judges import cdk_nag, cfn_guard, cfn_lint, checkov, cloudsplaining, parliament, policy_sentry
from audit.planted import plant
from audit.policies import read_policies
from audit.subject import PLANTED, ROOT, Subject, Template
from audit.synthesis import REPORT, synthesize
from audit.tools import run_tool
from benchmarks.measurement import save_result

JUDGES = tuple(
    module.JUDGE for module in (cfn_lint, checkov, cfn_guard, cdk_nag, parliament, policy_sentry, cloudsplaining)
)
_SUFFIXES = (".yaml", ".yml", ".json", ".template")
_ACCOUNT, _REGION = "111111111111", "eu-west-1"
# Remarks about how CDK writes templates, and about a description of 2026: matters of style.
_STYLE = frozenset({"I1022", "I3042", "I4010"})


@dataclass(frozen=True, kw_only=True)
class Counted:
    """Templates of a repository.

    Args:
        repository: owner and name.
        commit: the full hash.
        templates: all that could be read, as JSON in one folder.
        unread: files that look like templates and could not be read.
    """

    repository: str
    commit: str
    templates: tuple[Template, ...]
    unread: tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Compare; arguments are `OWNER/NAME=CHECKOUT`."""
    with tempfile.TemporaryDirectory(prefix="mlproject-audit-") as name:
        folder = Path(name).resolve()
        compared = [_own(folder / "own")]
        for number, argument in enumerate(arguments):
            repository, _, checkout = argument.partition("=")
            compared.append(_other(repository, Path(checkout), folder / str(number)))
        result = {
            "judges": {judge.name: judge.version() for judge in JUDGES},
            "repositories": [count_findings(each, folder / f"nag-{number}") for number, each in enumerate(compared)],
        }
    print(save_result("audit", result))
    return 0


def count_findings(counted: Counted, folder: Path) -> dict[str, Any]:
    """Return the counts of one repository.

    Args:
        counted: its templates.
        folder: for the report of cdk-nag.
    """
    not_included = _include(counted.templates, folder)
    subject = Subject(
        templates=counted.templates,
        nag_report=folder / REPORT,
        python=(),
        scripts=(),
        requirements=(),
        package_locks=(),
        planted=folder / PLANTED,
    )
    resources = sum(len(each.resources) for each in counted.templates)
    findings = {judge.name: judge.judge(subject).findings for judge in JUDGES}
    return {
        "repository": counted.repository,
        "commit": counted.commit,
        "templates": len(counted.templates),
        "unread": list(counted.unread),
        "not included by CDK": not_included,
        "resources": resources,
        "policies": sum(len(read_policies(each)) for each in counted.templates),
        "findings": {name: summarise(found, resources) for name, found in findings.items()},
    }


def summarise(findings: Sequence[Finding], resources: int) -> dict[str, Any]:
    """Return the number of findings without matters of style, for 100 resources, and by rule."""
    rules = Counter(each.rule.split("[")[0] for each in set(findings) if each.rule not in _STYLE)
    total = rules.total()
    return {"total": total, "per 100 resources": round(100 * total / resources, 1), "rules": dict(rules.most_common())}


def _include(templates: Sequence[Template], folder: Path) -> list[str]:
    output = run_tool(
        [sys.executable, "-m", "audit.inclusion", str(folder), *(str(each.file) for each in templates)],
        variables={"CDK_VALIDATION": "false"},
    )
    return output.split()


def _own(folder: Path) -> Counted:
    planted = folder / "planted"
    folder.mkdir()
    plant(planted)
    templates = tuple(
        each for each in synthesize(folder / "assembly", planted / "template.json") if each.stack != PLANTED
    )
    written = [_write(folder / "templates", each.stack, each.body) for each in templates]
    return Counted(repository="this repository", commit=_commit(ROOT), templates=tuple(written), unread=())


def _other(repository: str, checkout: Path, folder: Path) -> Counted:
    """Return every file with resources of AWS."""
    templates, unread = [], []
    for path in sorted(each for each in checkout.rglob("*") if each.suffix in _SUFFIXES and each.is_file()):
        name = str(path.relative_to(checkout))
        try:
            # Dates are written without quotation marks, as in AWSTemplateFormatVersion.
            body = json.loads(json.dumps(cfn_yaml.load(str(path)), default=str))
        except Exception:  # a library's many errors: the file is no template, or one that nobody could deploy
            if b"AWSTemplateFormatVersion" in path.read_bytes():
                unread.append(name)
            continue
        if is_template(body):
            templates.append(_write(folder, name, body))
    return Counted(repository=repository, commit=_commit(checkout), templates=tuple(templates), unread=tuple(unread))


def is_template(body: Any) -> bool:
    """Return whether a document has resources of AWS."""
    resources = body.get("Resources") if isinstance(body, dict) else None
    if not isinstance(resources, dict) or not resources:
        return False
    types = [str(each.get("Type")) if isinstance(each, dict) else "" for each in resources.values()]
    return all(each.startswith(("AWS::", "Custom::")) for each in types)


def _write(folder: Path, name: str, body: Mapping[str, Any]) -> Template:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{''.join(each if each.isalnum() else '-' for each in name)}.json"
    file.write_text(json.dumps(body))
    return Template(stack=name, file=file, account=_ACCOUNT, region=_REGION)


def _commit(checkout: Path) -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=checkout, capture_output=True, text=True, check=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
