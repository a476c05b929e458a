"""Judge a recorded run by its authorization log: `python -m tests.least_privilege FOLDER [--renew]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from docs_site.reference.least_privilege import read_unused
from embedded_aws.iam.authorization_log import LogEntry
from tests.least_privilege.comparison import used_in_spite_of_a_reason
from tests.least_privilege.runs import RUNS
from tests.least_privilege.usage import (
    Usage,
    Use,
    all_uses,
    denials,
    first_runs,
    read_committed,
    read_logs,
    renew,
    unrecorded,
    write_committed,
)


def main() -> int:
    """Print what is wrong with a recorded run, or renew the committed uses with it; 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.least_privilege", description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder that EMBEDDED_AWS_AUTHORIZATION_LOG named")
    parser.add_argument("--renew", action="store_true", help="write the uses into used_permissions.json")
    parser.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS), help="those that were made completely")
    options = parser.parse_args()
    entries = read_logs(options.folder)
    if not entries:
        sys.exit(f"{options.folder}: no embedded AWS logged anything there; set EMBEDDED_AWS_AUTHORIZATION_LOG to it.")
    uses = all_uses(entries)
    if options.renew:
        write_committed(renew(read_committed(), uses, options.runs))
    found = [
        *_denied(entries),
        *_unrecorded(read_committed(), uses),
        *used_in_spite_of_a_reason(first_runs(uses), read_unused()),
    ]
    for line in found:
        print(line, file=sys.stderr)
    print(f"{len(uses)} permissions were used, {len(found)} findings")
    return 1 if found else 0


def _denied(entries: Iterable[LogEntry]) -> Iterator[str]:
    for each in denials(entries):
        yield f"{each.label or 'outside of tests'}: {each.principal} was denied {each.action} on {each.resource}"


def _unrecorded(committed: Usage, uses: Mapping[Use, set[str]]) -> Iterator[str]:
    for use in unrecorded(committed, uses):
        yield f"used_permissions.json: {use} is not used by the run {committed[use]}, as it says"


if __name__ == "__main__":
    sys.exit(main())
