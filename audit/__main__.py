"""Run the judges: `make audit`, or `python -m audit --judges checkov,bandit`."""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from rich.console import Console

from audit.acceptance import read_accepted, review
from audit.judge import Judge, JudgeError
from audit.planted import plant
from audit.registry import JUDGES
from audit.report import Report, print_report, to_json
from audit.runner import run_judges
from audit.subject import ROOT, Subject, select_python, select_scripts, tracked_files
from audit.synthesis import REPORT, synthesize
from mlproject.errors import UserError


def main(arguments: Sequence[str]) -> int:
    """Print the report; the exit code is 1 if anything must be corrected, 2 for a wrong use."""
    options = _parse(arguments)
    try:
        judges = _select(options.judges)
        optional = (
            {judge.name for judge in _select(options.may_be_unreachable)} if options.may_be_unreachable else set()
        )
        entries = read_accepted()
        with tempfile.TemporaryDirectory(prefix="mlproject-audit-") as folder:
            results = run_judges(judges, _subject(Path(folder).resolve()), workers=os.cpu_count() or 1)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except JudgeError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    ran = {each.judge for each in results if not each.failure and not each.unreachable}
    findings = [finding for each in results for finding in each.findings]
    report = Report(
        results=results,
        review=review(findings, entries, judges=ran, today=options.today),
        optional=optional,
        cpu_seconds=_cpu_seconds(),
    )
    if options.json:
        print(to_json(report))
    else:
        print_report(report, Console())
    return 1 if report.failures else 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m audit", description=__doc__)
    parser.add_argument("--judges", metavar="NAMES", help="only these, separated by commas (default: all)")
    parser.add_argument(
        "--may-be-unreachable",
        metavar="NAMES",
        help="judges that look up vulnerabilities and are reported as NOT CHECKED, without failure, if their database "
        "cannot be reached",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object: judges, unaccepted, failures")
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=datetime.now(tz=UTC).date(),
        metavar="DATE",
        help="the day that expiry dates are compared with (default: today in UTC)",
    )
    return parser.parse_args(arguments)


def _select(names: str | None) -> tuple[Judge, ...]:
    """Return the judges with these names, separated by commas; all for None."""
    requested = names.split(",") if names else [judge.name for judge in JUDGES]
    known = {judge.name: judge for judge in JUDGES}
    unknown = [name for name in requested if name not in known]
    if unknown:
        raise UserError(f"--judges: {', '.join(unknown)} is not a judge; known are {', '.join(known)}")
    return tuple(known[name] for name in known if name in requested)


def _subject(folder: Path) -> Subject:
    """Return this repository, synthesized once for all judges, with planted faults."""
    planted = folder / "planted"
    plant(planted)
    files = tracked_files()
    return Subject(
        templates=synthesize(folder / "assembly", planted / "template.json"),
        nag_report=folder / "assembly" / REPORT,
        python=(*select_python(files), planted / "code.py"),
        scripts=(*select_scripts(files), planted / "script.sh"),
        requirements=(*sorted((ROOT / "requirements").glob("*.txt")), planted / "requirements.txt"),
        package_locks=(
            *(path for path in files if path.name == "package-lock.json"),
            planted / "package-lock.json",
        ),
        planted=planted,
    )


def _cpu_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
